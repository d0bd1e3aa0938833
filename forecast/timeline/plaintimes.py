"""Times that are all written out alike, read without looking at them one by one.

Only notations that mean one thing and give the text back exactly; all others
are left to ``timestamps``.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.datetimes import places_of, shapes, write_datetimes
from forecast.timeline.notation import YEARS, notation_of_shape
from forecast.timeline.words import Spans

_LIMITS = (("Y", YEARS.start, YEARS.stop - 1), ("m", 1, 12), ("H", 0, 23), ("M", 0, 59),
           ("S", 0, 59))  # fmt: skip
_MONTHS = np.arange(f"{YEARS.start}-01", f"{YEARS.stop + 1}-01", dtype="M8[M]")
_FIRST_DAYS = _MONTHS.astype("M8[D]").astype(np.int64)
_SIZES = np.diff(_FIRST_DAYS)


def plain_format(texts: Sequence[str]) -> tuple[str, str] | None:
    """Give the shape and format of times that are all written out alike, in one way only.

    Parameters
    ----------
    texts : sequence of str
        A sample; missing ones are no times.

    Returns
    -------
    tuple of str, or None
        Where they differ in shape, in what they mean, or are no such times.

    Examples
    --------
    >>> plain_format(["2024-01-31 10:00", "2024-02-01 11:00"])
    ('1111-11-11 11:11', '%Y-%m-%d %H:%M')
    """
    _, groups = shapes(texts)
    if len(groups) != 1:
        return None
    shape = groups[0][0]
    form = notation_of_shape(shape)
    if form is None or set(re.findall(r"%(.)", form)) - set("YmdHMS") or shape.isdigit():
        return None
    values = read_plain(Spans.of(texts), shape, form)
    if values is None or write_datetimes(values, form) != list(texts):
        return None
    return shape, form


def read_plain(texts: Spans, shape: str, form: str) -> NDArray[np.datetime64] | None:
    """Read times of one shape.

    Parameters
    ----------
    texts : Spans
    shape, form : str
        As `plain_format` gives them.

    Returns
    -------
    ndarray of shape (T,), datetime64[ns], or None
        None where a text is of another shape, or no time.
    """
    places = places_of(form, shape)
    if places is None or not len(texts) or (texts.lengths != len(shape)).any():
        return None
    words = texts.words(-(-len(shape) // 8))
    if not _of_shape(words, shape):
        return None
    dates = _read_dates(words, places)
    if dates is None:
        return None
    pairs = _pairs(words)
    found = {name: _number(words, pairs, *places[name]) for name in "HMS" if name in places}
    if not _within_limits(found):
        return None
    seconds = dates
    for name, unit in (("H", 3600), ("M", 60), ("S", 1)):
        if name in found:
            seconds = seconds + found[name] * unit
    return np.asarray(seconds * 1_000_000_000).view("M8[ns]")


def _read_dates(
    words: NDArray[np.uint64], places: dict[str, tuple[int, int]]
) -> NDArray[np.int64] | None:
    """Give the second that each day begins at, each run of one day read once; None for no day."""
    end = max(span[1] for name, span in places.items() if name in "Ymd")
    changed = np.zeros(words.shape[1], bool)
    changed[:1] = True
    for place, word in enumerate(words[: -(-end // 8)]):
        date = np.uint64((1 << 8 * min(8, end - 8 * place)) - 1)
        changed[1:] |= (word[1:] ^ word[:-1]) & date != 0
    heads = np.flatnonzero(changed)
    some = words[:, heads]
    pairs = _pairs(some)
    found = {name: _number(some, pairs, *places[name]) for name in "Ymd" if name in places}
    if not _within_limits(found):
        return None
    months = (found["Y"] - YEARS.start) * 12 + found.get("m", np.int64(1)) - 1
    day = found.get("d", np.int64(1))
    if np.min(day) < 1 or (day > _SIZES[months]).any():
        return None
    seconds = (_FIRST_DAYS[months] + day - 1) * 86_400
    return np.repeat(seconds, np.diff(heads, append=len(changed)))


def _within_limits(found: dict[str, NDArray[np.int64]]) -> bool:
    return all(
        low <= found[name].min() and found[name].max() <= high
        for name, low, high in _LIMITS
        if name in found
    )


def _pairs(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Give the number of two digits that begins at each byte."""
    return words * np.uint64(10) + (words >> np.uint64(8))


def _of_shape(words: NDArray[np.uint64], shape: str) -> bool:
    """Turn digits into their values and all else into zeros, in place; False where it cannot."""
    for place, word in enumerate(words):
        part = shape[8 * place : 8 * place + 8].encode()
        word ^= _word(ord("0") if one == ord("1") else one for one in part)
        sixes = _word(6 if one == ord("1") else 0 for one in part)
        checked = _word(0xF0 if one == ord("1") else 0xFF for one in part.ljust(8, b"\0"))
        # a byte beyond 9 has a high bit, or gets one
        if np.bitwise_or.reduce(word | (word + sixes)) & checked:
            return False
    return True


def _number(
    words: NDArray[np.uint64], pairs: NDArray[np.uint64], begin: int, end: int
) -> NDArray[np.int64]:
    """Give the number that stands between two places of each text."""
    value = np.zeros(1, np.uint64)
    while begin < end:
        word, byte = divmod(begin, 8)
        two = begin + 1 < end and byte < 7
        digits = (pairs if two else words)[word] >> np.uint64(8 * byte) & np.uint64(0xFF)
        value = value * np.uint64(100 if two else 10) + digits
        begin += 1 + two
    return value.view(np.int64)


def _word(characters: Iterable[int]) -> np.uint64:
    """Give bytes as a word, the first the lowest."""
    return np.uint64(int.from_bytes(bytes(characters), "little"))


def within_years(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Give nanoseconds, which reach from 1677 to 2262: beyond, a cast wraps around in silence."""
    years = times.astype("M8[Y]").astype(np.int64) + 1970
    outside = (years < YEARS.start) | (years >= YEARS.stop)
    return np.where(outside, np.datetime64("NaT"), times).astype("M8[ns]")
