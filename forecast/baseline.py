"""A baseline's own forecast: fitted to each series, in the form of any other forecast."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from forecast.evaluation.backtest import Baselines
from forecast.evaluation.folds import Fold
from forecast.evaluation.jobs import Outcome, running
from forecast.models.base import Prediction, Progress
from forecast.models.local import FitRecord
from forecast.panel import Panel
from forecast.predict import forecast_panel
from forecast.result import Forecast
from forecast.spec import BacktestSpec


def forecast_baseline(
    method: Baselines,
    panel: Panel,
    horizon: int,
    levels: tuple[int, ...] = (80, 95),
    progress: Progress = lambda done, total: None,
) -> tuple[Forecast, Mapping[str, FitRecord]]:
    """Fit a baseline to every series and forecast from its last row on.

    Parameters
    ----------
    method : Baselines
        Of one name.
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
    model = _Fitting(method, progress)
    made = forecast_panel(model, panel, horizon, levels)
    found = zip(panel.ids, model.outcomes, strict=True)
    return made, {name: outcome.record for name, outcome in found}


@dataclass(frozen=True, eq=False)
class _Fitting:
    """Fits when it is asked for the one forecast, and keeps what became of it."""

    method: Baselines
    progress: Progress
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.method.label(self.method.names[0])

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        end = Fold(np.arange(len(panel)), panel.lengths)
        jobs = list(self.method.jobs(panel, [[end]], (horizon, levels)))
        seconds = BacktestSpec(horizon).fit_seconds
        with running(jobs, seconds, self.method.workers, self.progress) as wait:
            self.outcomes[:] = wait()
        quantiles = np.concatenate([one.quantiles for one in self.outcomes])
        return Prediction(quantiles, tuple(one.source[0] for one in self.outcomes))
