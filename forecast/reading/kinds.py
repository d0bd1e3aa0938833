"""What the columns of a table look like: times, numbers, names of series.

What they are taken for is decided in ``roles``.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from forecast.text.numerals import is_missing, looks_like_number
from forecast.text.table import Table
from forecast.timeline.counts import read_counts
from forecast.timeline.fiscal import is_fiscal, yearly_form
from forecast.timeline.folding import folded
from forecast.timeline.months import is_month_count
from forecast.timeline.notation import INTEGER, YEARS, notation, notation_in_words
from forecast.timeline.numbered import PARTS, named_part, numbered_form
from forecast.timeline.ranges import split_range

TIME_NAMES = (
    "ds", "date", "time", "timestamp", "datetime", "date_time", "month", "year", "quarter",
    "week", "day", "period", "hour", "t", "ts", "epoch", "index", "step",
)  # fmt: skip
PART_NAMES = {*" ".join(PARTS[part] for part in ("month", "quarter", "week")).split()} - {"kw"}
"""Names of columns in which 10.2020 is no number; kilowatts are."""

STRONG_TIME_NAMES = ("ds", "date", "time", "timestamp", "datetime")
DATE_NAMES = frozenset(
    ("date", "ds", "datetime", "timestamp", "time", "period", "datum", "fecha", "data", "zeit")
).union(*(PARTS[part].split() for part in ("day", "week", "month", "quarter")))
"""Names of columns in which numbers may be days as spreadsheets count them."""
ID_NAMES = ("unique_id", "id", "series", "series_id", "item", "item_id")

_OTHERS = 0.2  # share of the cells of a column of times that may be something else
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_FIRST_DATE = 100 * YEARS.start  # as a number: year and month
_ENOUGH = 10  # whole numbers that all read as dates
_NUMBERS_OF_DATES = frozenset(("%Y%m", "%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S"))
_NUMBERS = _NUMBERS_OF_DATES | {INTEGER, "%Y"}


def possible_times(table: Table) -> list[str]:
    """Name the columns that may be times, which all but plain measurements may.

    Parameters
    ----------
    table : Table

    Returns
    -------
    list of str
        Without columns of numbers that have decimals, or are too small for dates.
    """
    names, values = table.first_numbers
    first = table.columns[0]
    if not names:
        return table.columns
    broken = (np.floor(values) < values).mean(axis=1) > _OTHERS
    dated = np.fmax.reduce(np.abs(values), axis=1, initial=np.nan) >= _FIRST_DATE
    unlikely = {names[place] for place in np.flatnonzero(broken).tolist()}
    for place in np.flatnonzero(~(broken | dated)).tolist():
        if names[place].lower() not in TIME_NAMES and not _named(names[place]):
            unlikely.add(names[place])
    unlikely -= {first, *(one for one in unlikely if one.lower() in DATE_NAMES)}
    return [one for one in table.columns if one not in unlikely]


def _named(column: str) -> bool:
    """Say whether a word in the name of a column stands for time."""
    return not set(re.split(r"[^a-z]+", column.lower())).isdisjoint(STRONG_TIME_NAMES)


def time_kind(table: Table, column: str) -> str | None:
    """Say "calendar", "period" (ranges, fiscal years), "counting" (whole numbers) or None."""
    values = [one for one in table.sample[column] if one]
    distinct = list(dict.fromkeys(values))
    if is_month_count(distinct) or numbered_form(distinct, named_part(column)):
        return "calendar"
    if yearly_form(distinct):
        return "period"
    known = {one: _notation(folded(one)) for one in distinct}
    forms = [form for one in values if (form := known[one]) is not None]
    if not values or len(forms) < (1 - _OTHERS) * len(values):
        return _kind_of_others(column, values)
    short = sum(is_fiscal(form) or ("%q" in form and "%y" in form) for form in forms)
    if 2 * short >= len(forms):  # as codes of articles are, too
        return "period"
    if 2 * sum(form not in _NUMBERS for form in forms) >= len(forms):
        return "calendar"
    if _NUMBERS_OF_DATES.issuperset(forms) and len(forms) >= _ENOUGH:
        return "calendar"  # digits that happen to be so many dates are dates
    is_count = (
        column.lower() in TIME_NAMES
        or (_named(column) and INTEGER not in forms)
        or (column.lower() in DATE_NAMES and _are_counts(column, values))
        # unnamed, only the first column can count the rows: a target may rise steadily too
        or (column == table.columns[0] and _rise_evenly(values, known))
    )
    return "counting" if is_count else None


def _kind_of_others(column: str, values: Sequence[str]) -> str | None:
    """Say the kind of cells that are mostly no single times: counts with fractions, and ranges."""
    counted = column.lower() in (*TIME_NAMES, *DATE_NAMES) or _named(column)
    if counted and _are_counts(column, values):
        return "counting"
    ranges = sum(split_range(one) is not None for one in values)
    return "period" if ranges and ranges >= (1 - _OTHERS) * len(values) else None


def _rise_evenly(values: Sequence[str], forms: Mapping[str, str | None]) -> bool:
    """Say whether those that are whole numbers rise in even steps."""
    whole = [int(folded(one)) for one in values if forms[one] in _NUMBERS]
    steps = np.diff(np.array(whole, dtype=np.int64))
    return len(steps) > 1 and bool(steps[0] > 0 and (steps == steps[0]).all())


def _notation(text: str) -> str | None:
    """Name the notation of a time; None for codes that are no parts of a year, as 4711K2."""
    form = notation_in_words(text)
    year = _YEAR.search(text) if form and "%" in form and "%d" not in form else None
    return None if year and int(year[0]) not in YEARS else form


def may_be_dates(table: Table, column: str) -> bool:
    """Say whether a column is called as dates are, and holds text with digits."""
    if is_numeric(table, column) or not (column.lower() in DATE_NAMES or _named(column)):
        return False
    filled = [one for one in table.sample[column] if not is_missing(one)]
    return bool(filled) and all(re.search(r"\d\D|\D\d", one) for one in filled)


def _are_counts(column: str, values: Sequence[str]) -> bool:
    """Say whether values count seconds or days, and go one way where the name may be of others."""
    counts = read_counts(values, is_named=column.lower() in DATE_NAMES)
    if counts is None or column.lower() in TIME_NAMES or _named(column):
        return counts is not None
    steps = np.diff(counts[0]).astype(np.int64)  # "data" and "kw" may be what is measured
    return bool(max((steps >= 0).sum(), (steps <= 0).sum()) >= (1 - _OTHERS) * len(steps))


def is_day(cell: str) -> bool:
    """Say whether a cell is a date without a clock."""
    form = notation(cell)
    return form is not None and ":" not in form and ("d" in form or form.startswith("slash"))


def almost_numeric(table: Table, column: str) -> bool:
    """Say whether a text column holds numbers among text, or written in a way not read."""
    filled = [one for one in table.sample[column] if not is_missing(one)]
    return 0 < 0.3 * len(filled) <= sum(map(looks_like_number, filled))


def is_numeric(table: Table, column: str) -> bool:
    """Say whether a column holds numbers, in whatever style."""
    if table.is_number(column):
        return True
    if column.lower() in (*TIME_NAMES, *ID_NAMES):
        return False
    filled = [one for one in table.sample[column] if not is_missing(one)]
    return sum(map(looks_like_number, filled)) > 0.8 * len(filled)


def has_empty(table: Table, column: str) -> bool:
    """Say whether some cells are empty, as names of series never are."""
    codes, texts = table.texts(column)
    return "" in texts and bool((codes == texts.index("")).any())


def recurs(table: Table, column: str) -> bool:
    """Say whether the values recur, as names of series do and row numbers do not."""
    return 2 * table.count_distinct(column) <= len(table.cells[column])
