"""Offsets and zones: local times to UTC and back, hours that are twice or not at all.

A time format may end in " @ZONE": its timestamps are UTC and are written in that
zone, an IANA name or an offset such as "+02:00". Or in " in ZONE": its timestamps
are local dates there, and are written with the offset that they have.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError
from forecast.timeline.counts import EPOCHS

ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Helsinki", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "America/Halifax", "Australia/Sydney",
    "Australia/Adelaide", "Pacific/Auckland", "America/Santiago",
)  # fmt: skip
"""One for each rule of daylight saving that hourly files are commonly written in."""

IN_UTC, LOCAL = " @", " in "
"""Before the zone in a time format."""

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$")
_HOURS = re.compile(r":\d{2}(?:\.\d+)?[+-]\d{2}$")


def find_zone(name: str) -> tzinfo:
    """Find a zone by its name or offset.

    Parameters
    ----------
    name : str

    Returns
    -------
    tzinfo

    Raises
    ------
    UsageError
        When there is no such zone.

    Examples
    --------
    >>> find_zone("+02:00").utcoffset(None)
    datetime.timedelta(seconds=7200)
    """
    return _find_zone(name)


@lru_cache(maxsize=32)
def _find_zone(name: str) -> tzinfo:
    offset = offset_minutes(name)
    if offset is not None:
        return timezone(timedelta(minutes=offset))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"unknown zone '{name[:40]}'; allowed: names such as Europe/Berlin, America/New_York "
            "or UTC, and offsets such as +02:00",
            fix="--tz UTC",
        ) from error


def offset_minutes(text: str) -> int | None:
    """Give the offset that a text ends in, in minutes; None where there is none.

    Examples
    --------
    >>> offset_minutes("12:00-0330"), offset_minutes("12:00-03"), offset_minutes("12:00")
    (-210, -180, None)
    """
    if text.endswith("Z"):
        return 0
    match = _OFFSET.search(f"{text}00" if _HOURS.search(text) else text)
    if match is None:
        return None
    return (-1 if match[1] == "-" else 1) * (60 * int(match[2]) + int(match[3]))


def split_zone(time_format: str, mark: str = IN_UTC) -> tuple[str, str | None]:
    """Part a time format from the zone that it is written in.

    Parameters
    ----------
    time_format : str
    mark : str
        `IN_UTC` or `LOCAL`: which timestamps it is that the zone is of.

    Returns
    -------
    form : str
    zone : str or None

    Examples
    --------
    >>> split_zone("%Y-%m-%d %H:%M @Europe/Berlin"), split_zone("%Y")
    (('%Y-%m-%d %H:%M', 'Europe/Berlin'), ('%Y', None))
    """
    form, found, zone = time_format.partition(mark)
    return form, zone if found else None


def is_utc(time_format: str) -> bool:
    """Say whether timestamps of a format are in UTC; others are local, wherever that is.

    Parameters
    ----------
    time_format : str

    Returns
    -------
    bool
    """
    return time_format.endswith(("Z", "+00:00")) or IN_UTC in time_format or time_format in EPOCHS


def zone_of(time_format: str) -> str | None:
    """Name the zone that times are written in, where their timestamps are in UTC.

    Parameters
    ----------
    time_format : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> zone_of("%Y-%m-%d %H:%M @Europe/Berlin"), zone_of("%Y-%m-%d")
    ('Europe/Berlin', None)
    """
    zone = split_zone(time_format)[1]
    return zone or ("UTC" if is_utc(time_format) else None)


def zone_of_days(time_format: str) -> str | None:
    """Name the zone that times are written in, where their timestamps are local.

    Parameters
    ----------
    time_format : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> zone_of_days("%Y-%m-%d %H:%M%z in Europe/Berlin"), zone_of_days("%Y-%m-%dT%H:%M+09:00")
    ('Europe/Berlin', '+09:00')
    """
    zone, offset = split_zone(time_format, LOCAL)[1], _OFFSET.search(time_format)
    return zone or (offset[0] if offset and not is_utc(time_format) else None)


def write_local(values: NDArray[np.datetime64], form: str, zone: str) -> list[str]:
    """Write UTC times in a zone.

    Parameters
    ----------
    values : ndarray of shape (T,), datetime64
        UTC.
    form : str
        strftime pattern, in which %z is an offset with a colon.
    zone : str

    Returns
    -------
    list of str

    Examples
    --------
    >>> write_local(np.array(["2024-07-01T00"], "M8[h]"), "%H:%M%z", "Europe/Berlin")
    ['02:00+02:00']
    """
    where = find_zone(zone)
    written = []
    for one in values.astype("M8[us]").tolist():
        local = one.replace(tzinfo=UTC).astimezone(where)
        offset = local.strftime("%z")
        written.append(local.strftime(form.replace("%z", f"{offset[:3]}:{offset[3:5]}")))
    return written


def to_local(values: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    """Give what clocks of a zone show at UTC times.

    Parameters
    ----------
    values : ndarray of shape (T,), datetime64
        UTC.
    zone : str

    Returns
    -------
    ndarray of shape (T,), datetime64[us]

    Examples
    --------
    >>> to_local(np.array(["2024-07-01T00"], "M8[h]"), "Europe/Berlin").astype("M8[h]")
    array(['2024-07-01T02'], dtype='datetime64[h]')
    """
    where = find_zone(zone)
    distinct, places = np.unique(values.astype("M8[us]"), return_inverse=True)
    shown = [one.replace(tzinfo=UTC).astimezone(where) for one in distinct.tolist()]
    return np.array([one.replace(tzinfo=None) for one in shown], "M8[us]")[places]


def to_utc(
    local: NDArray[np.datetime64], zone: str
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64], NDArray[np.bool_]]:
    """Give the UTC times that local times stand for.

    Parameters
    ----------
    local : ndarray of shape (T,), datetime64[ns]
        Distinct.
    zone : str

    Returns
    -------
    first, second : ndarray of shape (T,), datetime64[ns]
        Different where the clock shows a time twice.
    exists : ndarray of shape (T,), bool
        False where the clock skips a time.
    """
    where = find_zone(zone)
    first, second = np.empty(len(local), np.int64), np.empty(len(local), np.int64)
    exists = np.ones(len(local), bool)
    for place, one in enumerate(local.astype("M8[us]").tolist()):
        aware: datetime = one.replace(tzinfo=where)
        for fold, found in ((0, first), (1, second)):
            offset = aware.replace(fold=fold).utcoffset() or timedelta()
            found[place] = int(offset.total_seconds()) * 1_000_000_000
        if first[place] != second[place]:
            back = aware.astimezone(UTC).astimezone(where).replace(tzinfo=None)
            exists[place] = back == one
    return local - first.astype("m8[ns]"), local - second.astype("m8[ns]"), exists


def zone_of_repeats(times: NDArray[np.datetime64], repeated: NDArray[np.datetime64]) -> str | None:
    """Find a zone whose clocks show some times twice, and skip none of the others.

    Parameters
    ----------
    times : ndarray of shape (T,), datetime64[ns]
        Local.
    repeated : ndarray of shape (R,), datetime64[ns]
        Those that are there more than once.

    Returns
    -------
    str or None
        One of `ZONES`.

    Examples
    --------
    >>> hours = np.arange("2024-10-27T00", "2024-10-27T09", dtype="M8[h]").astype("M8[ns]")
    >>> zone_of_repeats(hours, hours[2:3])
    'Europe/Berlin'
    """
    distinct, doubtful = np.unique(times), np.unique(repeated)
    for zone in ZONES:
        try:
            first, second, _ = to_utc(doubtful, zone)
            if (first != second).all() and to_utc(distinct, zone)[2].all():
                return zone
        except UsageError:  # no database of zones is installed
            continue
    return None


def usual_zone(texts: Sequence[str]) -> str | None:
    """Name the offset that times are to be written with: the only one, or the last one.

    Examples
    --------
    >>> usual_zone(["2024-01-01T00:00+01:00", "2024-07-01T00:00+02:00"])
    '+02:00'
    """
    minutes = next(
        (found for one in reversed(texts) if (found := offset_minutes(one)) is not None), None
    )
    if minutes is None:
        return None
    sign, minutes = "-" if minutes < 0 else "+", abs(minutes)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
