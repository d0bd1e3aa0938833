"""Panel: many series of different lengths held as one flat array with offsets.

Letters: N series, T rows in all. Everything downstream of reading works on
this type; column names and file formats stay behind in ``forecast.read``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError


@dataclass(frozen=True)
class Series:
    """One series of a panel: views, not copies.

    Attributes
    ----------
    id : str
    timestamps : ndarray of shape (T,), datetime64[ns] or int64
    target : ndarray of shape (T,), float64, NaN where missing
    """

    id: str
    timestamps: NDArray[np.generic]
    target: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Panel:
    """Regular series, one after the other, each sorted by time without gaps.

    Parameters
    ----------
    ids : tuple of str, length N
        Name of each series, unique, in order of first appearance.
    indptr : ndarray of shape (N + 1,), int64
        Series ``i`` is rows ``indptr[i]:indptr[i + 1]``; none is empty.
    timestamps : ndarray of shape (T,), datetime64[ns] or int64
        Start of each period, or a running integer when there is no calendar.
    target : ndarray of shape (T,), float64
        Observed values; NaN means missing.
    freq : str
        Pandas offset alias ("MS", "h", "B", ...), or a whole number such as
        "1" for integer timestamps.

    Raises
    ------
    DataError
        When the arrays do not fit each other or a value is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> panel = Panel(("a", "b"), np.array([0, 3, 5]), np.arange(5), np.arange(5.0), "1")
    >>> panel.lengths
    array([3, 2])
    >>> panel["b"].target
    array([3., 4.])
    """

    ids: tuple[str, ...]
    indptr: NDArray[np.int64]
    timestamps: NDArray[np.generic]
    target: NDArray[np.float64]
    freq: str

    def __post_init__(self) -> None:
        rows = len(self.target)
        if len(self.indptr) != len(self.ids) + 1 or self.indptr[0] != 0 or self.indptr[-1] != rows:
            raise DataError("the offsets of the series do not match the rows")
        if len(self.timestamps) != rows:
            raise DataError(f"{len(self.timestamps)} timestamps for {rows} values")
        if len(self.ids) == 0 or (np.diff(self.indptr) <= 0).any():
            raise DataError("every series needs at least one row")
        if len(set(self.ids)) != len(self.ids):
            raise DataError("series names are not unique")
        if np.isinf(self.target).any():
            raise DataError("the target holds infinite values")

    @classmethod
    def from_series(cls, series: Sequence[Series], freq: str) -> "Panel":
        """Join series into one panel.

        Parameters
        ----------
        series : sequence of Series
        freq : str

        Returns
        -------
        Panel
        """
        if not series:
            raise DataError("no series")
        return cls(
            tuple(one.id for one in series),
            np.concatenate([[0], np.cumsum([len(one.target) for one in series])]).astype(np.int64),
            np.concatenate([one.timestamps for one in series]),
            np.concatenate([one.target for one in series]).astype(np.float64),
            freq,
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, key: int | str) -> Series:
        index = self.ids.index(key) if isinstance(key, str) else int(key)
        rows = slice(self.indptr[index], self.indptr[index + 1])
        return Series(self.ids[index], self.timestamps[rows], self.target[rows])

    def __iter__(self) -> Iterator[Series]:
        return (self[index] for index in range(len(self)))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Rows of each series, shape (N,)."""
        return np.diff(self.indptr)

    @property
    def never_negative(self) -> bool:
        """Whether no value is below zero."""
        return not (self.target < 0).any()

    @property
    def cutoffs(self) -> NDArray[np.generic]:
        """Last timestamp of each series, shape (N,)."""
        return self.timestamps[self.indptr[1:] - 1]

    def head(self, lengths: NDArray[np.int64]) -> "Panel":
        """Keep the first rows of each series; series with none left are dropped.

        Parameters
        ----------
        lengths : ndarray of shape (N,), int64
            Rows to keep, cut to ``0 .. self.lengths``.

        Returns
        -------
        Panel
        """
        keep = np.clip(lengths, 0, self.lengths)
        return self._cut(self.indptr[:-1], self.indptr[:-1] + keep)

    def tail(self, rows: int | NDArray[np.int64]) -> "Panel":
        """Keep at most the last ``rows`` of each series.

        Parameters
        ----------
        rows : int or ndarray of shape (N,), int64
            At least 1; for each series where there are several.

        Returns
        -------
        Panel
        """
        return self._cut(np.maximum(self.indptr[:-1], self.indptr[1:] - rows), self.indptr[1:])

    def before_last(self, rows: int) -> "Panel":
        """Drop the last ``rows`` of each series; series with none left are dropped.

        Parameters
        ----------
        rows : int
            At least 0.

        Returns
        -------
        Panel
        """
        return self.head(self.lengths - rows)

    def select(self, indices: Sequence[int] | NDArray[np.int64]) -> "Panel":
        """Keep some series, in the order given.

        Parameters
        ----------
        indices : sequence of int
            Positions in ``ids``.

        Returns
        -------
        Panel
        """
        return Panel.from_series([self[int(index)] for index in indices], self.freq)

    def with_target(self, target: NDArray[np.float64]) -> "Panel":
        """Replace the values, keeping series and timestamps.

        Parameters
        ----------
        target : ndarray of shape (T,), float64

        Returns
        -------
        Panel
        """
        return replace(self, target=target)

    def _cut(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> "Panel":
        kept = ends > starts
        starts, ends = starts[kept], ends[kept]
        if not len(starts):
            raise DataError("no rows are left before the cutoff")
        ids = tuple(one for one, keep in zip(self.ids, kept, strict=True) if keep)
        indptr = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
        rows: slice | NDArray[np.int64] = slice(starts[0], ends[-1])  # a view where it can be
        if (starts[1:] != ends[:-1]).any():
            rows = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], ends - starts)
        return Panel(ids, indptr, self.timestamps[rows], self.target[rows], self.freq)
