"""The work of a comparison that goes to other processes: one baseline on one series.

Letters: C cutoffs, H steps, Q quantile levels. What a baseline is, and that it
never fails, is up to ``forecast.models.baselines``; processes to
``forecast.parallel``.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.folds import Fold
from forecast.models.base import Progress
from forecast.models.baselines import fit_baseline
from forecast.models.local import FitRecord
from forecast.models.naive import naive_name
from forecast.panel import Panel
from forecast.parallel import Lost, Workers

Array = NDArray[np.float64]
Shape = tuple[int, tuple[float, ...]]
"""Horizon and quantile levels."""

INSTANT, FEW = ("seasonal-naive", "naive", "drift", "mean"), 2000
"""Baselines that estimate next to nothing, and how many jobs of these alone are done here."""


@dataclass(frozen=True, eq=False)
class Job:
    """One baseline, one series, and the cutoffs that share one fit.

    Attributes
    ----------
    baseline : str
        Of ``models.baselines.BASELINES``.
    label : str
        Its name as it is shown, the same for all series.
    season : int
    panel : Panel
        The series alone, up to its last cutoff.
    ends : tuple of int, length C
        Rows up to each cutoff, oldest first.
    horizon : int
    levels : tuple of float, length Q
    """

    baseline: str
    label: str
    season: int
    panel: Panel
    ends: tuple[int, ...]
    horizon: int
    levels: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a job gives.

    Attributes
    ----------
    quantiles : ndarray of shape (C, H, Q), float64
    source : tuple of str, length C
        Which model made each forecast: the job's label, or the fallback's name.
    record : FitRecord
    seconds : float
        Processor time.
    """

    quantiles: Array
    source: tuple[str, ...]
    record: FitRecord
    seconds: float


def histories(panel: Panel, block: Sequence[Fold]) -> Iterator[tuple[Panel, tuple[int, ...]]]:
    """Give each series of folds that share one fit, up to its last cutoff, and its cutoffs.

    Parameters
    ----------
    panel : Panel
    block : sequence of Fold
        Oldest first.

    Yields
    ------
    alone : Panel
        In order of the series.
    ends : tuple of int
        Rows up to each cutoff, oldest first.
    """
    ends: dict[int, list[int]] = {}
    for fold in block:
        for series, end in zip(fold.series.tolist(), fold.ends.tolist(), strict=True):
            ends.setdefault(series, []).append(end)
    for series in sorted(ends):
        first, last = panel.indptr[series], panel.indptr[series] + ends[series][-1]
        alone = Panel(
            (panel.ids[series],),
            np.array([0, last - first]),
            panel.timestamps[first:last],
            panel.target[first:last],
            panel.freq,
        )
        yield alone, tuple(ends[series])


@contextmanager
def running(
    jobs: Sequence[Job], seconds: float, workers: int | None, progress: Progress
) -> Iterator[Callable[[], list[Outcome]]]:
    """Work through jobs, in other processes unless they are few and instant.

    Parameters
    ----------
    jobs : sequence of Job
    seconds : float
        Time limit of one job.
    workers : int, optional
        Processes; None takes every core, 0 this process, which knows no time limit.
    progress : callable
        Called with jobs done and in all, from another thread.

    Yields
    ------
    callable
        Waits for the outcomes, in the order of the jobs; the seasonal naive
        method's where a process died or a job took too long.
    """
    is_instant = len(jobs) <= FEW and {job.baseline for job in jobs} <= set(INSTANT)
    if is_instant or workers == 0:
        yield lambda: [run_job(job) for job in jobs]
        return

    def tell(done: int) -> None:
        progress(done, len(jobs))

    with Workers(run_job, jobs, workers, seconds=seconds, progress=tell) as crew:
        yield lambda: [
            _rescue(job, one) if isinstance(one, Lost) else one
            for job, one in zip(jobs, crew.results(), strict=True)
        ]


def run_job(job: Job) -> Outcome:
    """Fit a baseline before the first cutoff, and forecast from all of them.

    Parameters
    ----------
    job : Job

    Returns
    -------
    Outcome
    """
    model = fit_baseline(job.baseline, job.panel.head(np.array(job.ends[:1])), job.season)
    began = time.process_time()  # the fit has its own; loading libraries is nobody's
    made = [
        model.predict_quantiles(job.panel.head(np.array([end])), job.horizon, job.levels)
        for end in job.ends
    ]
    record = model.records[job.panel.ids[0]]
    return Outcome(
        np.concatenate([one.quantiles for one in made]),
        tuple(job.label if name == model.name else name for one in made for name in one.source),
        record,
        record.seconds + time.process_time() - began,
    )


def _rescue(job: Job, lost: Lost) -> Outcome:
    name = naive_name(job.season)
    made = run_job(replace(job, baseline="seasonal-naive", label=name))
    return replace(made, record=FitRecord(name, False, name, (lost.reason,), 0.0))
