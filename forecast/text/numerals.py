"""Numbers as people write them, by a strict grammar and proof from the whole column.

A column's decimal sign and thousands separator are those under which all its
cells are numbers. Where two readings give different values the column is called
unclear, never guessed. Which columns are numbers is left to ``roles``, lines to
``draft``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_MISSING = frozenset({
    "", "na", "n/a", "n.a.", "n.a", "nan", "null", "(null)", "none", "nil", "-", "--", "---", "–",
    "—", "?", ".", "..", "...", "…", "<na>", "#n/a", "#na", "#null!", "#div/0!", "#value!",
    "#ref!", "#num!", "#name?", "#nv", "#n/d", "#nd", "#wert!", "#bezug!", "#zahl!", "#valeur!",
    "#nombre!", "#valor!", "#¡valor!", "#¡num!", "#¡div/0!", "#valore!", "k.a.", "k. a.",
    "nat", "\\n", "missing", "not available", "-nan", "1.#qnan", "void",
    ":", "*", "**", "***", "****",
})  # fmt: skip
_PLAIN = re.compile(
    r"[+-]?(?:\d+\.?\d*|\.\d+)|[+-]?(?:\d?\.\d+|\d\.?|\d+\.\d*)[eE][+-]?\d{1,3}", re.ASCII
)
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
_CURRENCY = (
    r"(?:(?:R|US|AU?|CA?|HK|NZ|S)?\$|[£¥\u20a0-\u20c0円元]|[Kk]r\.?|zł|Kč|R[sp]\.?|AED|AUD|BRL|"
    r"CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|MYR|NOK|NZD|PLN|SAR|SEK|SGD|"
    r"THB|TRY|TWD|USD|ZAR)"
)
_CODES = {
    "$": "USD", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
    "NZ$": "NZD", "S$": "SGD", "R$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY",
    "₹": "INR", "RS": "INR", "RP": "IDR", "₩": "KRW", "₪": "ILS", "₺": "TRY", "ZŁ": "PLN",
    "KČ": "CZK",
}  # fmt: skip
"""What signs stand for among amounts with codes."""
_WHOLE = frozenset(("IDR", "₫"))
"""Currencies whose amounts have points between thousands, and no decimals."""

_DRESSED = re.compile(
    rf"(?:(?P<ahead>{_CURRENCY})\s*(?=\())?"
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>{_CURRENCY})?\s*(?P<late>[+-])?\s*"
    rf"(?P<core>[\d.,'’ ]*\d[\d.,'’ ]*(?:[eE][+-]?\d{{1,3}})?)\s*(?P<percent>%)?\s*"
    rf"(?P<after>{_CURRENCY})?\s*(?P<behind>-)?\s*(?P<close>\))?",
    re.ASCII,
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "’": "'"})
STYLES = (
    (".", ""),
    (".", ","),
    (",", ""),
    (",", "."),
    (".", " "),
    (",", " "),
    (".", "'"),
    (",", "'"),
)
"""Decimal signs with thousands separators, the plain one first."""

Style = tuple[str, str]
"""Decimal sign and thousands separator ("" for none)."""

_Core = tuple[int, str, bool]
"""Place of a cell, its digits and separators, whether it is negative."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of texts read as numbers.

    Attributes
    ----------
    values : ndarray of shape (T,), float64
        NaN where missing or ``wrong``, infinite where too large.
    wrong : ndarray of shape (T,), bool
        Neither numbers in the style of the others nor missing.
    style : tuple of str
        See `Style`.
    unclear : int or None
        First text that two styles read as different numbers, where the column
        does not decide.
    marks : dict of str to ndarray of int64
        Texts with something besides the number, by what it is: "currency",
        "percent", "brackets", "missing".
    currencies : dict of str to ndarray of int64
        The texts in each, by its code or sign.
    """

    values: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    style: Style
    unclear: int | None
    marks: dict[str, NDArray[np.int64]]
    currencies: dict[str, NDArray[np.int64]]


def is_missing(text: str) -> bool:
    """Say whether a stripped cell means "no value"."""
    return text.lower() in _MISSING


def parse_number(text: str) -> float | None:
    """Read a plain number; None when the text is not one.

    Examples
    --------
    >>> parse_number("1.5e3"), parse_number("1,5"), parse_number("-inf"), parse_number("12e5")
    (1500.0, None, -inf, None)
    """
    text = text.strip()
    if _PLAIN.fullmatch(text) or _INFINITE.fullmatch(text):
        return float(text)
    return None


def looks_like_number(text: str) -> bool:
    """Say whether some style reads a cell as a number.

    Examples
    --------
    >>> looks_like_number("(1.234,50 €)"), looks_like_number("2024-01")
    (True, False)
    """
    if parse_number(text) is not None:
        return True
    core = _undressed(text)
    return core is not None and any(_grammar(*style).fullmatch(core[0]) for style in STYLES)


def read_numbers(
    texts: Sequence[str],
    decimal: str | None = None,
    thousands: str | None = None,
    *,
    continental: bool = False,
) -> Numbers:
    """Read a column as numbers, proving its style from all cells.

    Parameters
    ----------
    texts : sequence of str
        Distinct cells, stripped.
    decimal, thousands : str, optional
        Settled beforehand.
    continental : bool
        Whether points may well part thousands, so that they need proof to be decimal.

    Returns
    -------
    Numbers

    Examples
    --------
    >>> read_numbers(["1.234,5", "(7 %)"]).values
    array([1234.5,   -7. ])
    >>> read_numbers(["1,234", "2,000"]).unclear
    0
    """
    size = len(texts)
    values, wrong = np.full(size, np.nan), np.zeros(size, bool)
    cores: list[_Core] = []
    marks: dict[str, list[int]] = {}
    currencies: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if is_missing(text):
            if text:
                marks.setdefault("missing", []).append(place)
        elif _INFINITE.fullmatch(text):
            values[place] = float(text)
        elif (found := _undressed(text)) is None:
            wrong[place] = True
        else:
            core, negative, dress, currency = found
            cores.append((place, core, negative))
            for mark in dress:
                marks.setdefault(mark, []).append(place)
            if currency:
                currencies.setdefault(currency, []).append(place)
    allowed = [
        one for one in STYLES if decimal in (None, one[0]) and thousands in (None, one[1])
    ] or [(decimal or ".", thousands or "")]
    readings = _read_in_styles(cores, allowed)
    pointed = continental or not _WHOLE.isdisjoint(currencies)
    style, unclear = _settle_style(cores, readings, continental=pointed)
    places = np.array([place for place, _, _ in cores], np.int64)
    values[places] = readings[style]
    wrong[places] = np.isnan(readings[style])
    return Numbers(values, wrong, style, unclear, _arrays(marks), _arrays(currencies))


def _arrays(places: Mapping[str, Sequence[int]]) -> dict[str, NDArray[np.int64]]:
    return {name: np.array(found, np.int64) for name, found in places.items()}


def _settle_style(
    cores: Sequence[_Core], readings: Mapping[Style, NDArray[np.float64]], *, continental: bool
) -> tuple[Style, int | None]:
    """Give the first style that reads all that any reads, else the one that reads most.

    With the place of the first text that another such style reads as a different number.
    """
    unread = {style: np.isnan(values) for style, values in readings.items()}
    by_none = np.logical_and.reduce([*unread.values()])
    complete = [style for style in readings if (unread[style] == by_none).all()]
    if not complete:
        return min(readings, key=lambda style: int(unread[style].sum())), None
    best = complete[0]
    # three decimals in every cell are a format ("%.3f"); beside whole numbers they are not
    if not continental and best == STYLES[0] and all("." in core for _, core, _ in cores):
        return best, None
    for other in complete[1:]:
        differ = np.flatnonzero(~by_none & (readings[other] != readings[best]))
        if len(differ):
            return best, cores[int(differ[0])][0]
    return best, None


def _undressed(text: str) -> tuple[str, bool, tuple[str, ...], str] | None:
    """Give the digits and separators of a cell, its sign, what else is there, and its currency."""
    if ":" in text or (text.count("-") > 1 and "e" not in text.lower()):  # as in most times
        return None
    match = _DRESSED.fullmatch(text.translate(_SPACES))
    if match is None:
        return None
    ahead, opened, sign, before, late, core, percent, after, behind, closed = match.groups()
    currency = [one for one in (ahead, before, after) if one]
    if (opened is None) != (closed is None) or len(currency) > 1:
        return None
    signs = [one for one in (sign, late, behind) if one]
    if len(signs) + (opened is not None) > 1:
        return None
    marks = {"currency": currency, "percent": percent, "brackets": opened}
    dress = tuple(mark for mark, there in marks.items() if there)
    name = "".join(currency).rstrip(".").upper()
    return core.strip(), "-" in signs or opened is not None, dress, _CODES.get(name, name)


@lru_cache(maxsize=32)
def _grammar(decimal: str, thousands: str) -> re.Pattern[str]:
    """Grammar of digits in one style; whole numbers with an exponent need one digit."""
    point = re.escape(decimal)
    mantissa = rf"(?:\d+(?:{point}\d*)?|{point}\d+)"
    scientific = rf"(?:\d?{point}\d+|\d+{point}\d*|\d)[eE][+-]?\d{{1,3}}"
    if not thousands:
        return re.compile(rf"(?:{scientific}|{mantissa})", re.ASCII)
    between = re.escape(thousands)
    lakh = rf"|[1-9]\d?(?:{between}\d{{2}})+{between}\d{{3}}" if thousands == "," else ""
    grouped = rf"(?:[1-9]\d{{0,2}}(?:{between}\d{{3}})+{lakh})(?:{point}\d*)?"
    return re.compile(rf"(?:{grouped}|{scientific}|{mantissa})", re.ASCII)


def _read_in_styles(
    cores: Sequence[_Core], styles: Sequence[Style]
) -> dict[Style, NDArray[np.float64]]:
    """Read texts in every style; those that differ in signs which are nowhere read alike."""
    signs = {*"".join(core for _, core, _ in cores)}
    made: dict[tuple[str, ...], NDArray[np.float64]] = {}
    readings = {}
    for style in styles:
        alike = tuple(sign if sign in signs else "" for sign in style)
        if alike not in made:
            made[alike] = _read_cores(cores, style)
        readings[style] = made[alike]
    return readings


def _read_cores(cores: Sequence[_Core], style: Style) -> NDArray[np.float64]:
    decimal, thousands = style
    grammar = _grammar(decimal, thousands)
    values = np.full(len(cores), np.nan)
    for place, (_, core, negative) in enumerate(cores):
        if grammar.fullmatch(core):
            digits = core.replace(thousands, "") if thousands else core
            number = float(digits.replace(decimal, "."))
            values[place] = -number if negative else number
    return values
