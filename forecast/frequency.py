"""Frequencies: infer them, step along them, and name their seasons.

A frequency is a pandas offset alias ("MS", "h", "W-FRI", "15min", ...) or, for
timestamps that are whole numbers, the step as text ("1"). All arithmetic is on
NumPy arrays: a timestamp is split into an ordinal (a count of months, business
days or nanoseconds) and a remainder, and stepping adds to the ordinal.
Reading text and filling gaps are left to ``timestamps``, ``clean`` and ``read``.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError, UsageError

_NANOSECONDS = {
    "W": 604_800_000_000_000,
    "D": 86_400_000_000_000,
    "h": 3_600_000_000_000,
    "min": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
}
_MONTHS = {"MS": 1, "ME": 1, "QS": 3, "QE": 3, "YS": 12, "YE": 12}
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_KNOWN = ("YS", "YE", "QS", "QE", "MS", "ME", "W", "B", "D", "h", "min", "s", "ms", "us")
_MEANT = {
    "M": "MS", "Q": "QS", "Y": "YS", "A": "YS", "H": "h", "T": "min", "S": "s", "d": "D",
    "m": "MS", "q": "QS", "y": "YS", "w": "W", "b": "B", "hourly": "h", "daily": "D",
    "weekly": "W", "monthly": "MS", "quarterly": "QS", "yearly": "YS", "annual": "YS",
    "business": "B", "minute": "min", "minutes": "min", "hour": "h", "day": "D", "week": "W",
    "month": "MS", "quarter": "QS", "year": "YS",
}  # fmt: skip
_WORDS = {
    "YS": ("yearly", "year"), "YE": ("yearly", "year"), "QS": ("quarterly", "quarter"),
    "QE": ("quarterly", "quarter"), "MS": ("monthly", "month"), "ME": ("monthly", "month"),
    "W": ("weekly", "week"), "B": ("business days", "business day"), "D": ("daily", "day"),
    "h": ("hourly", "hour"), "min": ("every minute", "minute"), "s": ("every second", "second"),
    "ms": ("every millisecond", "millisecond"), "us": ("every microsecond", "microsecond"),
}  # fmt: skip
_MONDAY = np.datetime64("1970-01-05")
_MAJORITY = 0.5  # a step held by no more than this share of the rows decides nothing


@dataclass(frozen=True)
class _Step:
    """One step of a frequency: ``count`` units of ``unit``."""

    unit: str  # "integer", "ns", "business", "month" or "month-end"
    count: int


def infer_frequency(timestamps: Sequence[NDArray[np.generic]]) -> str:
    """Find the step between timestamps by majority over all series.

    Parameters
    ----------
    timestamps : sequence of ndarray, datetime64 or int64
        One array per series, increasing; gaps are tolerated.

    Returns
    -------
    str
        A canonical alias (see `normalise_frequency`).

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
    series = np.repeat(np.arange(len(timestamps)), [len(one) for one in timestamps])
    inside = series[1:] == series[:-1]
    if not inside.any():
        raise DataError(
            "the frequency cannot be found: no series has two timestamps", fix="add --freq D"
        )
    if stamps.dtype.kind != "M":
        return str(_majority_step(np.diff(stamps.astype(np.int64))[inside], str))
    stamps = stamps.astype("M8[ns]")
    steps = np.diff(stamps.astype(np.int64))[inside]
    day = _NANOSECONDS["D"]
    months = _infer_months(stamps, inside) if np.median(steps) >= 27 * day else None
    if months is not None:
        return months
    if _skips_weekends(stamps, steps):
        return "B"
    step = _majority_step(steps, _duration_alias)
    if step % (7 * day) == 0:
        return canonical_anchor(_with_count(step // (7 * day), "W"), stamps)
    return _duration_alias(step)


def next_timestamps(last: NDArray[np.generic], freq: str, horizon: int) -> NDArray[np.generic]:
    """Continue each series beyond its last timestamp.

    Parameters
    ----------
    last : ndarray of shape (N,), datetime64 or int64
    freq : str
    horizon : int
        Steps, at least 1.

    Returns
    -------
    ndarray of shape (N, H), datetime64[ns] or int64

    Raises
    ------
    DataError
        When the horizon passes the last date that can be represented (2262).

    Examples
    --------
    >>> import numpy as np
    >>> next_timestamps(np.array(["2024-01-31"], "M8[ns]"), "ME", 2).astype("M8[D]")
    array([['2024-02-29', '2024-03-31']], dtype='datetime64[D]')
    """
    step = _parse(freq)
    ordinals, remainders = split_timestamps(last, freq)
    steps = step.count * np.arange(1, horizon + 1, dtype=np.int64)
    ahead = join_timestamps(ordinals[:, None] + steps, remainders[:, None], freq)
    if len(last) and (ahead[:, -1].astype(np.int64) <= _nanoseconds(last)).any():
        raise DataError(f"{horizon} steps of {freq} go beyond the year 2262")
    return ahead


def season_lengths(freq: str, rows: int | None = None) -> tuple[int, ...]:
    """Give the usual season lengths of a frequency, in steps.

    Parameters
    ----------
    freq : str
    rows : int, optional
        Typical length of a series; seasons that do not fit in twice are left out.

    Returns
    -------
    tuple of int
        Shortest first; (1,) means no season.

    Examples
    --------
    >>> season_lengths("h")
    (24, 168)
    >>> season_lengths("h", rows=200)
    (24,)
    >>> season_lengths("YS")
    (1,)
    """
    step = _parse(freq)
    if step.unit == "integer":
        found: tuple[int, ...] = ()
    elif step.unit == "business":
        found = (5,) if step.count == 1 else ()
    elif step.unit.startswith("month"):
        found = (12 // step.count,) if 12 % step.count == 0 else ()
    elif step.count % _NANOSECONDS["W"] == 0:
        found = (52 // (step.count // _NANOSECONDS["W"]),)
    elif step.count == _NANOSECONDS["D"]:
        found = (7, 365)
    else:
        found = _cycles_per_day(step.count)
    limit = rows // 2 if rows is not None else max(found, default=1)
    return tuple(length for length in found if 1 < length <= limit) or (1,)


def describe_frequency(freq: str) -> str:
    """Say a frequency in words, its alias in brackets.

    Parameters
    ----------
    freq : str

    Returns
    -------
    str

    Examples
    --------
    >>> describe_frequency("MS"), describe_frequency("2h"), describe_frequency("1")
    ('monthly (MS)', 'every 2 hours (2h)', 'whole numbers in steps of 1')
    """
    alias = normalise_frequency(freq)
    if alias.isdigit():
        return f"whole numbers in steps of {alias}"
    bare = alias.split("-")[0]
    unit = bare.lstrip("0123456789")
    adverb, noun = _WORDS[unit]
    words = adverb if bare == unit else f"every {bare[: -len(unit)]} {noun}s"
    return f"{words} ({alias})"


def normalise_frequency(alias: str) -> str:
    """Check an alias and give its one canonical spelling.

    Parameters
    ----------
    alias : str
        For example "h", "15min", "W-FRI", "QS-FEB", "1".

    Returns
    -------
    str

    Raises
    ------
    UsageError
        When the alias is unknown; the nearest known one is suggested.

    Examples
    --------
    >>> normalise_frequency("1h"), normalise_frequency("W"), normalise_frequency("QS-JAN")
    ('h', 'W-SUN', 'QS')
    """
    if re.fullmatch(r"[1-9]\d{0,17}", alias):
        return alias
    match = re.fullmatch(r"(\d*)([A-Za-z]+)(?:-([A-Z]{3}))?", alias)
    count, unit, anchor = match.groups() if match else ("", alias, None)
    anchors = _WEEKDAYS if unit == "W" else _MONTH_NAMES if unit[:1] in "QY" else ()
    if unit not in _KNOWN or count.startswith("0") or (anchor and anchor not in anchors):
        near = _MEANT.get(unit) or next(iter(difflib.get_close_matches(unit, _KNOWN, n=1)), "D")
        raise UsageError(
            f"unknown frequency {alias[:40]!r}; allowed: {', '.join(_KNOWN)}, with a count before "
            "(15min) or an anchor behind (W-FRI), or a whole number",
            fix=f"--freq {near}",
        )
    return _with_count(int(count or 1), unit + _canonical_suffix(unit, anchor))


def canonical_anchor(freq: str, timestamps: NDArray[np.generic]) -> str:
    """Replace a weekly, quarterly or yearly anchor by the one that timestamps have.

    Parameters
    ----------
    freq : str
    timestamps : ndarray of shape (T,), datetime64 or int64

    Returns
    -------
    str
        ``freq`` itself where it has no anchor.

    Examples
    --------
    >>> import numpy as np
    >>> canonical_anchor("W-SUN", np.array(["2024-01-05", "2024-01-12"], "M8[ns]"))
    'W-FRI'
    """
    bare = freq.split("-")[0]
    unit = bare.lstrip("0123456789")
    if timestamps.dtype.kind != "M" or (unit[:1] not in ("W", "Q", "Y")):
        return freq
    if unit == "W":
        days = timestamps.astype("M8[D]").astype(np.int64)
        return f"{bare}-{_WEEKDAYS[_most_common((days + 3) % 7)]}"  # 1970-01-01 was a Thursday
    months = timestamps.astype("M8[M]").astype(np.int64) % 12
    return bare + _canonical_suffix(unit, _MONTH_NAMES[_most_common(months)])


def split_timestamps(
    timestamps: NDArray[np.generic], freq: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split timestamps into a count of units and what is left over.

    Parameters
    ----------
    timestamps : ndarray, datetime64 or int64
    freq : str

    Returns
    -------
    ordinals : ndarray of int64, same shape
        Units since a fixed origin: integers, nanoseconds, months or business
        days. Neighbours on a regular grid differ by `units_per_step`.
    remainders : ndarray of int64, same shape
        Nanoseconds after the unit's start (before its end for month ends);
        the same for all timestamps on one grid.
    """
    unit = _parse(freq).unit
    if unit in ("integer", "ns"):
        ordinals = _nanoseconds(timestamps)
        return ordinals, np.zeros_like(ordinals)
    if unit == "business":
        days = timestamps.astype("M8[D]")
        ordinals = np.asarray(np.busday_count(_MONDAY, days), dtype=np.int64)
    else:
        ordinals = timestamps.astype("M8[M]").astype(np.int64)
    starts = join_timestamps(ordinals, np.zeros_like(ordinals), freq)
    return ordinals, _nanoseconds(timestamps) - _nanoseconds(starts)


def join_timestamps(
    ordinals: NDArray[np.int64], remainders: NDArray[np.int64], freq: str
) -> NDArray[np.generic]:
    """Undo `split_timestamps`.

    Parameters
    ----------
    ordinals, remainders : ndarray of int64, shapes that broadcast
    freq : str

    Returns
    -------
    ndarray, datetime64[ns] or int64
    """
    unit = _parse(freq).unit
    if unit == "integer":
        return ordinals + remainders
    if unit == "ns":
        starts = ordinals.astype("M8[ns]")
    elif unit == "business":
        starts = np.busday_offset(_MONDAY, ordinals).astype("M8[ns]")
    else:
        starts = (ordinals + (unit == "month-end")).astype("M8[M]").astype("M8[ns]")
    return np.asarray(starts + remainders.astype("m8[ns]"))


def units_per_step(freq: str) -> int:
    """Give the distance of neighbours in the ordinals of `split_timestamps`.

    Parameters
    ----------
    freq : str

    Returns
    -------
    int

    Examples
    --------
    >>> units_per_step("QS"), units_per_step("2B"), units_per_step("s")
    (3, 2, 1000000000)
    """
    return _parse(freq).count


@lru_cache(maxsize=64)
def _parse(freq: str) -> _Step:
    alias = normalise_frequency(freq)
    if alias.isdigit():
        return _Step("integer", int(alias))
    bare = alias.split("-")[0]
    unit = bare.lstrip("0123456789")
    count = int(bare[: len(bare) - len(unit)] or 1)
    if unit in _MONTHS:
        return _Step("month-end" if unit.endswith("E") else "month", count * _MONTHS[unit])
    if unit == "B":
        return _Step("business", count)
    return _Step("ns", count * _NANOSECONDS[unit])


def _infer_months(stamps: NDArray[np.datetime64], inside: NDArray[np.bool_]) -> str | None:
    """Recognise calendar months: the same day of the month, or always its last day."""
    ordinals, after = split_timestamps(stamps, "MS")
    steps = np.diff(ordinals)[inside]
    if _most_common(steps) < 1:
        return None
    before = split_timestamps(stamps, "ME")[1]
    starts, ends = (np.mean(one == _most_common(one)) for one in (after, before))
    at_end = _most_common(before) >= -_NANOSECONDS["D"] and ends > starts - 1e-9
    # a day after the 28th is not in every month, so it cannot be a fixed day of the month
    at_start = _most_common(after) < 28 * _NANOSECONDS["D"]
    if _most_common(after) == 0:
        at_end = False
    if not (at_end and ends > 0.9) and not (at_start and starts > 0.9):
        return None
    letter = "E" if at_end else "S"
    step = _majority_step(steps, lambda months: f"{months} months")
    for unit, months in (("Y", 12), ("Q", 3), ("M", 1)):
        if step % months == 0:
            return canonical_anchor(_with_count(step // months, unit + letter), stamps)
    return None


def _skips_weekends(stamps: NDArray[np.datetime64], steps: NDArray[np.int64]) -> bool:
    """Say whether daily timestamps cross weekends but never fall on one."""
    day = _NANOSECONDS["D"]
    if (steps % day).any() or _most_common(steps) != day or not (steps == 3 * day).any():
        return False
    return bool(np.is_busday(stamps.astype("M8[D]")).all())


def _majority_step(steps: NDArray[np.int64], name: Callable[[int], str]) -> int:
    values, counts = np.unique(steps[steps > 0], return_counts=True)
    if not len(values):
        raise DataError("the frequency cannot be found: no two timestamps differ")
    order = np.argsort(-counts, kind="stable")
    shares = counts / counts.sum()
    best = order[0]
    if shares[best] > _MAJORITY or len(values) == 1:
        return int(values[best])
    shown = ", ".join(f"{name(int(values[i]))} {shares[i]:.0%}" for i in order[:4])
    raise DataError(
        f"the frequency is ambiguous; steps found: {shown}",
        fix=f"add --freq {name(int(values[best]))}",
    )


def _duration_alias(nanoseconds: int) -> str:
    for unit in ("D", "h", "min", "s", "ms", "us"):
        if nanoseconds % _NANOSECONDS[unit] == 0:
            return _with_count(nanoseconds // _NANOSECONDS[unit], unit)
    raise DataError("timestamps finer than a microsecond are not supported")


def _cycles_per_day(step: int) -> tuple[int, ...]:
    """Seasons of steps below a day, or of several days: hour, day and week."""
    short = step < 5 * _NANOSECONDS["min"]  # finer than 5 minutes a week is out of reach
    units = ("min", "h") if step < _NANOSECONDS["min"] else ("h", "D") if short else ("D", "W")
    return tuple(_NANOSECONDS[unit] // step for unit in units if _NANOSECONDS[unit] % step == 0)


def _canonical_suffix(unit: str, anchor: str | None) -> str:
    if unit == "W":
        return f"-{anchor or 'SUN'}"
    if anchor is None or unit not in _MONTHS:
        return ""
    every, default = _MONTHS[unit], 0 if unit.endswith("S") else 11
    month = _MONTH_NAMES.index(anchor)
    if (month - default) % every == 0:
        return ""
    return f"-{_MONTH_NAMES[month % every + (12 - every if unit.endswith('E') else 0)]}"


def _with_count(count: int, unit: str) -> str:
    return unit if count == 1 else f"{count}{unit}"


def _most_common(values: NDArray[np.int64]) -> int:
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])


def _nanoseconds(timestamps: NDArray[np.generic]) -> NDArray[np.int64]:
    if timestamps.dtype.kind == "M":
        timestamps = timestamps.astype("M8[ns]")
    return timestamps.astype(np.int64)
