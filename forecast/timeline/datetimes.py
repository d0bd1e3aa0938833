"""Dates and times in fixed places of equally shaped texts, read by array operations.

The shape of a text is the text with every digit as 1: texts of one shape have
their numbers at the same places and their words in common. Which notation a
column uses is settled in ``timestamps``.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LONGEST = 48
"""Bytes of the longest text that can be a time."""

YEAR_NONE = 2000
"""Year before the first one, where a file counts its years."""

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_FIELDS = {
    "Y": "1{4}", "y": "1{2}", "m": "1{1,2}", "d": "1{1,2}", "q": "1", "Q": "1{2}", "H": "1{1,2}",
    "I": "1{1,2}", "M": "1{1,2}", "S": "1{1,2}", "f": "1{1,9}", "b": "[A-Za-z]{3}",
    "B": "[A-Za-z]{3,9}", "p": "[AaPp][Mm]", "z": "Z|[+-]11(?::?11)?", "G": "1{4}", "V": "1{1,2}",
    "u": "1", "n": "1{1,2}", "N": "1{2}", "j": "1{3}", "h": "1",
}  # fmt: skip
_LIMITS = {
    "m": (1, 12), "q": (1, 4), "Q": (1, 4), "H": (0, 24), "I": (1, 12), "M": (0, 59), "S": (0, 59),
    "V": (1, 53), "u": (1, 7), "h": (1, 2),
}  # fmt: skip
_DIGITS = (ord("0"), ord("9"))


def shapes(texts: Sequence[str]) -> tuple[NDArray[np.uint8], list[tuple[str, NDArray[np.int64]]]]:
    """Group texts by their shapes.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    cells : ndarray of shape (len(texts), width), uint8
        One text in a row, filled with zeros; a text that is too long or not
        ASCII is left empty.
    groups : list of tuple of str and ndarray of int64
        Each shape with its rows, in order of appearance.

    Examples
    --------
    >>> [(shape, rows.tolist()) for shape, rows in shapes(["2024", "Q1", "1999"])[1]]
    [('1111', [0, 2]), ('Q1', [1])]
    """
    plain = [one if len(one) <= LONGEST and one.isascii() else "" for one in texts]
    column = np.array(plain, dtype=f"S{max(1, max(map(len, plain), default=0))}")
    cells = column.view(np.uint8).reshape(len(plain), -1)
    is_digit = (cells >= _DIGITS[0]) & (cells <= _DIGITS[1])
    same = np.where(is_digit, np.uint8(ord("1")), cells)
    if not len(same):
        return cells, []
    if (same == same[0]).all():  # as in most columns
        return cells, [(_text(same[0]), np.arange(len(same)))]
    keys, first, places = np.unique(
        same.view(column.dtype).ravel(), return_index=True, return_inverse=True
    )
    rows = np.split(np.argsort(places, kind="stable"), np.cumsum(np.bincount(places))[:-1])
    order = np.argsort(first).tolist()
    return cells, [(keys[one].decode(), rows[one]) for one in order]


def read_datetimes(cells: NDArray[np.uint8], shape: str, form: str) -> NDArray[np.datetime64]:
    """Read texts of one shape.

    Parameters
    ----------
    cells : ndarray of shape (T, width), uint8
        One text in a row.
    shape : str
        That of all of them.
    form : str
        strftime pattern, with %q for the quarter, %Q for one in two digits, %h for the half of
        the year, and %n for a year counted from `YEAR_NONE`.

    Returns
    -------
    ndarray of shape (T,), datetime64[us]
        In UTC where there is an offset; NaT where it is no date or time.

    Examples
    --------
    >>> one = np.frombuffer(b"29.02.2023 1:30 PM", np.uint8)
    >>> read_datetimes(one[None], "11.11.1111 1:11 PM", "%d.%m.%Y %I:%M %p")
    array(['NaT'], dtype='datetime64[us]')
    """
    match = _regex(form).fullmatch(shape)
    if match is None:
        return np.full(len(cells), np.datetime64("NaT", "us"))
    found: dict[str, NDArray[np.int64]] = {}
    good = np.ones(len(cells), dtype=bool)
    for name, field in match.groupdict().items():
        begin, end = match.span(name)
        if field.isdigit():
            values = np.zeros(len(cells), np.int64)
            for place in range(begin, end):
                values = values * 10 + (cells[:, place] - _DIGITS[0])
        else:
            values = np.full(len(cells), _word(name, field))
        low, high = _LIMITS.get(name, (0, 10**9))
        good &= (values >= low) & (values <= high)
        found[name] = values
    if "z" in found and (offset := re.search("1.*", match["z"])):
        begin, end = match.end("z") - len(offset[0]), match.end("z")
        minutes = np.zeros(len(cells), np.int64)
        for at, unit in ((begin, 60), (end - 2, 1))[: 1 + (end - begin > 2)]:
            digits = cells[:, at : at + 2].astype(np.int64) - _DIGITS[0]
            minutes += unit * (10 * digits[:, 0] + digits[:, 1])
        found["z"] = np.where(match["z"][0] == "-", -1, 1) * minutes
    if "f" in found:
        found["f"] = found["f"] * np.int64(10 ** (9 - len(match["f"]))) // np.int64(1000)
    return np.where(good, _join(found, good), np.datetime64("NaT", "us"))


def places_of(form: str, shape: str) -> dict[str, tuple[int, int]] | None:
    """Give where each directive of a notation stands in texts of a shape; None where they differ.

    Examples
    --------
    >>> places_of("%d.%m.%y", "11.1.11")
    {'d': (0, 2), 'm': (3, 4), 'y': (5, 7)}
    """
    match = _regex(form).fullmatch(shape)
    return None if match is None else {name: match.span(name) for name in match.groupdict()}


def write_datetimes(values: NDArray[np.datetime64], form: str) -> list[str]:
    """Write times in a notation.

    Parameters
    ----------
    values : ndarray of shape (T,), datetime64
    form : str
        strftime pattern, with %q, %Q, %h and %n as above, and %N for the year after.

    Returns
    -------
    list of str

    Examples
    --------
    >>> write_datetimes(np.array(["1998-04", "1998-07"], "M8[M]"), "%Y-Q%q")
    ['1998-Q2', '1998-Q3']
    """
    times = values.astype("M8[us]").tolist()
    own: dict[str, Callable[[datetime], str]] = {
        "%q": lambda one: str((one.month + 2) // 3),
        "%Q": lambda one: f"0{(one.month + 2) // 3}",
        "%h": lambda one: "1" if one.month <= 6 else "2",
        "%n": lambda one: str(one.year - YEAR_NONE),
        "%N": lambda one: f"{(one.year + 1) % 100:02d}",
    }
    there = [directive for directive in own if directive in form]
    if not there:
        return [one.strftime(form) for one in times]
    written = []
    for one in times:
        plain = form
        for directive in there:
            plain = plain.replace(directive, own[directive](one))
        written.append(one.strftime(plain))
    return written


@lru_cache(maxsize=256)
def _regex(form: str) -> re.Pattern[str]:
    parts = re.split(r"%([A-Za-z])", form)
    fields = [f"(?P<{one}>{_FIELDS[one]})" for one in parts[1::2]]
    fixed = [re.escape(one) for one in parts[::2]]
    return re.compile(fixed[0] + "".join(a + b for a, b in zip(fields, fixed[1:], strict=True)))


def _text(cells: NDArray[np.uint8]) -> str:
    return cells.tobytes().rstrip(b"\0").decode()


def _word(name: str, field: str) -> int:
    """Value of a name of a month or half of the day, -1 where it is none."""
    word = field.lower()
    if name == "b":
        return next((i for i, month in enumerate(_MONTHS, 1) if month[:3] == word), -1)
    if name == "B":
        return _MONTHS.index(word) + 1 if word in _MONTHS else 9 if word == "sept" else -1
    return int(word == "pm")


def _week_start(
    found: dict[str, NDArray[np.int64]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Give the Monday of week 1 as a day since 1970, and the day counted from it."""
    january = (found["G"] - 1970).astype("M8[Y]").astype("M8[D]").astype(np.int64)
    monday = january + 3 - (january + 3 + 3) % 7  # 1970-01-01 was a Thursday
    following = (found["G"] - 1969).astype("M8[Y]").astype("M8[D]").astype(np.int64)
    weeks = (following + 3 - (following + 6) % 7 - monday) // 7
    day = 7 * (found["V"] - 1) + found.get("u", np.ones_like(monday))
    return monday, day, found["V"] <= weeks


def _join(found: dict[str, NDArray[np.int64]], good: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    """Put fields together; clears what is no date in ``good``."""
    zero = np.zeros(len(good), np.int64)
    year = found.get("Y", zero)
    if "y" in found:  # as POSIX has it
        year = found["y"] + np.where(found["y"] < 69, 2000, 1900)
    if "n" in found:
        year = YEAR_NONE + found["n"]
    if "N" in found:
        good &= found["N"] == (year + 1) % 100
    month = next((found[one] for one in "mbB" if one in found), zero + 1)
    quarter = found.get("q", found.get("Q"))
    if quarter is not None:
        month = 3 * quarter - 2
    if "h" in found:
        month = 6 * found["h"] - 5
    good &= month >= 1
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("M8[M]")
    first = months.astype("M8[D]").astype(np.int64)
    days = (months + 1).astype("M8[D]").astype(np.int64) - first
    if "j" in found:
        days = (months + 12).astype("M8[D]").astype(np.int64) - first
    day = found.get("j", found.get("d", zero + 1))
    good &= (day >= 1) & (day <= days)
    if "G" in found:  # ISO 8601: week 1 has the fourth of January
        first, day, good_weeks = _week_start(found)
        good &= good_weeks
    hour = found.get("H", zero)
    end_of_day = (hour == 24) & (found.get("M", zero) == 0) & (found.get("S", zero) == 0)
    good &= (hour < 24) | end_of_day
    if "I" in found:
        hour = found["I"] % 12 + 12 * found["p"]
    minutes = ((first + day - 1) * 24 + hour) * 60 + found.get("M", zero) - found.get("z", zero)
    seconds = minutes * 60 + found.get("S", zero)
    return (seconds * 1_000_000 + found.get("f", zero)).astype("M8[us]")
