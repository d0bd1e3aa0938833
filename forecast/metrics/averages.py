"""Averages and ratios that know what is missing."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mean(values: Array, seen: NDArray[np.bool_] | None = None) -> Array:
    """Average the last axis over what was seen.

    Parameters
    ----------
    values : ndarray of shape (..., H)
    seen : ndarray of shape (..., H), bool, optional
        What is finite where None.

    Returns
    -------
    ndarray of shape (...)
        NaN where nothing was seen.
    """
    seen = np.isfinite(values) if seen is None else seen
    return ratio(np.where(seen, values, 0.0).sum(axis=-1), seen.sum(axis=-1).astype(np.float64))


def ratio(above: Array, below: Array) -> Array:
    """Divide.

    Parameters
    ----------
    above, below : ndarrays that broadcast

    Returns
    -------
    ndarray
        NaN where the denominator is zero or unknown.
    """
    out = np.full(np.broadcast_shapes(np.shape(above), np.shape(below)), np.nan)
    return np.asarray(np.divide(above, below, out=out, where=np.asarray(below) > 0))
