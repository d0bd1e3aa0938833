"""From a table with known columns to a first draft of rows.

Cells become timestamps and numbers, or are refused with file and line. Order,
duplicates and gaps are left to ``rows``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.clean import Rows
from forecast.columns import shell_word
from forecast.errors import DataError
from forecast.fields import parse_number
from forecast.finding import Finding
from forecast.table import Table
from forecast.timestamps import YEARS, Timestamps, format_timestamps, notation, parse_timestamps


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
        return note_at(self.table, code, message, source[source >= 0], fix)

    def where(self, row: int) -> str:
        """Name the place in the file that a row came from."""
        return self.table.where(int(self.rows.source[row]))

    def named(self, row: int) -> str:
        """Name the series of a row."""
        return f"series '{self.ids[self.rows.series[row]][:40]}'"

    def time(self, row: int) -> str:
        """Show a row's timestamp as the file writes it."""
        return str(format_timestamps(self.rows.timestamps[row : row + 1], self.time_format)[0])


def note_at(
    table: Table, code: str, message: str, source: NDArray[np.int64], fix: str | None = None
) -> Finding:
    """Make a finding about rows of a table.

    Parameters
    ----------
    table : Table
    code, message : str
    source : ndarray of int64
        Rows of the table, in order.
    fix : str, optional

    Returns
    -------
    Finding
    """
    lines: tuple[int, ...] = ()
    if table.lines is not None:
        lines = tuple(int(line) for line in table.lines[source[:3]])
    first = lines[0] if lines else None
    return Finding("note", code, None, message, None, first, fix, len(source), lines)


def read_rows(table: Table, time: str, targets: tuple[str, ...], id_column: str | None) -> Draft:
    """Turn cells into timestamps and numbers; the rows keep the file's order.

    Parameters
    ----------
    table : Table
    time : str
    targets : tuple of str
        More than one where each is a series of its own.
    id_column : str or None

    Returns
    -------
    Draft

    Raises
    ------
    DataError
        At the first cell that is not a time or not a number.
    """
    codes, texts = table.texts(time)
    columns = [table.numbers(one) for one in targets]
    no_value = np.logical_and.reduce([np.isnan(values) for values, _ in columns])
    no_time = np.array([not text for text in texts])[codes]
    empty = no_time & no_value
    _refuse_text(table, targets, columns)
    kept = np.flatnonzero(~empty)
    if (~no_value).sum() == 0:
        raise DataError(
            f"all values of '{targets[0][:40]}' are missing",
            where=table.name,
            fix=f"forecast train {shell_word(table.name)} --target COLUMN",
        )
    stamps = _read_times(table, time, codes, texts, kept)
    if id_column is None:
        ids: tuple[str, ...] = targets
        series = np.repeat(np.arange(len(targets)), len(kept))
    else:
        id_codes, names = table.texts(id_column)
        series, ids = _in_order_of_appearance(id_codes[kept], names)
    copies = len(targets)
    rows = Rows(
        series,
        np.tile(stamps.values[codes[kept]], copies),
        np.concatenate([values[kept] for values, _ in columns]),
        np.tile(kept, copies),
    )
    draft = Draft(table, (time, *targets), id_column, ids, rows, stamps.time_format)
    if empty.any():
        message = f"{empty.sum():,} empty rows left out"
        draft = draft.noting(note_at(table, "empty-rows", message, np.flatnonzero(empty)), rows)
    if stamps.time_format.endswith(("Z", "+00:00")):
        message = "times with an offset are read as UTC"
        draft = draft.noting(note_at(table, "offsets", message, kept), rows)
    return draft


def _refuse_text(
    table: Table,
    targets: tuple[str, ...],
    columns: list[tuple[NDArray[np.float64], NDArray[np.int64]]],
) -> None:
    for name, (_, wrong) in zip(targets, columns, strict=True):
        if not len(wrong):
            continue
        row = int(wrong[0])
        cell = table.cell(row, name)
        infinite = parse_number(cell) is not None
        kind = "is infinite or too large" if infinite else "is not a number"
        raise DataError(
            f"'{cell}' in column '{name[:40]}' {kind}"
            + (f" ({len(wrong):,} such cells)" if len(wrong) > 1 else ""),
            where=table.where(row),
            fix="write plain numbers such as 1234.5, and leave missing ones empty",
        )


def _read_times(
    table: Table, time: str, codes: NDArray[np.int64], texts: list[str], kept: NDArray[np.int64]
) -> Timestamps:
    present = np.flatnonzero(np.bincount(codes[kept], minlength=len(texts)))
    filled = [code for code in present.tolist() if texts[code]]
    try:
        found = parse_timestamps([texts[code] for code in filled])
    except DataError as error:
        row = int(kept[0])
        raise DataError(
            f"column '{time[:40]}': {error.message}", where=table.where(row), fix=error.fix
        ) from error
    values = np.zeros(len(texts), dtype=found.values.dtype)
    bad = np.ones(len(texts), dtype=bool)
    values[filled], bad[filled] = found.values, found.bad
    wrong = kept[bad[codes[kept]]]
    if len(wrong):
        row = int(wrong[0])
        usual = next((texts[code] for code in filled if not bad[code]), None)
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
        )
    return Timestamps(values, bad, found.time_format)


def _in_order_of_appearance(
    codes: NDArray[np.int64], names: list[str]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    first = np.full(len(names), len(codes))
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # the last write, the first row, stays
    present = int((first < len(codes)).sum())
    ordered = np.argsort(first, kind="stable")[:present]
    rank = np.zeros(len(names), dtype=np.int64)
    rank[ordered] = np.arange(present)
    return rank[codes], tuple(names[code] for code in ordered)
