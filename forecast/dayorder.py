"""Which number of a date is the day, proven from the whole column.

A date such as 02/01/2020 reads two ways. What decides is a value that reads one
way only, or else that one reading alone is perfectly regular; where neither
does, the column is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.datetimes import read_datetimes, shapes
from forecast.errors import DataError

_FEWEST = 8  # dates that can show by their steps what they mean


@dataclass(frozen=True)
class TimeHints:
    """What is known about times before the column is looked at.

    Attributes
    ----------
    date_format : str or None
        strftime pattern.
    order : str or None
        "day" or "month", whichever comes first.
    is_named : bool
        Whether the column is called as dates are, so that whole numbers in it
        may be days as spreadsheets count them.
    """

    date_format: str | None = None
    order: str | None = None
    is_named: bool = False


def settle_order(texts: Sequence[str], date: str, hints: TimeHints) -> str:
    """Put the order of day, month and year into a notation.

    Parameters
    ----------
    texts : sequence of str
        All that are in this notation.
    date : str
        Begins with "slash", then the separator and the pattern of the year.
    hints : TimeHints

    Returns
    -------
    str
        strftime pattern of the date.

    Raises
    ------
    DataError
        When values contradict each other, or none decides.

    Examples
    --------
    >>> settle_order(["02/01/2020", "13/01/2020"], "slash/%Y", TimeHints())
    '%d/%m/%Y'
    """
    sep, year = date[5], date[6:]
    orders = [("day", f"%d{sep}%m{sep}{year}"), ("month", f"%m{sep}%d{sep}{year}")]
    if year == "%y":
        orders.append(("year", f"%y{sep}%m{sep}%d"))
    if hints.order is not None:
        return next(form for order, form in orders if order == hints.order)
    pattern = re.compile(rf"(\d{{1,2}}){sep}(\d{{1,2}}){sep}(\d+)")
    parts = [match.groups() for match in map(pattern.match, texts) if match]
    dates = [sep.join(part) for part in parts]
    times = {form: _read(dates, form) for _, form in orders}
    possible = [form for _, form in orders if not np.isnat(times[form]).any()]
    if not possible:
        if any(int(part[0]) > 12 for part in parts) and any(int(part[1]) > 12 for part in parts):
            raise DataError(
                "some times are day/month/year and others month/day/year",
                fix="write the times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS",
            )
        counts = {form: int((~np.isnat(times[form])).sum()) for _, form in orders}
        return max(counts, key=lambda form: counts[form])
    if len(possible) > 1:
        regular = [form for form in possible if _is_regular(times[form])]
        possible = regular if len(regular) == 1 else possible
    if len(possible) > 1:
        first, second, _ = next((part for part in parts if part[0] != part[1]), parts[0])
        raise DataError(
            f"'{first}{sep}{second}{sep}...' reads as day {first} of month {second} and as "
            f"day {second} of month {first}, and no value decides which",
            fix="add --dayfirst, or --monthfirst",
        )
    return possible[0]


def _read(dates: Sequence[str], form: str) -> NDArray[np.datetime64]:
    cells, groups = shapes(dates)
    found = np.full(len(dates), np.datetime64("NaT", "us"))
    for shape, rows in groups:
        found[rows] = read_datetimes(cells[rows], shape, form)
    return found


def _is_regular(times: NDArray[np.datetime64]) -> bool:
    """Say whether dates follow each other in equal steps of days, or of calendar months."""
    days = np.unique(times.astype("M8[D]"))
    if len(days) < _FEWEST:
        return False
    months = days.astype("M8[M]")
    of_month = days - months.astype("M8[D]")
    to_end = (months + 1).astype("M8[D]") - days
    monthly = (of_month == of_month[0]).all() or (to_end == 1).all()
    return bool(
        len(np.unique(np.diff(days))) == 1 or (monthly and len(np.unique(np.diff(months))) == 1)
    )
