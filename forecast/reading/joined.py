"""Times that no column holds: of date and clock, year and month, or counted.

Only parts that mean one thing together are joined; the rest is left to ``roles``.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np

from forecast.finding import Finding
from forecast.reading.columns import shell_word
from forecast.reading.kinds import TIME_NAMES, is_day, is_numeric, possible_times, time_kind
from forecast.reading.leftovers import is_total
from forecast.spec import DataSpec
from forecast.text.table import SAMPLE_ROWS, Cells, Table, Texts, in_order
from forecast.timeline.notation import notation
from forecast.timeline.numbered import PARTS
from forecast.timeline.timeofday import (
    begin_of,
    is_dotted,
    is_time_of_day,
    minutes_of,
    with_colons,
)

_PARTS = {
    "month": re.compile(r"\d{1,2}|[^\W\d_]{3,10}\.?"),
    "quarter": re.compile(r"[Qq]?[1-4]"),
    "half": re.compile(r"(?:H|S|HJ)?[12]|[12](?:H|S|\. Halbjahr)"),
    "week": re.compile(r"[1-9]|0[1-9]|[1-4]\d|5[0-3]"),
    "day": re.compile(r"\d{1,2}"),
    "period": re.compile(r"[MQSA]\d{2}"),
}
_WITH_YEAR = {
    "month": ("{}-{}", "{}-{}"),
    "quarter": ("{}-Q{}", "{}-{}"),
    "half": ("{}-H{}", "{1} {0}"),
    "week": ("{}-W{:0>2}", "{}-W{:0>2}"),
    "period": ("{}{}", "{}{}"),
}
"""How a year and a part of it, in digits and in words, are joined, the likeliest part first."""

ROW = "row"
"""Name of the time of rows that are only counted."""

_RUNS = (
    (re.compile(r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d", re.ASCII), "{} {:0>6}"),  # 093500
    (re.compile(r"(?:[01]\d|2[0-3])[0-5]\d", re.ASCII), "{} {:0>4}00"),  # 0935
)
_DAY = 24 * 60
_HOURS_OF_DAY = {f"{hour:0{size}d}" for hour in range(25) for size in (1, 2)}
_HOURS = (*PARTS["hour"].split(), "time", "hour ending", "hour_ending", "hourending")


def join_times(table: Table, spec: DataSpec) -> Table:
    """Replace columns that are parts of one time by the whole.

    Parameters
    ----------
    table : Table
    spec : DataSpec

    Returns
    -------
    Table
        The same where there is nothing to join, or a part is named for something else.
    """
    parts = _date_and_clock(table) or _calendar_parts(table)
    if parts is None or not {spec.id, spec.target}.isdisjoint(parts[0]):
        return table
    columns, form = parts
    message = f"columns {', '.join(repr(one) for one in columns)} together are the time"
    finding = Finding("note", "joined-times", None, message)
    return with_one(table, columns, partial(_joined, form=form), finding)


def with_one(
    table: Table, columns: Sequence[str], join: Callable[[Sequence[str]], str], finding: Finding
) -> Table:
    """Put one column in the place of several, called by their names.

    Parameters
    ----------
    table : Table
    columns : sequence of str
    join : callable
        Makes one text of theirs.
    finding : Finding
        What has to be told.

    Returns
    -------
    Table
    """
    name = " ".join(columns)
    coded = [table.texts(one) for one in columns]
    keys = np.zeros(len(coded[0][0]), np.int64)
    for codes, texts in coded:
        keys = np.unique(keys * len(texts) + codes, return_inverse=True)[1]
    first, places = in_order(keys)  # as other columns have it
    joined = [join([texts[codes[row]] for codes, texts in coded]) for row in first.tolist()]
    cells: dict[str, Cells] = {name: Texts(places, joined)}
    cells |= {one: found for one, found in table.cells.items() if one not in columns}
    rows = list(zip(*(table.sample[one] for one in columns), strict=True))
    sample = {name: [join(row) for row in rows]}
    sample |= {one: found for one, found in table.sample.items() if one not in columns}
    return replace(table, cells=cells, sample=sample, findings=(*table.findings, finding))


def count_rows(table: Table, spec: DataSpec) -> Table:
    """Number the rows of a table of nothing but numbers, none of which reads as time.

    Parameters
    ----------
    table : Table
    spec : DataSpec

    Returns
    -------
    Table
        With one more column, `ROW`; the same table where something else may
        be the time, so that its absence is an error.
    """
    columns = [one for one in table.columns if not one.startswith("Unnamed: ")]
    if spec.time is not None or any(map(partial(_may_be_time, table), possible_times(table))):
        return table
    if not all(is_numeric(table, one) for one in columns if one != spec.id):
        return table
    if any(one.lower() in TIME_NAMES for one in columns):
        return table
    rows = len(table.cells[table.columns[0]])
    texts = [str(row) for row in range(1, rows + 1)]
    cells = {ROW: Texts(np.arange(rows, dtype=np.int32), texts), **table.cells}
    message = "no column is a time: the rows are counted from 1"
    counting = [one for one in columns if one != spec.id and _counts(table, one)]
    fix = f"--time {shell_word(counting[0])}" if counting else None
    finding = Finding("warning", "no-time", None, message, fix=fix)
    sample = {ROW: texts[:SAMPLE_ROWS], **table.sample}
    return replace(table, cells=cells, sample=sample, findings=(*table.findings, finding))


def _may_be_time(table: Table, column: str) -> bool:
    """Say whether a column reads as time; one without a name is no count, which a row number is."""
    kind = time_kind(table, column)
    return kind is not None and not (kind == "counting" and column.startswith("Unnamed: "))


def _counts(table: Table, column: str) -> bool:
    """Say whether a column is of whole numbers that count in even steps."""
    values, wrong = table.numbers(column)
    if len(wrong) or len(values) < 2 or not (values == np.floor(values)).all():
        return False
    steps = np.diff(values)
    return bool(steps[0] > 0 and (steps == steps[0]).all())


def _joined(parts: Sequence[str], form: str) -> str:
    if not all(parts):
        return " ".join(one for one in parts if one)
    return form.format(*parts[:-1], with_colons(begin_of(parts[-1])))


def _date_and_clock(table: Table) -> tuple[tuple[str, str], str] | None:
    """Find a column of dates and one of times of the day."""
    possible = possible_times(table)
    dates = [one for one in possible if _all(table, one, is_day) and not _is_dotted(table, one)]
    repeats = len(dates) == 1 and _repeats(table, dates[0])
    holds = _is_clock if repeats else is_time_of_day
    clocks = [one for one in possible if one not in dates and _all(table, one, holds)]
    if len(dates) == 1 and (len(clocks) == 1 or (repeats and _begin_and_end(table, clocks))):
        return (dates[0], clocks[0]), "{} {}"
    if not repeats:
        return None
    if hour := _hour(table):
        return (dates[0], hour), "{} {:0>2}:00"
    run = _run(table)
    return ((dates[0], run[0]), run[1]) if run else None


def _run(table: Table) -> tuple[str, str] | None:
    """Find the column of times of the day in digits alone, and how they are joined to a date."""
    named = [one for one in table.columns if one.strip("<>").lower() in _HOURS]
    found = [(one, form) for one in named for run, form in _RUNS if _all(table, one, run.fullmatch)]
    return found[0] if len(found) == 1 else None


def _is_dotted(table: Table, column: str) -> bool:
    """Say whether a column holds clocks such as 18.00.00: no date has a month 00."""
    return _all(table, column, is_dotted) and any(".00." in one for one in table.sample[column])


def _hour(table: Table) -> str | None:
    """Find the column of hours, which may be ranges of them."""
    hours = [
        one
        for one in table.columns
        if one.lower() in _HOURS and _all(table, one, lambda cell: begin_of(cell) in _HOURS_OF_DAY)
    ]
    return hours[0] if len(hours) == 1 else None


def _is_clock(cell: str) -> bool:
    return is_time_of_day(with_colons(begin_of(cell)))


def _begin_and_end(table: Table, clocks: Sequence[str]) -> bool:
    """Say whether two clocks are the begin and end of spans of one length."""
    if len(clocks) != 2:
        return False
    begins, ends = ([minutes_of(cell) for cell in table.sample[one]] for one in clocks)
    lengths = {
        (end - begin) % _DAY
        for begin, end in zip(begins, ends, strict=True)
        if begin is not None and end is not None
    }
    return len(lengths) == 1 and 0 < lengths.pop() < _DAY // 2


def _calendar_parts(table: Table) -> tuple[tuple[str, ...], str] | None:
    """Find a year with its month, quarter, half or week, and perhaps its day."""
    known = {one.lower(): one for one in reversed(table.columns)}
    found = {
        part: [known[word] for word in words.split() if word in known]
        for part, words in (*PARTS.items(), ("period", "period"))
    }
    named = {part: columns[0] for part, columns in found.items() if columns}
    year = named.get("year")
    if year is None or not _all(table, year, lambda cell: notation(cell) == "%Y"):
        return None
    if any(_all(table, one, is_day) for one in possible_times(table)):
        return None  # there are whole dates already
    if "month" in named or not _repeats(table, year):  # "KW" may be kilowatts
        named.pop("week", None)
    if "period" in named and not _parts_years(table, year, named["period"]):
        named.pop("period")
    parts = {
        part: named[part]
        for part, pattern in _PARTS.items()
        if part in named and _all(table, named[part], pattern.fullmatch)
    }
    if "month" in parts and "day" in parts:
        day, hour = (year, parts["month"], parts["day"]), _hour(table)
        if hour is not None and _have_several(table, day):
            return (*day, hour), "{}-{}-{} {:0>2}:00"
        return day, "{}-{}-{}"
    for part, (of_digits, of_words) in _WITH_YEAR.items():
        if part in parts:
            digits = all(cell.isdigit() for cell in table.sample[parts[part]] if cell)
            return (year, parts[part]), of_digits if digits else of_words
    return None


def _parts_years(table: Table, year: str, period: str) -> bool:
    """Say whether periods are months or quarters as well, and no other column is the time."""
    others = [one for one in possible_times(table) if one not in (year, period)]
    return any(one[:1] in ("M", "Q") for one in table.sample[period]) and not any(
        time_kind(table, one) == "calendar" and table.count_distinct(one) > 1 for one in others
    )


def _repeats(table: Table, column: str) -> bool:
    return table.count_distinct(column) < len(table.cells[column])


def _have_several(table: Table, columns: Sequence[str]) -> bool:
    """Say whether several rows have the same cells in some columns."""
    keys = np.stack([table.texts(one)[0] for one in columns])
    return bool(np.unique(keys, axis=1).shape[1] < keys.shape[1])


def _all(table: Table, column: str, holds: Callable[[str], object]) -> bool:
    """Say whether a condition holds for nearly all cells that are filled."""
    filled = [one for one in table.sample[column] if one and not is_total(one)]
    others = (one for one in filled if not holds(one))  # no more of them than tell are looked for
    allowed = int(len(filled) - 0.95 * len(filled))
    return bool(filled) and len(list(islice(others, allowed + 1))) <= allowed
