"""A course of values as a word of bars, for tables on a terminal."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(course: Sequence[float | None], low: float | None = None) -> str:
    """Draw a course with one character per value.

    Parameters
    ----------
    course : sequence of float or None
    low : float, optional
        What the lowest bar stands for; the least value where None.

    Returns
    -------
    str
        A blank where there is nothing.

    Examples
    --------
    >>> sparkline([0.0, 1.0, None, 7.0])
    '▁▂ █'
    """
    halves = [None if one is None else one / 2 for one in course]  # whose range is finite
    known = [one for one in halves if one is not None]
    least = min(known, default=0.0) if low is None else low / 2
    high = max(known, default=0.0)
    top = len(_BARS) - 1
    return "".join(
        " "
        if one is None
        else _BARS[round((one - least) / (high - least) * top) if high > least else 0]
        for one in halves
    )
