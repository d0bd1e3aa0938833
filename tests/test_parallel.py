import math
import os
import signal
import subprocess
import sys
import time
import types
import warnings
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import ForecastError, UsageError
from forecast.parallel import Lost, Workers, cores, in_threads


def _odd_one(x: int) -> int:
    """Dies at 1, hangs at 2, writes to the stream of results at 3."""
    if x == 1:
        os._exit(3)
    if x == 2:
        time.sleep(60)
    if x == 3:
        os.write(1, b"LAPACK says hello")
        print("hello", file=sys.stderr)
    return x


@pytest.mark.parametrize("workers", [1, 2, None])
def test_workers_keep_the_order_of_the_jobs(workers: int | None) -> None:
    """Results come in the order of the jobs, and progress counts these, whatever the workers."""
    told: list[int] = []
    with Workers(abs, range(-50, 0), workers, progress=told.append) as running:
        assert running.results() == list(range(50, 0, -1))
    assert told == list(range(1, 51))


def test_workers_without_jobs_give_no_results() -> None:
    """No jobs give no results."""
    nothing: list[int] = []
    with Workers(abs, nothing) as running:
        assert running.results() == nothing


def test_workers_compute_with_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers compute with one thread; the caller's own setting stays."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with Workers(os.getenv, ["OMP_NUM_THREADS"] * 2, 2) as running:
        assert running.results() == ["1", "1"]
    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_workers_raise_what_the_function_raises() -> None:
    """An error of a job reaches the caller as it is."""
    with (
        Workers(math.sqrt, [1, -1, 2], 2) as running,
        pytest.raises(ValueError, match="math domain error"),
    ):
        running.results()


def test_workers_are_at_least_one() -> None:
    """Fewer than one worker is a usage error that names the allowed range."""
    with pytest.raises(UsageError, match="workers is 0; allowed: 1 or more"):
        Workers(abs, [1], 0)


def test_workers_lose_only_the_job_that_crashed_or_hung() -> None:
    """A dead and a hung worker are replaced, and what libraries print spoils nothing."""
    with Workers(_odd_one, [0, 1, 3, 2, 4], 1, seconds=1.0) as running:
        found = running.results()
    crashed, hung = Lost("a worker process died (exit code 3)"), Lost("no result in 1 s")
    assert found == [0, crashed, 3, hung, 4]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seconds", [1e12, math.inf])
def test_workers_take_a_limit_beyond_the_clock(seconds: float) -> None:
    """A time limit that no clock reaches is none, and nothing is printed of it."""
    with Workers(abs, [-1, -2], 1, seconds=seconds) as running:
        assert running.results() == [1, 2]


def test_workers_that_cannot_start_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that no new process can import is an error, not lost jobs without end."""
    here_only = types.ModuleType("here_only")
    exec("def work(x): return x", here_only.__dict__)
    monkeypatch.setitem(sys.modules, "here_only", here_only)
    with (
        pytest.raises(ForecastError, match="did not start"),
        Workers(here_only.work, [1], 1) as running,
    ):
        running.results()


CHILDREN = """
import time
from forecast.parallel import Workers
with Workers(time.sleep, [60] * 4, 2) as running:
    while len(running._processes) < 2:
        time.sleep(.05)
    time.sleep(.3)  # long enough to be busy
    print(*[process.pid for process in running._processes], flush=True)
    running.results()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C, a polite and an impolite end leave no worker behind, busy as they are."""
    run = subprocess.Popen(
        [sys.executable, "-c", CHILDREN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parent.parent,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with run:
        assert run.stdout is not None
        children = [int(pid) for pid in run.stdout.readline().split()]
        assert len(children) == 2
        run.send_signal(number)
        run.wait(20)
    for _ in range(200):
        if not any(map(_is_running, children)):
            break
        time.sleep(0.05)
    assert [pid for pid in children if _is_running(pid)] == []


def _is_running(pid: int) -> bool:
    """Say whether a process does something: one that only waits to be counted does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_cores_counts_at_least_one() -> None:
    """There is always a core to compute on."""
    assert cores() >= 1


@pytest.mark.parametrize("threads", ["1", "3", "", "0", "many"])
def test_in_threads_gives_results_in_order_in_the_callers_context(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the threads, results are in the order of the jobs, and errors kept quiet stay so."""
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    with np.errstate(divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert in_threads(lambda one: float(np.ones(1)[0] / np.float64(one)), [0, 2, 4]) == [
            math.inf,
            0.5,
            0.25,
        ]


def test_in_threads_raises_what_a_job_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in a thread is the caller's."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda one: 1 / one, [1, 0, 2])
