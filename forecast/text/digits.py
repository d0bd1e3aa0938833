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
_POWERS = np.array([10.0 ** min(place, _MOST_DIGITS) for place in range(128)])
_POWERS = np.append(_POWERS, -_POWERS)  # for any byte, the highest bit of which is the sign
_NEGATIVE = np.uint8(128)
_MOST_WORDS = 3
_POINT = ord(".") ^ ord("0")
_EVEN_PAIRS = np.uint64(0x000000FF000000FF)
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
    words, signs = _last_digits(texts)
    points, behind = _close_points(words)
    digits = texts.lengths - (signs != 0) - points
    beyond = [word | (word + _every(6)) for word in words]  # no digit: a high bit, or gets one
    good = np.ones(len(texts), bool)
    if np.bitwise_or.reduce([np.bitwise_or.reduce(one) for one in beyond]) & _every(0xF0):
        good &= np.bitwise_or.reduce(beyond, axis=0) & _every(0xF0) == 0
    if len(good) and (digits.min() < 1 or digits.max() > _MOST_DIGITS):
        good &= (digits > 0) & (digits <= _MOST_DIGITS)
    if points.max(initial=0) > 1:
        good &= points <= 1
    if texts.longest > 8 * _MOST_WORDS:
        good &= texts.lengths <= 8 * _MOST_WORDS
    values, long = _quotients(words, behind | (signs == ord("-")) * _NEGATIVE, digits)
    good[long[~np.isfinite(values[long])]] = False
    return Decimals(values, good, behind, points > 0)


def _last_digits(texts: Spans) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Give the last characters of each text as values of digits, without its sign; and the sign.

    The very last word first; zeros stand before each text. No sign is 0.
    """
    if texts.longest <= 8:
        words = texts.first_words(1)
        first = words[0].astype(np.uint8)
    else:
        first = texts.data[texts.starts]
    signs = first * ((first == ord("-")) | (first == ord("+")))
    if texts.longest <= 8:
        if signs.any():  # becomes a zero
            words ^= signs ^ (signs != 0) * np.uint8(ord("0"))
        words ^= _every(ord("0"))
        words <<= texts.bits_beyond(8)
        return words, signs
    lengths = texts.lengths - (signs != 0)
    count = min(-(-int(lengths.max(initial=1)) // 8), _MOST_WORDS)
    words = texts.last_words(count)
    words ^= _every(ord("0"))
    shortest = int(lengths.min(initial=8))
    for place, word in enumerate(words):
        if shortest < 8 * (place + 1):  # what stands before the text goes over the edge
            bits = np.clip((8 * (place + 1) - lengths) << 3, 0, 64).view(np.uint64)
            word >>= bits
            word <<= bits
    return words, signs


def _close_points(words: NDArray[np.uint64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Move what stands before a point over it, in place; count points, and digits behind."""
    size = words.shape[1]
    points, behind = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    marks = [_points_in(word) for word in words]
    if not np.bitwise_or.reduce([np.bitwise_or.reduce(one) for one in marks]):
        return points, behind
    for word, mark in zip(words, marks, strict=True):
        word ^= mark * np.uint64(_POINT)  # becomes a zero
    seen = np.zeros(size, bool)
    for place, (word, mark) in enumerate(zip(words, marks, strict=True)):
        below = mark - np.uint64(1)  # all ones where there is no point
        there = mark != 0
        points += np.bitwise_count(mark)
        behind += there * (np.uint8(8 * place + 7) - (np.bitwise_count(below) >> 3))
        seen |= there
        shift = np.uint64(8) if seen.all() else (seen * np.uint8(8)).astype(np.uint64)
        before = word & below
        word ^= before
        before <<= shift
        word |= before
        if place + 1 < len(words):
            word |= words[place + 1] >> (np.uint64(64) - shift)
    return points, behind


def _points_in(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Give a word of zeros with a one for each byte that is a point."""
    found = word ^ _every(_POINT)
    np.subtract(_every(0x80), found, out=found)  # keeps the highest bit of zeros only
    found &= _every(0x80)
    found >>= np.uint64(7)
    return found


def _quotients(
    words: NDArray[np.uint64], powers: NDArray[np.uint8], digits: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Divide by powers of ten, negative ones too; second, which were longer than a float.

    Those are NaN where undecided.
    """
    whole = _value(words[0])
    for place, word in enumerate(words[1:], 1):
        whole += _value(word) * np.uint64(10 ** (8 * place) if place < 3 else 0)
    divisors: NDArray[np.float64] = _POWERS.take(powers, mode="clip")
    values = whole.astype(np.float64)
    values /= divisors
    long = np.flatnonzero(digits > _EXACT) if len(words) > 1 else np.empty(0, np.int64)
    if len(long):
        values[long] = _nearest(whole[long], divisors[long])
    return values, long


def _value(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put eight digits together: pairs of them, then all pairs at a time."""
    pairs = word >> np.uint64(8)
    pairs += word * np.uint64(10)
    high = pairs & _EVEN_PAIRS
    high *= np.uint64(100 + (1_000_000 << 32))
    pairs >>= np.uint64(16)
    pairs &= _EVEN_PAIRS
    pairs *= np.uint64(1 + (10_000 << 32))
    pairs += high
    pairs >>= np.uint64(32)
    return pairs


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
    clear &= np.abs(np.frexp(nearest)[0]) != 0.5  # below a power of two floats are twice as dense
    return np.where(clear | (whole == 0), nearest, np.nan)


def _halves(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    large = _SPLITTER * values
    head = large - (large - values)
    return head, values - head


def _every(byte: int) -> np.uint64:
    """A word of eight times one byte."""
    return np.uint64(byte * 0x0101010101010101)
