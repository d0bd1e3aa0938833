"""Words along the axes: numbers with as many digits as needed, dates as short as clear."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

_STEPS, _JUST = (1.0, 2.0, 2.5, 5.0, 10.0), 1 - 1e-9
_ROUNDING = 1e-9  # steps by which an end may miss a round number
_SCALES = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1.0, ""))
_PLAIN = (1e-5, 1e15)  # sizes beyond which only powers of ten are readable
_MOST_DECIMALS = 8
_CLOCK = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAYS, _MONTH_STEPS = (1, 2, 4, 7, 14), (1, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 25, 50, 100)
_SHORTEST_DATE, _APART = 4, 4  # characters of a date, and between two of them
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number_ticks(low: float, high: float, most: int, least: float = 0.0) -> list[float]:
    """Choose round numbers along an axis.

    Parameters
    ----------
    low, high : float
        Ends of the axis.
    most : int
        Steps between them, at most.
    least : float
        Of which each step is a multiple: 1 for whole numbers; 0 for any.

    Returns
    -------
    list of float

    Examples
    --------
    >>> number_ticks(96, 640, 5), number_ticks(0.8, 4.2, 10, least=1)
    ([200.0, 400.0, 600.0], [1.0, 2.0, 3.0, 4.0])
    """
    rough = max((high - low) / most, least)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [one * power for one in _STEPS if one * power >= rough * _JUST]
    step = next(one for one in steps if not least or one % least == 0)
    first, last = math.ceil(low / step - _ROUNDING), math.floor(high / step + _ROUNDING)
    return [step * one for one in range(first, last + 1)]


def number_labels(ticks: Sequence[float]) -> list[str]:
    """Write the numbers along an axis.

    Parameters
    ----------
    ticks : sequence of float
        Evenly spaced.

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
        return [f"{one:.6g}".replace("-", "−") for one in ticks]
    scale, unit = next(pair for pair in _SCALES if largest >= pair[0] or pair[0] == 1)
    scaled = [one / scale for one in ticks]
    steps = [abs(b - a) for a, b in pairwise(scaled)]
    decimals = _decimals(scaled, min(steps, default=largest or 1.0))
    texts = [f"{round(one, decimals) + 0.0:,.{decimals}f}{unit}" for one in scaled]
    texts = ["0" if unit and not one else text for one, text in zip(scaled, texts, strict=True)]
    return [one.replace("-", "−") for one in texts]


def date_ticks(
    first: datetime, last: datetime, room: int, below: str = "\n"
) -> list[tuple[datetime, str]]:
    """Choose as many round dates as have room beside each other.

    Parameters
    ----------
    first, last : datetime
        Ends of the axis, in the zone they are shown in.
    room : int
        Characters that the axis is wide.
    below : str
        What stands between a smaller unit and the larger, where that is named.

    Returns
    -------
    list of tuple
        Times with what `date_labels` calls them.

    Examples
    --------
    >>> [one for _, one in date_ticks(datetime(2019, 11, 5), datetime(2023, 2, 1), 30)]
    ['2020', '2021', '2022', '2023']
    """
    for ticks in _rounds(first, last, room / (_SHORTEST_DATE + _APART)):
        labels = [one.replace("\n", below) for one in date_labels(ticks)]
        widths = [max(map(len, one.split("\n"))) for one in labels]
        starts = []
        for one, width in zip(ticks, widths, strict=True):
            start = room * ((one - first) / (last - first)) - width / 2
            starts.append(min(max(start, 0.0), room - width))  # at an end it is moved inwards
        ends = [start + width for start, width in zip(starts, widths, strict=True)]
        if all(end + _APART <= start for end, start in zip(ends, starts[1:], strict=False)):
            return list(zip(ticks, labels, strict=True))
    return []


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


def _rounds(first: datetime, last: datetime, most: float) -> Iterator[list[datetime]]:
    """Give round dates between two, ever fewer of them."""
    seconds, midnight = (last - first).total_seconds(), datetime(first.year, first.month, first.day)
    for step in _CLOCK:
        if seconds <= most * step:
            start = -(-(first - midnight).total_seconds() // step)
            count = int((last - midnight).total_seconds() // step - start) + 1
            yield [midnight + timedelta(seconds=step * (start + n)) for n in range(count)]
    months = [
        datetime(first.year + n // 12, n % 12 + 1, 1)
        for n in range(first.month - 1, first.month + 12 * (last.year - first.year) + last.month)
        if first.year + n // 12 <= last.year
    ]
    for step in _DAYS:
        if seconds <= most * step * 86_400:
            days = [midnight + timedelta(days=n) for n in range(int(seconds / 86_400) + 2)]
            days = [one for one in days if (one.toordinal() - 1) % step == 0]  # Mondays, for weeks
            yield [one for one in days if first <= one <= last]
    for step in _MONTH_STEPS:
        yield [one for one in months if (one.month - 1) % step == 0 and first <= one <= last]
    for step in _YEARS:
        yield [one for one in months if one.month == 1 and one.year % step == 0 and one >= first]


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
