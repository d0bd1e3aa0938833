"""Plain decimal numbers in rows of bytes, read digit by digit by array operations.

A number of at most 15 digits is a whole number divided by a power of ten, both
exact in floating point, so that the quotient is the float nearest to the text.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_MOST_DIGITS = 15
_POWERS = 10.0 ** np.arange(_MOST_DIGITS + 1)


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


def read_decimals(cells: NDArray[np.uint8]) -> Decimals:
    """Read numbers such as -12.5; spaces, exponents and longer ones are left to others.

    Parameters
    ----------
    cells : ndarray of shape (T, width), uint8
        One text in a row, filled with zeros.

    Returns
    -------
    Decimals

    Examples
    --------
    >>> read_decimals(np.frombuffer(b"-1.5", np.uint8)[None]).values
    array([-1.5])
    """
    size = len(cells)
    whole = np.zeros(size, np.int64)
    count, behind = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    pointed, ended = np.zeros(size, bool), np.zeros(size, bool)
    good = np.ones(size, bool)
    signed = (cells[:, 0] == ord("-")) | (cells[:, 0] == ord("+"))
    for place, column in enumerate(np.ascontiguousarray(cells.T)):
        digit = column - np.uint8(ord("0"))  # wraps around for what is no digit
        is_digit = digit <= 9
        is_point = column == ord(".")
        is_end = column == 0
        known = is_digit | is_end
        if place == 0:
            known |= signed
        good &= (known | (is_point & ~pointed)) & ~(ended & ~is_end)
        whole = np.where(is_digit, whole * 10 + digit, whole)
        count += is_digit
        behind += is_digit & pointed
        pointed |= is_point
        ended = is_end
        if is_end.all():
            break
    good &= (count > 0) & (count <= _MOST_DIGITS)
    values = whole / _POWERS[np.minimum(behind, _MOST_DIGITS)]
    return Decimals(np.where(cells[:, 0] == ord("-"), -values, values), good, behind, pointed)
