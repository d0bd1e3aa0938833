"""Adaptive conformal factors: how wide intervals have to be for what has lately happened.

Which forecasts came true, and how they are widened, is told in ``forecast.ledger.recalibrate``.

Letters: T points in time, in order; n scores of one of them.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LEAST = 20
"""Points in time that a factor needs; more where the interval is wider than 95 %."""

WINDOW = 50
"""Latest points in time whose scores count, or twice as many as are needed."""

RATE = 0.02
"""How far one miss or hit moves the level that is aimed at."""

NARROWEST, WIDEST = 0.1, 100.0
"""Bounds of a factor."""

_MOST_SCORES = 32
"""Of one point in time; of more, as many quantiles."""

Array = NDArray[np.float64]


def least_times(coverage: float) -> int:
    """Give how many points in time it takes to tell the bounds of an interval.

    Parameters
    ----------
    coverage : float
        Within (0, 1).

    Returns
    -------
    int

    Examples
    --------
    >>> least_times(0.8), least_times(0.95), least_times(0.99)
    (20, 20, 99)
    """
    return max(LEAST, math.ceil(round(coverage / (1 - coverage), 6)))


def conformity(y: Array, yhat: Array, low: Array, high: Array) -> Array:
    """Give how far values were from their forecast, in widths of the interval on that side.

    Parameters
    ----------
    y, yhat, low, high : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,)
        Up to 1 within the interval; NaN where there is no width, which no factor widens.

    Examples
    --------
    >>> one = np.ones(3)
    >>> conformity(np.array([5.0, 16.0, 9.0]), 10 * one, np.array([0.0, 0.0, 10.0]), 14 * one)
    array([0.5, 1.5, nan])
    """
    width = np.where(y < yhat, yhat - low, high - yhat)
    nothing = np.full(len(y), np.nan)
    return np.asarray(np.divide(np.abs(y - yhat), width, out=nothing, where=width > 0))


def adaptive_factor(
    scores: Sequence[Array], known: NDArray[np.int64], coverage: float
) -> float | None:
    """Give the factor on the width of the next interval.

    Parameters
    ----------
    scores : sequence of T arrays
        What `conformity` says of each point in time, one score for each series.
    known : ndarray of shape (T,)
        How many of these points had come when each was forecast.
    coverage : float
        Of the interval, within (0, 1).

    Returns
    -------
    float or None
        None while there are fewer points than `least_times`.

    Notes
    -----
    Adaptive conformal inference (Gibbs and Candès 2021, Adaptive conformal
    inference under distribution shift, eq. 2): the factor is a quantile of the
    latest scores, at a level that every miss raises and every hit lowers, so
    that the share of misses comes right in the long run whatever the series
    does. The past is gone through in order, and each forecast is judged by
    the factor that was known when it was made; forecasts of several steps ahead
    hear of their misses later (Angelopoulos, Candès and Tibshirani 2023,
    Conformal PID control for time series prediction, section 2).
    """
    least = least_times(coverage)
    if len(scores) < least:
        return None
    few = [_thinned(one) for one in scores]
    missing = np.full(len(few) + 1, 1 - coverage)  # the share aimed at after so many points
    for at, point in enumerate(few):
        factor = _factor(few[: known[at]], missing[known[at]], least)
        missed = 0.0 if factor is None else 1 - coverage - float((point > factor).mean())
        missing[at + 1] = missing[at] + RATE * missed
    return _factor(few, missing[-1], least)


def _factor(scores: Sequence[Array], missing: float, least: int) -> float | None:
    """Give the quantile of the latest scores that leaves a share of misses."""
    if len(scores) < least:
        return None
    window = np.concatenate(scores[-max(WINDOW, 2 * least) :])
    wanted = np.clip((1 - missing) * (1 + 1 / len(window)), 0, 1)
    found = np.quantile(window, wanted, method="higher")
    return float(np.clip(found, NARROWEST, WIDEST))


def _thinned(scores: Array) -> Array:
    if len(scores) <= _MOST_SCORES:
        return scores
    shares = (np.arange(_MOST_SCORES) + 0.5) / _MOST_SCORES
    return np.quantile(scores, shares, method="nearest")
