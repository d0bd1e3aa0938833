"""The Theta method: exponential smoothing drawn towards a part of a linear trend.

Assimakopoulos and Nikolopoulos (2000) in the form of Fiorucci, Pellegrini,
Louzada, Petropoulos and Koehler (2016), "Models for optimising the theta method
and their relationship to state space models": the smoothing constant and theta
are estimated, and the trend is that of all rows or, dynamically, of the rows so
far. The season is left to ``seasonal``, panels and fallbacks to ``local``.

Letters: n rows, H steps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter

from forecast.interpolate import interpolate
from forecast.models.local import require_values
from forecast.models.seasonal import Season
from forecast.models.simple import spread_out
from forecast.models.widen import widening

Array = NDArray[np.float64]

_FEWEST_VALUES = 4
_SMOOTHEST, _QUICKEST = 0.05, 0.99  # bounds of the smoothing constant
_COUNT = 8  # of parameters in effect, for ``widening``
_FIRST_JUDGED = 2  # the rows before it start the level and the trend


@dataclass(frozen=True, eq=False)
class ThetaFit:
    """Theta fitted to one series.

    Attributes
    ----------
    season : Season
    alpha : float
        Smoothing constant of the level, 0 to 1.
    weight : float
        1 - 1 / theta, 0 to 1: 0 is simple smoothing, 1/2 the standard method.
    dynamic : bool
        The trend is that of the rows so far, not of all rows.
    """

    season: Season
    alpha: float
    weight: float
    dynamic: bool

    converged = True

    def __str__(self) -> str:
        theta = f"{1 / (1 - self.weight):.2f}" if self.weight < 0.99 else "inf"
        return f"Theta({theta}){' dynamic' if self.dynamic else ''}{self.season}"

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast from the end of a history, trend and level drawn from it; see ``SeriesFit``."""
        values = interpolate(self.season.remove(target, phase))
        n = len(values)
        line = _lines(values, dynamic=self.dynamic)
        errors, level = _smooth(values, line, self.alpha, self.weight)
        centre = _ahead(values, level, (self.alpha, self.weight), horizon, dynamic=self.dynamic)
        freedom = max(n - _FIRST_JUDGED - 2, 1)
        spread = np.sqrt(np.sum(errors[_FIRST_JUDGED:] ** 2) / freedom)
        deviation = spread * np.sqrt(1 + np.arange(horizon) * self.alpha**2)
        deviation *= widening(_COUNT, int(np.isfinite(target).sum()), horizon)
        quantiles = spread_out(centre, deviation, freedom, levels)
        return self.season.restore(quantiles, phase + n)


def fit_theta(target: Array, season: int) -> ThetaFit:
    """Estimate the season, the smoothing constant and theta of one series.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int

    Returns
    -------
    ThetaFit

    Raises
    ------
    CannotFit
    """
    require_values(target, _FEWEST_VALUES)
    found = Season.find(interpolate(target), season)
    values = interpolate(found.remove(target, 0))
    best = (np.inf, 0.5, 0.5, False)
    for dynamic in (False, True):
        line = _lines(values, dynamic=dynamic)

        def loss(alpha: float, line: Array = line) -> float:
            return _best_weight(values, line, alpha)[0]

        alpha = float(minimize_scalar(loss, bounds=(_SMOOTHEST, _QUICKEST), method="bounded").x)
        squares, weight = _best_weight(values, line, alpha)
        best = min(best, (squares, alpha, weight, dynamic))
    return ThetaFit(found, *best[1:])


def _lines(values: Array, *, dynamic: bool) -> Array:
    """Intercept and slope of the trend before each row, and after the last: (n + 1, 2)."""
    t = np.arange(1.0, len(values) + 1)
    lines = np.zeros((len(values) + 1, 2))
    lines[1:] = _line(np.cumsum(values), np.cumsum(t * values), t)
    return lines if dynamic else np.broadcast_to(lines[-1], lines.shape)


def _line(total: Array, product: Array, t: Array) -> Array:
    """Intercept and slope of the line through t rows, from their sum and that of row x value."""
    slope = 12 * (product - (t + 1) / 2 * total) / np.maximum(t * (t**2 - 1), 1)
    return np.stack([total / t - slope * (t + 1) / 2, slope], -1)


def _pull(line: Array, alpha: float, row: Array) -> Array:
    """What the trend adds to the level where all of it counts (weight 1); row 0 is the first."""
    left = (1 - alpha) ** row
    return np.asarray(left * line[..., 0] + (1 - left * (1 - alpha)) / alpha * line[..., 1])


def _parts(values: Array, line: Array, alpha: float) -> tuple[Array, Array, Array]:
    """Errors from a zero level and no trend, and what level and trend would take off them."""
    n = len(values)
    row = np.arange(float(n))
    smooth = np.asarray(lfilter([alpha], [1, alpha - 1], values))
    errors = values - np.r_[0.0, smooth[:-1]]
    return errors, np.power(1 - alpha, row), _pull(line[:n], alpha, row)


def _best_weight(values: Array, line: Array, alpha: float) -> tuple[float, float]:
    """Least squares over the first level and the weight, given the smoothing constant."""
    errors, level, pull = (part[_FIRST_JUDGED:] for part in _parts(values, line, alpha))
    fixed, weight = level @ level, 0.0
    free_pull, free_errors = (one - level * (level @ one) / fixed for one in (pull, errors))
    length = free_pull @ free_pull
    if length > 1e-12 * (pull @ pull):
        weight = float(np.clip(free_pull @ free_errors / length, 0, 1))
    rest = free_errors - weight * free_pull
    return float(rest @ rest), weight


def _smooth(values: Array, line: Array, alpha: float, weight: float) -> tuple[Array, float]:
    """One-step errors with the best first level, and the level after the last row."""
    errors, start, pull = _parts(values, line, alpha)
    errors = errors - weight * pull
    known = start[_FIRST_JUDGED:]
    squared = known @ known
    first = float(known @ errors[_FIRST_JUDGED:] / squared) if squared > 1e-300 else values[0]
    level = lfilter([alpha], [1, alpha - 1], values)[-1] + (1 - alpha) ** len(values) * first
    return errors - first * start, float(level)


def _ahead(
    values: Array, level: float, shape: tuple[float, float], horizon: int, *, dynamic: bool
) -> Array:
    """Forecast step by step, taking each forecast for what is observed next."""
    alpha, weight = shape
    centre = np.empty(horizon)
    t = np.arange(1.0, len(values) + 1)
    total, product, n = np.cumsum(values)[-1], np.cumsum(t * values)[-1], t[-1]
    line = _line(total, product, n)
    for step in range(horizon):
        centre[step] = level + weight * _pull(line, alpha, n)
        level += alpha * (centre[step] - level)
        n += 1
        total, product = total + centre[step], product + n * centre[step]
        line = _line(total, product, n) if dynamic else line
    return centre
