"""Times of the day in columns of their own: with colons or points, alone or as ranges."""

import re

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?[AaPp][Mm])?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?(?: ?([AaPp])[Mm])?")
_TO_CLOCK = re.compile(r" ?[-–] ?\d{1,2}(?::\d{2}){0,2}$")  # of a range, whose begin counts
_DOTTED = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d\.[0-5]\d", re.ASCII)  # 18.00.00


def is_time_of_day(text: str) -> bool:
    """Say whether a text is a time without a date."""
    return _TIME_OF_DAY.fullmatch(text) is not None


def is_dotted(text: str) -> bool:
    """Say whether a text is a time of the day with points, or a date: 18.00.00."""
    return _DOTTED.fullmatch(text) is not None


def with_colons(text: str) -> str:
    """Write a time of the day that has points with colons."""
    return text.replace(".", ":") if is_dotted(text) else text


def begin_of(clock: str) -> str:
    """Give a time of the day, or the first one of a range of them.

    Examples
    --------
    >>> begin_of("10:00 - 11:00"), begin_of("1:30 PM")
    ('10:00', '1:30 PM')
    """
    return _TO_CLOCK.sub("", clock)


def minutes_of(clock: str) -> int | None:
    """Give the minutes since midnight of such a time; None where it is none.

    Examples
    --------
    >>> minutes_of("10:00 - 11:00"), minutes_of("1:30 PM"), minutes_of("10")
    (600, 810, None)
    """
    match = _CLOCK.fullmatch(begin_of(clock))
    if match is None:
        return None
    hour = int(match[1]) if match[3] is None else int(match[1]) % 12 + 12 * (match[3] in "pP")
    return 60 * hour + int(match[2])
