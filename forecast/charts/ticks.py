"""Words along the axes: numbers with as many digits as needed, dates as short as clear."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

_SCALES = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1.0, ""))
_PLAIN = (1e-5, 1e15)  # sizes beyond which only powers of ten are readable
_MOST_DECIMALS = 8
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number_labels(ticks: Sequence[float], minus: str = "−") -> list[str]:
    """Write the numbers along an axis.

    Parameters
    ----------
    ticks : sequence of float
        Evenly spaced.
    minus : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> number_labels([0, 2500, 5000]), number_labels([-0.5, 0.0, 0.5])
    (['0', '2,500', '5,000'], ['−0.5', '0.0', '0.5'])
    >>> number_labels([0, 5e5, 1e6]), number_labels([0, 2e20])
    (['0', '0.5 M', '1.0 M'], ['0', '2e+20'])
    """
    largest = max((abs(one) for one in ticks), default=0.0)
    if largest and not _PLAIN[0] <= largest < _PLAIN[1]:
        return [f"{one:.6g}".replace("-", minus) for one in ticks]
    scale, unit = next(pair for pair in _SCALES if largest >= pair[0] or pair[0] == 1)
    scaled = [one / scale for one in ticks]
    steps = [abs(b - a) for a, b in pairwise(scaled)]
    decimals = _decimals(scaled, min(steps, default=largest or 1.0))
    texts = [f"{round(one, decimals) + 0.0:,.{decimals}f}{unit}" for one in scaled]
    texts = ["0" if unit and not one else text for one, text in zip(scaled, texts, strict=True)]
    return [one.replace("-", minus) for one in texts]


def date_labels(moments: Sequence[datetime]) -> list[str]:
    r"""Write the times along an axis, the larger unit once, on a line below.

    Parameters
    ----------
    moments : sequence of datetime
        Increasing, in the zone they are shown in.

    Returns
    -------
    list of str

    Examples
    --------
    >>> date_labels([datetime(2023, 10, 1), datetime(2024, 1, 1), datetime(2024, 4, 1)])
    ['Oct\n2023', 'Jan\n2024', 'Apr']
    >>> date_labels([datetime(2024, 5, 1, 18), datetime(2024, 5, 2)])
    ['18:00\n1 May 2024', '00:00\n2 May']
    """
    found: list[str] = []
    for place, one in enumerate(moments):
        before = moments[place - 1] if place else None
        found.append(_date_label(one, before, _finest(moments)))
    return found


def _finest(moments: Sequence[datetime]) -> str:
    if any(one.second or one.microsecond for one in moments):
        return "second"
    if any(one.hour or one.minute for one in moments):
        return "minute"
    if any(one.day != 1 for one in moments):
        return "day"
    return "month" if any(one.month != 1 for one in moments) else "year"


def _date_label(one: datetime, before: datetime | None, finest: str) -> str:
    year, month = str(one.year), _MONTHS[one.month - 1]
    same_year = before is not None and before.year == one.year
    if finest == "year":
        return year
    if finest == "month":
        return month if same_year else f"{month}\n{year}"
    if finest == "day":
        return f"{one.day} {month}" if same_year else f"{one.day} {month}\n{year}"
    clock = f"{one:%H:%M}" if finest == "minute" else f"{one:%H:%M:%S}"
    if before is not None and before.date() == one.date():
        return clock
    return f"{clock}\n{one.day} {month}" + ("" if same_year else f" {year}")


def _decimals(values: Sequence[float], step: float) -> int:
    """Digits after the point that tell all values, which are a step apart."""
    for decimals in range(_MOST_DECIMALS):
        if all(abs(round(one, decimals) - one) < step / 1000 for one in values):
            return decimals
    return _MOST_DECIMALS
