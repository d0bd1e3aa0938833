"""Measures of quantiles and intervals: what a forecast says about its own doubt."""

import numpy as np

from forecast.metrics.averages import Array, mean
from forecast.metrics.scaled import in_units


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

    Notes
    -----
    Koenker and Bassett (1978), "Regression quantiles".
    """
    error = y[..., None] - quantiles
    q = np.array(levels)
    return np.asarray(np.maximum(q * error, (q - 1) * error))


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
    Twice the mean quantile loss over the levels (Laio and Tamea 2007, "Verification
    tools for probabilistic forecasts of continuous hydrological variables"): exact in
    the limit of levels that fill (0, 1) evenly. Over the nine deciles it is 9 % more for a normal
    distribution, since the tails, where the loss is small, are left out.
    """
    return mean(2 * pinball(y, quantiles, levels).mean(axis=-1), np.isfinite(y))


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
    return mean(inside, np.isfinite(y))


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
    Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and
    estimation", equation 43, with alpha = 1 - level / 100,
    after Winkler (1972), "A decision-theoretic approach to interval estimation".
    """
    alpha = 1 - level / 100
    missed = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return mean(high - low + 2 / alpha * missed, np.isfinite(y))


def msis(y: Array, low: Array, high: Array, level: int, scale: Array) -> Array:
    """Compute the mean scaled interval score.

    Parameters
    ----------
    y, low, high : ndarray of shape (..., H)
    level : int
        Coverage of the interval in per cent.
    scale : ndarray of shape (...)
        ``seasonal_scale`` of the history before each cutoff.

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    `winkler` divided by the scale: Makridakis, Spiliotis and Assimakopoulos
    (2020), "The M4 Competition".
    """
    y, low, high = in_units(scale, y, low, high)
    return winkler(y, low, high, level)
