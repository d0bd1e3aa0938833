"""Which number of a date is the day, proven from the whole column.

A date such as 02/01/2020 reads two ways. What decides is a value that reads one
way only, or else that one reading alone is perfectly regular; where neither
does, the column is refused.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.datetimes import read_datetimes, shapes
from forecast.timeline.notation import INTEGER, date_part, notation_of_shape
from forecast.timeline.plaintimes import within_years

_MONTH_AND_NUMBER = re.compile(r"([A-Za-z]+)\W?(\d{2})")
_NUMBER_OF_MONTH = re.compile(r"(?<!\d)\d{1,2}(?!\d)|(?<=^\d{4})\d{2}$")
_UNORDERED = ("slash", "%d.%m.")
_DAYS_FIRST = "."  # as a sign in dates, unless the column proves another order
_ORDERS = {"d": "day", "m": "month", "y": "year"}
_IN_DIGITS = {
    4: ("%y%m",),
    6: ("%y%m%d", "%m%Y", "%d%m%y", "%m%d%y"),
    7: ("%Y%j",),
    8: ("%d%m%Y", "%m%d%Y"),
}
_MONTHS, _QUARTERS = 12, 4
_FEWEST = 8  # dates that can show by their steps what they mean
_DENSE, _SPARSE = 0.8, 0.3  # share of steps that are there, of the right and of other readings


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
    part : str or None
        Of a year, that the column is called after; see `forecast.timeline.numbered`.
    """

    date_format: str | None = None
    order: str | None = None
    is_named: bool = False
    part: str | None = None


def settle_order(texts: Sequence[str], date: str, hints: TimeHints) -> str:
    """Put the order of day, month and year into a notation.

    Parameters
    ----------
    texts : sequence of str
        All that are in this notation.
    date : str
        Begins with "slash" or "%d.%m", then the separator and the pattern of the year.
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
    pattern = re.compile(rf"(\d{{1,2}})\{sep}(\d{{1,2}})\{sep}(\d+)")
    parts = [match.groups() for match in map(pattern.match, texts) if match]
    times = {form: _read(texts, date, form) for _, form in orders}
    possible = [form for _, form in orders if not np.isnat(times[form]).any()]
    if not possible:
        days, months = (
            next((sep.join(part) for part in parts if int(part[at]) > 12), None) for at in (0, 1)
        )
        if days is not None and months is not None and sep != _DAYS_FIRST:
            raise DataError(
                f"'{days}' is day{sep}month{sep}year and '{months}' month{sep}day{sep}year",
                fix="write the times as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS",
                kind="mixed-days",
            )
        counts = {form: int((~np.isnat(times[form])).sum()) for _, form in orders}
        return max(counts, key=lambda form: counts[form])
    if len(possible) == 1:
        return possible[0]
    dense = {form: _density(times[form]) for form in possible}
    best = max(possible, key=lambda form: dense[form])
    others = max(dense[form] for form in possible if form != best)
    if len(texts) >= _FEWEST and dense[best] > _DENSE and others < _SPARSE:
        return best
    if sep == _DAYS_FIRST and orders[0][1] in possible:
        return orders[0][1]
    first, second, _ = next((part for part in parts if part[0] != part[1]), parts[0])
    settled_by = {"d": "--dayfirst", "m": "--monthfirst"}
    flags = [settled_by.get(form[1], f"--date-format {form}") for form in possible]
    flags.insert(0, flags.pop(possible.index(best)))
    raise DataError(
        f"'{first}{sep}{second}{sep}...' reads as day {first} of month {second} and as "
        f"day {second} of month {first}, and no value decides which: "
        + "; ".join(f"{_ORDERS[form[1]]} first they go {_span(times[form])}" for form in possible),
        fix=f"add {', or '.join(flags)}",
        kind="unclear-days",
    )


def settle_dates(
    texts: Sequence[str],
    groups: Sequence[tuple[str | None, str, NDArray[np.int64]]],
    usual: str,
    hints: TimeHints,
) -> dict[str, str]:
    """Give the dates that may stand beside the usual one, with their order settled.

    Days written in several ways may be mixed, since each is read in one way only.

    Parameters
    ----------
    texts : sequence of str
    groups : sequence of tuple
        Notation, shape and places of texts.
    usual : str
        The date of the notation that most have.
    hints : TimeHints

    Returns
    -------
    dict of str to str
        By notation of the date.

    Raises
    ------
    DataError
        When values of the usual notation contradict each other, or none decides.
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
            settled[date] = settle_order(own, date, hints) if date.startswith(_UNORDERED) else date
            _refuse_unclear_century(own, settled[date])
            _refuse_unclear_months(own, settled[date], hints)
        except DataError:
            if date == usual:
                raise
    return settled


def mean_one_thing(values: NDArray[np.datetime64], form: str, hints: TimeHints) -> bool:
    """Say whether times that were read without a look at the column can be nothing else.

    Parameters
    ----------
    values : ndarray of shape (T,), datetime64
    form : str
        That they were read by; see `forecast.timeline.plaintimes`.
    hints : TimeHints

    Returns
    -------
    bool
    """
    if hints.date_format is not None:
        return False
    if form.startswith(_UNORDERED):
        days = values.astype("M8[D]") - values.astype("M8[M]").astype("M8[D]")
        return hints.order is None and bool((days.astype(np.int64) >= _MONTHS).any())
    if "%d" in form or hints.part == "month":
        return True
    months = values.astype("M8[M]").astype(np.int64) % 12 + 1
    return hints.part is None and bool((months > _QUARTERS).any())


def refuse_digits_of_dates(texts: Sequence[str], hints: TimeHints) -> None:
    """Refuse whole numbers that are days written in digits alone: 240131, 31012024, 2401, 2024031.

    Parameters
    ----------
    texts : sequence of str
    hints : TimeHints
        Numbers in even steps are a count where the column is not called as dates are.

    Raises
    ------
    DataError
        When all of them, `_FEWEST` at least, are dates that leave hardly any step out.

    Examples
    --------
    >>> refuse_digits_of_dates([f"2401{day:02d}" for day in range(1, 32)], TimeHints())
    """
    if len(texts) < _FEWEST or len(texts[0]) not in _IN_DIGITS:
        return
    cells, groups = shapes(texts)
    if len(groups) > 1 or not groups[0][0].isdigit():
        return
    if len(set(np.diff([int(one) for one in texts]).tolist())) == 1 and not hints.is_named:
        return
    flags = []
    for form in _IN_DIGITS[len(texts[0])]:
        times = within_years(read_datetimes(cells, groups[0][0], form))
        if not np.isnat(times).any() and _density(times) > _DENSE:
            flags.append(f"--date-format {form}")
    if flags:
        raise DataError(
            f"'{texts[0]}' may be a date in digits, or a whole number",
            fix=f"add {', or '.join(flags)}",
            kind="unclear-days",
        )


def _read(texts: Sequence[str], date: str, form: str) -> NDArray[np.datetime64]:
    """Read texts whose dates are of one order; NaT where one is no date then."""
    cells, groups = shapes(texts)
    found = np.full(len(texts), np.datetime64("NaT", "us"))
    for shape, rows in groups:
        whole = notation_of_shape(shape) or date
        found[rows] = read_datetimes(cells[rows], shape, whole.replace(date, form, 1))
    return found


def _span(times: NDArray[np.datetime64]) -> str:
    days = times.astype("M8[D]")
    return f"from {days.min()} to {days.max()}"


def _density(times: NDArray[np.datetime64]) -> float:
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


def _refuse_unclear_months(texts: Sequence[str], form: str, hints: TimeHints) -> None:
    """Refuse Jan-01, Jan-02, which may be days, and 1/2012 to 4/2012, which may be quarters."""
    if "%d" in form or not {"%b", "%B", "%m"} & set(re.findall("%.", form)):
        return
    if "%m" in form:
        months = [one[0] for one in map(_NUMBER_OF_MONTH.search, texts) if one]
        told = hints.part == "month" or re.search("[Mm]%m", form)
        if len(texts) > _QUARTERS and {int(one) for one in months} == {1, 2, 3, 4} and not told:
            quarters = form.replace("%m", "%Q" if "01" in months else "%q")
            raise DataError(
                f"'{texts[0][:40]}' may be a month or a quarter: there are only 1 to 4 of a year",
                fix=f"add --date-format {form}, or --date-format {quarters}",
                kind="unclear-months",
            )
        return
    if "%Y" in form:
        return
    parts = [match.groups() for match in map(_MONTH_AND_NUMBER.match, texts) if match]
    same = sum(one[0] == then[0] for one, then in pairwise(parts))
    if 2 * same > len(parts) and all(1 <= int(one[1]) <= 31 for one in parts):
        raise DataError(
            f"'{texts[0][:40]}' may be of the year 20{parts[0][1]}, or a day without a year",
            fix=f"add --date-format {shlex.quote(form)}, or write days as YYYY-MM-DD",
            kind="unclear-months",
        )
