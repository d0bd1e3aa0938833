"""One process beside this one: a new interpreter that does jobs, one after the other.

Standard library only. What runs there is in ``forecast.worker``; how several share
many jobs in ``forecast.parallel``.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from forecast.errors import ForecastError

Job = TypeVar("Job")
Result = TypeVar("Result")

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class DiedError(RuntimeError):
    """The process ended without an answer; whoever asked says what that means."""


class Aside(Generic[Job, Result]):
    """A process that is started at once and can be given jobs at any time.

    A context manager: the process is gone when it is left, whatever the reason. When
    this process is killed, it ends by itself.

    Parameters
    ----------
    function : callable
        Importable by name; its jobs and results can be pickled. It is loaded there
        while this process goes on.

    Raises
    ------
    ForecastError
        When there can be no further process.

    Notes
    -----
    It has one numerical thread, because several with a thread per core each run
    slower than one. The main script of the user is not imported there.

    Examples
    --------
    >>> with Aside(abs) as beside:
    ...     beside.ask(-3, -4)
    ...     beside.answer(), beside.answer()
    (3, 4)
    """

    def __init__(self, function: Callable[[Job], Result]) -> None:
        code = f"import sys; sys.path[:] = {[p or str(Path.cwd()) for p in sys.path]!r}"
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"{code}; from forecast.worker import serve; serve()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | _ONE_THREAD,
            )
        except OSError as error:
            raise ForecastError(f"cannot start a worker process: {error.strerror}") from error
        self._has_started = False
        with suppress(OSError):  # the missing answer tells that it has died
            self._send(function)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """Number that the operating system gave it."""
        return self._process.pid

    def ask(self, *jobs: Job) -> None:
        """Hand over jobs; each will be answered, in this order.

        Parameters
        ----------
        *jobs
        """
        with suppress(OSError):  # the missing answer tells that it has died, and at which job
            self._send(*jobs)

    def answer(self) -> Result:
        """Wait for the next result.

        Returns
        -------
        object

        Raises
        ------
        DiedError
            When the process is no more.
        Exception
            That the function raised.
        """
        self.wait_for_start()
        try:
            succeeded, outcome = self._load()
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise DiedError(f"a worker process died ({self._exit()})") from error
        if not succeeded:
            raise outcome
        result: Result = outcome
        return result

    def wait_for_start(self) -> None:
        """Wait until the function is loaded.

        Raises
        ------
        ForecastError
            When the process could not begin.
        """
        if self._has_started:
            return
        try:
            self._load()
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise ForecastError(f"a worker process did not start ({self._exit()})") from error
        self._has_started = True

    def kill(self) -> None:
        """End the process in the middle of whatever it does; from any thread."""
        self._process.kill()

    def end(self) -> None:
        """End the process, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):  # what was buffered for a dead process
                stream.close()

    def _send(self, *questions: object) -> None:
        assert self._process.stdin is not None
        for one in questions:
            pickle.dump(one, self._process.stdin)
        self._process.stdin.flush()

    def _load(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

    def _exit(self) -> str:
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"
