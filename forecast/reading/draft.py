"""From a table with known columns to a first draft of rows.

Cells become timestamps and numbers, or are refused with file and line. Order,
duplicates and gaps are left to ``rows``.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding, Places, counted
from forecast.reading.clean import Rows
from forecast.reading.columns import shell_word
from forecast.reading.kinds import DATE_NAMES, time_kind
from forecast.reading.leftovers import find_leftovers, is_rule, note_at
from forecast.reading.quantities import refuse_long_rows, refuse_numbers, remark_numbers
from forecast.reading.targets import suggest_target
from forecast.spec import DataSpec
from forecast.text.table import Moments, Table
from forecast.timeline.dayorder import TimeHints, mean_one_thing
from forecast.timeline.notation import YEARS, notation
from forecast.timeline.numbered import named_part
from forecast.timeline.timestamps import (
    Timestamps,
    UnclearTime,
    format_timestamps,
    parse_timestamps,
)
from forecast.timeline.wallclock import are_skipped, place_in_zone

Scalar = TypeVar("Scalar", bound=np.generic)


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
    values, wrong = table.matrix(targets)
    without_value = np.asarray(np.isnan(values).all(axis=0))
    for rows in wrong.values():
        without_value[rows] = False
    if without_value.all():
        other = suggest_target(table, (time, *targets, id_column or time))
        raise DataError(
            f"all values of '{targets[0][:40]}' are missing",
            where=table.name,
            fix="add values"
            if other is None
            else f"forecast train {shell_word(table.name)} --target {shell_word(other)}",
            kind="no-values",
        )
    codes, stamps = _read_times(table, time, spec)
    no_time = stamps.bad if codes is None else stamps.bad[codes]
    left_out, findings = find_leftovers(table, (time, *targets), no_time, without_value)
    zone = spec.tz or table.zones.get(time)
    if zone is not None:
        rows = np.flatnonzero(without_value & ~left_out & ~no_time)
        rows = rows[are_skipped(stamps, rows if codes is None else codes[rows], zone)]
        if len(rows):
            left_out[rows] = True
            message = f"{counted(len(rows), 'empty row')} in an hour that clocks skip left out"
            findings.append(note_at(table, "skipped-hour", message, rows))
    some_left_out = bool(left_out.any())
    kept = np.arange(len(left_out), dtype=np.int32)
    if some_left_out:
        kept = kept[~left_out]
    refuse_long_rows(table, kept)
    refuse_numbers(table, wrong, left_out)
    _refuse_times(table, time, stamps, kept)

    def taken(values: NDArray[Scalar]) -> NDArray[Scalar]:
        return values[kept] if some_left_out else values

    copies = len(targets)
    if id_column is None:
        ids: tuple[str, ...] = targets
        series = np.zeros(copies * len(kept), np.int32)
        if copies > 1:
            series = np.repeat(np.arange(copies, dtype=np.int32), len(kept))
    else:
        id_codes, names = table.texts(id_column)
        series, ids = _in_order_of_appearance(taken(id_codes), names)
    if codes is None:  # each row has a time of its own
        places, own = None, taken(stamps.values)
        stamps = Timestamps(own, np.zeros(len(own), bool), stamps.time_format)
    else:
        places = taken(codes)
    times, time_format, remarks = place_in_zone(
        stamps, places, series[: len(kept)], zone, lambda row: table.where(int(kept[row]))
    )
    drafted = Rows(
        series,
        times if copies == 1 else np.tile(times, copies),
        (values[:, kept] if some_left_out else values).ravel(),
        kept if copies == 1 else np.tile(kept, copies),
    )
    findings += remark_numbers(table, tuple(wrong))
    findings += [note_at(table, code, text, kept[at]) for code, text, at in remarks]
    if stamps.remark is not None:
        findings.append(Finding("note", stamps.remark[0], None, stamps.remark[1]))
    if stamps.others is not None and len(stamps.others):
        at = np.flatnonzero(np.isin(np.asarray(places), stamps.others))
        message = f"{counted(len(at), 'time')} written in another way than most"
        findings.append(note_at(table, "mixed-dates", message, kept[at]))
    return Draft(
        table, (time, *targets), id_column, ids, drafted, time_format, findings=tuple(findings)
    )


def _read_times(
    table: Table, time: str, spec: DataSpec
) -> tuple[NDArray[np.int32] | None, Timestamps]:
    """Give the place of each row's time, None where each has its own, and the times.

    Cells that are empty and lines of dashes are none.
    """
    cells = table.cells[time]
    order = "day" if spec.dayfirst else "month" if spec.monthfirst else None
    hints = TimeHints(spec.date_format, order, time.lower() in DATE_NAMES, named_part(time))
    if isinstance(cells, Moments) and mean_one_thing(cells.values, cells.time_format, hints):
        return None, Timestamps(cells.values, np.zeros(len(cells), bool), cells.time_format)
    codes, texts = table.texts(time)
    present = np.flatnonzero(np.bincount(codes, minlength=len(texts)))
    filled = [code for code in present.tolist() if texts[code] and not is_rule(texts[code])]
    try:
        found = parse_timestamps([texts[code] for code in filled], hints)
    except DataError as error:
        named = texts.index(error.text) if isinstance(error, UnclearTime) else None
        first = named if named is not None else filled[0] if filled else None
        row = 0 if first is None else int(np.flatnonzero(codes == first)[0])
        fix = error.fix or ""
        better = [one for one in table.columns if one != time and time_kind(table, one)]
        if error.kind == "unread-time" and better and spec.date_format is None:
            fix = f"add --time {shell_word(better[0])}"
        if fix.startswith("add --"):
            fix = f"forecast train {shell_word(table.name)} {fix[4:]}"
        raise DataError(
            f"column '{time[:40]}': {error.message}",
            where=table.where(row),
            fix=fix or None,
            kind=error.kind,
        ) from error
    values = np.zeros(len(texts), dtype=found.values.dtype)
    bad = np.ones(len(texts), dtype=bool)
    values[filled], bad[filled] = found.values, found.bad
    local = None
    if found.local is not None:
        local = np.zeros(len(texts), dtype=found.local.dtype)
        local[filled] = found.local
    others = None if found.others is None else np.array(filled, np.int64)[found.others]
    return codes, Timestamps(values, bad, found.time_format, local, others, found.remark)


def _refuse_times(table: Table, time: str, stamps: Timestamps, kept: NDArray[np.int32]) -> None:
    if not stamps.bad.any():
        return
    codes, texts = table.texts(time)
    wrong = kept[stamps.bad[codes[kept]]]
    if not len(wrong):
        return
    row = int(wrong[0])
    usual = next((texts[code] for code in codes[kept].tolist() if not stamps.bad[code]), None)
    cell = table.cell(row, time)
    if not cell.strip():
        problem = "is empty"
    elif usual is None or notation(cell) == notation(usual):
        problem = f"is no date in the years {YEARS.start} to {YEARS.stop - 1}"
    else:
        problem = f"is not written like '{usual}'"
    raise DataError(
        f"'{cell}' in time column '{time[:40]}' {problem}"
        + (f" ({len(wrong):,} such cells)" if len(wrong) > 1 else ""),
        where=table.where(row),
        fix=f"correct it, or delete line {table.where(row).rsplit(':')[-1]}",
        kind="odd-time",
    )


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
    present = int((first < len(codes)).sum())
    ordered = np.argsort(first, kind="stable")[:present]
    if (ordered == np.arange(len(names))[:present]).all():
        return codes, tuple(names[:present])
    rank = np.zeros(len(names), dtype=np.int32)
    rank[ordered] = np.arange(present)
    return rank[codes], tuple(names[code] for code in ordered)
