"""Run commands in forked processes, which have everything imported already."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import forecast.artifact
import forecast.models.fit
import forecast.report.describe
import forecast.rivals
import forecast.training.run
from forecast.cli.common import run

PASSENGERS = Path(__file__).parents[2] / "data" / "air_passengers.csv"

BRIEF = (
    "--steps", "8", "--hidden", "4", "--members", "1", "--from-scratch", "--quiet",
    "--lags", "12", "--segment", "4", "--horizon", "4",
)  # fmt: skip
"""As little work as there can be in a training: what is tried is what lies around it."""

CHANGES = ("os.rename", "os.remove", "os.link", "os.chmod")
"""Audit events before a folder changes, beside that of opening a file to write."""


def train(seed: int, *flags: str) -> list[str]:
    """Give the command line of a short training of ``forecast.model``."""
    return ["train", str(PASSENGERS), *BRIEF, "--seed", str(seed), *flags]


def start(typed: list[str], folder: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """Start a command in a folder.

    Parameters
    ----------
    typed : list of str
        What follows ``forecast``.
    folder : Path
        Its output goes to the files ``stdout`` and ``stderr`` in it.
    prepare : callable
        Called in the new process before the command.

    Returns
    -------
    int
        The process.
    """
    sys.stdout.flush()
    for name in ("stdout", "stderr"):
        (folder / name).write_bytes(b"")
    child = os.fork()
    if child:
        return child
    code = 70  # whatever goes wrong before the command
    try:
        os.chdir(folder)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(name, os.O_WRONLY), number)
        prepare()
        code = run(typed)
        sys.stdout.flush()
    finally:
        os._exit(code)


def often() -> None:
    """Write a checkpoint after every step, however long it takes."""
    forecast.training.run.EVERY, forecast.training.run.SHARE = 0.0, float("inf")


def die_before(change: int) -> None:
    """Write checkpoints often, and be killed right before files are changed for the n-th time."""
    left = [change]

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    often()
    before_changes(count)


def before_changes(act: Callable[[], object]) -> None:
    """Have something done in this process before each change of a file or folder."""

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event in CHANGES or (event == "open" and is_written(arguments)):
            act()

    sys.addaudithook(hear)


def is_written(arguments: tuple[object, ...]) -> bool:
    """Tell from the arguments of an audit event whether a file is opened to be written."""
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def end(child: int) -> int:
    """Wait for a process; give its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def call(typed: list[str], folder: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """Run a command to its end and give its exit code."""
    return end(start(typed, folder, prepare))


def kill_after(seconds: float, child: int, sent: signal.Signals) -> None:
    """Send a signal some time later, if the process still runs."""
    time.sleep(seconds)
    os.kill(child, sent)  # one that has ended is still there until it is waited for


@cache
def made(seed: int) -> bytes:
    """Give the model file of a training that nothing disturbs.

    Training takes place in this process, so that those forked from it find everything loaded.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forecast.model"
        assert run(train(seed, "--model", str(path))) == 0
        return path.read_bytes()


@cache
def undisturbed() -> tuple[float, int]:
    """Give the seconds and the changes of files of a training that writes checkpoints often."""
    made(1)
    with tempfile.TemporaryFile() as marks, tempfile.TemporaryDirectory() as folder:

        def mark() -> None:
            often()
            before_changes(lambda: os.write(marks.fileno(), b"."))

        began = time.monotonic()
        assert call(train(1), Path(folder), mark) == 0
        return time.monotonic() - began, os.fstat(marks.fileno()).st_size


def files(folder: Path) -> set[str]:
    """Name what is in a folder, but for the output of commands."""
    return {one.name for one in folder.iterdir()} - {"stdout", "stderr"}
