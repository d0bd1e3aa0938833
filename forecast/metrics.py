"""Measures of forecast accuracy: pure functions of arrays, and a table of them.

Letters: ``...`` any leading shape, H steps, Q quantile levels. Every function
reduces the last axis of ``y``, leaves missing actuals out, and gives NaN where
nothing is left, the denominator is zero, or a forecast is missing: a model may
not choose what it is judged on. Averaging over series, and counting
what was left out, is up to ``forecast.evaluate``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def seasonal_scale(history: Array, season: int) -> float:
    """Measure the in-sample absolute error of the seasonal naive method.

    Parameters
    ----------
    history : ndarray of shape (T,)
        Values up to the cutoff; NaN where missing.
    season : int
        Season length m in steps.

    Returns
    -------
    float
        Mean of ``|y[t] - y[t - m]|``; NaN when no such pair was observed.

    Notes
    -----
    The denominator of MASE: Hyndman and Koehler (2006), "Another look at
    measures of forecast accuracy", section 3; with m as in Makridakis et al.
    (2020), "The M4 Competition".

    Examples
    --------
    >>> seasonal_scale(np.array([1.0, 2.0, 4.0]), 1)
    1.5
    """
    return float(_mean(np.abs(_seasonal_differences(history, season))))


def squared_seasonal_scale(history: Array, season: int) -> float:
    """Measure the in-sample squared error of the seasonal naive method.

    Parameters
    ----------
    history : ndarray of shape (T,)
    season : int

    Returns
    -------
    float
        Mean of ``(y[t] - y[t - m])**2``, the denominator of RMSSE.
    """
    return float(_mean(_seasonal_differences(history, season) ** 2))


def mae(y: Array, yhat: Array) -> Array:
    """Compute the mean absolute error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)
        Actual values, NaN where missing, and point forecasts.

    Returns
    -------
    ndarray of shape (...)
    """
    return _mean(np.abs(y - yhat), np.isfinite(y))


def rmse(y: Array, yhat: Array) -> Array:
    """Compute the root mean squared error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...)
    """
    return np.asarray(np.sqrt(_mean((y - yhat) ** 2, np.isfinite(y))))


def bias(y: Array, yhat: Array) -> Array:
    """Compute the mean error: positive when the forecast is too high.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...)
    """
    return _mean(yhat - y, np.isfinite(y))


def mape(y: Array, yhat: Array) -> Array:
    """Compute the mean absolute percentage error; actual zeros are left out.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...), in per cent
    """
    return _mean(100 * _ratio(np.abs(y - yhat), np.abs(y)), np.isfinite(y) & (y != 0))


def smape(y: Array, yhat: Array) -> Array:
    """Compute the symmetric mean absolute percentage error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...), 0 to 200

    Notes
    -----
    Mean of ``200 |y - yhat| / (|y| + |yhat|)`` (Makridakis et al. 2020,
    section 2.2); a zero forecast as zero counts as no error.
    """
    error, size = np.abs(y - yhat), np.abs(y) + np.abs(yhat)
    return _mean(np.where(size == 0, 0.0, 200 * _ratio(error, size)), np.isfinite(y))


def wape(y: Array, yhat: Array) -> Array:
    """Compute the weighted absolute percentage error, ``sum|y - yhat| / sum|y|``.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...), a share: 0.05 means 5 per cent
    """
    return _ratio(mae(y, yhat), _mean(np.abs(y)))


def mase(y: Array, yhat: Array, scale: Array) -> Array:
    """Compute the mean absolute scaled error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)
    scale : ndarray of shape (...)
        ``seasonal_scale`` of the history before each cutoff.

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    Hyndman and Koehler (2006), section 3: below 1 beats the in-sample
    one-season-ahead seasonal naive forecast.
    """
    return _ratio(mae(y, yhat), scale)


def rmsse(y: Array, yhat: Array, squared_scale: Array) -> Array:
    """Compute the root mean squared scaled error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)
    squared_scale : ndarray of shape (...)
        ``squared_seasonal_scale`` of the history before each cutoff.

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    Makridakis, Spiliotis and Assimakopoulos (2022), "The M5 accuracy
    competition", equation 1.
    """
    return np.asarray(np.sqrt(_ratio(_mean((y - yhat) ** 2, np.isfinite(y)), squared_scale)))


def pinball(y: Array, quantiles: Array, levels: tuple[float, ...]) -> Array:
    """Compute the quantile loss at every step and level.

    Parameters
    ----------
    y : ndarray of shape (..., H)
    quantiles : ndarray of shape (..., H, Q)
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (..., H, Q)
        ``max(q (y - f), (q - 1) (y - f))``: half the absolute error at q = 0.5.
    """
    error = y[..., None] - quantiles
    q = np.array(levels)
    return np.asarray(np.maximum(q * error, (q - 1) * error))


def quantile_loss(y: Array, quantiles: Array, levels: tuple[float, ...]) -> Array:
    """Compute the weighted quantile loss, the mean over levels of ``2 sum loss / sum|y|``.

    Parameters
    ----------
    y : ndarray of shape (..., H)
    quantiles : ndarray of shape (..., H, Q)
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (...), a share of the actual values as for ``wape``
    """
    return _ratio(crps(y, quantiles, levels), _mean(np.abs(y)))


def crps(y: Array, quantiles: Array, levels: tuple[float, ...]) -> Array:
    """Approximate the continuous ranked probability score by quantiles.

    Parameters
    ----------
    y : ndarray of shape (..., H)
    quantiles : ndarray of shape (..., H, Q)
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (...), in the units of ``y``

    Notes
    -----
    Twice the mean quantile loss over the levels (Gneiting and Raftery 2007,
    "Strictly proper scoring rules", section 4.2): exact as the levels fill
    (0, 1) evenly.
    """
    return _mean(2 * pinball(y, quantiles, levels).mean(axis=-1), np.isfinite(y))


def coverage(y: Array, low: Array, high: Array) -> Array:
    """Measure the share of actual values inside an interval, bounds included.

    Parameters
    ----------
    y, low, high : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...), 0 to 1
    """
    inside = np.where(np.isnan(low + high), np.nan, (low <= y) & (y <= high))
    return _mean(inside, np.isfinite(y))


def winkler(y: Array, low: Array, high: Array, level: int) -> Array:
    """Compute the interval score: the width plus a penalty for each miss.

    Parameters
    ----------
    y, low, high : ndarray of shape (..., H)
    level : int
        Coverage of the interval in per cent.

    Returns
    -------
    ndarray of shape (...), in the units of ``y``

    Notes
    -----
    Gneiting and Raftery (2007), equation 43, with alpha = 1 - level / 100.
    Divided by ``seasonal_scale`` it is M4's MSIS.
    """
    alpha = 1 - level / 100
    missed = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return _mean(high - low + 2 / alpha * missed, np.isfinite(y))


@dataclass(frozen=True, eq=False)
class Judged:
    """Forecasts next to what happened: the input of every entry of ``METRICS``.

    Attributes
    ----------
    y : ndarray of shape (..., H)
        Actual values; NaN where missing.
    quantiles : ndarray of shape (..., H, Q)
    levels : tuple of float, length Q
        0.5 among them: the median is the point forecast.
    scale : ndarray of shape (...)
        ``seasonal_scale`` of the history before each cutoff.
    """

    y: Array
    quantiles: Array
    levels: tuple[float, ...]
    scale: Array

    @property
    def point(self) -> Array:
        """The point forecast, shape (..., H)."""
        return self.quantiles[..., self.levels.index(0.5)]


METRICS: Mapping[str, Callable[[Judged], Array]] = MappingProxyType(
    {
        "mase": lambda one: mase(one.y, one.point, one.scale),
        "wape": lambda one: wape(one.y, one.point),
        "smape": lambda one: smape(one.y, one.point),
        "mape": lambda one: mape(one.y, one.point),
        "mae": lambda one: mae(one.y, one.point),
        "rmse": lambda one: rmse(one.y, one.point),
        "bias": lambda one: bias(one.y, one.point),
        "quantile_loss": lambda one: quantile_loss(one.y, one.quantiles, one.levels),
        "crps": lambda one: crps(one.y, one.quantiles, one.levels),
    }
)
"""Measures that need nothing but forecasts, actual values and a scale, by name."""


def _seasonal_differences(history: Array, season: int) -> Array:
    return history[season:] - history[:-season] if len(history) > season else np.empty(0)


def _mean(values: Array, seen: NDArray[np.bool_] | None = None) -> Array:
    """Average the last axis over what was seen; NaN where that is nothing."""
    seen = np.isfinite(values) if seen is None else seen
    return _ratio(np.where(seen, values, 0.0).sum(axis=-1), seen.sum(axis=-1).astype(np.float64))


def _ratio(above: Array, below: Array) -> Array:
    """Divide; NaN where the denominator is zero or unknown."""
    out = np.full(np.broadcast_shapes(np.shape(above), np.shape(below)), np.nan)
    return np.asarray(np.divide(above, below, out=out, where=np.asarray(below) > 0))
