"""Errors by which forecasts are chosen: what is no number is infinitely wrong.

What is judged depends on what happened alone, so that no forecast gets out of it.

Letters: C forecasts, H steps, Q quantile levels.
"""

import numpy as np
from numpy.typing import NDArray

from forecast.metrics import pinball

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
