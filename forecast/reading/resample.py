"""Make periods of a coarser calendar out of finer rows: arrays in, arrays out.

A period is named by its own timestamp on the coarser calendar: its start, or
for month ends its last day. Deciding what to do about periods that are not
complete is left to ``repairs``.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.reading.clean import Rows
from forecast.timeline.calendar import join_timestamps, split_timestamps, units_per_step
from forecast.timeline.frequency import NANOSECONDS, anchor_of, parse_frequency

_MONDAY = 4 * NANOSECONDS["D"]  # after 1970-01-01, a Thursday
_LEAST_KNOWN = 0.5  # share of a period's rows that a mean of the known ones may stand for


def period_of(timestamps: NDArray[np.generic], freq: str) -> NDArray[np.generic]:
    """Give the timestamp of the period that each time falls into.

    Parameters
    ----------
    timestamps : ndarray, datetime64 or int64
    freq : str
        Of the periods. Weeks begin, and are named by, the day they are
        anchored at; quarters and years begin or end with their month.

    Returns
    -------
    ndarray, same shape, datetime64[ns] or int64

    Examples
    --------
    >>> day = np.array(["2024-02-14T15:00"], "M8[ns]")
    >>> [str(period_of(day, freq)[0])[:10] for freq in ("D", "W-MON", "MS", "ME", "QS")]
    ['2024-02-14', '2024-02-12', '2024-02-01', '2024-02-29', '2024-01-01']
    """
    unit, count = parse_frequency(freq).unit, units_per_step(freq)
    ordinals = split_timestamps(timestamps, freq)[0]
    phase = 0
    if unit.startswith("month"):
        phase = anchor_of(freq)
    elif unit == "ns" and count % NANOSECONDS["W"] == 0:
        phase = _MONDAY + anchor_of(freq) * NANOSECONDS["D"]
    behind = (ordinals - phase) % count
    ordinals = ordinals + (-behind % count if unit == "month-end" else -behind)
    day = -NANOSECONDS["D"] if unit == "month-end" else 0  # counted from the end
    return join_timestamps(ordinals, np.full_like(ordinals, day), freq)


def aggregate_rows(rows: Rows, freq: str, how: str, *, whole: bool) -> Rows:
    """Make one row out of all rows of a series that fall into one period.

    Parameters
    ----------
    rows : Rows
    freq : str
        Of the periods.
    how : {"sum", "mean", "last"}
        "last" is the last known value.
    whole : bool
        Whether every row that belongs to a period is there, if only as a
        missing value: then a sum needs all of them, and a mean half of them.

    Returns
    -------
    Rows
        One for each period that has a row; NaN where it has no value. The
        source is that of its first row.

    Examples
    --------
    >>> hours = np.array(["2024-01-01T05", "2024-01-01T06", "2024-01-02T00"], "M8[ns]")
    >>> rows = Rows(np.zeros(3, int), hours, np.array([1.0, 2.0, 5.0]), np.arange(3))
    >>> aggregate_rows(rows, "D", "sum", whole=True).target
    array([3., 5.])
    """
    periods = period_of(rows.timestamps, freq)
    starts = _first_rows(rows, periods)
    sizes = np.diff(np.append(starts, len(periods)))
    known = ~np.isnan(rows.target)
    counts = np.add.reduceat(known, starts, dtype=np.int64)
    if how == "last":
        place = np.maximum.reduceat(np.where(known, np.arange(len(known)), -1), starts)
        values = np.where(counts > 0, rows.target[place], np.nan)
    else:
        sums = np.add.reduceat(np.where(known, rows.target, 0.0), starts)
        values = sums / np.maximum(counts, 1) if how == "mean" else sums
        least = 1.0 if not whole else sizes if how == "sum" else _LEAST_KNOWN * sizes
        values = np.where(counts >= np.maximum(least, 1), values, np.nan)
    return replace(rows.take(starts), timestamps=periods[starts], target=values)


def incomplete_periods(rows: Rows, base: str, freq: str) -> NDArray[np.bool_]:
    """Mark the periods at the ends of series that have fewer rows than belong to them.

    Parameters
    ----------
    rows : Rows
        Regular, in steps of ``base``.
    base, freq : str
        Of the rows, and of the periods.

    Returns
    -------
    ndarray of bool
        One for each row of `aggregate_rows`: True for a first period that
        began before its first row, and a last one that goes on after its last.
    """
    periods = period_of(rows.timestamps, freq)
    starts = _first_rows(rows, periods)
    first, last = rows.starts, rows.indptr[1:] - 1
    begun = _stepped(rows.timestamps[first], base, -1)
    ahead = _stepped(rows.timestamps[last], base, 1)
    marked = np.zeros(len(starts), dtype=bool)
    number = np.searchsorted(starts, np.stack([first, last]), side="right") - 1
    marked[number[0]] |= period_of(begun, freq) == periods[first]
    marked[number[1]] |= period_of(ahead, freq) == periods[last]
    return marked


def _first_rows(rows: Rows, periods: NDArray[np.generic]) -> NDArray[np.int64]:
    same = np.zeros(len(periods), dtype=bool)
    same[1:] = (np.diff(rows.series) == 0) & (periods[1:] == periods[:-1])
    return np.flatnonzero(~same)


def _stepped(timestamps: NDArray[np.generic], freq: str, steps: int) -> NDArray[np.generic]:
    ordinals, remainders = split_timestamps(timestamps, freq)
    return join_timestamps(ordinals + steps * units_per_step(freq), remainders, freq)
