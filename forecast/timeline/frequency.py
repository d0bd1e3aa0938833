"""Frequencies by name: check them, say them in words, name their seasons.

A frequency is a pandas offset alias ("MS", "h", "W-FRI", "15min", ...), "B-1111110" for
business days from Monday to Saturday (Monday first, as NumPy writes them), or, for
timestamps that are whole numbers, the step as text ("1"). Stepping along one is
left to ``calendar``, finding the one that timestamps keep to ``spacing``.
"""

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError

NANOSECONDS = {
    "W": 604_800_000_000_000,
    "D": 86_400_000_000_000,
    "h": 3_600_000_000_000,
    "min": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
}
"""Length of the units that have a fixed one."""

LEAST_CYCLES = (1.25, 2.0)
"""Cycles of the shortest and of a longer season that a series must hold for it to count."""

_WEEKS_A_YEAR = 365.2425 / 7
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


@dataclass(frozen=True)
class Step:
    """One step of a frequency: ``count`` units of ``unit``.

    Attributes
    ----------
    unit : {"integer", "ns", "business", "month", "month-end"}
    count : int
    days : str
        Of business days: which days of the week count, Monday first.
    """

    unit: str
    count: int
    days: str = "1111100"


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
    if days := re.fullmatch(r"(\d*)B-([01]{7})", alias):
        return _with_days(int(days[1] or 1), days[2])
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
    if "-1" in alias or "-0" in alias:
        return f"{_name_days(parse_frequency(alias).days)} ({alias})"
    bare = alias.split("-")[0]
    unit = bare.lstrip("0123456789")
    adverb, noun = _WORDS[unit]
    words = adverb if bare == unit else f"every {bare[: -len(unit)]} {noun}s"
    return f"{words} ({alias})"


def season_lengths(freq: str, rows: int | None = None) -> tuple[int, ...]:
    """Give the usual season lengths of a frequency, in steps.

    Parameters
    ----------
    freq : str
    rows : int, optional
        Typical length of a series; seasons of which it holds too little, see
        `LEAST_CYCLES`, are left out.

    Returns
    -------
    tuple of int
        Shortest first; (1,) means no season.

    Notes
    -----
    A quarter of a cycle that is seen again is enough where the calendar vouches for the
    season; ``forecast.season`` asks for more where nothing but the values does.

    Examples
    --------
    >>> season_lengths("h")
    (24, 168)
    >>> season_lengths("h", rows=200)
    (24,)
    >>> season_lengths("YS")
    (1,)
    """
    step = parse_frequency(freq)
    if step.unit == "integer":
        found: tuple[int, ...] = ()
    elif step.unit == "business":
        days = step.days.count("1")
        found = (days, round(days * _WEEKS_A_YEAR)) if step.count == 1 else ()
    elif step.unit.startswith("month"):
        found = (12 // step.count,) if 12 % step.count == 0 else ()
    elif step.count % NANOSECONDS["W"] == 0:
        found = (52 // (step.count // NANOSECONDS["W"]),)
    elif step.count == NANOSECONDS["D"]:
        found = (7, 365)
    else:
        found = _cycles_per_day(step.count)
    known = (
        length
        for length, cycles in zip(found, LEAST_CYCLES[: len(found)], strict=True)
        if length > 1 and (rows is None or cycles * length <= rows)
    )
    return tuple(known) or (1,)


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
        return (
            f"{bare}-{_WEEKDAYS[np.bincount((days + 3) % 7).argmax()]}"  # 1970-01-01 was a Thursday
        )
    months = timestamps.astype("M8[M]").astype(np.int64) % 12
    return bare + _canonical_suffix(unit, _MONTH_NAMES[np.bincount(months).argmax()])


def anchor_of(freq: str) -> int:
    """Give the day of the week or the month that a frequency is anchored at.

    Parameters
    ----------
    freq : str
        In weeks, months, quarters or years.

    Returns
    -------
    int
        Days after Monday; months after January, as the remainder of the step.

    Examples
    --------
    >>> anchor_of("W-FRI"), anchor_of("QS-FEB"), anchor_of("QE"), anchor_of("MS")
    (4, 1, 2, 0)
    """
    anchor = normalise_frequency(freq).partition("-")[2]
    if anchor in _WEEKDAYS:
        return _WEEKDAYS.index(anchor)
    step = parse_frequency(freq)
    month = _MONTH_NAMES.index(anchor) if anchor else 11 if step.unit == "month-end" else 0
    return month % step.count


@lru_cache(maxsize=64)
def parse_frequency(freq: str) -> Step:
    """Give the arithmetic of a frequency.

    Parameters
    ----------
    freq : str

    Returns
    -------
    Step

    Examples
    --------
    >>> parse_frequency("QE").unit, parse_frequency("2B-1111110")
    ('month-end', Step(unit='business', count=2, days='1111110'))
    """
    alias = normalise_frequency(freq)
    if alias.isdigit():
        return Step("integer", int(alias))
    bare = alias.split("-")[0]
    unit = bare.lstrip("0123456789")
    count = int(bare[: len(bare) - len(unit)] or 1)
    if unit in _MONTHS:
        return Step("month-end" if unit.endswith("E") else "month", count * _MONTHS[unit])
    if unit == "B":
        return Step("business", count, alias.partition("-")[2] or "1111100")
    return Step("ns", count * NANOSECONDS[unit])


def _cycles_per_day(step: int) -> tuple[int, ...]:
    """Seasons of steps below a day, or of several days: hour, day and week."""
    short = step < 5 * NANOSECONDS["min"]  # finer than 5 minutes a week is out of reach
    units = ("min", "h") if step < NANOSECONDS["min"] else ("h", "D") if short else ("D", "W")
    return tuple(NANOSECONDS[unit] // step for unit in units if NANOSECONDS[unit] % step == 0)


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


def _with_days(count: int, days: str) -> str:
    """Name business days by the days of the week that count; all of them are days."""
    if "1" not in days:
        raise UsageError("no day of the week counts", fix="--freq B")
    if days.count("1") == 7:
        return _with_count(count, "D")
    if days.count("1") == 1:
        return _with_count(count, f"W-{_WEEKDAYS[days.index('1')]}")
    return _with_count(count, "B" if days == "1111100" else f"B-{days}")


def _name_days(days: str) -> str:
    names = [
        name.capitalize() for name, counts in zip(_WEEKDAYS, days, strict=True) if counts == "1"
    ]
    if "1" * len(names) in days:
        return f"{names[0]} to {names[-1]}"
    return ", ".join(names)


def _with_count(count: int, unit: str) -> str:
    return unit if count == 1 else f"{count}{unit}"
