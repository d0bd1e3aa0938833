"""What is looked at, and how what is seen becomes findings: few, by line, with a repair."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecast.finding import Finding, Places, Severity
from forecast.panel import Panel
from forecast.text.rewrite import rewrite
from forecast.timeline.notation import INTEGER
from forecast.timeline.timestamps import format_timestamps

MOST_SERIES = 3
"""Series with findings of one kind that are named one by one; more are counted."""

_MOST_LINES = 40  # named in one command

Say = Callable[[int, NDArray[np.int64]], str]
"""From the number of a series, and rows of the panel in it, to what was found there."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A panel, and where it came from.

    Attributes
    ----------
    panel : Panel
    lines : ndarray of shape (T,), int32, or None
        Line of the file of each row, 0 for rows that no line gave; None where
        there is no file.
    time_format : str
    file : str or None
        For commands that repair it; None where there is none.
    column : tuple of str and int, or None
        Delimiter, and place of the target among the columns, from 1; None
        where the target is no column of plain numbers.
    season : tuple of int
        Shortest first; (1,) where there is none.
    moment : datetime64 or None
        The time at which it is looked at; None for no clock.
    """

    panel: Panel
    lines: NDArray[np.int32] | None = None
    time_format: str = INTEGER
    file: str | None = None
    column: tuple[str, int] | None = None
    season: tuple[int, ...] = (1,)
    moment: np.datetime64 | None = None

    @cached_property
    def lows(self) -> NDArray[np.float64]:
        """Least value of each series; NaN where it has none."""
        return np.asarray(np.fmin.reduceat(self.panel.target, self.panel.indptr[:-1]))

    @cached_property
    def highs(self) -> NDArray[np.float64]:
        """Greatest value of each series; NaN where it has none."""
        return np.asarray(np.fmax.reduceat(self.panel.target, self.panel.indptr[:-1]))

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Whether each value is missing."""
        return np.isnan(self.panel.target)

    @cached_property
    def missing_counts(self) -> NDArray[np.int64]:
        """Missing values of each series."""
        if not self.missing.any():
            return np.zeros(len(self.panel), np.int64)
        return np.add.reduceat(self.missing, self.panel.indptr[:-1], dtype=np.int64)

    def series_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of the series that each row belongs to."""
        return np.asarray(np.searchsorted(self.panel.indptr, rows, side="right") - 1)

    def time(self, row: int) -> str:
        """Show a row's timestamp as the file writes it."""
        return str(format_timestamps(self.panel.timestamps[row : row + 1], self.time_format)[0])

    def lines_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lines of some rows, in order, without those that no line gave."""
        if self.lines is None:
            return np.empty(0, np.int64)
        found = self.lines[rows]
        return np.unique(found[found > 0]).astype(np.int64)

    def findings(
        self,
        kind: tuple[Severity, str],
        rows: NDArray[np.int64],
        say: Say,
        fix: str | None = None,
    ) -> list[Finding]:
        """Make findings about rows: one for each series, or one for all where there are many.

        Parameters
        ----------
        kind : tuple of str
            Severity and code.
        rows : ndarray of int64, increasing
        say : callable
        fix : str, optional

        Returns
        -------
        list of Finding
        """
        if not len(rows):
            return []
        owners, starts = np.unique(self.series_of(rows), return_index=True)
        parts = np.split(rows, starts[1:]) if len(owners) <= MOST_SERIES else [rows]
        found = []
        for owner, part in zip(owners.tolist(), parts, strict=False):
            own = rows[: starts[1]] if len(owners) > MOST_SERIES else part
            message = say(owner, own)
            name: str | None = self.panel.ids[owner]
            if len(owners) > MOST_SERIES:
                total = len(self.panel)
                message = f"{len(owners):,} of {total:,} series, first '{name}': {message}"
                name = None
            lines = tuple(self.lines_of(part)[:3].tolist())
            first = lines[0] if lines else None
            stamp = self.time(int(own[0]))
            places = Places(self.panel.ids, self.series_of(part), self.panel.timestamps[part])
            found.append(Finding(*kind, name, message, stamp, first, fix, len(part), lines, places))
        return found

    def without_lines(self, rows: NDArray[np.int64]) -> str | None:
        """Give a command that writes the file anew without the lines of some rows."""
        lines = self.lines_of(rows)
        if not len(lines):
            return None
        spans = _spans(lines)
        if len(spans) > _MOST_LINES:
            return None
        script = ";".join(f"{a}d" if a == b else f"{a},{b}d" for a, b in spans)
        return rewrite(f"sed '{script}'", self.file)

    def rescaled(self, rows: NDArray[np.int64], factor: str) -> str | None:
        """Give a command that writes the file anew with the values of some rows rescaled."""
        lines = self.lines_of(rows)
        if self.column is None or not len(lines):
            return None
        delimiter, place = self.column
        spans = _spans(lines)
        if len(spans) > _MOST_LINES:
            return None
        where = " || ".join(f"NR>={a} && NR<={b}" for a, b in spans)
        numbers = "-v CONVFMT=%.15g -v OFMT=%.15g"
        return rewrite(
            f"awk -F {shlex.quote(delimiter)} -v OFS={shlex.quote(delimiter)} {numbers} "
            f"'{where} {{${place}=${place}{factor}}} 1'",
            self.file,
        )


def _spans(lines: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and last of each run of neighbouring lines."""
    breaks = np.flatnonzero(np.diff(lines) > 1)
    first, last = lines[np.append(0, breaks + 1)], lines[np.append(breaks, len(lines) - 1)]
    return list(zip(first.tolist(), last.tolist(), strict=True))


def shown(values: Sequence[float]) -> str:
    """List at most three numbers.

    Examples
    --------
    >>> shown([1.0, 2.5, 3.0, 4.0])
    '1, 2.5, 3, ...'
    """
    return ", ".join(f"{one:.6g}" for one in values[:3]) + (", ..." if len(values) > 3 else "")
