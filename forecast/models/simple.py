"""Methods of one line each: naive, drift and mean, with their textbook intervals.

Formulas of Hyndman and Athanasopoulos (2021), Forecasting: Principles and
Practice, 3rd ed., section 5.2 and table 5.2, with Student's t where a spread
is estimated beside a slope or a mean.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from forecast.models.local import require_values
from forecast.models.naive import naive_name, naive_quantiles

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SimpleFit:
    """A method that has nothing to estimate before it forecasts.

    Attributes
    ----------
    name : str
        Of the method, as shown.
    season : int
    rule : callable
        ``rule(target, season, horizon, levels)`` gives quantiles (H, Q).
    """

    name: str
    season: int
    rule: Callable[[Array, int, int, tuple[float, ...]], Array]

    converged = True

    def __str__(self) -> str:
        return f"{self.name}[{self.season}]" if self.season > 1 else self.name

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast one series; see ``SeriesFit``."""
        return self.rule(target, self.season, horizon, levels)


def fit_seasonal_naive(target: Array, season: int) -> SimpleFit:
    """Repeat the last season; the fallback of every other method."""
    return SimpleFit(naive_name(season), season, naive_quantiles)


def fit_naive(target: Array, season: int) -> SimpleFit:
    """Repeat the last value."""
    return SimpleFit("Naive", 1, naive_quantiles)


def fit_drift(target: Array, season: int) -> SimpleFit:
    """Go on from the last value along the line through the first and the last."""
    require_values(target, 3)
    return SimpleFit("Drift", 1, drift_quantiles)


def fit_mean(target: Array, season: int) -> SimpleFit:
    """Forecast the mean of the history."""
    require_values(target, 2)
    return SimpleFit("Mean", 1, mean_quantiles)


def drift_quantiles(target: Array, season: int, horizon: int, levels: tuple[float, ...]) -> Array:
    """Forecast by the last value and the mean change per step.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int
        Not used.
    horizon : int
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (H, Q)

    Notes
    -----
    A random walk with drift: after gaps of g steps, changes have mean g b and
    variance g s^2. The forecast error h steps after the last of n steps has
    variance s^2 h (1 + h / n).
    """
    rows = np.flatnonzero(np.isfinite(target))
    values, gaps = target[rows], np.diff(rows)
    steps = int(rows[-1] - rows[0])
    slope = (values[-1] - values[0]) / steps
    freedom = len(gaps) - 1
    spread = np.sqrt(np.sum((np.diff(values) - slope * gaps) ** 2 / gaps) / freedom)
    ahead = np.arange(1, horizon + 1) + len(target) - 1 - rows[-1]
    deviation = spread * np.sqrt(ahead * (1 + ahead / steps))
    return spread_out(values[-1] + slope * ahead, deviation, freedom, levels)


def mean_quantiles(target: Array, season: int, horizon: int, levels: tuple[float, ...]) -> Array:
    """Forecast by the mean of all observed values.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int
        Not used.
    horizon : int
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (H, Q)
    """
    values = target[np.isfinite(target)]
    n = len(values)
    deviation = np.full(horizon, values.std(ddof=1) * np.sqrt(1 + 1 / n))
    return spread_out(np.full(horizon, values.mean()), deviation, n - 1, levels)


def spread_out(centre: Array, deviation: Array, freedom: float, levels: tuple[float, ...]) -> Array:
    """Give the quantiles of Student's t around a centre.

    Parameters
    ----------
    centre, deviation : ndarray of shape (H,)
    freedom : float
        Degrees of freedom.
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (H, Q)
    """
    quantiles = stdtrit(max(freedom, 1.0), np.array(levels))
    return np.asarray(centre[:, None] + deviation[:, None] * quantiles)
