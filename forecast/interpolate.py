"""Straight lines over what is missing: arrays in, arrays out."""

import numpy as np
from numpy.typing import NDArray


def interpolate(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill gaps along straight lines, and both ends with the nearest value.

    Parameters
    ----------
    values : ndarray of shape (T,)
        NaN where missing; at least one is not.

    Returns
    -------
    ndarray of shape (T,)

    Examples
    --------
    >>> interpolate(np.array([1.0, np.nan, 3.0, np.nan]))
    array([1., 2., 3., 3.])
    """
    known = np.flatnonzero(np.isfinite(values))
    return np.asarray(np.interp(np.arange(len(values)), known, values[known]))
