"""Errors by which forecasts are chosen: what is no number is infinitely wrong.

What is judged depends on what happened alone, so that no forecast gets out of it.

Letters: N series, C forecasts of all of them, H steps, Q quantile levels.
"""

import numpy as np
from numpy.typing import NDArray

from forecast.metrics import pinball
from forecast.panel import Panel

Array = NDArray[np.float64]


def errors_in_units(y: Array, point: Array, unit: Array) -> Array:
    """Give absolute errors in units of each forecast.

    Parameters
    ----------
    y : ndarray of shape (C, H)
        NaN where nothing is known.
    point : ndarray of shape (C, H)
    unit : ndarray of shape (C,)
        Nothing is judged where it is not above zero.

    Returns
    -------
    ndarray of shape (C, H)
        NaN where nothing is judged, infinite where the forecast is no number.

    Examples
    --------
    >>> y, point = np.array([[1.0, 2.0, np.nan]]), np.array([[np.nan, 5.0, 9.0]])
    >>> errors_in_units(y, point, np.array([2.0]))
    array([[inf, 1.5, nan]])
    """
    with np.errstate(all="ignore"):
        return _judged(np.abs(y - point) / unit[:, None], _known(y, unit))


def losses_in_units(y: Array, quantiles: Array, levels: tuple[float, ...], unit: Array) -> Array:
    """Give quantile losses in units of each forecast.

    Parameters
    ----------
    y : ndarray of shape (C, H)
        NaN where nothing is known.
    quantiles : ndarray of shape (C, H, Q)
    levels : tuple of float, length Q
    unit : ndarray of shape (C,)
        Nothing is judged where it is not above zero.

    Returns
    -------
    ndarray of shape (C, H, Q)
        NaN where nothing is judged, infinite where the forecast is no number.
    """
    with np.errstate(all="ignore"):
        losses = pinball(y, quantiles, levels) / unit[:, None, None]
        return _judged(losses, _known(y, unit)[..., None])


def average(errors: Array) -> float:
    """Average over all that is judged, whichever forecast it is of.

    Parameters
    ----------
    errors : ndarray

    Returns
    -------
    float
        NaN where nothing is judged.
    """
    with np.errstate(over="ignore"):
        return float(np.nanmean(errors)) if not np.isnan(errors).all() else np.nan


def _known(y: Array, unit: Array) -> NDArray[np.bool_]:
    return ~np.isnan(y) & (unit > 0)[:, None]


def _judged(errors: Array, known: NDArray[np.bool_]) -> Array:
    return np.where(known, np.where(np.isnan(errors), np.inf, errors), np.nan)


def begin_as_usual(
    panel: Panel, starts: NDArray[np.int64], ends: NDArray[np.int64], horizon: int, season: int
) -> NDArray[np.bool_]:
    """Tell which forecasts begin like those to come: after a value, and not just after a gap.

    Parameters
    ----------
    panel : Panel
    starts, ends : ndarray of int, shape (C,)
        Rows of the panel where the history of each forecast begins and ends; as many
        forecasts of every series, in its order.
    horizon, season : int

    Returns
    -------
    ndarray of bool, shape (C,)

    Notes
    -----
    What is said from within a gap, or from the first rows after it, tells little of what
    will be said later. At least half as many values as before the end of the series are
    known in the last season or horizon, whichever is longer, and one in the shorter.
    """
    lags = np.arange(max(horizon, season)) + 1

    def known(last: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.bool_]:
        rows = last[:, None] - lags
        seen = ~np.isnan(panel.target[np.maximum(rows, 0)])
        return np.asarray((rows >= first[:, None]) & seen)

    seen = known(ends, starts)
    usual = known(panel.indptr[1:], panel.indptr[:-1]).sum(1).repeat(len(ends) // len(panel))
    return np.asarray(seen[:, : min(horizon, season)].any(1) & (2 * seen.sum(1) >= usual))
