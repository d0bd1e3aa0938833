"""What the columns of a table look like: times, numbers, names of series.

What they are taken for is decided in ``roles``.
"""

import re

import numpy as np

from forecast.text.numerals import is_missing, looks_like_number
from forecast.text.table import Table
from forecast.timeline.notation import INTEGER, folded, notation
from forecast.timeline.timestamps import is_month_count

TIME_NAMES = (
    "ds", "date", "time", "timestamp", "datetime", "date_time", "month", "year", "quarter",
    "week", "day", "period", "hour", "t", "index", "step",
)  # fmt: skip
STRONG_TIME_NAMES = ("ds", "date", "time", "timestamp", "datetime")
ID_NAMES = ("unique_id", "id", "series", "series_id", "item", "item_id")

_ENOUGH = 10  # whole numbers that all read as dates


def time_kind(table: Table, column: str) -> str | None:
    """Say "calendar", "counting" (regular whole numbers) or None."""
    values = [one for one in table.sample[column] if one]
    if is_month_count(list(dict.fromkeys(values))):
        return "calendar"
    forms = [notation(folded(one)) for one in values]
    found = [form for form in forms if form is not None]
    if not values or len(found) < 0.8 * len(values):
        return None
    numbers = {INTEGER, "%Y", "%Y%m", "%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S"}
    if sum(form not in numbers for form in found) >= 0.5 * len(found):
        return "calendar"
    dated = numbers - {INTEGER, "%Y"}
    named = set(re.split(r"[^a-z]+", column.lower())) & set(STRONG_TIME_NAMES)
    if all(form in dated for form in found) and len(found) >= _ENOUGH:
        return "calendar"  # digits that happen to be so many dates are dates
    if column.lower() in TIME_NAMES or (named and INTEGER not in found):
        return "counting"
    # unnamed, only the first column can count the rows: a target may rise steadily too
    if column != table.columns[0]:
        return None
    whole = [int(one) for one, form in zip(values, forms, strict=True) if form in numbers]
    steps = np.diff(np.array(whole, dtype=np.int64))
    return "counting" if len(steps) > 1 and steps[0] > 0 and (steps == steps[0]).all() else None


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
