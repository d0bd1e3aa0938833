"""Tell whether the last period of a series is only a part of one: arrays in, arrays out."""

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.calendar import join_timestamps, split_timestamps, units_per_step

_REACH, _LEAST = 24, 12  # earlier quotients that the last is set against, and that are needed
_MANY, _MOST_MEMBERS = 3, 1000  # series that are judged together, and that are enough to judge by
_PART = 0.6  # of the lowest quotient: a last one above it may be just low


def is_open(last: NDArray[np.generic], freq: str, moment: np.datetime64) -> NDArray[np.bool_]:
    """Say for which series the last period has begun, but goes on beyond a moment.

    Parameters
    ----------
    last : ndarray of shape (N,), datetime64[ns] or int64
        Last timestamps: the start of each period.
    freq : str
    moment : datetime64

    Returns
    -------
    ndarray of shape (N,), bool
        False where there is no calendar, and for periods yet to come.

    Examples
    --------
    >>> last = np.array(["2024-05-01", "2024-06-01"], "M8[ns]")
    >>> is_open(last, "MS", np.datetime64("2024-06-10"))
    array([False,  True])
    """
    if last.dtype.kind != "M":
        return np.zeros(len(last), dtype=bool)
    ordinals, remainders = split_timestamps(last, freq)
    ends = join_timestamps(ordinals + units_per_step(freq), remainders, freq)
    return np.asarray((last <= moment) & (ends > moment))


def is_stub(
    target: NDArray[np.float64], indptr: NDArray[np.int64], season: int
) -> NDArray[np.bool_]:
    """Say for which series the last value can only be that of a part of a period.

    Parameters
    ----------
    target : ndarray of shape (T,), float64
        NaN where missing.
    indptr : ndarray of shape (N + 1,), int64
    season : int
        Steps; 1 where there is none.

    Returns
    -------
    ndarray of shape (N,), bool
        True where the last value, divided by that of a season before, is far
        below every such quotient of the last two seasons (24 steps at least).

    Examples
    --------
    >>> values = np.array([9.0, 10, 11] * 9 + [3.0])
    >>> is_stub(values, np.array([0, 28]), 3)
    array([ True])
    """
    found = np.zeros(len(indptr) - 1, dtype=bool)
    reach = max(_REACH, 2 * season)
    last = indptr[1:] - 1
    long = np.flatnonzero(np.diff(indptr) > season + _LEAST)
    # in blocks: the values before of ten thousand series with long seasons are many
    for block in np.array_split(long, 1 + len(long) * reach // 10**6):
        places = last[block, None] - np.arange(reach, -1, -1)
        first = indptr[block, None]
        quotients = _quotients(target, places, np.maximum(places - season, first))
        quotients[places - season < first] = np.nan
        before = quotients[:, :-1]
        low = np.where(np.isnan(before), np.inf, before).min(axis=1)
        sure = (~np.isnan(before)).sum(axis=1) >= _LEAST
        found[block] = sure & (quotients[:, -1] < _PART * low)
    return found


def partial_ends(
    target: NDArray[np.float64],
    indptr: NDArray[np.int64],
    season: int,
    ends: NDArray[np.generic],
    at: np.generic,
) -> NDArray[np.bool_]:
    """Say for which series the last period is only a part, since the file was cut short there.

    Parameters
    ----------
    target : ndarray of shape (T,), float64
    indptr : ndarray of shape (N + 1,), int64
    season : int
    ends : ndarray of shape (N,)
        Last timestamp of each series.
    at : datetime64 or int
        The last of all: series that end elsewhere ended by themselves. Three
        or more that end there are judged by their mean.

    Returns
    -------
    ndarray of shape (N,), bool
        See `is_stub`.
    """
    members = np.flatnonzero(ends == at)
    if len(members) < _MANY:
        return np.asarray(is_stub(target, indptr, season) & (ends == at))
    mean = _mean_from_end(target, indptr, members, season + max(_REACH, 2 * season) + 1)
    return np.asarray((ends == at) & is_stub(mean, np.array([0, len(mean)]), season)[0])


def _mean_from_end(
    target: NDArray[np.float64], indptr: NDArray[np.int64], members: NDArray[np.int64], rows: int
) -> NDArray[np.float64]:
    """Mean of series, each in units of its own mean, by rows counted from their ends."""
    chosen = members[:_MOST_MEMBERS]
    total, known = np.zeros(rows), np.zeros(rows)
    for some in np.array_split(chosen, 1 + len(chosen) * rows // 10**6):
        places = indptr[some + 1, None] + np.arange(-rows, 0)
        own = np.where(places >= indptr[some, None], target[np.maximum(places, 0)], np.nan)
        there = ~np.isnan(own)
        plain = np.where(there, own, 0.0)
        scale = np.abs(plain).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        used = scale > 0
        total += (plain[used] / scale[used, None]).sum(axis=0)
        known += there[used].sum(axis=0)
    return np.where(known > 0, total / np.maximum(known, 1), np.nan)


def _quotients(
    target: NDArray[np.float64], places: NDArray[np.int64], earlier: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Values over earlier ones, NaN where one is missing or the earlier one not positive."""
    value, base = target[np.maximum(places, 0)], target[earlier]
    good = (base > 0) & (value >= 0)
    return np.where(good, value / np.where(good, base, 1.0), np.nan)
