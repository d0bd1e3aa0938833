"""What happened, read from the user's file by the columns that a ledger remembers.

Unlike a history to forecast from, it may be short, partial, and full of rows
that nobody forecast; but rows of another frequency are refused, since some of
their times would be those of forecasts by chance. Times are moved and rows left
out as in a history, values are never made up.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from forecast.check import refuse_stale
from forecast.errors import DataError
from forecast.panel import Panel
from forecast.read import read_draft
from forecast.reading.clocks import settle_month_edges, settle_uneven_clock
from forecast.reading.columns import Columns, shell_word
from forecast.reading.draft import Draft
from forecast.reading.kinds import time_kind
from forecast.reading.repairs import drop_last_incomplete, settle_missing
from forecast.reading.rows import drop_missing_ends, make_regular
from forecast.spec import DataSpec
from forecast.text.table import Table
from forecast.timeline.calendar import split_timestamps, units_per_step
from forecast.timeline.frequency import describe_frequency, parse_frequency
from forecast.timeline.zones import is_utc


@dataclass(frozen=True, eq=False)
class Actuals:
    """Observed values.

    Attributes
    ----------
    ids : tuple of str, length N
    series : ndarray of shape (T,), int64
        Place in ``ids``.
    times : ndarray of shape (T,), int64
        Nanoseconds since 1970, or whole numbers as they are.
    values : ndarray of shape (T,), float64
        Never missing.
    missing : int
        Rows without a value, which were left out.
    table : Table or None
        That they were read from.
    """

    ids: tuple[str, ...]
    series: NDArray[np.int64]
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    missing: int
    table: Table | None = None


def read_actuals(
    source: str | Path | BinaryIO, columns: Columns, freq: str, reading: DataSpec
) -> Actuals:
    """Read what happened.

    Parameters
    ----------
    source : str, Path or binary stream
    columns : Columns
        Of the forecasts.
    freq : str
        Of the forecasts.
    reading : DataSpec
        How the file is read and repaired. Missing values stay missing, unless they are zeros.

    Returns
    -------
    Actuals

    Raises
    ------
    DataError
        When the file cannot be read, is too old, or its times are of another kind or frequency.
    """
    known = replace(
        reading,
        time=reading.time or columns.time,
        target=None if columns.wide else reading.target or columns.target,
        id=None if columns.wide else reading.id or columns.id,
        wide=columns.wide,
    )
    draft = read_draft(source, known)
    _refuse_other_kind(draft, columns, freq)
    draft = _on_grid(draft, freq)
    _refuse_other_frequency(draft, freq)
    draft = _repaired(draft, freq, known)
    if columns.id is None and known.id is None:  # one series, whatever its column is called here
        draft = replace(draft, ids=(columns.target,))
    seen = ~np.isnan(draft.rows.target)
    return Actuals(
        draft.ids,
        draft.rows.series[seen].astype(np.int64),
        draft.rows.timestamps[seen].astype(np.int64),
        draft.rows.target[seen],
        int((~seen).sum()),
        draft.table,
    )


def actuals_of(panel: Panel) -> Actuals:
    """Give the observed values of a panel.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    Actuals
    """
    seen = ~np.isnan(panel.target)
    series = np.repeat(np.arange(len(panel)), panel.lengths)
    times = panel.timestamps.astype(np.int64)
    return Actuals(panel.ids, series[seen], times[seen], panel.target[seen], int((~seen).sum()))


def _on_grid(draft: Draft, freq: str) -> Draft:
    """Move times to where those of a history are moved: clocks that run unevenly, ends of months.

    A clock is uneven only where its usual step is that of the forecasts.
    """
    rows = draft.rows
    apart = np.diff(rows.timestamps.astype(np.int64))[np.diff(rows.series) == 0]
    if len(apart) and np.median(apart) == parse_frequency(freq).count:
        draft = settle_uneven_clock(draft, freq)
    return settle_month_edges(draft, freq) if len(rows.target) else draft


def _repaired(draft: Draft, freq: str, reading: DataSpec) -> Draft:
    """Leave out a last period that is not over, and see to what is missing, as in a history."""
    if np.isnan(draft.rows.target).all():
        return draft
    ends = drop_missing_ends(draft)
    if reading.max_age is not None:
        last = ends.rows.timestamps[ends.rows.indptr[1:] - 1]
        refuse_stale(last, reading.max_age, ends.time_format, ends.table.name)
    settles = reading.missing in ("error", "zero")
    if reading.aggregate is not None or not (settles or reading.drop_last_incomplete):
        return draft
    draft = make_regular(ends, freq)
    if reading.drop_last_incomplete:
        draft = drop_last_incomplete(draft)
    return settle_missing(draft, reading) if settles else draft


def _refuse_other_kind(draft: Draft, columns: Columns, freq: str) -> None:
    name = draft.table.name
    if freq.isdigit() != (draft.rows.timestamps.dtype.kind != "M"):
        kinds = "whole numbers", "dates"
        kind = "counting" if freq.isdigit() else "calendar"
        table = draft.table
        others = [one for one in table.columns if time_kind(table, one) == kind]
        raise DataError(
            f"the times are {kinds[freq.isdigit()]}; those of the forecasts are"
            f" {kinds[not freq.isdigit()]}",
            where=name,
            fix=f"--time {shell_word(others[0])}"
            if others
            else f"give a file with {kinds[not freq.isdigit()]} as times",
        )
    zoned = is_utc(draft.time_format)
    if zoned != is_utc(columns.time_format) and not freq.isdigit():
        have = "an offset from UTC" if zoned else "no offset from UTC"
        raise DataError(
            f"the times have {have}, other than those of the forecasts",
            where=name,
            fix="write the times as in the file that was forecast from",
        )


def _refuse_other_frequency(draft: Draft, freq: str) -> None:
    """Refuse finer rows, and coarser ones where a series has enough of them to tell."""
    rows = draft.rows
    if not len(rows.target):
        return
    ordinals, remainders = split_timestamps(rows.timestamps, freq)
    step = units_per_step(freq)
    apart = np.diff(ordinals)[np.diff(rows.series) == 0]
    off = np.flatnonzero((np.diff(rows.series) == 0) & (np.diff(ordinals) % step != 0))
    uneven = np.flatnonzero((np.diff(rows.series) == 0) & (np.diff(remainders) != 0))
    words = describe_frequency(freq)
    if len(off) or len(uneven):
        row = int(min([*off[:1], *uneven[:1]])) + 1
        raise DataError(
            f"{draft.time(row)} is not a whole number of steps after {draft.time(row - 1)}; the"
            f" forecasts are {words}",
            where=draft.where(row),
            fix=f"bring the values to the frequency of the forecasts, {freq}",
        )
    if len(apart) >= 3 and apart.min() > step:
        raise DataError(
            f"the rows are {apart.min() // step} or more steps apart; the forecasts are {words}",
            where=draft.table.name,
            fix=f"bring the values to the frequency of the forecasts, {freq}",
        )
