"""Text to timestamps and back, in the one notation that a column uses.

The notation is proven from the whole column, nothing is guessed: what cannot be
read is reported by position, and a column that reads two ways is refused. Which
notations there are is in ``notation``, what dates in them mean in ``dates``, zones in
``zones``. Finding the time column is left to ``roles``, file and line to ``times``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.counts import COUNTS, read_counts, write_counts
from forecast.timeline.dates import (
    Group,
    TimeHints,
    group_notations,
    refuse_digits_of_dates,
    settle_dates,
)
from forecast.timeline.datetimes import read_datetimes, shapes, write_datetimes
from forecast.timeline.fiscal import FISCAL_REMARK, is_fiscal, yearly_form
from forecast.timeline.folding import folded
from forecast.timeline.months import in_english, is_month_count
from forecast.timeline.notation import INTEGER, date_part, is_whole
from forecast.timeline.numbered import NUMBERED_REMARK, numbered_form
from forecast.timeline.plaintimes import within_years
from forecast.timeline.ranges import first_unclear, split_range
from forecast.timeline.zones import (
    LOCAL,
    offset_minutes,
    split_zone,
    to_utc,
    usual_zone,
    write_local,
)

_REWRITE = "write the times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"
_DIRECTIVES = frozenset("YymdjqQHIMSfbBpzGVu")


@dataclass(frozen=True, eq=False)
class Timestamps:
    """A column of times as read.

    Attributes
    ----------
    values : ndarray of shape (T,), datetime64[ns] or int64
        UTC where the text carried an offset; undefined where ``bad``.
    bad : ndarray of shape (T,), bool
        Values that are not times in the column's notation.
    time_format : str
        strftime pattern (with %q or %Q for the quarter), perhaps with a zone (see
        `forecast.timeline.zones`), or ``INTEGER``, or one of ``forecast.timeline.counts.COUNTS``.
    local : ndarray of shape (T,), datetime64[ns], or None
        Without the offset, where the text carried one.
    others : ndarray of shape (M,), int64, or None
        Values in another notation than most.
    remark : tuple of str, or None
        Code and message of what has to be told about the notation.
    """

    values: NDArray[np.generic]
    bad: NDArray[np.bool_]
    time_format: str
    local: NDArray[np.datetime64] | None = None
    others: NDArray[np.int64] | None = None
    remark: tuple[str, str] | None = None


class UnclearTime(DataError):
    """One of several texts contradicts the others.

    Attributes
    ----------
    text : str
    """

    def __init__(self, message: str, *, text: str, fix: str, kind: str) -> None:
        super().__init__(message, fix=fix, kind=kind)
        self.text = text


def parse_timestamps(texts: Sequence[str], hints: TimeHints = TimeHints()) -> Timestamps:  # noqa: B008
    """Read a column of times, proving its notation from all its values.

    Parameters
    ----------
    texts : sequence of str
        Usually the distinct values only, in the file's order.
    hints : TimeHints, optional

    Returns
    -------
    Timestamps

    Raises
    ------
    DataError
        When no notation fits most values, or when two fit all.

    Examples
    --------
    >>> parse_timestamps(["1998-Q2", "1998-Q3"]).values.astype("M8[M]")
    array(['1998-04', '1998-07'], dtype='datetime64[M]')
    """
    of_all_texts = (
        (hints.date_format, None),
        ("%n-%m" if is_month_count(texts) else None, None),
        (yearly_form(texts), FISCAL_REMARK),
        (numbered_form(texts, hints.part), NUMBERED_REMARK),
    )
    for form, remark in of_all_texts:
        if form is not None:
            return replace(_parse_as(texts, form), remark=remark)
    if texts and split_range(texts[0]):
        return _parse_ranges(texts, hints)
    counts = read_counts(texts, is_named=hints.is_named)
    if counts is not None:
        return Timestamps(*counts)
    cells, groups = group_notations(texts)
    known = Counter[str]()
    for found, _, rows in groups:
        if found is not None:
            known[found] += len(rows)
    if not known:
        return _parse_words(texts, hints)
    if known.most_common(1)[0][0] == INTEGER:
        return _parse_integers(texts, hints)
    return _parse_dates(texts, hints, cells, groups, known)


def _parse_words(texts: Sequence[str], hints: TimeHints) -> Timestamps:
    """Read times in words: without what says nothing more of them, or else in English."""
    for rewrite in (folded, in_english):
        if (new := [rewrite(one) for one in texts]) != list(texts):
            return _rewritten(texts, new, parse_timestamps(new, hints))
    raise DataError("no value can be read as a time", fix=_REWRITE, kind="unread-time")


def _parse_dates(
    texts: Sequence[str],
    hints: TimeHints,
    cells: NDArray[np.uint8],
    groups: Sequence[Group],
    known: Counter[str],
) -> Timestamps:
    """Read dates in the usual notation, and those that may stand beside it."""
    usual = known.most_common(1)[0][0]
    date = date_part(usual)
    orders = settle_dates(texts, groups, date, hints)
    values = np.full(len(texts), np.datetime64("NaT"), dtype="M8[ns]")
    others = np.zeros(len(texts), bool)
    for found, shape, rows in groups:
        # "May" is as long as its abbreviation
        form = usual if found == usual.replace("%B", "%b") else found or ""
        order = orders.get(date_part(form))
        # a date alone among dates with a time is midnight
        if order and (("%z" in form) == ("%z" in usual)):
            read = read_datetimes(cells[rows], shape, form.replace(date_part(form), order, 1))
            values[rows] = within_years(read)
            others[rows] = date_part(form) != date
    bad = np.isnat(values)
    if bad.any() and (english := [in_english(one) for one in texts]) != list(texts):
        found_more = parse_timestamps(english, hints)
        if found_more.bad.sum() < bad.sum():
            return _rewritten(texts, english, found_more)
    longest = max((form for form in known if date_part(form) == date), key=len)
    written = longest.replace(date, orders[date], 1)
    if "%z" in usual:
        return _with_offsets(texts, values, bad, written)
    remark = FISCAL_REMARK if is_fiscal(written) else None
    return Timestamps(values, bad, written, None, np.flatnonzero(others & ~bad), remark)


def format_timestamps(timestamps: NDArray[np.generic], time_format: str) -> NDArray[np.object_]:
    """Write timestamps in the notation of the input.

    Parameters
    ----------
    timestamps : ndarray of any shape, datetime64 or int64
    time_format : str
        As in `Timestamps`.

    Returns
    -------
    ndarray of str, same shape

    Examples
    --------
    >>> format_timestamps(np.array(["1998-04", "1998-07"], "M8[M]"), "%Y-Q%q").tolist()
    ['1998-Q2', '1998-Q3']
    """
    distinct, places = np.unique(timestamps, return_inverse=True)
    if distinct.dtype.kind != "M":
        text = distinct.astype(str).astype(object)
    else:
        text = np.array(_written(distinct, time_format), object)
    return np.asarray(text[places].reshape(timestamps.shape), dtype=object)


def _written(distinct: NDArray[np.datetime64], time_format: str) -> list[str]:
    if time_format in COUNTS:
        return write_counts(distinct, time_format)
    form, zone = split_zone(time_format)
    if zone:
        return write_local(distinct, form, zone)
    form, dates_of = split_zone(time_format, LOCAL)
    if dates_of:
        return write_local(to_utc(distinct.astype("M8[ns]"), dates_of)[0], form, dates_of)
    return write_datetimes(distinct, form)


def _rewritten(texts: Sequence[str], new: Sequence[str], found: Timestamps) -> Timestamps:
    """Remark that names of months and days are written in another way than they were read."""
    others = (at for at, one in enumerate(texts) if one != new[at] and not found.bad[at])
    place = next(others, None)
    if place is None:  # only what is no time was written anew
        return found
    written = format_timestamps(found.values[place : place + 1], found.time_format)[0]
    message = f"forecasts write '{texts[place]}' as '{written}'"
    return replace(found, remark=found.remark or ("month-names", message))


def _parse_ranges(texts: Sequence[str], hints: TimeHints) -> Timestamps:
    """Read ranges of dates as the first ones."""
    parts = [split_range(one) for one in texts]
    ranges = np.flatnonzero([one is not None for one in parts])
    found = parse_timestamps([date for one in parts if one for date in one], hints)
    bad = np.ones(len(texts), bool)
    bad[ranges] = found.bad.reshape(-1, 2).any(axis=1)
    ends = found.values.reshape(-1, 2)
    good = np.flatnonzero(~bad[ranges])
    if (place := first_unclear(ends[good])) is not None:
        text = texts[int(ranges[good[place]])]
        raise UnclearTime(
            f"the range '{text[:60]}' ends before it begins, or overlaps one of another length",
            text=text,
            fix="write one date in each row, as YYYY-MM-DD",
            kind="unclear-ranges",
        )
    remark = ("date-ranges", "times are ranges of dates, of which the first one counts")
    firsts = Timestamps(np.zeros(len(texts), ends.dtype), bad, found.time_format, remark=remark)
    firsts.values[ranges] = ends[:, 0]
    if found.local is None:
        return firsts
    local = np.zeros(len(texts), found.local.dtype)
    local[ranges] = found.local.reshape(-1, 2)[:, 0]
    return replace(firsts, local=local)


def _parse_as(texts: Sequence[str], form: str) -> Timestamps:
    """Read in a notation that is given."""
    form = re.sub(r"%[-#]([a-zA-Z])", r"%\1", form).replace("%e", "%d").replace("%T", "%H:%M:%S")
    form = form.replace("%F", "%Y-%m-%d")
    unknown = set(re.findall(r"%(.)", form)) - _DIRECTIVES - {"n", "N"}
    if unknown or "%" not in form:
        raise DataError(
            f"date-format '{form[:40]}' is not understood; allowed: "
            "%Y %y %m %d %j %b %B %q %Q %G %V %u %H %I %M %S %f %p %z",
            fix="add --date-format %Y-%m-%d",
            kind="unread-time",
        )
    cells, shaped = shapes(texts)
    values = np.full(len(texts), np.datetime64("NaT"), dtype="M8[ns]")
    for shape, rows in shaped:
        values[rows] = within_years(read_datetimes(cells[rows], shape, form))
    bad = np.isnat(values)
    if bad.all():
        raise DataError(
            f"'{texts[0][:40]}' is not written as {form}",
            fix="leave out --date-format",
            kind="unread-time",
        )
    if "%z" in form:
        return _with_offsets(texts, values, bad, form)
    return Timestamps(values, bad, form)


def _parse_integers(texts: Sequence[str], hints: TimeHints) -> Timestamps:
    bad = np.array([not is_whole(text) or len(text) > 18 for text in texts])
    good = [0 if wrong else int(text) for text, wrong in zip(texts, bad, strict=True)]
    values = np.array(good, dtype=np.int64)
    if (np.abs(values[~bad]) >= 10**9).all():
        raise DataError(
            "the times are large whole numbers, neither dates nor seconds since 1970",
            fix=_REWRITE,
            kind="unread-time",
        )
    refuse_digits_of_dates(texts, hints)
    return Timestamps(values, bad, INTEGER)


def _with_offsets(
    texts: Sequence[str], values: NDArray[np.datetime64], bad: NDArray[np.bool_], form: str
) -> Timestamps:
    """Keep the offset that times are written with, and what they are without it."""
    minutes = [offset_minutes(one) or 0 for one in texts]
    local = values + np.array(minutes, np.int64).astype("m8[m]")
    if all(one.endswith("Z") for one in texts[:100]):
        return Timestamps(values, bad, form.replace("%z", "Z"), local)
    usual = int(np.flatnonzero(~bad)[-1])
    return Timestamps(values, bad, f"{form} @{usual_zone([texts[usual]])}", local)
