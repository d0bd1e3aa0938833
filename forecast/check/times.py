"""Times that are odd: yet to come, long ago, daylight saving, periods that are only parts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.check.subject import Subject
from forecast.errors import DataError
from forecast.finding import Finding, counted
from forecast.reading.incomplete import is_open, partial_ends
from forecast.runtime import now
from forecast.spec import parse_age
from forecast.timeline.frequency import NANOSECONDS, parse_frequency
from forecast.timeline.timestamps import format_timestamps
from forecast.timeline.zones import ZONES, is_utc

_DAY = np.timedelta64(1, "D")


def check_times(subject: Subject) -> Iterator[Finding]:
    """Find oddities of the calendar and the clock.

    Parameters
    ----------
    subject : Subject

    Yields
    ------
    Finding
        Codes "daylight-saving", "incomplete-first", "incomplete-last" and "future".
    """
    if subject.panel.timestamps.dtype.kind != "M":
        return
    yield from _daylight_saving(subject)
    yield from _ends(subject)
    yield from _future(subject)


def refuse_stale(last: NDArray[np.generic], max_age: str, time_format: str, where: str) -> None:
    """Refuse data whose newest time is longer ago than allowed.

    Parameters
    ----------
    last : ndarray of shape (N,), datetime64
        Last timestamp of each series; the newest counts.
    max_age : str
        See `forecast.spec.parse_age`.
    time_format : str
    where : str
        What the message calls the data.

    Raises
    ------
    DataError
        Also where there is no calendar.
    """
    newest = last.max()
    if not isinstance(newest, np.datetime64):
        raise DataError("the times are whole numbers, which have no age", where=where, kind="stale")
    moment = now(utc=is_utc(time_format))
    hours = float((moment - newest) / np.timedelta64(1, "h"))
    if hours > parse_age(max_age):
        ago = f"{hours / 24:,.0f} days" if hours >= 48 else f"{hours:.1f} hours"
        shown = format_timestamps(np.array([newest]), time_format)[0]
        raise DataError(
            f"the newest time is {shown}, {ago} ago; allowed: {max_age}",
            where=where,
            fix=f"--max-age {int(hours / 24) + 1}d",
            kind="stale",
        )


def _ends(subject: Subject) -> Iterator[Finding]:
    panel = subject.panel
    last, first = panel.indptr[1:] - 1, panel.indptr[:-1]

    def part(_: int, own: NDArray[np.int64]) -> str:
        return (
            f"{subject.time(int(own[0]))}: {panel.target[own[0]]:.6g} is far below every value of "
            "its season: perhaps a part of a period"
        )

    fix = "--drop-last-incomplete"
    ends, heads = panel.timestamps[last], panel.timestamps[first]
    cut = np.zeros(len(ends), dtype=bool)
    step = parse_frequency(panel.freq)
    if step.unit != "ns" or step.count >= NANOSECONDS["D"]:  # else values of an instant, mostly
        season = subject.season[0]
        cut = partial_ends(panel.target, panel.indptr, season, ends, ends.max())
        yield from subject.findings(("warning", "incomplete-last"), last[cut], part, fix)
        mirrored = panel.target[_mirrored(panel.indptr)]
        late = first[partial_ends(mirrored, panel.indptr, season, heads, heads.min())]
        repair = subject.without_lines(late)
        yield from subject.findings(("warning", "incomplete-first"), late, part, repair)
    if subject.moment is None:
        return
    opened = is_open(ends, panel.freq, subject.moment) & ~cut

    def going_on(_: int, own: NDArray[np.int64]) -> str:
        return f"{subject.time(int(own[0]))} is not over yet"

    yield from subject.findings(("note", "incomplete-last"), last[opened], going_on, fix)


def _future(subject: Subject) -> Iterator[Finding]:
    panel = subject.panel
    if subject.moment is None:
        return
    today = subject.moment + _DAY  # whatever the zone
    if panel.cutoffs.max() <= today:
        return
    rows = np.flatnonzero((panel.timestamps > today) & ~np.isnan(panel.target))

    def say(_: int, own: NDArray[np.int64]) -> str:
        times = counted(len(own), "time")
        return f"{times} yet to come, from {subject.time(int(own[0]))} on: plans, or misread dates"

    yield from subject.findings(("warning", "future"), rows, say, subject.without_lines(rows))


def _daylight_saving(subject: Subject) -> Iterator[Finding]:
    """Missing hours that are just those which clocks skip in spring."""
    panel, step = subject.panel, parse_frequency(subject.panel.freq)
    if step.unit != "ns" or step.count > NANOSECONDS["h"] or subject.lines is None:
        return
    if is_utc(subject.time_format):
        return
    if not subject.missing_counts.any():
        return
    gaps = (subject.lines == 0) & subject.missing
    hours = panel.timestamps.astype("M8[h]")
    sundays = (hours.astype("M8[D]").astype(np.int64) + 4) % 7 == 0
    gaps &= sundays
    if not gaps.any():
        return
    missing = set(np.unique(hours[gaps]).tolist())
    span = hours.min().item(), hours.max().item()
    for zone in ZONES:
        skipped = set(skipped_hours(zone, span[0].year, span[1].year))
        skipped = {one for one in skipped if span[0] < one < span[1]}
        if skipped and skipped <= missing:
            rows = np.flatnonzero(gaps & np.isin(hours, np.array(sorted(skipped), "M8[h]")))

            def say(_: int, own: NDArray[np.int64], zone: str = zone) -> str:
                first = subject.time(int(own[0]))
                return f"hours that clocks skip are missing, first {first}: local times ({zone})"

            yield from subject.findings(("note", "daylight-saving"), rows, say, f"--tz {zone}")
            return


@lru_cache(maxsize=64)
def skipped_hours(zone: str, first: int, last: int) -> tuple[datetime, ...]:
    """List the local hours that do not exist, since clocks are set forward.

    Parameters
    ----------
    zone : str
        Of the time zone database; nothing is listed where that is not installed.
    first, last : int
        Years.

    Returns
    -------
    tuple of datetime

    Examples
    --------
    >>> [str(one) for one in skipped_hours("Europe/Berlin", 2024, 2024)]
    ['2024-03-31 02:00:00']
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        rules = ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return ()
    found = []
    day, end = datetime(first, 1, 1), datetime(last, 12, 31)
    while day < end:
        following = day + timedelta(days=1)
        ahead = _offset(following, rules) - _offset(day, rules)
        if ahead > timedelta(0):
            hours = (day + timedelta(hours=hour) for hour in range(24))
            found += [hour for hour in hours if not _exists(hour, rules)]
        day = following
    return tuple(found)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.replace(tzinfo=zone).utcoffset() or timedelta(0)


def _exists(moment: datetime, zone: tzinfo) -> bool:
    there = moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == moment


def _mirrored(indptr: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of each series from its last to its first."""
    lengths = np.diff(indptr)
    return np.repeat(indptr[:-1] + indptr[1:] - 1, lengths) - np.arange(indptr[-1])
