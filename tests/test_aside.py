"""One process beside this one: what it answers, and what is said when it dies."""

import math
import operator
import os
import sys
import time
import types
from collections.abc import Callable
from functools import partial

import pytest

from forecast.aside import Aside, DiedError
from forecast.errors import ForecastError


def test_aside_answers_in_order_and_raises() -> None:
    """Each job is answered in its turn: by a result, or by what the function raised."""
    with Aside(math.sqrt) as beside:
        beside.ask(4.0, -1.0)
        beside.ask(9.0)
        assert beside.answer() == 2.0
        with pytest.raises(ValueError, match="math domain error"):
            beside.answer()
        assert beside.answer() == 3.0


def test_aside_takes_a_job_that_no_pipe_holds() -> None:
    """A large job does not wait until the process is done with what came before."""
    large = b"x" * 4_000_000
    opened: Aside[Callable[[], object], object] = Aside(operator.call)
    with opened as beside:
        beside.ask(partial(len, b""), partial(len, large))
        assert [beside.answer(), beside.answer()] == [0, len(large)]


def test_aside_that_died_is_told() -> None:
    """A lost process is named with its exit code, however late it is asked."""
    with Aside(os._exit) as beside:
        beside.ask(3)
        with pytest.raises(DiedError, match=r"died \(exit code 3\)"):
            beside.answer()
        beside.ask(4)
        with pytest.raises(DiedError):
            beside.answer()


def test_aside_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that no new process can import is an error when the answer is wanted."""
    here_only = types.ModuleType("here_only")
    exec("def work(x): return x", here_only.__dict__)
    monkeypatch.setitem(sys.modules, "here_only", here_only)
    with Aside(here_only.work) as beside:
        beside.ask(1)
        with pytest.raises(ForecastError, match="did not start"):
            beside.answer()


def test_aside_is_gone_when_it_is_left() -> None:
    """Nothing goes on in the background, even in the middle of a job."""
    opened: Aside[Callable[[], object], object] = Aside(operator.call)
    with opened as beside:
        beside.ask(partial(time.sleep, 60))
    assert beside._process.poll() is not None
