"""Whole numbers for counts: the quantiles of what comes in ones are ones, too.

A network answers with numbers between them. Where a series is about 0, 1 or 2, those
are never hit: 0.3 is further from most days than 0 is, and an interval from 0.1 on
leaves out every day without a sale.

Letters: N series, L past values.
"""

import numpy as np
from numpy.typing import NDArray

LARGEST_CHANGE = 2.0
"""Mean change from value to value of a series whose forecasts are rounded: measured on
simulated and on real counts, larger ones gain nothing."""


def are_counts(past: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which series are whole numbers that change by few ones.

    Parameters
    ----------
    past : ndarray of shape (N, L)
        NaN where missing.

    Returns
    -------
    ndarray of shape (N,), bool

    Examples
    --------
    >>> are_counts(np.array([[0.0, 2.0, np.nan, 1.0], [0.0, 2.5, 1.0, 1.0]])).tolist()
    [True, False]
    """
    seen = np.isfinite(past)
    whole = ~(seen & (past != np.rint(past))).any(1)
    return np.asarray(whole & (_mean_change(past) <= LARGEST_CHANGE))


def to_whole(values: NDArray[np.float64], counts: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Round the forecasts of counts to the nearest whole number.

    Parameters
    ----------
    values : ndarray of shape (N, ...)
    counts : ndarray of shape (N,), bool

    Returns
    -------
    ndarray of shape (N, ...)
    """
    chosen = counts.reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(np.where(chosen, np.rint(values) + 0.0, values))  # never -0


def _mean_change(past: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean absolute change between neighbouring rows that were observed, infinite for none."""
    with np.errstate(over="ignore", invalid="ignore"):
        change = np.abs(np.diff(past, axis=1))
        known = np.isfinite(change)
        total = np.where(known, change, 0.0).sum(1)
    never = np.full(len(past), np.inf)
    return np.asarray(np.divide(total, known.sum(1), out=never, where=known.any(1)))
