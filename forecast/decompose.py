"""Take a series apart: trend, seasons, and what remains of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.interpolate import interpolate
from forecast.nature import INNER_PASSES, loess_jumps
from forecast.panel import Series

MOST_ROWS = 1000
"""Last rows of a series that are taken apart."""

_LEAST = 8  # values, or cycles twice over, that parts are told from
_SHARE = 0.3  # of a series without a season that its trend is smoothed over

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Parts:
    """The end of a series as a sum.

    Attributes
    ----------
    start : int
        Row of the series that the parts begin with.
    trend : ndarray of shape (T,), float64
    seasons : mapping of int to ndarray of shape (T,)
        By length, shortest first.
    remainder : ndarray of shape (T,), float64
        NaN where the value is missing.
    """

    start: int
    trend: Array
    seasons: Mapping[int, Array]
    remainder: Array


def decompose(series: Series, seasons: tuple[int, ...]) -> Parts | None:
    """Take the end of a series apart by loess.

    Parameters
    ----------
    series : Series
        NaN where missing; interpolated for the trend and the seasons.
    seasons : tuple of int
        Lengths in steps; those that do not fit in twice are left out.

    Returns
    -------
    Parts or None
        None where there are too few values, or none that differ.

    Notes
    -----
    STL (R. B. Cleveland, W. S. Cleveland, J. McRae and I. Terpenning 1990) for one
    season, MSTL (K. Bandara, R. Hyndman and C. Bergmeir 2021) for several, one pass of
    loess where there is none.
    """
    known = np.flatnonzero(~np.isnan(series.target))
    if len(known) < _LEAST:
        return None
    start = max(int(known[0]), len(series.target) - MOST_ROWS)
    observed = series.target[start:]
    if np.isfinite(observed).sum() < _LEAST or np.nanmin(observed) == np.nanmax(observed):
        return None
    values = interpolate(observed)
    lengths = sorted({one for one in seasons if 2 <= one <= len(values) // 2})
    size = float(np.abs(values).max())  # whose squares may not be finite
    trend, found = _apart(values / size, lengths)
    trend, found = trend * size, {length: one * size for length, one in found.items()}
    rest = observed - trend - sum(found.values(), np.zeros(len(values)))
    return Parts(start, trend, found, rest)


def _apart(values: Array, lengths: list[int]) -> tuple[Array, dict[int, Array]]:
    from statsmodels.nonparametric.smoothers_lowess import lowess
    from statsmodels.tsa.seasonal import MSTL, STL

    if not lengths:
        time = np.arange(len(values), dtype=float)
        skip = 0.01 * len(values)  # between two fits; linear there
        return np.asarray(lowess(values, time, _SHARE, delta=skip, return_sorted=False)), {}
    jumps = loess_jumps(lengths[0])
    if len(lengths) == 1:
        stl = STL(values, period=lengths[0], **jumps).fit(inner_iter=INNER_PASSES)
        return np.asarray(stl.trend), {lengths[0]: np.asarray(stl.seasonal)}
    made = MSTL(values, periods=lengths, stl_kwargs=jumps | {"inner_iter": INNER_PASSES}).fit()
    columns = np.asarray(made.seasonal)
    return np.asarray(made.trend), {
        length: columns[:, place] for place, length in enumerate(lengths)
    }
