"""Which notation of time a text is in, told from its shape alone.

A notation is a strftime pattern, with %q for the quarter, %h for the half of the year and %N
for the year after; "slash" in it stands for two or three numbers of unknown order. Reading is
left to ``timestamps``.
"""

import re
from functools import lru_cache
from itertools import product

from forecast.timeline.fiscal import FISCAL
from forecast.timeline.months import in_english, names_month

INTEGER = "integer"
"""Time format of timestamps that are whole numbers without a calendar."""

YEARS = range(1700, 2201)
"""Whole numbers that are read as years, and the years that dates may lie in."""

_TIME = re.compile(
    r"(?P<date>.+?)(?:(?P<gap>T|,? )(?:(?P<time>\d{1,2}:\d{2}(?P<s>:\d{2}(?P<f>\.\d{1,9})?)?)"
    r"(?P<half> ?[AaPp][Mm])?|(?P<hour>\d{2})|(?P<run>\d{6}))"
    r"(?P<zone>Z| ?[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_QUARTERS = tuple(
    (rf"\d{{4}}{re.escape(gap)}{letter}[1-4]", f"%Y{gap}{letter}%q")
    for gap, letter in product(("", " ", "-", "/", ".", ":", "_"), "Qq")
) + tuple(
    (rf"{letter}[1-4]{re.escape(gap)}\d{{4}}", f"{letter}%q{gap}%Y")
    for gap, letter in product(("", " ", "-", "/", ".", ":"), "Qq")
) + tuple(
    (rf"[1-4]{letter}{re.escape(gap)}\d{{4}}", f"%q{letter}{gap}%Y")
    for gap, letter in product(("", " ", "-", "/"), "Qq")
)  # fmt: skip
_WORDED_QUARTERS = (
    (r"\d{4}Q\d{2}", "%YQ%Q"),
    (r"\d{4}K[1-4]", "%YK%q"),  # as Nordic statistics offices have it, with M and U
    (r"\d{4} \(Q[1-4]\)", "%Y (Q%q)"),
    (r"[1-4]\. Quartal \d{4}", "%q. Quartal %Y"),
    (r"\d{4} [1-4]\. Quartal", "%Y %q. Quartal"),
    *(
        (rf"{name} [1-4]{then}\d{{4}}", f"{name} %q{then}%Y")
        for name, then in product(("Quarter", "Qtr", "Quartal"), (" ", "/", ", "))
    ),
)
_HALVES = (
    *((rf"\d{{4}}{gap}{name}[12]", f"%Y{gap}{name}%h")
      for gap, name in product(("", " ", "-", "/"), ("H", "S", "HJ"))),
    *((rf"{name}[12]{gap}\d{{4}}", f"{name}%h{gap}%Y")
      for gap, name in product((" ", "-", "/"), ("H", "S", "HJ"))),
    *((rf"[12]{re.escape(name)}{gap}\d{{4}}", f"%h{name}{gap}%Y")
      for gap, name in product(("", " ", "-", "/"), ("H", "S", ". Halbjahr"))),
)  # fmt: skip
_SHORT_QUARTERS = (
    (r"[1-4]Q\d{2}", "%qQ%y"),
    *((rf"[1-4]Q{gap}\d{{2}}", f"%qQ{gap}%y") for gap in (" ", "-", "'")),
    *((rf"Q[1-4]{gap}\d{{2}}", f"Q%q{gap}%y") for gap in (" ", "-", "'")),
)
_WEEKS = tuple(
    (rf"\d{{4}}{gap}{name}{then}\d{{1,2}}", f"%G{gap}{name}{then}%V")
    for name, gap, then in product(
        ("W", "KW", "CW", "U"), ("", " ", "-", "/", "_"), ("", " ")
    )
) + tuple(
    (rf"{name}{gap}\d{{1,2}}{then}\d{{4}}", f"{name}{gap}%V{then}%G")
    for name, gap, then in product(
        ("W", "KW", "CW", "Week", "Wk", "Woche"), ("", " "), (" ", "-", "/", ", ")
    )
) + (
    (r"\d{4}-W\d{2}-[1-7]", "%G-W%V-%u"),
    *((rf"\d{{1,2}}\. {name} \d{{4}}", f"%V. {name} %G") for name in ("KW", "Woche")),
)  # fmt: skip
_MONTH = r"[A-Za-z]{3}"
_MONTHS = tuple(
    (rf"{_MONTH}{gap}\d{{{size}}}", f"%b{gap}%{year}")
    for gap, (size, year) in product(("-", " ", "/", ", ", "", " '", "'"), ((2, "y"), (4, "Y")))
) + tuple(
    (rf"[A-Za-z]{{4,9}}{gap}\d{{{size}}}", f"%B{gap}%{year}")
    for gap, (size, year) in product(("-", " ", "/", ", "), ((2, "y"), (4, "Y")))
) + tuple(
    (rf"\d{{4}}{gap}[A-Za-z]{{{size}}}", f"%Y{gap}%{name}")
    for gap, (size, name) in product(("-", " ", ""), (("3", "b"), ("4,9", "B")))
)  # fmt: skip
_NAMED_DAYS = tuple(
    (rf"\d{{1,2}}{re.escape(gap)}[A-Za-z]{{{size}}}{re.escape(then)}\d{{{digits}}}",
     f"%d{gap}%{name}{then}%{year}")
    for (gap, then), (size, name), (digits, year) in product(
        ((" ", " "), ("-", "-"), ("/", "/"), ("", ""), (". ", " "), (".", "."), (" ", ", ")),
        (("3", "b"), ("4,9", "B")), ((4, "Y"), (2, "y")))
) + tuple(
    (rf"[A-Za-z]{{{size}}}{gap}\d{{1,2}}{then}\d{{4}}", f"%{name}{gap}%d{then}%Y")
    for (gap, then), (size, name) in product(
        ((" ", ", "), (" ", " "), ("-", "-"), (" ", ",")), (("3", "b"), ("4,9", "B")))
) + tuple(
    (rf"\d{{4}}{gap}{_MONTH}{gap}\d{{1,2}}", f"%Y{gap}%b{gap}%d") for gap in ("-", " ", "/")
)  # fmt: skip
_DATES = (
    (r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y.%m.%d"),
    (r"\d{4} \d{2} \d{2}", "%Y %m %d"),
    (r"\d{4}_\d{1,2}_\d{1,2}", "%Y_%m_%d"),
    (r"\d{4}_\d{1,2}", "%Y_%m"),
    (r"\d{4}-\d{1,2}", "%Y-%m"),
    (r"\d{4}/\d{1,2}", "%Y/%m"),
    (r"\d{4}M\d{1,2}", "%YM%m"),
    (r"\d{4}m\d{1,2}", "%Ym%m"),
    (r"\d{4}:\d{2}", "%Y:%m"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", "%d.%m.%y"),
    (r"\d{1,2}/\d{4}", "%m/%Y"),
    (r"\d{1,2}-\d{4}", "%m-%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "slash/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "slash/%y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "slash-%Y"),
    (r"\d{1,2}-\d{1,2}-\d{2}", "slash-%y"),
    *FISCAL, *_QUARTERS, *_WORDED_QUARTERS, *_HALVES, *_SHORT_QUARTERS, *_WEEKS,
    *_MONTHS, *_NAMED_DAYS,
    (r"\d{8}", "%Y%m%d"),
    (r"\d{6}", "%Y%m"),
    (r"\d{4}", "%Y"),
    (r"\d{10}", "%Y%m%d%H"),
    (r"\d{12}", "%Y%m%d%H%M"),
    (r"\d{14}", "%Y%m%d%H%M%S"),
)  # fmt: skip
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_SAME_DIGITS = str.maketrans("0123456789", "1111111111")  # dates of one shape share a notation


def notation(text: str) -> str | None:
    """Name the notation of one value.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        A format in which "slash" stands for numbers of unknown order, or None
        when the text is no date. Whole numbers give ``INTEGER`` unless they
        read as a calendar year, month or day.

    Examples
    --------
    >>> notation("2004-05-14 13:00"), notation("5/14/2004"), notation("12"), notation("red")
    ('%Y-%m-%d %H:%M', 'slash/%Y', 'integer', None)
    """
    if is_whole(text) and not _is_calendar_number(text):
        return INTEGER
    return notation_of_shape(text.translate(_SAME_DIGITS))


def notation_in_words(text: str) -> str | None:
    """Name the notation of one value, whose months may be named in another language."""
    return notation(text) or notation(in_english(text))


def is_whole(text: str) -> bool:
    """Say whether a text is a whole number."""
    return _WHOLE.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def notation_of_shape(text: str) -> str | None:
    """Name the notation of texts that are this one but for their digits.

    Parameters
    ----------
    text : str
        With every digit as 1.

    Returns
    -------
    str or None
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    date = _notation_of_date(match["date"])
    only_clocks = match["gap"] == ", " or re.fullmatch(r"[+-]\d\d", match["zone"] or "")
    if date is None or (only_clocks and not match["time"]):  # "Jan 24" is no 24 hours of a date
        return _notation_of_date(text)
    if not match["gap"]:
        return date
    if "%H" in date or ("%d" not in date and not match["time"]):  # "1998 12" is no hour of a year
        return None
    return date + match["gap"] + _notation_of_clock(match)


def _notation_of_clock(match: re.Match[str]) -> str:
    if match["hour"] or match["run"]:
        clock = "%H" if match["hour"] else "%H%M%S"
    else:
        clock = "%I:%M" if match["half"] else "%H:%M"
        clock += (":%S" if match["s"] else "") + (".%f" if match["f"] else "")
    for part, directive in (("half", "%p"), ("zone", "%z")):
        if match[part]:
            clock += f" {directive}" if match[part].startswith(" ") else directive
    return clock


def _notation_of_date(text: str) -> str | None:
    # patterns are compiled when they are come to: most columns need the first ones only
    form = next((form for one, form in _DATES if re.fullmatch(one, text)), None)
    if form and re.search("%[bB]", form) and not names_month(text):  # "Store 11"
        return None
    return form


def date_part(form: str) -> str:
    """Give a notation without its time of day."""
    return re.split(r"(?:T|,? )%[HI](?::|$|%)", form, maxsplit=1)[0]


def _is_calendar_number(text: str) -> bool:
    """Say whether a whole number is a year, a year and month, or a full date."""
    if len(text) not in (4, 6, 8, 10, 12, 14) or not text.isdigit() or int(text[:4]) not in YEARS:
        return False
    limits = ((4, 1, 12), (6, 1, 31), (8, 0, 23), (10, 0, 59), (12, 0, 59))
    parts = [(text[at : at + 2], low, high) for at, low, high in limits if text[at : at + 2]]
    return all(low <= int(part) <= high for part, low, high in parts)
