"""Plain decimal numbers, read eight digits at a time by array operations.

A number of at most 15 digits is a whole number divided by a power of ten, both
exact in floating point, so that the quotient is the float nearest to the text.
With up to 19 digits the whole number is carried as the sum of two floats, and
what is too close to the middle between two floats is left to ``float``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.words import Spans

_EXACT, _MOST_DIGITS = 15, 19
_POWERS = np.array([10.0 ** min(place, _MOST_DIGITS) for place in range(256)])  # for any byte
_HIGHEST = np.array([0, *((1 << 64) - (1 << 64 - 8 * count) for count in range(1, 9))], np.uint64)
_MOST_WORDS = 3
_SPLITTER = 2.0**27 + 1  # parts a float into halves whose products are exact (Dekker 1971)
_DOUBTFUL = 1e-6  # of half the distance to the next float: closer to the middle is not decided


class Decimals(NamedTuple):
    """Numbers, where they could be read.

    Attributes
    ----------
    values : ndarray of shape (T,), float64
        Undefined where not ``read``.
    read : ndarray of shape (T,), bool
    behind : ndarray of shape (T,), uint8
        Digits behind the point.
    pointed : ndarray of shape (T,), bool
        Whether there is a point.
    """

    values: NDArray[np.float64]
    read: NDArray[np.bool_]
    behind: NDArray[np.uint8]
    pointed: NDArray[np.bool_]


def read_decimals(texts: Spans) -> Decimals:
    """Read numbers such as -12.5; spaces, exponents and longer ones are left to others.

    Parameters
    ----------
    texts : Spans

    Returns
    -------
    Decimals

    Examples
    --------
    >>> read_decimals(Spans.of(["-1.5", "0.1000000000000000056"])).values.tolist()
    [-1.5, 0.1]
    """
    first = texts.data[texts.starts]
    negative = first == ord("-")
    lengths = texts.lengths - (negative | (first == ord("+")))
    count = min(max(1, -(-int(lengths.max(initial=1)) // 8)), _MOST_WORDS)
    words = texts.last_words(count)
    words ^= _every(ord("0"))  # digits become their values
    for place, word in enumerate(words):
        if int(lengths.min(initial=8)) < 8 * (place + 1):
            word &= _HIGHEST[np.clip(lengths - 8 * place, 0, 8)]
    points, behind = _close_points(words)
    digits = lengths - points
    wrong = np.bitwise_or.reduce(
        (words | (words + _every(6))) & _every(0xF0), axis=0
    )  # a byte beyond 9 has a high bit, or gets one
    good = (wrong == 0) & (digits > 0) & (digits <= _MOST_DIGITS) & (points <= 1)
    good &= texts.lengths <= 8 * _MOST_WORDS
    values, long = _quotients(words, behind, digits)
    good[long[~np.isfinite(values[long])]] = False
    values *= 1.0 - 2.0 * negative
    return Decimals(values, good, behind, points > 0)


def _close_points(words: NDArray[np.uint64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Move what stands before a point over it, in place; count points, and digits behind."""
    size = words.shape[1]
    points, behind = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    low, high = _every(0x7F), _every(0x80)
    marks = []
    for word in words:
        other = word ^ _every(ord(".") ^ ord("0"))
        marks.append(~(((other & low) + low) | other) & high)  # a bit at the top of each point
    if not np.bitwise_or.reduce([np.bitwise_or.reduce(one) for one in marks]):
        return points, behind
    before = np.zeros(size, bool)  # whether the point is in a later word
    for place, (word, mark) in enumerate(zip(words, marks, strict=True)):
        there = mark != 0
        below = (mark >> np.uint64(7)) - np.uint64(1)  # all ones where there is none
        width = np.bitwise_count(below) >> 3
        points += np.bitwise_count(mark)
        behind += there * (np.uint8(8 * place + 7) - width)
        moved = word << np.uint64(8)
        if place + 1 < len(words):
            moved |= words[place + 1] >> np.uint64(56)
        # behind the point as it was, from it on down one character up
        kept = np.where(there, ~((below << np.uint64(8)) | np.uint64(0xFF)), ~np.uint64(0))
        if place:
            kept[before] = 0
        word[:] = (word & kept) | (moved & ~kept)
        before |= there
    return points, behind


def _quotients(
    words: NDArray[np.uint64], behind: NDArray[np.uint8], digits: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Divide by powers of ten; second, which are longer than a float, NaN where undecided."""
    whole = _value(words[0])
    for place, word in enumerate(words[1:], 1):
        whole += _value(word) * np.uint64(10 ** (8 * place) if place < 3 else 0)
    powers: NDArray[np.float64] = _POWERS[behind]
    values = whole.astype(np.float64) / powers
    long = np.flatnonzero(digits > _EXACT)
    if len(long):
        values[long] = _nearest(whole[long], powers[long])
    return values, long


def _value(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put eight digits together, two, four, then all of them at a time."""
    pairs = (word * np.uint64(10) + (word >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)


def _nearest(whole: NDArray[np.uint64], powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide whole numbers beyond 2**53 exactly: the nearest float, NaN where too close to tell.

    The remainder of the first quotient is exact by the products of Dekker (1971, Numerische
    Mathematik 18, 224-242); divided, it corrects the quotient.
    """
    head = whole.astype(np.float64)
    rest = (whole - head.astype(np.uint64)).view(np.int64).astype(np.float64)
    quotient = head / powers
    product = quotient * powers
    (one, two), (three, four) = _halves(quotient), _halves(powers)
    error = ((one * three - product) + one * four + two * three) + two * four
    correction = ((head - product) - error + rest) / powers
    nearest = quotient + correction
    left = np.abs(correction - (nearest - quotient))
    middle = np.spacing(np.abs(nearest)) / 2
    clear = np.abs(left - middle) > _DOUBTFUL * middle
    clear &= np.frexp(nearest)[0] != 0.5  # below a power of two floats are twice as dense
    return np.where(clear | (whole == 0), nearest, np.nan)


def _halves(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    large = _SPLITTER * values
    head = large - (large - values)
    return head, values - head


def _every(byte: int) -> np.uint64:
    """A word of eight times one byte."""
    return np.uint64(byte * 0x0101010101010101)
