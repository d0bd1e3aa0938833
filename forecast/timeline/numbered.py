"""Years with the number of a part, which only the name of their column tells.

Without such a name they are years and months, or refused (see ``dayorder``); with a point
between them they are numbers.
"""

import re
from collections.abc import Sequence

PARTS = {
    "year": "year yr jahr année annee año anno ano jaar",
    "month": "month mo monat mois mes mese mês maand",
    "quarter": "quarter quartal trimestre kwartaal",
    "week": "week kw woche kalenderwoche semaine semana settimana",
    "day": "day dy tag jour día dia giorno dag",
}
"""Words for the parts of a date, in six languages."""

NUMBERED_REMARK = (
    "named-parts",
    "the numbers beside years are weeks, quarters or months, as their column is called",
)
"""Code and message of what has to be told about them."""

_FORMS = (
    (re.compile(r"\d{4}([-/:])(\d{1,2})", re.ASCII), "%{year}{gap}%{part}"),
    (re.compile(r"\d{4}(\.?)(\d{2})", re.ASCII), "%{year}{gap}%{part}"),
    (re.compile(r"(?=\d{1,2}([-/]))(\d{1,2})[-/]\d{4}", re.ASCII), "%{part}{gap}%{year}"),
    (re.compile(r"(?=\d{2}(\.))(\d{2})\.\d{4}", re.ASCII), "%{part}{gap}%{year}"),
)
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
        None where they are something else: 1 and 4 alone, or numbers beyond, are those of the
        months that quarters begin or end in.

    Examples
    --------
    >>> numbered_form(["2024-01", "2024-02"], "week"), numbered_form(["01.2024"], "month")
    ('%G-%V', '%m.%Y')
    """
    if not texts or part is None:
        return None
    for pattern, form in _FORMS:
        if pattern.fullmatch(texts[0]) is None:
            continue
        found = [one for one in map(pattern.fullmatch, texts) if one]
        gap = found[0][1]
        numbers = {one[2] for one in found if one[1] == gap}
        counts = {int(one) for one in numbers}
        least = 1 if gap == "." else _MOST  # 2024.1 may be October, as a number
        if sum(one[1] == gap for one in found) < least * len(texts):
            return None
        if part == "week":
            return form.format(year="G", gap=gap, part="V")
        if part == "month":
            return form.format(year="Y", gap=gap, part="m") if gap == "." else None
        if counts <= {1, 2, 3, 4} and len({one % 3 for one in counts}) > 1:
            return form.format(year="Y", gap=gap, part="Q" if max(numbers)[0] == "0" else "q")
    return None
