"""Step along a frequency: timestamps to counts of units and back.

A timestamp is split into an ordinal (a count of months, business days or
nanoseconds) and a remainder; stepping adds to the ordinal. All arithmetic is on
NumPy arrays. What a frequency is called is left to ``frequency``, filling gaps
to ``clean``.
"""

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.frequency import NANOSECONDS, parse_frequency

_MONDAY = np.datetime64("1970-01-05")


def next_timestamps(last: NDArray[np.generic], freq: str, horizon: int) -> NDArray[np.generic]:
    """Continue each series beyond its last timestamp.

    Parameters
    ----------
    last : ndarray of shape (N,), datetime64 or int64
    freq : str
    horizon : int
        Steps, at least 1.

    Returns
    -------
    ndarray of shape (N, H), datetime64[ns] or int64

    Raises
    ------
    DataError
        When the horizon passes the last date that can be represented (2262).

    Examples
    --------
    >>> import numpy as np
    >>> next_timestamps(np.array(["2024-01-31"], "M8[ns]"), "ME", 2).astype("M8[D]")
    array([['2024-02-29', '2024-03-31']], dtype='datetime64[D]')
    """
    step = parse_frequency(freq)
    ordinals, remainders = split_timestamps(last, freq)
    steps = step.count * np.arange(1, horizon + 1, dtype=np.int64)
    ahead = join_timestamps(ordinals[:, None] + steps, remainders[:, None], freq)
    course = np.column_stack([_nanoseconds(last), ahead.astype(np.int64)])
    wrapped = (course[:, 1:] <= course[:, :-1]).any(axis=0)
    if wrapped.any():
        possible = int(wrapped.argmax())
        raise DataError(
            f"{horizon} steps of {freq} go beyond the year 2262",
            fix=f"--horizon {possible}" if possible else None,
        )
    return ahead


def split_timestamps(
    timestamps: NDArray[np.generic], freq: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split timestamps into a count of units and what is left over.

    Parameters
    ----------
    timestamps : ndarray, datetime64 or int64
    freq : str

    Returns
    -------
    ordinals : ndarray of int64, same shape
        Units since a fixed origin: integers, nanoseconds, months or business
        days. Neighbours on a regular grid differ by `units_per_step`.
    remainders : ndarray of int64, same shape
        Nanoseconds after the unit's start (before its end for month ends);
        the same for all timestamps on one grid.
    """
    step = parse_frequency(freq)
    unit = step.unit
    if unit in ("integer", "ns"):
        ordinals = _nanoseconds(timestamps)
        return ordinals, np.broadcast_to(np.int64(0), ordinals.shape)
    stamps = _nanoseconds(timestamps)
    days = stamps // NANOSECONDS["D"]
    if not days.size:
        return days, days
    first, last = days.min(), days.max()
    if last - first < days.size:  # many series share their days: each is converted once
        distinct, places = np.arange(first, last + 1), days - first
    else:
        distinct, places = days.ravel(), np.arange(days.size).reshape(days.shape)
    if unit == "business":
        counted = np.busday_count(_first_day(step.days), distinct.astype("M8[D]"), step.days)
        units = np.asarray(counted, dtype=np.int64)
    else:
        units = distinct.astype("M8[D]").astype("M8[M]").astype(np.int64)
    starts = _nanoseconds(join_timestamps(units, np.zeros_like(units), freq))
    return units[places], stamps - starts[places]


def join_timestamps(
    ordinals: NDArray[np.int64], remainders: NDArray[np.int64], freq: str
) -> NDArray[np.generic]:
    """Undo `split_timestamps`.

    Parameters
    ----------
    ordinals, remainders : ndarray of int64, shapes that broadcast
    freq : str

    Returns
    -------
    ndarray, datetime64[ns] or int64
    """
    step = parse_frequency(freq)
    unit = step.unit
    if unit == "integer":
        return ordinals + remainders
    if unit == "ns":
        starts = ordinals.astype("M8[ns]")
    elif unit == "business":
        first = _first_day(step.days)
        starts = np.busday_offset(first, ordinals, weekmask=step.days).astype("M8[ns]")
    else:
        starts = (ordinals + (unit == "month-end")).astype("M8[M]").astype("M8[ns]")
    return np.asarray(starts + remainders.astype("m8[ns]"))


def units_per_step(freq: str) -> int:
    """Give the distance of neighbours in the ordinals of `split_timestamps`.

    Parameters
    ----------
    freq : str

    Returns
    -------
    int

    Examples
    --------
    >>> units_per_step("QS"), units_per_step("2B"), units_per_step("s")
    (3, 2, 1000000000)
    """
    return parse_frequency(freq).count


def steps_between(first: np.generic, last: np.generic, freq: str) -> int:
    """Count the steps from one timestamp to another.

    Parameters
    ----------
    first, last : datetime64 or int64
    freq : str

    Returns
    -------
    int
        Negative where ``last`` is the earlier one; the nearest number where they are
        not on one grid.

    Examples
    --------
    >>> import numpy as np
    >>> steps_between(np.datetime64("2001-01", "ns"), np.datetime64("2009-05", "ns"), "MS")
    100
    """
    (one, other), _ = split_timestamps(np.array([first, last]), freq)
    return round(int(other - one) / units_per_step(freq))


def _first_day(days: str) -> np.datetime64:
    """Give the day that business days are counted from: one of them, to count both ways."""
    return _MONDAY + days.index("1")


def _nanoseconds(timestamps: NDArray[np.generic]) -> NDArray[np.int64]:
    if timestamps.dtype.kind == "M":
        return timestamps.astype("M8[ns]", copy=False).view(np.int64)
    return timestamps.astype(np.int64, copy=False)
