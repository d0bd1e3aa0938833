"""Exponential smoothing (ETS) with a form chosen from the data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecast.models.local import CannotFit
from forecast.models.season import interpolate
from forecast.models.simple import spread_out

Array = NDArray[np.float64]

_FEWEST_VALUES = 8


@dataclass(frozen=True, eq=False)
class EtsFit:
    """ETS fitted to one series."""

    form: tuple[str | None, bool, int]
    parameters: Array
    converged: bool

    def __str__(self) -> str:
        trend, damped, season = self.form
        letters = "N" if trend is None else "Ad" if damped else "A"
        return f"ETS(A,{letters},{'A' if season > 1 else 'N'})"

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast from the end of a history; see ``SeriesFit``."""
        result = _model(interpolate(target), self.form).smooth(self.parameters)
        deviation = np.sqrt(result.mse * np.arange(1, horizon + 1))
        return spread_out(np.asarray(result.forecast(horizon)), deviation, len(target), levels)


def fit_ets(target: Array, season: int) -> EtsFit:
    """Fit with and without a trend; see ``Fitter``."""
    if np.isfinite(target).sum() < _FEWEST_VALUES:
        raise CannotFit(f"{_FEWEST_VALUES} values are needed")
    values = interpolate(target)
    season = season if season <= 24 and len(values) > 2 * season + 4 else 1
    found = []
    for form in ((None, False, season), ("add", True, season)):
        result = _model(values, form).fit(disp=0)
        found.append((float(result.aicc), EtsFit(form, np.asarray(result.params), True)))
    return min(found, key=lambda one: one[0])[1]


def _model(values: Array, form: tuple[str | None, bool, int]) -> ETSModel:
    trend, damped, season = form
    seasonal = ("add", season) if season > 1 else (None, None)
    return ETSModel(
        values,
        trend=trend,
        damped_trend=damped,
        seasonal=seasonal[0],
        seasonal_periods=seasonal[1],
    )
