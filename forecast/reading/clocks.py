"""Clocks that were changed, or that run unevenly: times put where they belong, or refused.

Only what the times themselves prove is done: as many rows as steps are missing,
or a free step of the grid beside each time. Values are never touched.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.finding import counted
from forecast.reading.clean import off_grid, repeated_rows
from forecast.reading.draft import Draft
from forecast.timeline.calendar import join_timestamps
from forecast.timeline.frequency import NANOSECONDS, parse_frequency

_EDGES = ("MS", "ME", "QS", "QE", "YS", "YE")
_HOUR = NANOSECONDS["h"]
_PHASES = 10  # of the grid that are tried
_LEADING = 0.2  # share of rows on one phase from which it is the grid
_FAR = 0.01  # share of rows that may move by more than a step, by less than two
_UNEVEN = 0.02  # share of rows off the grid from which it is the clock, not a wrong time


def restore_skipped_hours(draft: Draft) -> Draft:
    """Put rows back into an hour that clocks skip.

    Programs that know of the change move every time of the skipped hour to its
    end, where they are all the same. Where exactly as many rows stand there as
    steps are missing before, they are those steps.

    Parameters
    ----------
    draft : Draft
        Sorted.

    Returns
    -------
    Draft
    """
    rows = draft.rows
    if rows.timestamps.dtype.kind != "M" or len(rows.series) < 8:
        return draft
    same = repeated_rows(rows)[1:]
    if not same.any():
        return draft
    stamps = rows.timestamps.astype(np.int64)
    steps = np.diff(stamps)
    step = _usual_step(steps[(steps > 0) & (rows.series[1:] == rows.series[:-1])])
    if not 0 < step <= _HOUR or _HOUR % step:
        return draft
    per_hour = _HOUR // step
    starts = np.flatnonzero(same & ~np.append(False, same[:-1]))
    ends = np.flatnonzero(same & ~np.append(same[1:], False)) + 1
    moved: list[int] = []
    made = stamps.copy()
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        inside = start > 0 and end + 1 < len(stamps)
        count = end - start + 1  # with the step at the end of the hour, if the grid has one
        counts = (per_hour,) if per_hour == 1 else (per_hour, per_hour + 1)
        if not inside or count not in counts or stamps[start] % _HOUR:
            continue
        if rows.series[start - 1] != rows.series[end + 1]:
            continue
        if stamps[end + 1] - stamps[start - 1] == (count + 1) * step:
            made[start : end + 1] = stamps[start - 1] + step * np.arange(1, count + 1)
            moved += range(start, end + 1)
    if not moved:
        return draft
    at = np.array(moved, np.int64)
    message = (
        f"{counted(len(at), 'row')} of a skipped hour with the time of its end put back into it"
    )
    fixed = replace(rows, timestamps=made.astype(rows.timestamps.dtype))
    return draft.noting(draft.found("skipped-hour", message, at), fixed)


def settle_uneven_clock(draft: Draft, freq: str) -> Draft:
    """Move times that are off the grid to the step that they fall into, or the next.

    Parameters
    ----------
    draft : Draft
        Sorted, without duplicates.
    freq : str
        Of less than a day.

    Returns
    -------
    Draft
        The same where all times are on the grid, only few are not, or some
        would have to be moved far for each to have a step of its own.
    """
    step = parse_frequency(freq)
    rows = draft.rows
    if step.unit != "ns" or step.count >= NANOSECONDS["D"]:
        return draft
    off = off_grid(rows, freq)
    if off.mean() < _UNEVEN:
        return draft
    stamps = rows.timestamps.astype("M8[ns]").astype(np.int64)
    phases, counts = np.unique(stamps % step.count, return_counts=True)
    common = phases[np.argsort(-counts, kind="stable")][:_PHASES].tolist()
    if counts.max() > _LEADING * len(stamps):
        common = common[:1]
    made = [_on_grid(stamps, rows.starts, step.count, phase) for phase in common]
    best = min(made, key=lambda one: int(np.abs(one - stamps).sum()))
    shift = np.abs(best - stamps)
    if shift.max() >= 2 * step.count or (shift >= step.count).mean() > _FAR:
        return draft
    moved = np.flatnonzero(shift)
    message = (
        f"{len(moved):,} of {len(stamps):,} times off the grid of {freq}: moved to it, "
        f"by {shift[moved].mean() / step.count:.1f} steps on average"
    )
    fixed = replace(rows, timestamps=best.astype("M8[ns]"))
    finding = replace(
        draft.found("uneven-clock", message, moved, f"--aggregate mean --freq {freq}"),
        severity="warning",
    )
    return draft.noting(finding, fixed)


def _on_grid(
    stamps: NDArray[np.int64], starts: NDArray[np.int64], step: int, phase: int
) -> NDArray[np.int64]:
    """Move times to the step that they fall into, or the next that is free."""
    low = (stamps - phase) // step
    slots = np.concatenate([_free_slots(one) for one in np.split(low, starts[1:])])
    return np.asarray(slots * step + phase, dtype=np.int64)


def settle_month_edges(draft: Draft, freq: str) -> Draft:
    """Move the first or last working days of months to the months' first or last days.

    Parameters
    ----------
    draft : Draft
        Sorted, without duplicates.
    freq : str

    Returns
    -------
    Draft
        The same where nothing is off the grid, or a time is days away from it.
    """
    step = parse_frequency(freq)
    rows = draft.rows
    if not step.unit.startswith("month") or freq.split("-")[0].lstrip("0123456789") not in _EDGES:
        return draft
    off = off_grid(rows, freq)
    if not off.any():
        return draft
    ordinals, after = rows.split(freq)
    day = NANOSECONDS["D"]
    at_end = step.unit == "month-end"
    near = (after >= -4 * day) & (after < 0) if at_end else (after >= 0) & (after < 4 * day)
    repeated = (np.diff(ordinals) == 0) & (np.diff(rows.series) == 0)
    if not near.all() or repeated.any():
        return draft
    edge = np.full_like(ordinals, -day if at_end else 0)
    fixed = replace(rows, timestamps=join_timestamps(ordinals, edge, freq))
    moved = np.flatnonzero(fixed.timestamps != rows.timestamps)
    which = "last" if at_end else "first"
    message = f"{counted(len(moved), 'time')} moved to the {which} day of the month"
    return draft.noting(draft.found("month-edges", message, moved), fixed)


def _free_slots(low: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each the first step from its own on that the one before has left free."""
    order = np.arange(len(low))
    return np.asarray(order + np.maximum.accumulate(low - order), dtype=np.int64)


def _usual_step(steps: NDArray[np.int64]) -> int:
    """Give the step that most neighbours are apart, 0 where none is."""
    if not len(steps):
        return 0
    values, counts = np.unique(steps, return_counts=True)
    return int(values[counts.argmax()]) if 2 * counts.max() > len(steps) else 0
