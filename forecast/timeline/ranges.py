"""Ranges of dates, which stand for the first one."""

import re

import numpy as np
from numpy.typing import NDArray

from forecast.timeline.folding import folded
from forecast.timeline.notation import INTEGER, date_part, notation_in_words

_BETWEEN = re.compile(r"\s+(?:-|to|bis|until|through|thru|au|al|a|à)\s+|\s*[–—~/-]\s*", re.I)
_LONGEST = 80


def split_range(text: str) -> tuple[str, str] | None:
    """Give the first and the last date of a range.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of str, or None
        None where the text is no range of two dates in one notation, to the month at least.

    Examples
    --------
    >>> split_range("2019-01-07 - 2019-01-13"), split_range("2019-01-07")
    (('2019-01-07', '2019-01-13'), None)
    """
    if not 12 < len(text) <= _LONGEST:
        return None
    for match in _BETWEEN.finditer(text):
        first, last = text[: match.start()], text[match.end() :]
        forms = [notation_in_words(folded(one)) for one in (first, last)]
        if None not in forms and _is_dated(forms[0]) and _alike(forms[0]) == _alike(forms[1]):
            return first, last
    return None


def first_unclear(ranges: NDArray[np.generic]) -> int | None:
    """Find a range that overlaps another, unless all are of one length.

    Parameters
    ----------
    ranges : ndarray of shape (T, 2), datetime64
        First and last of each; different from one another.

    Returns
    -------
    int or None
        Also one that ends before it begins.
    """
    firsts, lasts = ranges.T
    back = np.flatnonzero(lasts < firsts)
    if len(back):
        return int(back[0])
    lengths = lasts - firsts
    if not len(lengths) or (lengths == lengths[0]).all():
        return None
    order = np.lexsort((lasts, firsts))
    over = np.flatnonzero(lasts[order][:-1] > firsts[order][1:])
    return int(order[over[0]]) if len(over) else None


def _is_dated(form: str | None) -> bool:
    return form not in (None, INTEGER, "%Y")


def _alike(form: str | None) -> str:
    """Give a notation of dates without what may differ between two of them."""
    return date_part(form or "").replace("%B", "%b")
