"""Run ``forecast`` as a user would, in a process of its own, and measure what it costs."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CommandError(Exception):
    """The command failed or took too long; the message says which."""


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes
    ----------
    cpu_seconds : float
        Of the process and those that it started, user and system.
    peak_mb : float
        Largest resident memory of one process.
    """

    cpu_seconds: float = 0.0
    peak_mb: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu_seconds + other.cpu_seconds, max(self.peak_mb, other.peak_mb))


@dataclass(frozen=True)
class Setting:
    """How forecasts are made: by the pretrained network as it is, or by training first.

    Attributes
    ----------
    trained : bool
    options : tuple of str
        Given to the training command; none are the defaults.
    """

    trained: bool
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the table calls it: "zero-shot", "default", or the options."""
        if not self.trained:
            return "zero-shot"
        return " ".join(self.options) or "default"

    def forecast(
        self, data: Path, horizon: int, folder: Path, flags: Sequence[str] = ()
    ) -> tuple[Path, Cost]:
        """Train where that is the setting, and predict.

        Parameters
        ----------
        data : Path
            CSV file.
        horizon : int
        folder : Path
            Where the forecasts go, and ``forecast.model`` where trained.
        flags : sequence of str
            How the file is read.

        Returns
        -------
        Path
            CSV file of forecasts with intervals.
        Cost
            Of both commands.
        """
        source, steps, result = str(data.resolve()), ("--horizon", str(horizon)), "predicted.csv"
        if not self.trained:
            _, cost = run_forecast(["predict", source, *steps, *flags, "-o", result], folder)
            return folder / result, cost
        _, training = run_forecast(["train", source, *steps, *flags, *self.options], folder)
        _, predicting = run_forecast(["predict", *steps, "-o", result], folder)
        return folder / result, training + predicting


def run_forecast(
    arguments: Sequence[str], folder: Path, most_seconds: float = float("inf")
) -> tuple[str, Cost]:
    """Run one ``forecast`` command on one thread.

    Parameters
    ----------
    arguments : sequence of str
    folder : Path
        To run in.
    most_seconds : float
        Time limit; the command and what it started are then killed.

    Returns
    -------
    str
        What it wrote to stdout.
    Cost

    Raises
    ------
    CommandError
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("FORECAST_MODEL", None)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "forecast", *arguments],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        timer = threading.Timer(min(most_seconds, threading.TIMEOUT_MAX), _kill, (child,))
        timer.start()
        try:
            # not child.wait(): only wait4 tells the peak memory of this one child
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            _kill(child)
            child.wait()
            raise
        finally:
            timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode == -signal.SIGKILL:
            raise CommandError(f"killed after at most {most_seconds:g} s")
        if child.returncode != 0:
            raise CommandError(errors.read().decode(errors="replace").strip())
        cost = Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        return output.read().decode(), cost


def _kill(child: "subprocess.Popen[bytes]") -> None:
    os.killpg(child.pid, signal.SIGKILL)
