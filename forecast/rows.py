"""From a table with known columns to sorted, regular rows, step by step.

Each step takes a draft and gives the next, adding a note for what it changed
and refusing, with file and line, what it may not decide. The arithmetic of the
repairs is in ``clean``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.clean import (
    Rows,
    fill_gaps,
    grid_lengths,
    merge_duplicates,
    off_grid,
    repeated_rows,
    trim_missing,
)
from forecast.columns import shell_word, suggest_key
from forecast.errors import DataError
from forecast.frequency import canonical_anchor, infer_frequency, normalise_frequency
from forecast.table import Table, parse_number
from forecast.timestamps import YEARS, Timestamps, format_timestamps, notation, parse_timestamps

_MOST_FILLED = 20  # a calendar this much longer than the rows means a wrong date or frequency,
_LONG = 10_000  # for one series of many only beyond this length: short ones may be intermittent


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
        Empty until `make_regular`.
    notes : tuple of str
    """

    table: Table
    used: tuple[str, ...]
    id_column: str | None
    ids: tuple[str, ...]
    rows: Rows
    time_format: str
    freq: str = ""
    notes: tuple[str, ...] = ()

    def noting(self, note: str, rows: Rows) -> "Draft":
        """Give the next draft with one more note."""
        return replace(self, rows=rows, notes=(*self.notes, note))

    def where(self, row: int) -> str:
        """Name the place in the file that a row came from."""
        return self.table.where(int(self.rows.source[row]))

    def named(self, row: int) -> str:
        """Name the series of a row."""
        return f"series '{self.ids[self.rows.series[row]][:40]}'"

    def time(self, row: int) -> str:
        """Show a row's timestamp as the file writes it."""
        return str(format_timestamps(self.rows.timestamps[row : row + 1], self.time_format)[0])


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
        draft = draft.noting(f"{empty.sum():,} empty rows left out", rows)
    if stamps.time_format.endswith(("Z", "+00:00")):
        draft = draft.noting("times with an offset are read as UTC", rows)
    return draft


def sort_rows(draft: Draft) -> Draft:
    """Bring rows into order of series, then time.

    Parameters
    ----------
    draft : Draft

    Returns
    -------
    Draft
    """
    rows = draft.rows
    within = rows.series[1:] == rows.series[:-1]
    backwards = int((within & (np.diff(rows.timestamps.astype(np.int64)) < 0)).sum())
    if not backwards and (np.diff(rows.series) >= 0).all():
        return draft
    order = np.lexsort((rows.timestamps, rows.series))
    in_file = np.argsort(rows.series, kind="stable")
    if (rows.timestamps[order] == rows.timestamps[in_file]).all():
        return replace(draft, rows=rows.take(order))
    return draft.noting("rows were not in order of time: sorted", rows.take(order))


def settle_duplicates(draft: Draft, how: str) -> Draft:
    """Merge rows of one series and time, or refuse them.

    Parameters
    ----------
    draft : Draft
        Sorted.
    how : {"error", "first", "last", "mean", "sum"}

    Returns
    -------
    Draft

    Raises
    ------
    DataError
        When there are duplicates and ``how`` is "error".
    """
    repeated = np.flatnonzero(repeated_rows(draft.rows))
    if not len(repeated):
        return draft
    if how == "error":
        first = int(repeated[np.argmin(draft.rows.source[repeated])])
        key = None
        if len(draft.used) == 2:  # not in a wide file, whose columns are all used
            key = suggest_key(draft.table, draft.used, draft.id_column)
        raise DataError(
            f"{draft.named(first)} has a second row for {draft.time(first)} "
            f"({len(repeated):,} repeated in all)",
            where=draft.where(first),
            fix=key or f"forecast train {shell_word(draft.table.name)} --duplicates last",
        )
    note = f"{len(repeated):,} repeated timestamps merged (duplicates: {how})"
    return draft.noting(note, merge_duplicates(draft.rows, how))


def drop_missing_ends(draft: Draft) -> Draft:
    """Drop missing rows at either end of each series, and series without values.

    Parameters
    ----------
    draft : Draft
        Sorted, without duplicates.

    Returns
    -------
    Draft
    """
    rows = trim_missing(draft.rows)
    if len(rows.series) == len(draft.rows.series):
        return draft
    dropped = len(draft.rows.series) - len(rows.series)
    present, series = np.unique(rows.series, return_inverse=True)
    draft = draft.noting(
        f"{dropped:,} rows without a value at the ends of series left out",
        replace(rows, series=series.astype(np.int64)),
    )
    if len(present) == len(draft.ids):
        return draft
    gone = sorted(set(range(len(draft.ids))) - set(present.tolist()))
    note = f"{len(gone):,} series without any value left out, first '{draft.ids[gone[0]][:40]}'"
    draft = replace(draft, ids=tuple(draft.ids[index] for index in present))
    return draft.noting(note, draft.rows)


def make_regular(draft: Draft, freq: str | None) -> Draft:
    """Settle the frequency and give every step of the calendar a row.

    Parameters
    ----------
    draft : Draft
        Sorted, without duplicates.
    freq : str or None
        Inferred where None.

    Returns
    -------
    Draft

    Raises
    ------
    DataError
        When no frequency can be inferred, when timestamps lie off its grid, or
        when the calendar would be almost empty.
    """
    rows, file = draft.rows, shell_word(draft.table.name)
    if freq is None:
        freq = _inferred(draft)
    freq = normalise_frequency(freq)
    if freq.isdigit() != (rows.timestamps.dtype.kind != "M"):
        kind = "dates" if freq.isdigit() else "whole numbers"
        raise DataError(
            f"the times are {kind}, which do not go in steps of {freq}",
            where=draft.table.name,
            fix=f"forecast train {file}",
        )
    anchored = canonical_anchor(freq, rows.timestamps)
    if anchored != freq:
        draft = draft.noting(f"the timestamps are {anchored}, not {freq}", rows)
        freq = anchored
    off = np.flatnonzero(off_grid(rows, freq))
    if len(off):
        first = int(off[np.argmin(rows.source[off])])
        raise DataError(
            f"{draft.named(first)}: {draft.time(first)} is off the grid of {freq} that other "
            f"rows keep ({len(off):,} of {len(rows.series):,} rows are not)",
            where=draft.where(first),
            fix="correct the timestamp, or state the right step with --freq",
        )
    lengths, counts = grid_lengths(rows, freq), np.diff(rows.indptr)
    emptiest = int((lengths / counts).argmax())
    too_many = lengths.sum() > _MOST_FILLED * counts.sum()
    if too_many or (
        lengths[emptiest] > _LONG and lengths[emptiest] > _MOST_FILLED * counts[emptiest]
    ):
        row = int(rows.starts[emptiest])
        raise DataError(
            f"{draft.named(row)} has {counts[emptiest]:,} rows for {lengths[emptiest]:,} steps "
            f"of {freq}: a date is wrong, or the frequency",
            where=draft.where(row),
            fix="correct the dates, or state the right step with --freq",
        )
    filled = fill_gaps(rows, freq)
    draft = replace(draft, freq=freq, rows=filled)
    inserted = len(filled.series) - len(rows.series)
    if not inserted:
        return draft
    return draft.noting(f"{inserted:,} missing timestamps inserted as missing values", filled)


def _inferred(draft: Draft) -> str:
    starts = draft.rows.starts[1:]
    name = draft.table.name
    if len(draft.rows.series) < 4:
        raise DataError(
            f"{len(draft.rows.series)} rows; at least 4 are needed",
            where=name,
            fix="give a longer history",
        )
    try:
        return infer_frequency(np.split(draft.rows.timestamps, starts))
    except DataError as error:
        fix = (error.fix or "").replace("add ", f"forecast train {shell_word(name)} ")
        raise DataError(error.message, where=name, fix=fix or None) from error


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
