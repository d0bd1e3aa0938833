"""Repairs that somebody asked for, as steps from a draft to the next.

Each notes what it changed, and refuses what it may not decide. The arithmetic
is in ``clean``, ``impute`` and ``resample``; what needs a repair is found by
``check``.
"""

from dataclasses import replace

import numpy as np

from forecast.errors import DataError
from forecast.finding import Finding, counted
from forecast.reading.clean import Rows, trim_missing
from forecast.reading.draft import Draft
from forecast.reading.impute import fill_missing
from forecast.reading.incomplete import is_open, partial_ends
from forecast.reading.resample import aggregate_rows, incomplete_periods
from forecast.reading.rows import drop_missing_ends, make_regular
from forecast.runtime import now
from forecast.spec import DataSpec
from forecast.timeline.frequency import (
    NANOSECONDS,
    describe_frequency,
    normalise_frequency,
    parse_frequency,
    season_lengths,
)
from forecast.timeline.zones import LOCAL, is_utc, split_zone, to_local

_EACH = {"sum": "summed", "mean": "averaged", "last": "reduced to their last value"}


def mask_numbers(draft: Draft, numbers: tuple[float, ...] | None) -> Draft:
    """Make missing values of numbers that stand for one.

    Parameters
    ----------
    draft : Draft
    numbers : tuple of float or None

    Returns
    -------
    Draft
    """
    if not numbers:
        return draft
    marked = np.flatnonzero(np.isin(draft.rows.target, numbers))
    if not len(marked):
        return draft
    target = draft.rows.target.copy()
    target[marked] = np.nan
    shown = ", ".join(f"{one:.10g}" for one in numbers)
    message = f"{counted(len(marked), 'value')} of {shown} read as missing"
    return draft.noting(draft.found("na", message, marked), replace(draft.rows, target=target))


def aggregate(draft: Draft, how: str, spec: DataSpec) -> Draft:
    """Make one row of all rows in each step of a coarser frequency.

    Parameters
    ----------
    draft : Draft
        Sorted, without duplicates.
    how : {"sum", "mean", "last"}
    spec : DataSpec
        With the frequency of the periods; missing values are settled before.

    Returns
    -------
    Draft
        Regular; without a first and last period that has fewer rows than belong to it,
        where the rows keep a step that tells.

    Raises
    ------
    DataError
        When the rows are not finer than the frequency.
    """
    calendar = draft.rows.timestamps.dtype.kind == "M"
    coarse = normalise_frequency("W-MON" if spec.freq == "W" else str(spec.freq))
    if coarse.isdigit() == calendar:
        return make_regular(draft, coarse)  # which refuses
    try:
        fine = make_regular(draft, None)
    except DataError:  # single events, or steps that vary
        draft = _in_local_days(draft, coarse)
        made = aggregate_rows(draft.rows, coarse, how, whole=False)
        return _regular(_noted(draft, made, how, coarse), coarse)
    if fine.freq == coarse:
        return fine
    fine = _in_local_days(settle_missing(fine, spec), coarse)
    return _regular(_whole_periods(fine, how, coarse), coarse)


def _whole_periods(fine: Draft, how: str, freq: str) -> Draft:
    """Make one row of the rows of each period that is complete, and tell which are not."""
    made = aggregate_rows(fine.rows, freq, how, whole=True)
    if len(made.series) == len(fine.rows.series):
        raise DataError(
            f"the rows are {describe_frequency(fine.freq)}, which is not finer than {freq}",
            where=fine.table.name,
            fix=f"--freq {fine.freq}",
            kind="not-finer",
        )
    cut = incomplete_periods(fine.rows, fine.freq, freq)
    unknown = np.isnan(made.target[~cut])
    if unknown.all():
        filled = "--missing interpolate" + (", or --missing zero" if how == "sum" else "")
        raise DataError(
            f"no period of {freq} has all its rows with a value",
            where=fine.table.name,
            fix=f"--freq {fine.freq}" if cut.all() else filled,
            kind="no-whole-period",
        )
    draft = _noted(fine, made.take(~cut), how, freq)
    left_out = f"{cut.sum():,} first and last periods left out: the file has not all their rows"
    without = f"{counted(unknown.sum(), 'period')} without a value, since rows in them are missing"
    for count, message, fix in (
        (int(cut.sum()), left_out, None),
        (int(unknown.sum()), without, "--missing interpolate"),
    ):
        if count:
            finding = Finding("note", "incomplete", None, message, fix=fix, count=count)
            draft = draft.noting(finding, draft.rows)
    return draft


def drop_last_incomplete(draft: Draft) -> Draft:
    """Leave out the last row of series where its period is not over.

    Parameters
    ----------
    draft : Draft
        Regular.

    Returns
    -------
    Draft
        Without rows whose period goes on beyond this moment, or whose value
        can only be that of a part.
    """
    rows, last = draft.rows, draft.rows.indptr[1:] - 1
    moment = now(utc=is_utc(draft.time_format))
    ends = rows.timestamps[last]
    dropped = is_open(ends, draft.freq, moment)
    season = season_lengths(draft.freq)[0]
    dropped |= partial_ends(rows.target, rows.indptr, season, ends, ends.max())
    dropped &= np.diff(rows.indptr) > 1
    if not dropped.any():
        return draft
    first = int(last[dropped.argmax()])
    message = f"{draft.time(first)}, which is not over, left out"
    if dropped.sum() > 1:
        message = f"{dropped.sum():,} last periods that are not over left out, first {message}"
    finding = draft.found("incomplete", message, last[dropped])
    kept = np.ones(len(rows.series), dtype=bool)
    kept[last[dropped]] = False
    return draft.noting(finding, trim_missing(rows.take(kept)))


def settle_missing(draft: Draft, spec: DataSpec) -> Draft:
    """Fill missing values, or refuse them, or leave them to be masked.

    Parameters
    ----------
    draft : Draft
        Regular; each series begins and ends with a value.
    spec : DataSpec

    Returns
    -------
    Draft

    Raises
    ------
    DataError
        When a value is missing and ``spec.missing`` is "error".
    """
    missing = np.flatnonzero(np.isnan(draft.rows.target))
    if spec.missing == "keep" or not len(missing):
        return draft
    rows = draft.rows
    if spec.missing == "error":
        first = int(missing[0])
        there = rows.source[first] >= 0
        raise DataError(
            f"{draft.named(first)} has no {'value' if there else 'row'} for {draft.time(first)} "
            f"({len(missing):,} missing in all)",
            where=draft.where(first if there else first - 1),
            fix="--missing interpolate",
            kind="missing-values",
        )
    lengths = int(np.median(np.diff(rows.indptr)))
    seasons = spec.season or season_lengths(draft.freq, lengths)
    target = fill_missing(rows.target, rows.indptr, spec.missing, seasons[-1])
    message = f"{counted(len(missing), 'missing value')} filled (missing: {spec.missing})"
    finding = replace(draft.found("filled", message, missing), count=len(missing))
    draft = replace(draft, findings=tuple(one for one in draft.findings if one.code != "gaps"))
    return draft.noting(finding, replace(rows, target=target))


def _in_local_days(draft: Draft, freq: str) -> Draft:
    """Give times as clocks in their zone show them, where periods are days or longer."""
    form, zone = split_zone(draft.time_format)
    step = parse_frequency(freq)
    if zone is None or (step.unit == "ns" and step.count < NANOSECONDS["D"]):
        return draft
    local = to_local(draft.rows.timestamps.astype("M8[ns]"), zone).astype("M8[ns]")
    written = f"{form}{LOCAL}{zone}" if "%z" in form else form
    return replace(draft, rows=replace(draft.rows, timestamps=local), time_format=written)


def _regular(draft: Draft, freq: str) -> Draft:
    return make_regular(drop_missing_ends(draft), freq)


def _noted(draft: Draft, made: Rows, how: str, freq: str) -> Draft:
    step = f"{describe_frequency(draft.freq)} rows" if draft.freq else "rows in no regular step"
    message = (
        f"{step} {_EACH[how]}: {describe_frequency(freq)}, "
        f"{len(draft.rows.series):,} to {len(made.series):,}"
    )
    finding = Finding("note", "aggregated", None, message, count=len(draft.rows.series))
    return draft.noting(finding, made)
