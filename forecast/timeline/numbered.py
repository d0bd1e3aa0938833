"""Years with the number of a part, which only the name of their column tells.

Without such a name they are years and months, or refused (see ``dates``); with a point
between them they are numbers.
"""

import re
from collections.abc import Sequence

from forecast.timeline.notation import YEARS

PARTS = {
    "year": "year yr jahr année annee año anno ano jaar",
    "month": "month mo monat mois mes mese mês maand",
    "quarter": "quarter quartal trimestre kwartaal",
    "half": "half semester halbjahr semestre halfjaar",
    "week": "week kw woche kalenderwoche semaine semana settimana",
    "day": "day dy tag jour día dia giorno dag",
    "hour": "hour hr hours he stunde heure hora ora uur",
}
"""Words for the parts of a date, in six languages."""

NUMBERED_REMARK = (
    "named-parts",
    "the numbers beside years are weeks, quarters or months, as their column is called",
)
"""Code and message of what has to be told about them."""

_YEAR = r"(?P<year>\d{4})"
_FORMS = (
    (re.compile(rf"{_YEAR}(?P<gap>[-/:])(?P<number>\d{{1,2}})", re.ASCII), "%{year}{gap}%{part}"),
    (re.compile(rf"{_YEAR}(?P<gap>\.?)(?P<number>\d{{2}})", re.ASCII), "%{year}{gap}%{part}"),
    (re.compile(rf"(?P<number>\d{{1,2}})(?P<gap>[-/]){_YEAR}", re.ASCII), "%{part}{gap}%{year}"),
    (re.compile(rf"(?P<number>\d{{2}})(?P<gap>\.){_YEAR}", re.ASCII), "%{part}{gap}%{year}"),
)
_STEPS = "|".join((*" ".join(PARTS.values()).split(), *"dwmhytv", "step", "time", "period"))
_STEP = re.compile(rf"((?:{_STEPS})[ _]?)(0|[1-9]\d{{0,6}})", re.ASCII | re.IGNORECASE)
_WEEKS, _MONTHS = 53, 12
_MOST = 0.8  # share of texts that have to be so; single others are refused where they stand


def named_part(column: str) -> str | None:
    """Say of which part of a year the name of a column tells.

    Parameters
    ----------
    column : str

    Returns
    -------
    {"week", "quarter", "month"} or None
        None where it tells of none, or of several.

    Examples
    --------
    >>> named_part("KW"), named_part("Year/Quarter"), named_part("Date")
    ('week', 'quarter', None)
    """
    words = set(re.split(r"[\W\d_]+", column.lower()))
    found = [part for part in ("week", "quarter", "month") if words & set(PARTS[part].split())]
    return found[0] if len(found) == 1 else None


def numbered_form(texts: Sequence[str], part: str | None) -> str | None:
    """Give the notation of years with the numbers of weeks, quarters, or months behind a point.

    Parameters
    ----------
    texts : sequence of str
        Distinct.
    part : str or None
        As `named_part` gives it.

    Returns
    -------
    str or None
        None where they are something else, as measurements are; 1 and 4 alone, or numbers
        beyond, are those of the months that quarters begin or end in.

    Examples
    --------
    >>> numbered_form(["2024-01", "2024-02"], "week"), numbered_form(["01.2024"], "month")
    ('%G-%V', '%m.%Y')
    """
    if not texts or part is None:
        return None
    for pattern, form in _FORMS:
        if first := pattern.fullmatch(texts[0]):
            gap = first["gap"]
            found = [one for one in map(pattern.fullmatch, texts) if one and one["gap"] == gap]
            directive = _directive(found, part, gap, len(texts))
            year = "G" if part == "week" else "Y"
            return directive and form.format(year=year, gap=gap, part=directive)
    return None


def _directive(found: Sequence[re.Match[str]], part: str, gap: str, size: int) -> str | None:
    """Give the directive of the numbers beside years; None where too few are of such parts."""
    most = _WEEKS if part == "week" else _MONTHS
    within = [one["number"] for one in found if int(one["year"]) in YEARS]
    numbers = [one for one in within if 0 < int(one) <= most]
    least = 1 if gap == "." else _MOST  # 2024.1 may be October, as a number
    if len(numbers) < least * size:
        return None
    if part == "week":
        return "V"
    if part == "month":
        return "m" if gap == "." else None
    counts = {int(one) for one in numbers}
    if counts <= {1, 2, 3, 4} and len({one % 3 for one in counts}) > 1:
        return "Q" if max(numbers)[0] == "0" else "q"
    return None


def count_steps(names: Sequence[str]) -> int:
    """Count the names at the end that number steps one by one, as questions and lags are not.

    Parameters
    ----------
    names : sequence of str
        Of columns.

    Returns
    -------
    int

    Examples
    --------
    >>> count_steps(["id", "d_1", "d_2", "d_3"]), count_steps(["V1", "V2"]), count_steps(["x1"])
    (3, 2, 0)
    """
    count, following = 0, ""
    for name in reversed(names):
        match = _STEP.fullmatch(name)
        if match is None or (count and following != f"{match[1]}{int(match[2]) + 1}"):
            break
        count, following = count + 1, f"{match[1]}{int(match[2])}"
    return count
