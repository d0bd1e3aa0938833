"""One pure function per repair of a panel's rows: arrays in, arrays out.

Rows are sorted by series, then time; ``series`` numbers them 0 .. N - 1. What
is wrong is found by ``check`` and ``read``; nothing here reports or refuses.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.calendar import join_timestamps, split_timestamps, units_per_step
from forecast.timeline.frequency import parse_frequency

_BLOCK = 1 << 18  # rows looked at together


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of several series, sorted by series and time.

    Attributes
    ----------
    series : ndarray of shape (T,), int32 or int64
        Which series a row belongs to, not decreasing.
    timestamps : ndarray of shape (T,), datetime64[ns] or int64
    target : ndarray of shape (T,), float64
        NaN where missing.
    source : ndarray of shape (T,), int32 or int64
        Row of the table that it came from; -1 for an inserted row.
    """

    series: NDArray[np.integer[Any]]
    timestamps: NDArray[np.generic]
    target: NDArray[np.float64]
    source: NDArray[np.integer[Any]]

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First row of each series, shape (N,)."""
        begins = np.ones(len(self.series), dtype=bool)
        np.not_equal(self.series[1:], self.series[:-1], out=begins[1:])
        return np.flatnonzero(begins)

    @cached_property
    def indptr(self) -> NDArray[np.int64]:
        """Offsets of the series, shape (N + 1,)."""
        return np.append(self.starts, len(self.series)).astype(np.int64)

    @cached_property
    def even_step(self) -> int | None:
        """Time from each row to the next of its series, where it is always the same; else None.

        In nanoseconds for calendar times; above zero, so that the rows of each series are in
        order and none is there twice.
        """
        times = self.timestamps.view(np.int64)
        steps = times[1:] - times[:-1]
        borders = self.starts[1:] - 1
        if len(borders) == len(steps):
            return None
        if len(borders):
            steps[borders] = steps[np.setdiff1d(np.arange(len(borders) + 1), borders)[0]]
        least = int(steps.min())
        return least if least > 0 and least == steps.max() else None

    def split(self, freq: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give ordinals and remainders of the timestamps, see `calendar.split_timestamps`."""
        if freq not in self._splits:
            self._splits[freq] = split_timestamps(self.timestamps, freq)
        return self._splits[freq]

    @cached_property
    def _splits(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return {}

    @property
    def is_back(self) -> NDArray[np.bool_]:
        """Whether each row but the first is before the one above it, in the same series."""
        if self.even_step is not None:
            return np.zeros(len(self.series) - 1, dtype=bool)
        before = self.timestamps.view(np.int64)
        return np.asarray((before[1:] < before[:-1]) & (self.series[1:] == self.series[:-1]))

    def take(self, rows: NDArray[np.bool_] | NDArray[np.integer[Any]]) -> "Rows":
        """Keep some rows."""
        return Rows(self.series[rows], self.timestamps[rows], self.target[rows], self.source[rows])


def repeated_rows(rows: Rows) -> NDArray[np.bool_]:
    """Mark rows whose series and timestamp are those of the row before.

    Parameters
    ----------
    rows : Rows

    Returns
    -------
    ndarray of shape (T,), bool
    """
    same = np.zeros(len(rows.series), dtype=bool)
    if rows.even_step is not None:
        return same
    np.equal(rows.timestamps[1:], rows.timestamps[:-1], out=same[1:])
    same[rows.starts] = False
    return same


def merge_duplicates(rows: Rows, how: str) -> Rows:
    """Make one row out of all rows of one series and timestamp.

    Parameters
    ----------
    rows : Rows
    how : {"first", "last", "mean", "sum"}
        Which value to keep; missing values count for nothing in "mean" and "sum".

    Returns
    -------
    Rows

    Examples
    --------
    >>> twice = Rows(*(np.array(one) for one in ([0, 0], [7, 7], [1.0, 3.0], [0, 1])))
    >>> merge_duplicates(twice, "mean").target
    array([2.])
    """
    starts = np.flatnonzero(~repeated_rows(rows))
    ends = np.append(starts[1:], len(rows.series))
    if how in ("first", "last"):
        return rows.take(starts if how == "first" else ends - 1)
    known = ~np.isnan(rows.target)
    counts = np.add.reduceat(known.astype(np.float64), starts)
    sums = np.add.reduceat(np.where(known, rows.target, 0.0), starts)
    merged = np.full(len(starts), np.nan)
    np.divide(sums, counts if how == "mean" else 1.0, out=merged, where=counts > 0)
    return replace(rows.take(starts), target=merged)


def trim_missing(rows: Rows) -> Rows:
    """Drop missing rows before the first and after the last value of each series.

    Parameters
    ----------
    rows : Rows

    Returns
    -------
    Rows
        Without the series that have no value at all; ``rows`` itself when nothing is missing.
    """
    missing = np.isnan(rows.target)
    if not missing.any():
        return rows
    known = np.flatnonzero(~missing)
    edges = np.append(np.searchsorted(known, rows.starts), len(known))
    full = np.flatnonzero(np.diff(edges))
    kept = np.zeros(len(missing) + 1, dtype=np.int8)
    kept[known[edges[full]]] += 1
    kept[known[edges[full + 1] - 1] + 1] -= 1
    return rows.take(np.cumsum(kept[:-1], dtype=np.int8).view(bool))


def is_regular(rows: Rows, freq: str) -> bool:
    """Say whether all rows are one step after the one before, on one grid for each series.

    Parameters
    ----------
    rows : Rows
    freq : str

    Returns
    -------
    bool
    """
    step = parse_frequency(freq)
    if step.unit in ("integer", "ns") and rows.even_step == step.count:
        return True
    ordinals, remainders = rows.split(freq)
    uneven = ordinals[1:] - ordinals[:-1] != units_per_step(freq)
    if remainders.strides != (0,):  # one number for all
        uneven |= remainders[1:] != remainders[:-1]
    uneven[rows.starts[1:] - 1] = False
    return not uneven.any()


def off_grid(rows: Rows, freq: str) -> NDArray[np.bool_]:
    """Mark timestamps that are not a whole number of steps from their series' others.

    Parameters
    ----------
    rows : Rows
    freq : str

    Returns
    -------
    ndarray of shape (T,), bool
        Each series is measured against the phase that most of its rows have.
    """
    ordinals, remainders = rows.split(freq)
    units = units_per_step(freq)
    phase, rest = ordinals[rows.starts] % units, remainders[rows.starts]
    off = np.empty(len(ordinals), dtype=bool)
    number = np.repeat(np.arange(len(rows.starts), dtype=np.int32), np.diff(rows.indptr))
    for begin in range(0, len(off), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        off[part] = (ordinals[part] % units != phase[number[part]]) | (
            remainders[part] != rest[number[part]]
        )
    # the first row may itself be the odd one, so settle the few uneven series by majority
    for start, end in _spans_with(off, rows.indptr):
        pairs = np.stack([ordinals[start:end] % units, remainders[start:end]], axis=1)
        _, which, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
        off[start:end] = which.ravel() != counts.argmax()
    return off


def grid_lengths(rows: Rows, freq: str) -> NDArray[np.int64]:
    """Count the steps from first to last timestamp of each series.

    Parameters
    ----------
    rows : Rows
        On the grid.
    freq : str

    Returns
    -------
    ndarray of shape (N,), int64
    """
    ordinals = rows.split(freq)[0]
    span = ordinals[rows.indptr[1:] - 1] - ordinals[rows.starts]
    return np.asarray(span // units_per_step(freq) + 1, dtype=np.int64)


def fill_gaps(rows: Rows, freq: str) -> Rows:
    """Insert a missing row for every step of the calendar that has none.

    Parameters
    ----------
    rows : Rows
        On the grid, without duplicates.
    freq : str

    Returns
    -------
    Rows
        ``rows`` itself when nothing is missing.

    Examples
    --------
    >>> gap = Rows(*(np.array(one) for one in ([0, 0], [1, 3], [5.0, 6.0], [0, 1])))
    >>> fill_gaps(gap, "1").timestamps
    array([1, 2, 3])
    """
    lengths = grid_lengths(rows, freq)
    if lengths.sum() == len(rows.series):
        return rows
    step = units_per_step(freq)
    ordinals, remainders = rows.split(freq)
    heads = rows.starts
    starts = np.cumsum(lengths) - lengths
    row_heads = np.repeat(heads, np.diff(rows.indptr))
    row_starts = np.repeat(starts, np.diff(rows.indptr))
    target = np.full(lengths.sum(), np.nan)
    source = np.full(len(target), -1)
    places = row_starts + (ordinals - ordinals[row_heads]) // step
    target[places], source[places] = rows.target, rows.source
    within = np.arange(len(target)) - np.repeat(starts, lengths)
    full = np.repeat(ordinals[heads], lengths) + step * within
    timestamps = join_timestamps(full, np.repeat(remainders[heads], lengths), freq)
    return Rows(np.repeat(rows.series[heads], lengths), timestamps, target, source)


def _spans_with(marked: NDArray[np.bool_], indptr: NDArray[np.int64]) -> list[tuple[int, int]]:
    uneven = np.flatnonzero(np.add.reduceat(marked, indptr[:-1]))
    return [(int(indptr[i]), int(indptr[i + 1])) for i in uneven]
