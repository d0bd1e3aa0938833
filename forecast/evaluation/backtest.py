"""Rolling-origin evaluation: the same cutoffs and the same history for every model.

Letters: R forecasts (one per series and cutoff), H steps, Q quantile levels.
Nothing after a cutoff is shown to a model that forecasts from it. Where the
cutoffs are is said in ``forecast.evaluation.folds``, what baselines do in other processes
in ``forecast.evaluation.jobs``, and what the scores mean in ``forecast.evaluation.evaluate``.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.folds import Fold, before_first_cutoff, blocks, folds
from forecast.evaluation.jobs import Job, Outcome, Shape, histories, running
from forecast.metrics import DECILES
from forecast.models.base import FittedModel, Prediction, Progress
from forecast.models.baselines import baseline_label
from forecast.models.local import FitRecord
from forecast.panel import Panel
from forecast.result import interval_quantiles
from forecast.spec import BacktestSpec

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
Fit = Callable[[Panel], FittedModel]
"""Fits a model to a history; an already fitted model is ``lambda history: model``."""


@dataclass(frozen=True)
class Baselines:
    """Which baselines take part, and who computes them.

    Parameters
    ----------
    names : tuple of str
        Of ``models.baselines.BASELINES``.
    season : int
        Season length in steps; 1 means none.
    workers : int, optional
        Processes; None takes every core, 0 this process. The forecasts do not
        depend on it.
    own : mapping of str to tuple of int
        Seasons of series that have others, by name.
    """

    names: tuple[str, ...]
    season: int
    workers: int | None = None
    own: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Longest season of a series; 1 where none has one."""
        return max([self.season, *(season for season, *_ in self.own.values())])

    def label(self, name: str) -> str:
        """Name a baseline as it is shown; one name for all series."""
        return baseline_label(name, self.longest)

    def jobs(self, panel: Panel, blocked: Sequence[Sequence[Fold]], shape: Shape) -> Iterator[Job]:
        """Give the work, baseline by baseline; ``blocked`` are folds that share a fit."""
        for name in self.names:
            for block in blocked:
                for alone, ends in histories(panel, block):
                    (season, *_) = self.own.get(alone.ids[0], (self.season,))
                    yield Job(name, self.label(name), season, alone, ends, *shape)


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of several models and what happened.

    Attributes
    ----------
    panel : Panel
        Everything that was observed.
    levels : tuple of float, length Q
        Quantile levels: the median, and both bounds of central intervals.
    series, ends : ndarray of shape (R,), int64
        Position in the panel and rows up to the cutoff, oldest fold first.
    timestamps : ndarray of shape (R, H)
    y : ndarray of shape (R, H), float64
        NaN where missing.
    quantiles : mapping of str to ndarray of shape (R, H, Q)
        By model; the median is the point forecast.
    source : mapping of str to tuple of str, length R
        Which model made each forecast: the mapping's key, or the fallback's name.
    seconds : mapping of str to float
        Processor time for fitting and forecasting, by model; loading libraries is
        nobody's.
    records : mapping of str to mapping of str to tuple of FitRecord
        What became of each series, by baseline and series: one for each fit.
    """

    panel: Panel
    levels: tuple[float, ...]
    series: NDArray[np.int64]
    ends: NDArray[np.int64]
    timestamps: NDArray[np.generic]
    y: Array
    quantiles: Mapping[str, Array]
    source: Mapping[str, tuple[str, ...]]
    seconds: Mapping[str, float]
    records: Mapping[str, Mapping[str, tuple[FitRecord, ...]]] = field(default_factory=dict)

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return int(self.y.shape[1])

    @property
    def cutoffs(self) -> NDArray[np.generic]:
        """Last timestamp before each forecast, (R,)."""
        rows = self.panel.indptr[self.series] + self.ends
        return np.asarray(self.panel.timestamps[rows - 1])

    @cached_property
    def left(self) -> NDArray[np.int64]:
        """Rows after each cutoff, (R,): tells cutoffs apart where series end at different times."""
        return np.asarray(self.panel.lengths[self.series] - self.ends)

    @property
    def intervals(self) -> dict[int, tuple[int, int]]:
        """Places of the bounds of each interval by its coverage in per cent, narrowest first."""
        pairs = ((place, len(self.levels) - 1 - place) for place in range(len(self.levels) // 2))
        bounds = {round(100 * (self.levels[b] - self.levels[a])): (a, b) for a, b in pairs}
        return dict(sorted(bounds.items()))

    def to_frame(self) -> "pd.DataFrame":
        """Give the field's cross-validation frame.

        Returns
        -------
        pandas.DataFrame
            ``unique_id, ds, cutoff, y, <MODEL>, <MODEL>-lo-80, <MODEL>-hi-80,
            ...``: one row per series, cutoff and step, intervals widest last,
            ready for ``utilsforecast.evaluation.evaluate``.
        """
        import pandas as pd

        steps = self.horizon
        ids = np.array(self.panel.ids, dtype=object)[self.series]
        columns: dict[str, NDArray[np.generic]] = {
            "unique_id": np.repeat(ids, steps),
            "ds": self.timestamps.ravel(),
            "cutoff": np.repeat(self.cutoffs, steps),
            "y": self.y.ravel(),
        }
        for name, quantiles in self.quantiles.items():
            columns[name] = quantiles[..., self.levels.index(0.5)].ravel()
            for coverage, (low, high) in self.intervals.items():
                columns[f"{name}-lo-{coverage}"] = quantiles[..., low].ravel()
                columns[f"{name}-hi-{coverage}"] = quantiles[..., high].ravel()
        return pd.DataFrame(columns)


def backtest(
    fits: Mapping[str, Fit],
    panel: Panel,
    spec: BacktestSpec,
    baselines: Baselines | None = None,
    progress: Progress = lambda done, total: None,
    load: Callable[[], None] = lambda: None,
) -> Backtest:
    """Fit every model before its first cutoff and forecast from all of them.

    Parameters
    ----------
    fits : mapping of str to callable
        By the name that the results carry. Each is given the history before
        the first cutoff and returns the fitted model, which is then fed newer
        history at later cutoffs, until ``spec.refit`` wants another fit.
    panel : Panel
    spec : BacktestSpec
    baselines : Baselines, optional
        Fitted in other processes while this one goes through ``fits``.
    progress : callable
        Called with the number of baseline fits done and in all.
    load : callable
        Loads the libraries that ``fits`` need, while baselines are fitted and before
        any seconds count.

    Returns
    -------
    Backtest
    """
    placed = folds(panel, spec)
    series = np.concatenate([fold.series for fold in placed])
    ends = np.concatenate([fold.ends for fold in placed])
    rows = (panel.indptr[series] + ends)[:, None] + np.arange(spec.horizon)
    levels = _levels(spec)
    runs: list[_Run] = []
    with _computing(baselines, panel, placed, spec, progress) as wait:
        load()
        for name, fit in fits.items():
            runs.append(_run_global(name, fit, panel, placed, spec))
        runs += wait()
    return Backtest(
        panel,
        levels,
        series,
        ends,
        panel.timestamps[rows],
        panel.target[rows],
        {run.name: run.quantiles for run in runs},
        {run.name: run.source for run in runs},
        {run.name: run.seconds for run in runs},
        {run.name: run.records for run in runs if run.records},
    )


@dataclass(frozen=True, eq=False)
class _Run:
    """One model at all cutoffs."""

    name: str
    quantiles: Array
    source: tuple[str, ...]
    seconds: float
    records: Mapping[str, tuple[FitRecord, ...]] = field(default_factory=dict)


def _run_global(
    name: str, fit: Fit, panel: Panel, placed: Sequence[Fold], spec: BacktestSpec
) -> _Run:
    began = time.process_time()
    predictions = []
    for block in blocks(placed, spec.refit):
        model = fit(before_first_cutoff(panel, block))
        for fold in block:
            made = model.predict_quantiles(fold.history(panel), spec.horizon, _levels(spec))
            own = tuple(name if one == model.name else one for one in made.source)
            predictions.append(Prediction(made.quantiles, own))
    quantiles = np.concatenate([one.quantiles for one in predictions])
    source = tuple(one for prediction in predictions for one in prediction.source)
    return _Run(name, quantiles, source, time.process_time() - began)


@contextmanager
def _computing(
    baselines: Baselines | None,
    panel: Panel,
    placed: Sequence[Fold],
    spec: BacktestSpec,
    progress: Progress,
) -> Iterator[Callable[[], list[_Run]]]:
    """Let the baselines be computed; what is given waits for them."""
    if baselines is None:
        yield lambda: []
        return
    shape = spec.horizon, _levels(spec)
    jobs = list(baselines.jobs(panel, blocks(placed, spec.refit), shape))
    with running(jobs, spec.fit_seconds, baselines.workers, progress) as wait:
        yield lambda: _gather(jobs, wait(), panel, placed)


def _gather(
    jobs: Sequence[Job], outcomes: Sequence[Outcome], panel: Panel, placed: Sequence[Fold]
) -> list[_Run]:
    """Put the outcomes of each baseline into the order of folds and series."""
    where = {
        (panel.ids[series], end): row
        for row, (series, end) in enumerate(
            (series, end)
            for fold in placed
            for series, end in zip(fold.series.tolist(), fold.ends.tolist(), strict=True)
        )
    }
    runs = []
    for name in dict.fromkeys(job.label for job in jobs):
        quantiles = np.empty((len(where), jobs[0].horizon, len(jobs[0].levels)))
        source = [name] * len(where)
        records: dict[str, tuple[FitRecord, ...]] = {}
        seconds = 0.0
        for job, outcome in zip(jobs, outcomes, strict=True):
            if job.label != name:
                continue
            one = job.panel.ids[0]
            rows = [where[one, end] for end in job.ends]
            quantiles[rows] = outcome.quantiles
            for row, made_by in zip(rows, outcome.source, strict=True):
                source[row] = made_by
            records[one] = (*records.get(one, ()), outcome.record)
            seconds += outcome.seconds
        runs.append(_Run(name, quantiles, tuple(source), seconds, records))
    return runs


def _levels(spec: BacktestSpec) -> tuple[float, ...]:
    """Deciles for the quantile loss, and the bounds of the intervals asked for."""
    bounds = [bound for level in spec.levels for bound in interval_quantiles(level)]
    return tuple(sorted({*DECILES, *bounds}))
