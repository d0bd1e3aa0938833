"""Map a function over jobs, in this process or in several, with equal results.

Standard library only. The function must be defined at the top of a module, so
that a new process can import it. What is computed, and in which chunks, is up
to the caller; randomness has to come with the job.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from forecast.errors import ForecastError, UsageError

Job = TypeVar("Job")
Result = TypeVar("Result")

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_CHUNKS_PER_WORKER = 8  # small enough to share the load, large enough to pickle rarely


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


def parallel_map(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int | None = 1,
    progress: Callable[[int], None] | None = None,
) -> list[Result]:
    """Apply a function to every job and give the results in the order of the jobs.

    Parameters
    ----------
    function : callable
        Importable by name; its jobs and results can be pickled.
    jobs : sequence
    workers : int, optional
        Processes; 1 works in this process, None takes every core.
    progress : callable, optional
        Called with the number of jobs done so far, in this process.

    Returns
    -------
    list
        One result per job, whatever the number of workers.

    Raises
    ------
    UsageError
        When ``workers`` is less than 1.
    ForecastError
        When a worker process dies, for example for lack of memory.

    Notes
    -----
    New processes are spawned, not forked: a fork copies locks held by other
    threads. Each of them computes with one thread, because several processes
    with a thread per core each run slower than one. What ``function`` raises
    reaches the caller; then, and when the caller is interrupted, the
    processes are ended first.

    Examples
    --------
    >>> parallel_map(abs, [-2, 1, -3])
    [2, 1, 3]
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers is {workers}; allowed: 1 or more", fix="--workers 1")
    count = min(workers or cores(), len(jobs))
    if count > 1:
        return _map_in_processes(function, jobs, count, progress)
    results = []
    for job in jobs:
        results.append(function(job))
        if progress:
            progress(len(results))
    return results


def _map_in_processes(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    progress: Callable[[int], None] | None,
) -> list[Result]:
    size = -(-len(jobs) // (workers * _CHUNKS_PER_WORKER))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    others = {child.pid for child in multiprocessing.active_children()}
    with _one_thread_each():
        pool = ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=_ignore_interrupt
        )
        try:
            futures = {pool.submit(_run_chunk, function, chunk): chunk for chunk in chunks}
            done = 0
            for future in as_completed(futures):
                done += len(future.result())
                if progress:
                    progress(done)
            results = [result for future in futures for result in future.result()]
        except BrokenProcessPool as error:
            raise ForecastError(
                "a worker process ended unexpectedly; was there enough memory?"
            ) from error
        except BaseException:
            for child in multiprocessing.active_children():
                if child.pid not in others:
                    child.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    return results


def _run_chunk(function: Callable[[Job], Result], chunk: Sequence[Job]) -> list[Result]:
    return [function(job) for job in chunk]


def _ignore_interrupt() -> None:
    """Leave Ctrl-C, which the terminal sends to every process, to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Set the thread limits that spawned processes inherit, then restore them.

    They are read once, when a numerical library is loaded, hence cannot be
    set from within the worker.
    """
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
