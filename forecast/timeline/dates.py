"""What the dates of a column are, and the refusal of those that may be something else.

Which number is the day is settled in ``dayorder``; here are numbers that may be dates, months
that may be quarters or days, and years of either century.
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
from forecast.timeline.dayorder import DENSE, FEWEST, UNORDERED, density, settle_order
from forecast.timeline.notation import INTEGER, date_part, is_whole, notation, notation_of_shape
from forecast.timeline.plaintimes import within_years

Group = tuple[str | None, str, NDArray[np.int64]]
"""Notation and shape of texts, and their places."""

_MONTH_AND_NUMBER = re.compile(r"([A-Za-z]+)\W?(\d{2})")
_NUMBER_OF_MONTH = re.compile(r"(?<!\d)\d{1,2}(?!\d)|(?<=^\d{4})\d{2}$")
_IN_DIGITS = {
    4: ("%y%m",),
    6: ("%y%m%d", "%m%Y", "%d%m%y", "%m%d%y"),
    7: ("%Y%j",),
    8: ("%d%m%Y", "%m%d%Y"),
}
_MONTHS, _QUARTERS = 12, 4


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


def group_notations(texts: Sequence[str]) -> tuple[NDArray[np.uint8], list[Group]]:
    """Group texts by notation and shape; with their bytes, one text in a row."""
    cells, shaped = shapes(texts)
    groups: list[Group] = []
    for shape, rows in shaped:
        if not is_whole(shape):
            groups.append((notation_of_shape(shape), shape, rows))
            continue
        forms = np.array([notation(texts[row]) for row in rows.tolist()], object)
        groups += [(form, shape, rows[forms == form]) for form in dict.fromkeys(forms)]
    return cells, groups


def settle_dates(
    texts: Sequence[str],
    groups: Sequence[Group],
    usual: str,
    hints: TimeHints,
) -> dict[str, str]:
    """Give the dates that may stand beside the usual one, with their order settled.

    Days written in several ways may be mixed, since each is read in one way only.

    Parameters
    ----------
    texts : sequence of str
    groups : sequence of tuple
        See `Group`.
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
            settled[date] = (
                settle_order(own, date, hints.order) if date.startswith(UNORDERED) else date
            )
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
    if form.startswith(UNORDERED):
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
        When all of them, `FEWEST` at least, are dates that leave hardly any step out.

    Examples
    --------
    >>> refuse_digits_of_dates([f"2401{day:02d}" for day in range(1, 32)], TimeHints())
    """
    if len(texts) < FEWEST or len(texts[0]) not in _IN_DIGITS:
        return
    cells, groups = shapes(texts)
    if len(groups) > 1 or not groups[0][0].isdigit():
        return
    if len(set(np.diff([int(one) for one in texts]).tolist())) == 1 and not hints.is_named:
        return
    flags = []
    for form in _IN_DIGITS[len(texts[0])]:
        times = within_years(read_datetimes(cells, groups[0][0], form))
        if not np.isnat(times).any() and density(times) > DENSE:
            flags.append(f"--date-format {form}")
    if flags:
        raise DataError(
            f"'{texts[0]}' may be a date in digits, or a whole number",
            fix=f"add {', or '.join(flags)}",
            kind="unclear-days",
        )


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
