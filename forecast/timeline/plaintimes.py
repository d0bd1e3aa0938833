"""Times that are all written out alike, read without looking at them one by one.

Only notations that mean one thing and give the text back exactly; all others
are left to ``timestamps``.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.datetimes import read_datetimes, shapes, write_datetimes
from forecast.timeline.notation import YEARS, notation_of_shape


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
    cells, groups = shapes(texts)
    if len(groups) != 1:
        return None
    shape = groups[0][0]
    form = notation_of_shape(shape)
    if form is None or set(re.findall(r"%(.)", form)) - set("YmdHMS") or shape.isdigit():
        return None
    values = read_plain(cells, shape, form)
    if values is None or write_datetimes(values, form) != list(texts):
        return None
    return shape, form


def read_plain(cells: NDArray[np.uint8], shape: str, form: str) -> NDArray[np.datetime64] | None:
    """Read times of one shape.

    Parameters
    ----------
    cells : ndarray of shape (T, width), uint8
        One text in a row, filled with zeros.
    shape, form : str
        As `plain_format` gives them.

    Returns
    -------
    ndarray of shape (T,), datetime64[ns], or None
        None where a text is of another shape, or no time.
    """
    width = len(shape)
    if cells.shape[1] < width or cells[:, width:].any():
        return None
    for place, sign in enumerate(shape.encode()):
        column = cells[:, place]
        alike = (column - np.uint8(48)) <= 9 if sign == ord("1") else column == sign
        if not alike.all():
            return None
    values = within_years(read_datetimes(cells[:, :width], shape, form))
    return None if np.isnat(values).any() else values


def within_years(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Give nanoseconds, which reach from 1677 to 2262: beyond, a cast wraps around in silence."""
    years = times.astype("M8[Y]").astype(np.int64) + 1970
    outside = (years < YEARS.start) | (years >= YEARS.stop)
    return np.where(outside, np.datetime64("NaT"), times).astype("M8[ns]")
