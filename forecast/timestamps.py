"""Text to timestamps and back, in the one notation that a column uses.

The notation is proven from the whole column: ISO dates, year/month/day,
day.month.year, quarters, month names, and slash dates where some value shows
which number is the day. Nothing is guessed: what cannot be read is reported by
position, and a column that reads two ways is refused. Finding the time column
is left to ``roles``, file and line to ``draft``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.datetimes import read_datetimes, shapes, write_datetimes
from forecast.errors import DataError

INTEGER = "integer"
"""Time format of timestamps that are whole numbers without a calendar."""

YEARS = range(1700, 2201)
"""Whole numbers that are read as years, and the years that dates may lie in."""

_TIME = re.compile(
    r"(?P<date>.+?)(?:(?P<gap>[T ])(?P<time>\d{1,2}:\d{2}(?P<s>:\d{2}(?P<f>\.\d{1,9})?)?)"
    r"(?P<half> ?[AaPp][Mm])?(?P<zone>Z| ?[+-]\d{2}:?\d{2})?)?"
)
_DATES = (
    (r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y.%m.%d"),
    (r"\d{4}-\d{1,2}", "%Y-%m"),
    (r"\d{4}/\d{1,2}", "%Y/%m"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}/\d{4}", "%m/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "slash/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "slash/%y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "slash-%Y"),
    (r"\d{4} Q[1-4]", "%Y Q%q"),
    (r"\d{4}-Q[1-4]", "%Y-Q%q"),
    (r"\d{4}Q[1-4]", "%YQ%q"),
    (r"Q[1-4] \d{4}", "Q%q %Y"),
    (r"Q[1-4]-\d{4}", "Q%q-%Y"),
    (r"[A-Za-z]{3}-\d{2}", "%b-%y"),
    (r"[A-Za-z]{3}-\d{4}", "%b-%Y"),
    (r"[A-Za-z]{3} \d{4}", "%b %Y"),
    (r"[A-Za-z]{4,9} \d{4}", "%B %Y"),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    (r"\d{8}", "%Y%m%d"),
    (r"\d{6}", "%Y%m"),
    (r"\d{4}", "%Y"),
)
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_SAME_DIGITS = str.maketrans("0123456789", "1111111111")  # dates of one shape share a notation
_DATE_FORMATS = tuple((re.compile(pattern), form) for pattern, form in _DATES)


@dataclass(frozen=True, eq=False)
class Timestamps:
    """A column of times as read.

    Attributes
    ----------
    values : ndarray of shape (T,), datetime64[ns] or int64
        UTC where the text carried an offset; undefined where ``bad``.
    bad : ndarray of shape (T,), bool
        Values that are not times in the column's notation.
    time_format : str
        strftime pattern (with %q for the quarter), or ``INTEGER``.
    """

    values: NDArray[np.generic]
    bad: NDArray[np.bool_]
    time_format: str


def notation(text: str) -> str | None:
    """Name the notation of one value.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        A format in which "slash" stands for two numbers of unknown order, or
        None when the text is no date. Whole numbers give ``INTEGER`` unless
        they read as a calendar year, month or day.

    Examples
    --------
    >>> notation("2004-05-14 13:00"), notation("5/14/2004"), notation("12"), notation("red")
    ('%Y-%m-%d %H:%M', 'slash/%Y', 'integer', None)
    """
    if _INTEGER.fullmatch(text) and not _is_calendar_number(text):
        return INTEGER
    return _notation_of_shape(text.translate(_SAME_DIGITS))


def parse_timestamps(texts: Sequence[str]) -> Timestamps:
    """Read a column of times, proving its notation from all its values.

    Parameters
    ----------
    texts : sequence of str
        Usually the distinct values only, in any order.

    Returns
    -------
    Timestamps

    Raises
    ------
    DataError
        When no notation fits most values, or when two fit all.

    Examples
    --------
    >>> parse_timestamps(["1998-Q2", "1998-Q3"]).values.astype("M8[M]")
    array(['1998-04', '1998-07'], dtype='datetime64[M]')
    """
    cells, groups = _notations(texts)
    known = Counter[str]()
    for form, _, rows in groups:
        if form is not None:
            known[form] += len(rows)
    if not known:
        raise DataError("no value can be read as a time", fix=_REWRITE)
    usual = known.most_common(1)[0][0]
    if usual == INTEGER:
        return _parse_integers(texts)
    date = _date_part(usual)
    order = _day_or_month_first(texts, date)
    _refuse_unclear_century(texts, usual)
    values = np.full(len(texts), np.datetime64("NaT"), dtype="M8[ns]")
    for found, shape, rows in groups:
        # "May" is as long as its abbreviation
        form = usual if found == usual.replace("%B", "%b") else found
        # a date alone among dates with a time is midnight
        if form and _date_part(form) == date and (("%z" in form) == ("%z" in usual)):
            values[rows] = _within_years(
                read_datetimes(cells[rows], shape, form.replace(date, order))
            )
    longest = max((form for form in known if _date_part(form) == date), key=len)
    return Timestamps(values, np.isnat(values), _output_format(longest.replace(date, order), texts))


def is_utc(time_format: str) -> bool:
    """Say whether times of a format are in UTC; others are local, wherever that is.

    Parameters
    ----------
    time_format : str
        As in `Timestamps`.

    Returns
    -------
    bool
    """
    return time_format.endswith(("Z", "+00:00"))


def format_timestamps(timestamps: NDArray[np.generic], time_format: str) -> NDArray[np.object_]:
    """Write timestamps in the notation of the input.

    Parameters
    ----------
    timestamps : ndarray of any shape, datetime64 or int64
    time_format : str
        As in `Timestamps`.

    Returns
    -------
    ndarray of str, same shape

    Examples
    --------
    >>> format_timestamps(np.array(["1998-04", "1998-07"], "M8[M]"), "%Y-Q%q").tolist()
    ['1998-Q2', '1998-Q3']
    """
    distinct, places = np.unique(timestamps, return_inverse=True)
    if distinct.dtype.kind == "M":
        text = np.array(write_datetimes(distinct, time_format), object)
    else:
        text = distinct.astype(str).astype(object)
    return np.asarray(text[places].reshape(timestamps.shape), dtype=object)


_REWRITE = "write the times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"


@lru_cache(maxsize=4096)
def _notation_of_shape(text: str) -> str | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    form = next((form for regex, form in _DATE_FORMATS if regex.fullmatch(match["date"])), None)
    if form is None:
        return None
    if match["time"]:
        hour = "%I:%M" if match["half"] else "%H:%M"
        form += match["gap"] + hour + (":%S" if match["s"] else "") + (".%f" if match["f"] else "")
        if match["half"]:
            form += " %p" if match["half"].startswith(" ") else "%p"
    if match["zone"]:
        form += " %z" if match["zone"].startswith(" ") else "%z"
    return form


def _notations(
    texts: Sequence[str],
) -> tuple[NDArray[np.uint8], list[tuple[str | None, str, NDArray[np.int64]]]]:
    """Group texts by notation and shape; with their bytes, one text in a row."""
    cells, shaped = shapes(texts)
    groups: list[tuple[str | None, str, NDArray[np.int64]]] = []
    for shape, rows in shaped:
        if not _INTEGER.fullmatch(shape):
            groups.append((_notation_of_shape(shape), shape, rows))
            continue
        forms = np.array([notation(texts[row]) for row in rows.tolist()], object)
        groups += [(form, shape, rows[forms == form]) for form in dict.fromkeys(forms)]
    return cells, groups


def _is_calendar_number(text: str) -> bool:
    """Say whether a whole number is a year, a year and month, or a full date."""
    if len(text) not in (4, 6, 8) or not text.isdigit() or int(text[:4]) not in YEARS:
        return False
    month, day = text[4:6], text[6:8]
    return (not month or 1 <= int(month) <= 12) and (not day or 1 <= int(day) <= 31)


def _parse_integers(texts: Sequence[str]) -> Timestamps:
    bad = np.array([_INTEGER.fullmatch(text) is None for text in texts])
    good = [0 if wrong else int(text) for text, wrong in zip(texts, bad, strict=True)]
    values = np.array(good, dtype=np.int64)
    if (np.abs(values[~bad]) >= 10**9).all():
        raise DataError(
            "the times are large whole numbers, perhaps seconds since 1970, which are not read",
            fix=_REWRITE,
        )
    return Timestamps(values, bad, INTEGER)


def _date_part(form: str) -> str:
    return re.split(r"[T ]%[HI]:", form, maxsplit=1)[0]


def _day_or_month_first(texts: Sequence[str], date: str) -> str:
    """Settle which of two leading numbers is the day by a value above 12."""
    if not date.startswith("slash"):
        return date
    sep, year = date[5], date[6:]
    regex = re.compile(rf"(\d{{1,2}}){sep}(\d{{1,2}}){sep}\d+")
    pairs = [match.groups() for match in map(regex.match, texts) if match]
    day_first = any(int(first) > 12 for first, _ in pairs)
    month_first = any(int(second) > 12 for _, second in pairs)
    if day_first == month_first:
        if day_first:
            raise DataError("some times are day/month/year and others month/day/year", fix=_REWRITE)
        first, second = next(((one, two) for one, two in pairs if one != two), pairs[0])
        raise DataError(
            f"'{first}{sep}{second}{sep}...' reads as day {first} of month {second} and as "
            f"day {second} of month {first}, and no value decides which",
            fix=_REWRITE,
        )
    return f"%d{sep}%m{sep}{year}" if day_first else f"%m{sep}%d{sep}{year}"


def _refuse_unclear_century(texts: Sequence[str], form: str) -> None:
    if "%y" not in form:
        return
    for text in texts:
        match = re.match(r"(?:\d+/\d+/|[A-Za-z]+-)(\d{2})(?!\d)", text)
        if match and 40 <= int(match[1]) < 70:
            raise DataError(
                f"'{text[:40]}' may be in 19{match[1]} or in 20{match[1]}",
                fix="write years with four digits",
            )


def _within_years(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Give nanoseconds, which reach from 1677 to 2262: beyond, a cast wraps around in silence."""
    years = times.astype("M8[Y]").astype(np.int64) + 1970
    outside = (years < YEARS.start) | (years >= YEARS.stop)
    return np.where(outside, np.datetime64("NaT"), times).astype("M8[ns]")


def _output_format(form: str, texts: Sequence[str]) -> str:
    zone = "Z" if all(text.endswith("Z") for text in texts[:100]) else "+00:00"
    return form.replace("%z", zone)
