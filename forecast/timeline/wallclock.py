"""Times as clocks on a wall show them, to UTC where there are several a day.

Series with more than one time a day are kept in UTC, where every hour is one
hour long; days and longer keep their local date.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import counted
from forecast.timeline.counts import EPOCHS
from forecast.timeline.timestamps import Timestamps
from forecast.timeline.zones import LOCAL, find_zone, split_zone, to_local, to_utc

Remark = tuple[str, str, NDArray[np.int64]]


def place_in_zone(
    stamps: Timestamps,
    codes: NDArray[np.int32] | None,
    series: NDArray[np.int32],
    zone: str | None,
    where: Callable[[int], str],
) -> tuple[NDArray[np.generic], str, list[Remark]]:
    """Give the times of rows, in UTC where there are several a day and a zone is known.

    Parameters
    ----------
    stamps : Timestamps
        Distinct.
    codes : ndarray of shape (T,), int32, or None
        Place in ``stamps`` of each row, in the file's order; None where each has its own.
    series : ndarray of shape (T,), int32
    zone : str or None
        Of the file's local times.
    where : callable
        Names the place of a row.

    Returns
    -------
    times : ndarray of shape (T,), datetime64[ns] or int64
    time_format : str
    remarks : list of tuple
        Code, message and rows of what was found.
    """
    if zone is not None:
        find_zone(zone)
    values = stamps.values
    at = slice(None) if codes is None else codes
    if values.dtype.kind != "M":
        return values[at], stamps.time_format, []
    if stamps.time_format in EPOCHS:
        remark = "offsets", "seconds since 1970 are UTC, whatever the zone", np.arange(len(series))
        return values[at], stamps.time_format, [remark] if zone is not None else []
    form, written = split_zone(stamps.time_format)
    if stamps.local is not None:
        local = stamps.local.copy()
        if zone is not None:
            form, written = form.replace("Z", "%z"), zone
            local[~stamps.bad] = to_local(values[~stamps.bad].astype("M8[ns]"), zone)
        if _is_daily(local[~stamps.bad]):
            literal = form.replace("%z", written or "") if zone is None else f"{form}{LOCAL}{zone}"
            return local[at], literal, []
        time_format = f"{form} @{written}" if written else form
        remark = ("offsets", "times with an offset are read as UTC", np.arange(len(series)))
        return values[at], time_format, [remark]
    if zone is None or _is_daily(values[~stamps.bad].astype("M8[ns]")):
        return values[at], stamps.time_format, []
    times, remarks = _localised(values[at].astype("M8[ns]"), series, zone, where)
    return times, f"{stamps.time_format} @{zone}", remarks


def are_skipped(
    stamps: Timestamps, places: NDArray[np.integer[Any]], zone: str
) -> NDArray[np.bool_]:
    """Say which times clocks of a zone skip.

    Parameters
    ----------
    stamps : Timestamps
    places : ndarray of shape (T,), int
        Which of ``stamps`` are asked for; not ``bad`` ones.
    zone : str

    Returns
    -------
    ndarray of shape (T,), bool
        None of them where times are not those of clocks on a wall, several a day.
    """
    values = stamps.values
    local = values.dtype.kind == "M" and stamps.local is None and stamps.time_format not in EPOCHS
    if not local or not len(places) or _is_daily(values[~stamps.bad].astype("M8[ns]")):
        return np.zeros(len(places), bool)
    return ~to_utc(values[places].astype("M8[ns]"), zone)[2]


def _is_daily(local: NDArray[np.datetime64]) -> bool:
    """Say whether all times are at one time of the day."""
    clock = local - local.astype("M8[D]").astype("M8[ns]")
    return bool(len(clock)) and bool((clock == clock[0]).all())


def _localised(
    values: NDArray[np.datetime64],
    series: NDArray[np.int32],
    zone: str,
    where: Callable[[int], str],
) -> tuple[NDArray[np.datetime64], list[Remark]]:
    """Read local times; of an hour that comes twice, the first in the file is the first."""
    distinct, places = np.unique(values, return_inverse=True)
    first, second, exists = to_utc(distinct, zone)
    if not exists.all():
        row = int(np.flatnonzero(~exists[places])[0])
        time = str(distinct[places[row]])[:16].replace("T", " ")
        raise DataError(
            f"{time} does not exist in {zone}, whose clocks skip it",
            where=where(row),
            fix="leave out --tz, or name the zone that the times are of",
            kind="no-such-hour",
        )
    times = first[places]
    twice = np.flatnonzero((first != second)[places])
    if not len(twice):
        return times, []
    steps = np.diff(values.astype(np.int64))
    in_order = twice if (steps >= 0).sum() >= (steps < 0).sum() else twice[::-1]
    met: Counter[tuple[int, int]] = Counter()
    later = []
    for row in in_order.tolist():
        key = int(series[row]), int(places[row])
        met[key] += 1
        if met[key] == 2:
            later.append(row)
    times[later] = second[places[later]]
    message = f"{counted(len(later), 'time')} in hours that come twice read as the second one"
    return times, [("repeated-hours", message, np.array(sorted(later)))] if later else []
