"""Find the frequency that timestamps keep, by majority over all series.

Which frequencies there are is in ``frequency``; what does not keep to the one
found is left to ``clean`` and ``rows``.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.calendar import split_timestamps
from forecast.timeline.frequency import NANOSECONDS, canonical_anchor, normalise_frequency

_WORKING_WEEKS = ("1111110", "1111001", "0111110", "0111111")  # beside Monday to Friday
_NEARLY_ALL, _MONTHS_OF_PROOF, _WORKING_EDGE = 0.9, 6, 4
_ROUND = [
    count * NANOSECONDS[unit]
    for unit, counts in (("s", (1, 2, 5, 10, 15, 20, 30)), ("min", (1, 2, 5, 10, 15, 20, 30)),
                         ("h", (1, 2, 3, 4, 6, 12)), ("D", (1,)))
    for count in counts
]  # fmt: skip
_MAJORITY = 0.5  # a step held by no more than this share of the rows decides nothing


def infer_frequency(timestamps: Sequence[NDArray[np.generic]]) -> str:
    """Find the step between timestamps by majority over all series.

    Parameters
    ----------
    timestamps : sequence of ndarray, datetime64 or int64
        One array per series, increasing; gaps are tolerated.

    Returns
    -------
    str
        A canonical alias (see `frequency.normalise_frequency`).

    Raises
    ------
    DataError
        When there are fewer than two timestamps in every series, or when no
        step is held by more than half of all pairs of neighbours.

    Examples
    --------
    >>> import numpy as np
    >>> infer_frequency([np.array(["2024-01-31", "2024-02-29", "2024-03-31"], "M8[ns]")])
    'ME'
    >>> infer_frequency([np.array([5, 10, 15])])
    '5'
    """
    stamps = np.concatenate(timestamps)
    last = np.cumsum([len(one) for one in timestamps if len(one)])[:-1] - 1
    inside = np.ones(max(0, len(stamps) - 1), bool)
    inside[last] = False
    if not inside.any():
        raise DataError(
            "the frequency cannot be found: no series has two timestamps",
            fix="add --freq D",
            kind="no-frequency",
        )
    calendar = stamps.dtype.kind == "M"
    counts = stamps.astype("M8[ns]" if calendar else np.int64, copy=False).view(np.int64)
    steps = (counts[1:] - counts[:-1])[inside]
    if not calendar:
        return str(_majority_step(steps, str))
    stamps, day = counts.view("M8[ns]"), NANOSECONDS["D"]
    if 0 < steps[0] < day and steps.min() == steps.max():  # neither months nor working days
        return duration_alias(int(steps[0]))
    months = _infer_months(stamps, inside) if np.median(steps) >= 27 * day else None
    if months is not None:
        return months
    days = _working_days(stamps, steps)
    if days is not None:
        return normalise_frequency(f"B-{days}")
    step = _majority_step(steps, duration_alias)
    if step % (7 * day) == 0:
        return canonical_anchor(normalise_frequency(f"{step // (7 * day)}W"), stamps)
    return duration_alias(step)


def duration_alias(nanoseconds: int) -> str:
    """Name a step of fixed length.

    Parameters
    ----------
    nanoseconds : int

    Returns
    -------
    str

    Raises
    ------
    DataError
        When it is no whole number of microseconds.

    Examples
    --------
    >>> duration_alias(5_400_000_000_000)
    '90min'
    """
    for unit in ("D", "h", "min", "s", "ms", "us"):
        if nanoseconds % NANOSECONDS[unit] == 0:
            return normalise_frequency(f"{nanoseconds // NANOSECONDS[unit]}{unit}")
    raise DataError("timestamps finer than a microsecond are not supported", kind="too-fine")


def _infer_months(stamps: NDArray[np.datetime64], inside: NDArray[np.bool_]) -> str | None:
    """Recognise calendar months: the same day of the month, or always its last day."""
    ordinals, after = split_timestamps(stamps, "MS")
    steps = np.diff(ordinals)[inside]
    if _most_common(steps) < 1:
        return None
    before = split_timestamps(stamps, "ME")[1]
    starts, ends = (np.mean(one == _most_common(one)) for one in (after, before))
    at_end = _most_common(before) >= -NANOSECONDS["D"] and ends > starts - 1e-9
    # a day after the 28th is not in every month, so it cannot be a fixed day of the month
    at_start = _most_common(after) < 28 * NANOSECONDS["D"]
    if _most_common(after) == 0:
        at_end = False
    if not (at_end and ends > 0.9) and not (at_start and starts > 0.9):
        edge = _edge_of_month(stamps, steps)
        if edge is None:
            return None
        at_end = edge == "E"
    letter = "E" if at_end else "S"
    step = _majority_step(steps, lambda months: f"{months if months > 1 else ''}M{letter}")
    for unit, months in (("Y", 12), ("Q", 3), ("M", 1)):
        if step % months == 0:
            return canonical_anchor(normalise_frequency(f"{step // months}{unit}{letter}"), stamps)
    return None


def _edge_of_month(stamps: NDArray[np.datetime64], steps: NDArray[np.int64]) -> str | None:
    """Say "S" or "E" for the first or last working days of months, which are not one date."""
    if len(steps) < _MONTHS_OF_PROOF or np.mean(steps == _most_common(steps)) <= _NEARLY_ALL:
        return None
    days = stamps.astype("M8[D]")
    months = days.astype("M8[M]")
    day = (days - months.astype("M8[D]")).astype(np.int64)
    left = ((months + 1).astype("M8[D]") - days).astype(np.int64)
    if np.mean(left <= _WORKING_EDGE) > _NEARLY_ALL:
        return "E"
    return "S" if np.mean(day < _WORKING_EDGE) > _NEARLY_ALL else None


def _working_days(stamps: NDArray[np.datetime64], steps: NDArray[np.int64]) -> str | None:
    """Find the days of the week that daily timestamps keep to, Monday first; None for all."""
    day = NANOSECONDS["D"]
    if (steps % day).any() or np.median(steps) > 3 * day:
        return None
    dates = stamps.astype("M8[D]").astype(np.int64)
    weekdays = (dates + 3) % 7  # 1970-01-01 was a Thursday
    counts = np.bincount(weekdays, minlength=7)
    present = counts > 0.2 * counts.max()
    if not 2 <= present.sum() <= 6 or counts[present].sum() < 0.98 * counts.sum():
        return None
    mask = "".join("1" if one else "0" for one in present)
    if mask == "1111100":  # well known: to step over one weekend is enough
        return mask if (steps == 3 * day).any() else None
    if mask not in _WORKING_WEEKS:
        return None
    kept = np.busday_count(dates.min(), dates.max() + 1, mask)
    weeks = (dates.max() - dates.min()) / 7
    distinct = len(np.unique(dates[present[weekdays]]))
    return mask if weeks >= 3 and distinct > 0.8 * kept else None


def _majority_step(steps: NDArray[np.int64], name: Callable[[int], str]) -> int:
    values, counts = np.unique(steps[steps > 0], return_counts=True)
    if not len(values):
        raise DataError(
            "the frequency cannot be found: no two timestamps differ", kind="no-frequency"
        )
    order = np.argsort(-counts, kind="stable")
    shares = counts / counts.sum()
    likely = int(values[order[0]])
    even = _even_step(steps) if name is duration_alias else None
    kept = even in (None, likely) or shares[order[0]] > _NEARLY_ALL
    if kept and (shares[order[0]] > _MAJORITY or len(values) == 1):
        return likely
    shown = ", ".join(f"{name(int(values[i]))} {shares[i]:.0%}" for i in order[:4])
    raise DataError(
        f"the frequency is ambiguous; steps found: {shown}",
        fix=f"add --freq {name(even or likely)}",
        kind="unclear-frequency",
    )


def _even_step(steps: NDArray[np.int64]) -> int | None:
    """Give the round step that a clock which runs unevenly keeps to in the long run, if any."""
    usual = float(np.median(steps))
    near = steps[np.abs(steps - usual) < usual / 2]
    gone = [(abs(int(near.sum()) - len(near) * one), one) for one in _ROUND]
    drift, even = min(gone)
    return even if drift < even / 2 else None


def _most_common(values: NDArray[np.int64]) -> int:
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])
