"""Times that are all written out alike, read without looking at them one by one.

Only notations that mean one thing and give the text back exactly; all others
are left to ``timestamps``.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.datetimes import places_of, shapes, write_datetimes
from forecast.timeline.fiscal import is_fiscal
from forecast.timeline.notation import YEARS, notation_of_shape
from forecast.timeline.words import Spans

_DAY = 86_400_000_000_000
_PARTS = (("d", _DAY, 1, 31), ("H", _DAY // 24, 0, 23), ("M", _DAY // 1440, 0, 59),
          ("S", _DAY // 86_400, 0, 59))  # fmt: skip
_MONTHS = np.arange(f"{YEARS.start}-01", f"{YEARS.stop + 1}-01", dtype="M8[M]")
_FIRST_DAYS = _MONTHS.astype("M8[D]").astype(np.int64)
_SIZES = np.diff(_FIRST_DAYS)
_IN_ALL_MONTHS = 28
_TENS, _ONES = np.divmod(np.arange(100), 10)
_TWO_DIGITS = np.full(1 << 16, -10_000)  # for any two bytes, the first the lower one
_TWO_DIGITS[ord("0") + _TENS + (ord("0") + _ONES << 8)] = np.arange(100)
_AS_SHAPE = bytes.maketrans(b"023456789", b"111111111")


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
    if (
        form is None
        or set(re.findall(r"%(.)", form)) - set("YmdHMS")
        or shape.isdigit()
        or is_fiscal(form)
    ):
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
    if places is None or not len(texts) or not texts.shortest == texts.longest == len(shape):
        return None
    first = texts.data[texts.starts[0] : texts.ends[0]].tobytes()
    if first.translate(_AS_SHAPE) != shape.encode():
        return None
    words = texts.words(-(-len(shape) // 8))
    # most of a text is as in the first one: only what differs somewhere is looked at in all
    varied = b"".join(np.bitwise_or.reduce(word ^ word[0]).tobytes() for word in words)
    if any(one and sign != "1" for sign, one in zip(shape, varied, strict=False)):
        return None
    runs = _read_months(words, varied, places)
    if runs is None:
        return None
    months, sizes = runs
    times = np.repeat(_FIRST_DAYS[months] * _DAY, sizes)
    for name, unit, low, high in _PARTS:
        if name not in places:
            continue
        begin, end = places[name]
        found = _two_digits(words if any(varied[begin:end]) else words[:, :1], begin)
        most = found.max()
        if found.min() < low or most > high:
            return None
        if (
            most > _IN_ALL_MONTHS
            and name == "d"
            and (found > np.repeat(_SIZES[months], sizes)).any()
        ):
            return None
        times += (found - low) * unit
    return times.view("M8[ns]")


def _read_months(
    words: NDArray[np.uint64], varied: bytes, places: dict[str, tuple[int, int]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Give the month of each run of texts, counted from the first, and the texts in each run.

    None where a month is out of range.
    """
    dated = bytearray(len(varied))
    for name in "Ym":
        for place in range(*places.get(name, (0, 0))):
            dated[place] = varied[place] and 0xFF
    starts = np.ones(words.shape[1], bool)
    starts[1:] = False
    for word, mask in zip(words, np.frombuffer(dated, np.uint64), strict=True):
        if mask:
            starts[1:] |= (word[1:] ^ word[:-1]) & mask != 0
    heads = np.flatnonzero(starts)
    some = words[:, heads]
    begin = places["Y"][0]
    years = 100 * _two_digits(some, begin) + _two_digits(some, begin + 2)
    month = _two_digits(some, places["m"][0]) if "m" in places else np.ones_like(years)
    if (
        years.min() < YEARS.start
        or years.max() >= YEARS.stop
        or month.min() < 1
        or month.max() > 12
    ):
        return None
    return (years - YEARS.start) * 12 + month - 1, np.diff(heads, append=len(starts))


def _two_digits(words: NDArray[np.uint64], begin: int) -> NDArray[np.int64]:
    """Give the number that two characters of each text write; far below zero for no digits."""
    word, byte = divmod(begin, 8)
    pair = words[word] >> np.uint64(8 * byte)
    if byte == 7:
        pair |= words[word + 1] << np.uint64(8)
    pair &= np.uint64(0xFFFF)
    return np.asarray(_TWO_DIGITS.take(pair.view(np.int64), mode="clip"))


def within_years(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Give nanoseconds, which reach from 1677 to 2262: beyond, a cast wraps around in silence."""
    years = times.astype("M8[Y]").astype(np.int64) + 1970
    outside = (years < YEARS.start) | (years >= YEARS.stop)
    return np.where(outside, np.datetime64("NaT"), times).astype("M8[ns]")
