"""Which number of a date is the day, proven from the whole column.

A date such as 02/01/2020 reads two ways. What decides is a value that reads one
way only, or else that one reading alone is perfectly regular; where neither
does, the column is refused.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.datetimes import read_datetimes, shapes
from forecast.timeline.notation import notation_of_shape

UNORDERED = ("slash", "%d.%m.")
"""What notations of dates begin with in which the day may be any number."""

DENSE = 0.8
"""Share of steps that are there, from which a reading is perfectly regular."""

FEWEST = 8
"""Dates that can show by their steps what they mean."""

_SPARSE = 0.3  # share of steps that are there, of other readings
_DAYS_FIRST = "."  # as a sign in dates, unless the column proves another order
_SETTLED_BY = {"d": "--dayfirst", "m": "--monthfirst"}
_ORDERS = {"d": "day", "m": "month", "y": "year"}


def settle_order(texts: Sequence[str], date: str, order: str | None) -> str:
    """Put the order of day, month and year into a notation.

    Parameters
    ----------
    texts : sequence of str
        All that are in this notation.
    date : str
        Begins with "slash" or "%d.%m", then the separator and the pattern of the year.
    order : {"day", "month"} or None
        What comes first; proven from the texts where None.

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
    >>> settle_order(["02/01/2020", "13/01/2020"], "slash/%Y", None)
    '%d/%m/%Y'
    """
    sep, year = date[5], date[6:]
    by_day, by_month = f"%d{sep}%m{sep}{year}", f"%m{sep}%d{sep}{year}"
    if order is not None:
        return by_day if order == "day" else by_month
    forms = [by_day, by_month, *([f"%y{sep}%m{sep}%d"] if year == "%y" else [])]
    times = {form: _read(texts, date, form) for form in forms}
    possible = [form for form in forms if not np.isnat(times[form]).any()]
    if not possible:
        _refuse_mixed(texts, sep)
        return min(forms, key=lambda form: int(np.isnat(times[form]).sum()))
    if len(possible) == 1:
        return possible[0]
    dense = {form: density(times[form]) for form in possible}
    best, second, *_ = sorted(possible, key=lambda form: -dense[form])
    if len(texts) >= FEWEST and dense[best] > DENSE and dense[second] < _SPARSE:
        return best
    if sep == _DAYS_FIRST and by_day in possible:
        return by_day
    raise _unclear(texts, sep, {form: times[form] for form in possible}, best)


def density(times: NDArray[np.datetime64]) -> float:
    """Give the share of steps from first to last that are there, steps being the usual ones.

    Under the right order of day and month nearly all are; under the wrong one
    the days of a month lie months apart.
    """
    stamps = np.unique(times)
    if len(stamps) < 3:
        return 1.0
    shares = []
    for unit in ("us", "M"):
        steps = np.diff(stamps.astype(f"M8[{unit}]")).astype(np.int64)
        values, counts = np.unique(steps, return_counts=True)
        usual = int(values[counts.argmax()])
        shares.append(len(stamps) / (steps.sum() / usual + 1) if usual > 0 else 0.0)
    same_day = len(np.unique(times.astype("M8[D]") - times.astype("M8[M]").astype("M8[D]"))) == 1
    return min(1.0, max(shares if same_day else shares[:1]))


def _read(texts: Sequence[str], date: str, form: str) -> NDArray[np.datetime64]:
    """Read texts whose dates are of one order; NaT where one is no date then."""
    cells, groups = shapes(texts)
    found = np.full(len(texts), np.datetime64("NaT", "us"))
    for shape, rows in groups:
        whole = notation_of_shape(shape) or date
        found[rows] = read_datetimes(cells[rows], shape, whole.replace(date, form, 1))
    return found


def _unclear(
    texts: Sequence[str], sep: str, times: Mapping[str, NDArray[np.datetime64]], best: str
) -> DataError:
    """Show a date that reads in several ways, the span of each, and the flags that settle it."""
    parts = _parts(texts, sep)
    one, other, _ = next((part for part in parts if part[0] != part[1]), parts[0])
    spans = {form: read.astype("M8[D]") for form, read in times.items()}
    flags = [
        _SETTLED_BY.get(form[1], f"--date-format {form}")
        for form in sorted(times, key=lambda form: form != best)
    ]
    return DataError(
        f"'{one}{sep}{other}{sep}...' reads as day {one} of month {other} and as "
        f"day {other} of month {one}, and no value decides which: "
        + "; ".join(
            f"{_ORDERS[form[1]]} first they go from {days.min()} to {days.max()}"
            for form, days in spans.items()
        ),
        fix=f"add {', or '.join(flags)}",
        kind="unclear-days",
    )


def _parts(texts: Sequence[str], sep: str) -> list[tuple[str, ...]]:
    """Give the three numbers of each date."""
    pattern = re.compile(rf"(\d{{1,2}})\{sep}(\d{{1,2}})\{sep}(\d+)")
    return [match.groups() for match in map(pattern.match, texts) if match]


def _refuse_mixed(texts: Sequence[str], sep: str) -> None:
    """Refuse dates some of which have the day first, others the month."""
    parts = _parts(texts, sep)
    days, months = (
        next((sep.join(part) for part in parts if int(part[at]) > 12), None) for at in (0, 1)
    )
    if days is not None and months is not None and sep != _DAYS_FIRST:
        raise DataError(
            f"'{days}' is day{sep}month{sep}year and '{months}' month{sep}day{sep}year",
            fix="write the times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS",
            kind="mixed-days",
        )
