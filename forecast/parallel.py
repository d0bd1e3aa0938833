"""Apply a function to jobs, in several processes or threads, with equal results.

Standard library only. The function must be defined at the top of a module, so
that a new process can import it. What is computed, and what a lost job means,
is up to the caller; randomness has to come with the job. A single process beside
this one is in ``forecast.aside``.
"""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from forecast.aside import Aside, DiedError
from forecast.errors import UsageError

Job = TypeVar("Job")
Result = TypeVar("Result")

_SHARES_PER_WORKER = 8  # small enough to share the load, large enough to hand over rarely
_LARGEST_SHARE = 64


@dataclass(frozen=True)
class Lost:
    """What stands in the place of a result when a worker did not give one.

    Attributes
    ----------
    reason : str
        In words, for example "no result within 60 s".
    """

    reason: str


def cores() -> int:
    """Count the processor cores that this process may use.

    Returns
    -------
    int
        At least 1.
    """
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def in_threads(function: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    """Apply a function to every job in threads of this process.

    For work that is done outside the interpreter's lock, as NumPy's is.

    Parameters
    ----------
    function : callable
        Sees the context of the caller, for example its ``numpy.errstate``.
    jobs : sequence

    Returns
    -------
    list
        One result per job, in their order, whatever the number of threads: as many
        as cores, or as ``OMP_NUM_THREADS`` says.

    Examples
    --------
    >>> in_threads(abs, [-2, 1, -3])
    [2, 1, 3]
    """
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    count = min(int(allowed) if allowed.isdecimal() and int(allowed) else cores(), len(jobs))
    if count < 2:
        return [function(job) for job in jobs]
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    contexts = [copy_context() for _ in jobs]
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda context, job: context.run(function, job), contexts, jobs))


class Workers(Generic[Job, Result]):
    """Processes that work through jobs while this process does something else.

    A context manager: the jobs begin when it is entered, and no process is
    left when it is left, whatever the reason. When this process is killed,
    they end by themselves.

    Parameters
    ----------
    function : callable
        Importable by name; its jobs and results can be pickled.
    jobs : sequence
        Begun in this order.
    workers : int, optional
        Processes; None takes every core.
    seconds : float, optional
        A job that takes longer is lost, and its process is replaced.
    progress : callable, optional
        Called with the number of jobs done so far, from another thread.

    Notes
    -----
    Each process is one of ``forecast.aside``.
    """

    def __init__(
        self,
        function: Callable[[Job], Result],
        jobs: Sequence[Job],
        workers: int | None = None,
        *,
        seconds: float = threading.TIMEOUT_MAX,
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:
        if workers is not None and workers < 1:
            raise UsageError(f"workers is {workers}; allowed: 1 or more", fix="--workers 1")
        self._function, self._jobs = function, jobs
        self._seconds = min(seconds, threading.TIMEOUT_MAX)
        self._progress = progress
        count = min(workers or cores(), len(jobs))
        self._share = min(_LARGEST_SHARE, -(-len(jobs) // (max(count, 1) * _SHARES_PER_WORKER)))
        self._outcomes: list[Result | Lost] = [Lost("was not begun")] * len(jobs)
        self._lock = threading.Lock()
        self._begun = self._done = 0
        self._stopping = False
        self._failure: BaseException | None = None
        self._processes: set[Aside[Job, Result]] = set()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        for thread in self._threads:
            thread.join()

    def results(self) -> list[Result | Lost]:
        """Wait for all jobs and give their results in the order of the jobs.

        Returns
        -------
        list
            `Lost` where a worker died or ran over its time limit.

        Raises
        ------
        Exception
            The first that the function raised.
        """
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure
        return self._outcomes

    def _work(self) -> None:
        """Hand shares of the jobs to one process after the other, in a thread of its own."""
        process = None
        try:
            while share := self._take():
                while share:
                    process = process or self._start()
                    done = self._hand_over(process, share)
                    if isinstance(self._outcomes[done[-1]], Lost):
                        self._end(process)
                        process = None
                    share = share[len(done) :]
        except BaseException as error:  # shown to the caller by results()
            with self._lock:
                self._failure = self._failure or error
            self._stop()
        finally:
            if process is not None:
                self._end(process)

    def _take(self) -> range:
        with self._lock:
            first = self._begun
            self._begun = min(first + self._share, len(self._jobs))
            return range(0) if self._stopping else range(first, self._begun)

    def _hand_over(self, process: Aside[Job, Result], share: range) -> range:
        """Send jobs and take their results; give those that are settled.

        They are sent all at once: waiting for each answer before the next
        question would cost more than a small job.
        """
        process.ask(*(self._jobs[index] for index in share))
        for index in share:
            outcome = self._receive(process)
            self._keep(index, outcome)
            if isinstance(outcome, Lost):
                return range(share.start, index + 1)
        return share

    def _receive(self, process: Aside[Job, Result]) -> Result | Lost:
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(self._seconds, expire)
        timer.start()
        try:
            return process.answer()
        except DiedError as died:
            if self._stopping:
                raise
            return Lost(f"no result in {self._seconds:g} s" if expired.is_set() else str(died))
        finally:
            timer.cancel()

    def _keep(self, index: int, outcome: Result | Lost) -> None:
        with self._lock:
            self._outcomes[index] = outcome
            self._done += 1
            self._progress(self._done)

    def _start(self) -> Aside[Job, Result]:
        process = Aside(self._function)
        with self._lock:
            self._processes.add(process)
            if self._stopping:
                process.kill()
        try:
            process.wait_for_start()
        except BaseException:
            self._end(process)
            raise
        return process

    def _end(self, process: Aside[Job, Result]) -> None:
        process.end()
        with self._lock:
            self._processes.discard(process)

    def _stop(self) -> None:
        with self._lock:
            self._stopping = True
            for process in self._processes:
                process.kill()
