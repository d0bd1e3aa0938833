"""Text to timestamps and back, in the one notation that a column uses.

The notation is proven from the whole column, nothing is guessed: what cannot be
read is reported by position, and a column that reads two ways is refused. Which
notations there are is in ``notation``, the order of day and month in
``dayorder``, zones in ``zones``. Finding the time column is left to ``roles``,
file and line to ``draft``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.counts import COUNTS, read_counts, write_counts
from forecast.timeline.datetimes import read_datetimes, shapes, write_datetimes
from forecast.timeline.dayorder import TimeHints, settle_order
from forecast.timeline.months import in_english
from forecast.timeline.notation import (
    INTEGER,
    date_part,
    folded,
    is_whole,
    notation,
    notation_of_shape,
)
from forecast.timeline.plaintimes import within_years
from forecast.timeline.zones import offset_minutes, split_zone, usual_zone, write_local

_REWRITE = "write the times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"
_YEAR_AND_MONTH = re.compile(r"([1-9]\d?)-(\d{2})", re.ASCII)
_DIRECTIVES = frozenset("YymdqHIMSfbBpzGVu")


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
        strftime pattern (with %q for the quarter), perhaps with a zone (see
        `forecast.timeline.zones`), or ``INTEGER``, or one of ``forecast.timeline.counts.COUNTS``.
    local : ndarray of shape (T,), datetime64[ns], or None
        Without the offset, where the text carried one.
    others : ndarray of shape (M,), int64, or None
        Values in another notation than most.
    """

    values: NDArray[np.generic]
    bad: NDArray[np.bool_]
    time_format: str
    local: NDArray[np.datetime64] | None = None
    others: NDArray[np.int64] | None = None


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
    if hints.date_format is not None:
        return _parse_as(texts, hints.date_format)
    if is_month_count(texts):
        return _parse_as(texts, "%n-%m")
    cells, groups = _notations(texts)
    known = Counter[str]()
    for form, _, rows in groups:
        if form is not None:
            known[form] += len(rows)
    counts = read_counts(texts, is_named=hints.is_named)
    if counts is not None:
        return Timestamps(*counts)
    if not known:
        for rewrite in (folded, in_english):
            if (rewritten := [rewrite(one) for one in texts]) != list(texts):
                return parse_timestamps(rewritten, hints)
        raise DataError("no value can be read as a time", fix=_REWRITE, kind="unread-time")
    usual = known.most_common(1)[0][0]
    if usual == INTEGER:
        return _parse_integers(texts)
    forms = _settled(texts, groups, date_part(usual), hints)
    values = np.full(len(texts), np.datetime64("NaT"), dtype="M8[ns]")
    others = np.zeros(len(texts), bool)
    for found, shape, rows in groups:
        # "May" is as long as its abbreviation
        form = usual if found == usual.replace("%B", "%b") else found
        order = forms.get(date_part(form)) if form else None
        # a date alone among dates with a time is midnight
        if form and order and (("%z" in form) == ("%z" in usual)):
            read = read_datetimes(cells[rows], shape, form.replace(date_part(form), order, 1))
            values[rows] = within_years(read)
            others[rows] = date_part(form) != date_part(usual)
    date = date_part(usual)
    longest = max((form for form in known if date_part(form) == date), key=len)
    written = longest.replace(date, forms[date], 1)
    bad = np.isnat(values)
    if bad.any() and (english := [in_english(one) for one in texts]) != list(texts):
        found_more = parse_timestamps(english, hints)
        if found_more.bad.sum() < bad.sum():
            return found_more
    if "%z" in usual:
        return _with_offsets(texts, values, bad, written)
    return Timestamps(values, bad, written, None, np.flatnonzero(others & ~bad))


def is_utc(time_format: str) -> bool:
    """Say whether times of a format are in UTC; others are local, wherever that is.

    Parameters
    ----------
    time_format : str
        As in `Timestamps`.

    Returns
    -------
    bool
    """
    return time_format.endswith(("Z", "+00:00")) or " @" in time_format


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
    elif time_format in COUNTS:
        text = np.array(write_counts(distinct, time_format), object)
    else:
        form, zone = split_zone(time_format)
        written = write_local(distinct, form, zone) if zone else write_datetimes(distinct, form)
        text = np.array(written, object)
    return np.asarray(text[places].reshape(timestamps.shape), dtype=object)


def is_month_count(texts: Sequence[str]) -> bool:
    """Say whether texts count years and months, as "1-01" to "3-12" do.

    Parameters
    ----------
    texts : sequence of str
        Distinct values in the file's order.

    Returns
    -------
    bool
        Whether each is the month after the one before, over more than a year.

    Examples
    --------
    >>> is_month_count([f"{year}-{month:02d}" for year in (1, 2) for month in range(1, 13)])
    True
    """
    if not texts or not _YEAR_AND_MONTH.fullmatch(texts[0]):
        return False
    found = [_YEAR_AND_MONTH.fullmatch(one) for one in texts]
    months = [12 * int(one[1]) + int(one[2]) - 1 for one in found if one and 1 <= int(one[2]) <= 12]
    return (
        len(months) == len(texts) > 12
        and months == list(range(months[0], months[0] + len(months)))
        and months[0] < 24
    )


def _parse_as(texts: Sequence[str], form: str) -> Timestamps:
    """Read in a notation that is given."""
    form = re.sub(r"%[-#]([a-zA-Z])", r"%\1", form).replace("%e", "%d").replace("%T", "%H:%M:%S")
    form = form.replace("%F", "%Y-%m-%d")
    unknown = set(re.findall(r"%(.)", form)) - _DIRECTIVES - {"n"}
    if unknown or "%" not in form:
        raise DataError(
            f"date-format '{form[:40]}' is not understood; allowed: %Y %y %m %d %b %B %q %G %V %u "
            "%H %I %M %S %f %p %z",
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
    return (
        _with_offsets(texts, values, bad, form) if "%z" in form else Timestamps(values, bad, form)
    )


def _settled(
    texts: Sequence[str],
    groups: Sequence[tuple[str | None, str, NDArray[np.int64]]],
    usual: str,
    hints: TimeHints,
) -> dict[str, str]:
    """Give the dates that may stand beside the usual one, with their order settled.

    Days written in several ways may be mixed, since each is read in one way only.
    """
    mixable = "%d" in usual or usual.startswith("slash")
    rows: dict[str, list[int]] = {}
    for form, _, places in groups:
        if form is not None and form != INTEGER:
            rows.setdefault(date_part(form), []).extend(places.tolist())
    settled = {}
    for date, found in rows.items():
        separate = "%d" in date and not date.startswith("%Y%m")
        if date != usual and not (mixable and (separate or date.startswith("slash"))):
            continue
        own = [texts[place] for place in sorted(found)]
        try:
            settled[date] = settle_order(own, date, hints) if date.startswith("slash") else date
            _refuse_unclear_century(own, settled[date])
        except DataError:
            if date == usual:
                raise
    return settled


def _notations(
    texts: Sequence[str],
) -> tuple[NDArray[np.uint8], list[tuple[str | None, str, NDArray[np.int64]]]]:
    """Group texts by notation and shape; with their bytes, one text in a row."""
    cells, shaped = shapes(texts)
    groups: list[tuple[str | None, str, NDArray[np.int64]]] = []
    for shape, rows in shaped:
        if not is_whole(shape):
            groups.append((notation_of_shape(shape), shape, rows))
            continue
        forms = np.array([notation(texts[row]) for row in rows.tolist()], object)
        groups += [(form, shape, rows[forms == form]) for form in dict.fromkeys(forms)]
    return cells, groups


def _parse_integers(texts: Sequence[str]) -> Timestamps:
    bad = np.array([not is_whole(text) or len(text) > 18 for text in texts])
    good = [0 if wrong else int(text) for text, wrong in zip(texts, bad, strict=True)]
    values = np.array(good, dtype=np.int64)
    if (np.abs(values[~bad]) >= 10**9).all():
        raise DataError(
            "the times are large whole numbers, neither dates nor seconds since 1970",
            fix=_REWRITE,
            kind="unread-time",
        )
    return Timestamps(values, bad, INTEGER)


def _with_offsets(
    texts: Sequence[str], values: NDArray[np.datetime64], bad: NDArray[np.bool_], form: str
) -> Timestamps:
    """Keep the offset that times are written with, and what they are without it."""
    minutes = [offset_minutes(one) or 0 for one in texts]
    local = values + np.array(minutes, np.int64).astype("m8[m]")
    if all(one.endswith("Z") for one in texts[:100]):
        return Timestamps(values, bad, form.replace("%z", "Z"), local)
    usual = next(place for place in range(len(texts) - 1, -1, -1) if not bad[place])
    return Timestamps(values, bad, f"{form} @{usual_zone([texts[usual]])}", local)


def _refuse_unclear_century(texts: Sequence[str], form: str) -> None:
    if "%y" not in form:
        return
    pattern = re.sub(
        r"%[a-zA-Z]", lambda one: r"(\d{2})" if one[0] == "%y" else "[0-9A-Za-z]+?", form
    )
    for text in texts:
        match = re.match(pattern + r"(?!\d)", text)
        if match and 40 <= int(match[1]) < 70:
            raise DataError(
                f"'{text[:40]}' may be in 19{match[1]} or in 20{match[1]}",
                fix="write years with four digits",
                kind="unclear-century",
            )
