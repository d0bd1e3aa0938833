"""From a table with known columns to a first draft of rows.

Cells become timestamps (``times``) and numbers (``quantities``), or are refused with file and
line. Order, duplicates and gaps are left to ``rows``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding, Places, counted
from forecast.reading.clean import Rows
from forecast.reading.columns import shell_word
from forecast.reading.leftovers import find_leftovers, note_at
from forecast.reading.quantities import refuse_long_rows, refuse_numbers, remark_numbers
from forecast.reading.targets import suggest_target
from forecast.reading.times import read_times, refuse_times, remark_times
from forecast.spec import DataSpec
from forecast.text.table import Table
from forecast.timeline.timestamps import format_timestamps
from forecast.timeline.wallclock import are_skipped, place_in_zone


@dataclass(frozen=True, eq=False)
class Draft:
    """Rows on their way to a panel.

    Attributes
    ----------
    table : Table
    used : tuple of str
        The time column, then the target columns.
    id_column : str or None
    ids : tuple of str, length N
    rows : Rows
    time_format : str
    freq : str
        Empty until `rows.make_regular`.
    findings : tuple of Finding
        What was chosen and repaired on the way.
    """

    table: Table
    used: tuple[str, ...]
    id_column: str | None
    ids: tuple[str, ...]
    rows: Rows
    time_format: str
    freq: str = ""
    findings: tuple[Finding, ...] = ()

    def noting(self, finding: Finding, rows: Rows) -> "Draft":
        """Give the next draft with one more finding."""
        return replace(self, rows=rows, findings=(*self.findings, finding))

    def found(
        self, code: str, message: str, at: NDArray[np.int64], fix: str | None = None
    ) -> Finding:
        """Make a finding about some rows, named by their lines.

        Parameters
        ----------
        code, message : str
        at : ndarray of int64
            Places in ``rows``; those of inserted rows have no line.
        fix : str, optional

        Returns
        -------
        Finding
        """
        source = np.sort(self.rows.source[at])
        finding = note_at(self.table, code, message, source[source >= 0], fix)
        return replace(finding, places=self.places(at))

    def places(self, at: NDArray[np.int64]) -> Places:
        """Say which series and times some rows have."""
        series = self.rows.series[at].astype(np.int64)
        return Places(self.ids, series, self.rows.timestamps[at])

    def lines(self) -> NDArray[np.int32] | None:
        """Give the line of the file of each row, 0 for rows that no line gave; None for a frame."""
        source, lines = self.rows.source, self.table.lines
        if lines is None:
            return None
        if len(source) == len(lines) and (source[1:] > source[:-1]).all():  # all, in order
            return lines
        found: NDArray[np.int32] = lines[source]
        found[source < 0] = 0
        return found

    def where(self, row: int) -> str:
        """Name the place in the file that a row came from."""
        return self.table.where(int(self.rows.source[row]))

    def named(self, row: int) -> str:
        """Name the series of a row."""
        return f"series '{self.ids[self.rows.series[row]][:40]}'"

    def time(self, row: int) -> str:
        """Show a row's timestamp as the file writes it."""
        return str(format_timestamps(self.rows.timestamps[row : row + 1], self.time_format)[0])


def read_rows(
    table: Table,
    time: str,
    targets: tuple[str, ...],
    id_column: str | None,
    spec: DataSpec = DataSpec(),  # noqa: B008  # frozen
) -> Draft:
    """Turn cells into timestamps and numbers; the rows keep the file's order.

    Parameters
    ----------
    table : Table
    time : str
    targets : tuple of str
        More than one where each is a series of its own.
    id_column : str or None
    spec : DataSpec, optional

    Returns
    -------
    Draft

    Raises
    ------
    DataError
        At the first cell that is not a time or not a number.
    """
    used = (time, *targets)
    values, wrong = table.matrix(targets)
    no_value = np.asarray(np.isnan(values).all(axis=0))
    for odd in wrong.values():
        no_value[odd] = False
    if no_value.all():
        raise _without_values(table, used, id_column)
    times = read_times(table, time, spec)
    no_time = times.bad
    left_out, findings = find_leftovers(table, used, no_time, no_value, id_column)
    zone = spec.tz or table.zones.get(time)
    if zone is not None:
        empty = np.flatnonzero(no_value & ~left_out & ~no_time)
        skipped = empty[are_skipped(times.stamps, times.places(empty), zone)]
        left_out[skipped] = True
        findings += _remark_skipped(table, skipped)
    some = np.flatnonzero(~left_out) if left_out.any() else slice(None)  # which copies nothing
    kept = np.arange(len(left_out), dtype=np.int32)[some]
    refuse_long_rows(table, kept)
    refuse_numbers(table, wrong, left_out, id_column)
    refuse_times(table, time, times, kept)

    times = times.take(some)
    if id_column is None:
        series, ids = np.repeat(np.arange(len(targets), dtype=np.int32), len(kept)), targets
    else:
        codes, names = table.texts(id_column)
        series, ids = _in_order_of_appearance(codes[some], names)
    stamps, time_format, remarks = place_in_zone(
        times.stamps,
        times.codes,
        series[: len(kept)],
        zone,
        lambda row: table.where(int(kept[row])),
    )
    findings += remark_numbers(table, tuple(wrong))
    findings += [note_at(table, code, text, kept[at]) for code, text, at in remarks]
    findings += remark_times(table, times, kept)
    if len(targets) > 1:
        stamps, kept = np.tile(stamps, len(targets)), np.tile(kept, len(targets))
    rows = Rows(series, stamps, values[:, some].ravel(), kept)
    return Draft(table, used, id_column, ids, rows, time_format, findings=tuple(findings))


def _without_values(table: Table, used: tuple[str, ...], id_column: str | None) -> DataError:
    """Propose another target for one that is missing throughout."""
    other = suggest_target(table, (*used, id_column or used[0]))
    command = f"forecast train {shell_word(table.name)} --target"
    return DataError(
        f"all values of '{used[1][:40]}' are missing",
        where=table.name,
        fix="add values" if other is None else f"{command} {shell_word(other)}",
        kind="no-values",
    )


def _remark_skipped(table: Table, rows: NDArray[np.int64]) -> list[Finding]:
    message = f"{counted(len(rows), 'empty row')} in an hour that clocks skip left out"
    return [note_at(table, "skipped-hour", message, rows)] if len(rows) else []


def _in_order_of_appearance(
    codes: NDArray[np.int32], names: list[str]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    changes = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    newest = np.maximum.accumulate(codes[np.append(0, changes)]) if len(codes) else codes
    # as a file is read, each new name has the next code
    if len(newest) and newest[0] == 0 and (newest[1:] - newest[:-1] <= 1).all():
        return codes, tuple(names[: int(newest[-1]) + 1])
    first = np.full(len(names), len(codes), dtype=np.int32)
    # the last write, the first row, stays
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int32)
    ordered = np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]
    rank = np.zeros(len(names), dtype=np.int32)
    rank[ordered] = np.arange(len(ordered))
    return rank[codes], tuple(names[code] for code in ordered)
