"""From a draft to sorted, regular rows, step by step.

Each step takes a draft and gives the next, adding a note for what it changed
and refusing, with file and line, what it may not decide. The arithmetic of the
repairs is in ``clean``.
"""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding, counted
from forecast.reading.clean import (
    Rows,
    fill_gaps,
    grid_lengths,
    is_regular,
    merge_duplicates,
    off_grid,
    repeated_rows,
    trim_missing,
)
from forecast.reading.clocks import settle_month_edges, settle_uneven_clock
from forecast.reading.columns import shell_word
from forecast.reading.draft import Draft
from forecast.reading.keys import suggest_key
from forecast.timeline.frequency import (
    NANOSECONDS,
    canonical_anchor,
    normalise_frequency,
    parse_frequency,
)
from forecast.timeline.spacing import duration_alias, infer_frequency
from forecast.timeline.zones import is_utc, zone_of_repeats

_TOO_FINE = re.compile(r"\.\d{7}", re.ASCII)
_MOST_FILLED = 20  # a calendar this much longer than the rows means a wrong date or frequency,
_MOST_LOOKED_AT, _STRETCH = 500_000, 10_000  # rows that tell the frequency
_LONG = 10_000  # for one series of many only beyond this length: short ones may be intermittent


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
    steps_back = np.flatnonzero(rows.is_back) + 1
    if not len(steps_back) and (rows.series[1:] >= rows.series[:-1]).all():
        return draft
    few = rows.series.max(initial=0) < 1 << 16  # sorted by radix
    in_file = np.argsort(rows.series.astype(np.uint16) if few else rows.series, kind="stable")
    sorted_rows = rows.take(in_file)
    if not sorted_rows.is_back.any():
        return replace(draft, rows=sorted_rows)
    del sorted_rows
    message = "rows were not in order of time: sorted"
    order = np.lexsort((rows.timestamps, rows.series))
    return draft.noting(draft.found("unsorted", message, steps_back), rows.take(order))


def settle_duplicates(draft: Draft, how: str, proposed: str = "last") -> Draft:
    """Merge rows of one series and time, or refuse them.

    Parameters
    ----------
    draft : Draft
        Sorted.
    how : {"error", "first", "last", "mean", "sum"}
    proposed : {"last", "mean", "sum"}
        What an error proposes where no column tells the rows apart.

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
        _refuse_too_fine(draft, first)
        key = _by_zone(draft, repeated)
        some_differ = not _say_the_same(draft.rows.target, repeated)
        if key is None and len(draft.used) == 2 and some_differ:  # a wide file uses all columns
            key = suggest_key(draft.table, draft.used, draft.id_column)
        raise DataError(
            f"{draft.named(first)} has a second row for {draft.time(first)} "
            f"({len(repeated):,} repeated in all)",
            where=draft.where(first),
            fix=key or f"forecast train {shell_word(draft.table.name)} --duplicates {proposed}",
            kind="second-row",
        )
    message = f"{counted(len(repeated), 'repeated timestamp')} merged (duplicates: {how})"
    finding = draft.found("duplicates", message, repeated)
    return draft.noting(finding, merge_duplicates(draft.rows, how))


def _refuse_too_fine(draft: Draft, row: int) -> None:
    """Refuse a time that only parts of a microsecond tell from the one before."""
    rows = draft.rows.source[row - 1 : row + 1].tolist()
    before, text = (draft.table.cell(one, draft.used[0]) for one in rows)
    if before != text and _TOO_FINE.search(before + text):
        raise DataError(
            f"'{text}' is less than a microsecond from '{before}', finer than is supported",
            where=draft.where(row),
            fix="number the rows instead",
            kind="too-fine",
        )


def _say_the_same(target: NDArray[np.float64], repeated: NDArray[np.int64]) -> bool:
    """Say whether a few rows have the values of those before them, which are not all one."""
    values = target[repeated]
    if 3 * len(values) > len(target) or not len(values[values != values[0]]):
        return False
    return np.array_equal(values, target[repeated - 1], equal_nan=True)


def _by_zone(draft: Draft, repeated: NDArray[np.int64]) -> str | None:
    """Say which zone's clocks show just those times twice that are there twice."""
    times = draft.rows.timestamps
    if times.dtype.kind != "M" or is_utc(draft.time_format):
        return None
    zone = zone_of_repeats(times.astype("M8[ns]"), times[repeated].astype("M8[ns]"))
    return f"forecast train {shell_word(draft.table.name)} --tz {zone}" if zone else None


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
    if trim_missing(draft.rows) is draft.rows:
        return draft
    places = np.arange(len(draft.rows.series))
    kept = trim_missing(replace(draft.rows, source=places)).source
    if len(kept) == len(places):
        return draft
    rows = draft.rows.take(kept)
    dropped = np.setdiff1d(places, kept, assume_unique=True)
    present, series = np.unique(rows.series, return_inverse=True)
    message = f"{counted(len(dropped), 'row')} without a value at the ends of series left out"
    finding = draft.found("missing-ends", message, dropped)
    draft = draft.noting(finding, replace(rows, series=series.astype(np.int64)))
    if len(present) == len(draft.ids):
        return draft
    gone = sorted(set(range(len(draft.ids))) - set(present.tolist()))
    message = f"{len(gone):,} series without any value left out, first '{draft.ids[gone[0]][:40]}'"
    finding = Finding("note", "empty-series", None, message, count=len(gone))
    draft = replace(draft, ids=tuple(draft.ids[index] for index in present))
    return draft.noting(finding, draft.rows)


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
    rows = draft.rows
    if freq is None:
        freq = _inferred(draft)
    freq = normalise_frequency(freq)
    if freq.isdigit() != (rows.timestamps.dtype.kind != "M"):
        kind = "dates" if freq.isdigit() else "whole numbers"
        raise DataError(
            f"the times are {kind}, which do not go in steps of {freq}",
            where=draft.table.name,
            fix=f"without --freq VALUE, or forecast train {shell_word(draft.table.name)}",
            kind="wrong-step",
        )
    anchored = canonical_anchor(freq, rows.timestamps)
    if anchored != freq:
        message = f"the timestamps are {anchored}, not {freq}"
        draft = draft.noting(Finding("note", "anchor", None, message), rows)
        freq = anchored
    if is_regular(rows, freq):
        return replace(draft, freq=freq)
    draft = settle_month_edges(settle_uneven_clock(draft, freq), freq)
    _refuse_off_grid(draft, freq)
    _refuse_sparse(draft, freq)
    filled = replace(draft, freq=freq, rows=fill_gaps(draft.rows, freq))
    made = np.flatnonzero(filled.rows.source < 0)
    if not len(made):
        return filled
    value = "a missing value" if len(made) == 1 else "missing values"
    message = f"{counted(len(made), 'missing timestamp')} inserted as {value}"
    above = made - 1  # which are in the file
    finding = filled.found("gaps", message, above, "--missing interpolate")
    finding = replace(finding, count=len(made), places=filled.places(made))
    return filled.noting(finding, filled.rows)


def _refuse_off_grid(draft: Draft, freq: str) -> None:
    """Refuse rows that are between the steps of the others."""
    rows = draft.rows
    off = np.flatnonzero(off_grid(rows, freq))
    if not len(off):
        return
    first = int(off[np.argmin(rows.source[off])])
    raise DataError(
        f"{draft.named(first)}: {draft.time(first)} is off the grid of {freq} that other "
        f"rows keep ({len(off):,} of {len(rows.series):,} rows are not)",
        where=draft.where(first),
        fix=_way_out(draft, freq),
        kind="off-grid",
    )


def _refuse_sparse(draft: Draft, freq: str) -> None:
    """Refuse a calendar that would be nearly empty, of all series or of a long one."""
    rows = draft.rows
    lengths, counts = grid_lengths(rows, freq), np.diff(rows.indptr)
    emptiest = int((lengths / counts).argmax())
    steps, known = lengths[emptiest], counts[emptiest]
    is_sparse = steps > _LONG and steps > _MOST_FILLED * known
    if not is_sparse and lengths.sum() <= _MOST_FILLED * counts.sum():
        return
    row = int(rows.starts[emptiest])
    raise DataError(
        f"{draft.named(row)} has {counted(known, 'row')} for "
        f"{steps:,} steps of {freq}: a date is wrong, or the frequency",
        where=draft.where(row),
        fix="correct the dates, or state the right step with --freq",
        kind="wrong-date",
    )


def _way_out(draft: Draft, freq: str) -> str:
    """Say how rows off the grid can be read: by periods, where several may share one."""
    step = parse_frequency(freq)
    file = shell_word(draft.table.name)
    if step.unit == "ns":
        return f"forecast train {file} --freq {freq} --aggregate mean"
    if step.unit == "business":
        return f"forecast train {file} --freq D"
    return "correct the timestamp, or state the right step with --freq"


def _stretches(rows: Rows) -> list[NDArray[np.generic]]:
    """Times of each series; of many rows, those of stretches that are evenly spread."""
    count = len(rows.timestamps)
    if count <= _MOST_LOOKED_AT:
        return [rows.timestamps[begin:end] for begin, end in pairwise(rows.indptr.tolist())]
    found = []
    for begin in np.linspace(0, count - _STRETCH, _MOST_LOOKED_AT // _STRETCH).astype(int).tolist():
        edges = np.searchsorted(rows.starts, [begin + 1, begin + _STRETCH])
        bounds = [begin, *rows.starts[slice(*edges)].tolist(), begin + _STRETCH]
        found += [rows.timestamps[first:last] for first, last in pairwise(bounds)]
    return found


def _inferred(draft: Draft) -> str:
    name = draft.table.name
    if len(draft.rows.series) < 4:
        raise DataError(
            f"{counted(len(draft.rows.series), 'row')}; at least 4 are needed",
            where=name,
            fix="give a longer history",
            kind="too-short",
        )
    step = draft.rows.even_step
    if step is not None and step < NANOSECONDS["D"] and draft.rows.timestamps.dtype.kind == "M":
        return duration_alias(step)
    try:
        return infer_frequency(_stretches(draft.rows))
    except DataError as error:
        fix = (error.fix or "").replace("add ", f"forecast train {shell_word(name)} ")
        raise DataError(error.message, where=name, fix=fix or None, kind=error.kind) from error
