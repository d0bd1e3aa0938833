"""Lagged windows as offsets into the panel, never materialised.

A window is a cutoff in a series: the values before it are the past, those from
it on the future. Overlapping windows share the panel's one array, so a million
windows cost a few megabytes; a batch is gathered when it is needed.

Letters: N series, T rows, W windows, B batch.
"""

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from forecast.network.arrays import Array
from forecast.panel import Panel


@dataclass(frozen=True, eq=False)
class Windows:
    """Every window of a panel, one per admissible cutoff.

    Attributes
    ----------
    values : ndarray of shape (T,), float32
        Standardised target, NaN where missing.
    indptr : ndarray of shape (N + 1,), int64
        Rows of each series.
    first : ndarray of shape (N,), int64
        Earliest cutoff of each series, as a row of ``values``.
    count : ndarray of shape (N,), int64
        Cutoffs of each series; they are consecutive rows.
    """

    values: NDArray[np.float32]
    indptr: NDArray[np.int64]
    first: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def of(cls, panel: Panel, least: int) -> "Windows":
        """Find the windows of a panel.

        Parameters
        ----------
        panel : Panel
        least : int
            Fewest past rows of a window, at least 1.

        Returns
        -------
        Windows
            Every cutoff with ``least`` rows before it and one after it.
        """
        count = count_windows(panel, least)
        return cls(standardise(panel), panel.indptr, panel.indptr[:-1] + least, count)

    def __len__(self) -> int:
        return int(self.count.sum())

    def every(self) -> tuple[NDArray[np.int64], ...]:
        """Give all windows in order, as ``draw`` gives some."""
        before = np.repeat(np.cumsum(self.count) - self.count, self.count)
        cutoffs = np.repeat(self.first, self.count) + np.arange(len(self)) - before
        bounds = (np.repeat(one, self.count) for one in (self.indptr[:-1], self.indptr[1:]))
        return cutoffs, *bounds

    def draw(self, batch: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
        """Choose windows: a series with equal chance each, then one of its cutoffs.

        Parameters
        ----------
        batch : int
        rng : numpy.random.Generator

        Returns
        -------
        cutoffs, starts, stops : ndarray of shape (B,), int64
            Rows of ``values``: the cutoff, and the bounds of its series.
        """
        usable = np.flatnonzero(self.count)
        series = usable[rng.integers(len(usable), size=batch)]
        cutoffs = self.first[series] + rng.integers(self.count[series])
        return cutoffs, self.indptr[series], self.indptr[series + 1]


def count_windows(panel: Panel, least: int) -> NDArray[np.int64]:
    """Count the windows of each series, (N,); see `Windows.of`."""
    return np.maximum(panel.lengths - least, 0)


def standardise(panel: Panel) -> NDArray[np.float32]:
    """Bring every series to its own location and spread, in float32.

    Windows are scaled again by their own past, so this changes no forecast; it
    only keeps the digits of a series whose level is far larger than its changes.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    ndarray of shape (T,), float32
    """
    values = np.empty(len(panel.target), np.float32)
    for start, stop in zip(panel.indptr[:-1], panel.indptr[1:], strict=True):
        rows = panel.target[start:stop]
        location, spread = location_and_spread(rows[None, :])
        values[start:stop] = ((rows - location[0]) / spread[0]).astype(np.float32)
    return values


def location_and_spread(rows: Array, xp: ModuleType = np) -> tuple[Array, Array]:
    """Give the mean and the mean absolute deviation of each row.

    Parameters
    ----------
    rows : array of shape (B, L)
        NaN where missing.
    xp : module
        ``numpy`` or ``torch``, whichever made ``rows``.

    Returns
    -------
    location, spread : array of shape (B, 1)
        A constant or empty row has a spread that is small but positive.
    """
    seen = ~xp.isnan(rows)
    count = xp.clip(seen.sum(1)[:, None], 1, None)
    location = xp.where(seen, rows, 0.0).sum(1)[:, None] / count
    spread = xp.abs(xp.where(seen, rows - location, 0.0)).sum(1)[:, None] / count
    least = 1e-9 * xp.abs(location)
    return location, xp.clip(xp.maximum(spread, least), np.finfo(np.float64).tiny, None)


def gather(
    values: NDArray[np.float64],
    cutoffs: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    past: int,
    future: int,
) -> NDArray[np.float64]:
    """Copy windows out of the flat array.

    Parameters
    ----------
    values : ndarray of shape (T,)
    cutoffs : ndarray of shape (B,), int64
        First row of each future.
    bounds : tuple of two ndarrays of shape (B,), int64
        First row and row after the last of each window's series.
    past, future : int
        Rows before and from the cutoff.

    Returns
    -------
    ndarray of shape (B, past + future)
        NaN where a row lies outside the window's series.
    """
    rows = cutoffs[:, None] + np.arange(-past, future)
    inside = (rows >= bounds[0][:, None]) & (rows < bounds[1][:, None])
    return np.where(inside, values[np.clip(rows, 0, len(values) - 1)], np.nan)
