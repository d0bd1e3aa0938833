"""Rules of forecast.cli.signals."""

import os
import signal
import subprocess
import sys
import time

import pytest

from forecast.cli import signals
from tests.commands import BARE


def test_handled_raises_the_exit_code() -> None:
    """Within it a signal ends what is going on; afterwards handlers are what they were."""
    codes = {signal.SIGTERM: 143, signal.SIGHUP: 143, signal.SIGINT: 130}
    # what runs the tests in the background may ignore some
    before = {one: signal.signal(one, signal.default_int_handler) for one in codes}
    try:
        for number, code in codes.items():
            with pytest.raises(SystemExit) as left, signals.handled():
                os.kill(os.getpid(), number)
                time.sleep(60)
            assert left.value.code == code
            assert signal.getsignal(number) is signal.default_int_handler
    finally:
        for number, one in before.items():
            signal.signal(number, one)


def test_handled_leaves_ignored_signals_ignored() -> None:
    """Behind nohup, or in the background of a script, Ctrl-C is for others."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with signals.handled():
            os.kill(os.getpid(), signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_asking_lets_a_computation_decide() -> None:
    """Where it says that it will leave by itself, nothing is raised."""
    asked: list[BaseException] = []

    def first(error: BaseException) -> bool:
        asked.append(error)
        return len(asked) == 1

    with signals.handled(), signals.asking(first):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        with pytest.raises(SystemExit):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
    assert [error.code for error in asked if isinstance(error, SystemExit)] == [143, 143]


class Trap:
    """Swallows what is raised while it is removed."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)


def test_handled_repeats_a_signal_that_was_lost(capfd: pytest.CaptureFixture[str]) -> None:
    """An exception that Python would print and forget is raised again, and nothing printed."""
    with pytest.raises(SystemExit) as left, signals.handled():
        trap = Trap()
        del trap
        time.sleep(60)
    assert left.value.code == 143
    assert capfd.readouterr().err == ""


STUBBORN = """
import signal, sys, time
from forecast.cli import signals
with signals.handled(), signals.asking(lambda error: True):
    print("ready", flush=True)
    time.sleep(60)
    time.sleep(60)
"""


def test_handled_ends_what_does_not_end() -> None:
    """A computation that goes on regardless is ended soon, with its code."""
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BARE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.terminate()
        _, stderr = running.communicate(timeout=60)
    assert (running.returncode, stderr) == (143, "terminated\n")
