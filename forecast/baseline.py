"""A baseline's own forecast: fitted to each series, in the form of any other forecast."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from forecast.evaluation.jobs import Job, Outcome, running
from forecast.models.base import Prediction
from forecast.models.baselines import baseline_label
from forecast.models.local import FitRecord
from forecast.panel import Panel
from forecast.predict import forecast_panel
from forecast.result import Forecast

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Baseline:
    """A baseline, and who computes it.

    Attributes
    ----------
    baseline : str
        Of ``models.baselines.BASELINES``.
    season : int
        Season length in steps; 1 means none.
    own : mapping of str to tuple of int
        Seasons of series that have others, by name.
    workers : int, optional
        Processes; None takes every core. The forecast does not depend on it.
    fit_seconds : float
        Time limit of one series; then the seasonal naive method takes its place.
    """

    baseline: str
    season: int
    own: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    workers: int | None = None
    fit_seconds: float = 120.0

    def forecast(
        self,
        panel: Panel,
        horizon: int,
        levels: tuple[int, ...] = (80, 95),
        progress: Progress = lambda done, total: None,
    ) -> tuple[Forecast, Mapping[str, FitRecord]]:
        """Fit the baseline to every series and forecast from its last row on.

        Parameters
        ----------
        panel : Panel
        horizon : int
        levels : tuple of int
            Interval coverages in per cent.
        progress : callable
            Called with series done and in all.

        Returns
        -------
        forecast : Forecast
        records : mapping of str to FitRecord
            What became of each series.
        """
        model = _Fitting(self, progress)
        made = forecast_panel(model, panel, horizon, levels)
        found = zip(panel.ids, model.outcomes, strict=True)
        return made, {name: outcome.record for name, outcome in found}


@dataclass(frozen=True, eq=False)
class _Fitting:
    """Fits when it is asked for a forecast, and keeps what became of it."""

    method: Baseline
    progress: Progress
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def name(self) -> str:
        return baseline_label(self.method.baseline, self.method.season)

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        method = self.method
        seasons = [method.own.get(name, (method.season,))[0] for name in panel.ids]
        jobs = [
            Job(method.baseline, season, panel.select([i]), (int(rows),), horizon, levels)
            for i, (season, rows) in enumerate(zip(seasons, panel.lengths, strict=True))
        ]
        with running(jobs, method.fit_seconds, method.workers, self.progress) as wait:
            self.outcomes.extend(wait())
        quantiles = np.concatenate([one.quantiles for one in self.outcomes])
        return Prediction(quantiles, tuple(one.source[0] for one in self.outcomes))
