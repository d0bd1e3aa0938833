"""Times without what says nothing more of them: names of weekdays, ordinals, words before clocks.

What is left is in a notation of ``notation`` or is none; names of months are left to ``months``.
"""

import re

_WEEKDAYS = (
    r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?",
    r"Mo|Di|Mi|Do|Fr|Sa|So|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo",
)
_LEFT_OUT = (
    re.compile(rf"^(?:{_WEEKDAYS[0]}\.?,? |(?:{_WEEKDAYS[1]})\.?,? (?=\d))", re.I),
    re.compile(rf"(?<=\d),? \(?(?:{'|'.join(_WEEKDAYS)})\.?\)?$", re.I),
    re.compile(r"(?<=\d) ?\([月火水木金土日]\)$"),
    re.compile(r"^(?:w/[ce]|week (?:ending|commencing|beginning|of)):? ", re.I),
    re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.I),
    re.compile(r"(?<=:\d\d) Uhr$"),
)
_BEFORE_CLOCK = re.compile(r",? (?:at|um|à|alle|às) (?=\d{1,2}:\d\d)", re.I)
_HALF = re.compile(r"(?<=\d) ?([ap])\. ?m\.?$", re.I)
_POINTS = re.compile(r"^(\d+)\. ?(\d+)\. ?(\d+)\.?(?= |$)", re.ASCII)
_WITH_ZERO = re.compile(r"(?:\d{4}|\d{6}|\d{8})\.0", re.ASCII)  # as where some are missing
_OFFSETS = {
    "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00",
    "PST": "-08:00", "PDT": "-07:00", "CET": "+01:00", "CEST": "+02:00", "MEZ": "+01:00",
    "MESZ": "+02:00", "WEST": "+01:00", "EET": "+02:00", "EEST": "+03:00",
    "UTC": "Z", "GMT": "Z", "WET": "Z", "Z": "Z",
}  # fmt: skip
"""Offsets by RFC 2822, section 4.3, and of Europe."""

SEVERAL = {
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "IST": ("Asia/Kolkata", "Europe/Dublin"),
    "BST": ("Europe/London", "Asia/Dhaka"),
}
"""Names that several zones have, with two of them."""

_WORD_OF_ZONE = re.compile(rf" ?\(?(?<![A-Za-z])({'|'.join(_OFFSETS)})\)?$")
_BESIDE_OFFSET = re.compile(
    r"(?:UTC|GMT)?([+-]\d{2}:?\d{2})(?: ?\[[A-Za-z_/+-]+\]| ?\([A-Za-z ]+\))?$"
)


def folded(text: str) -> str:
    """Write a time with nothing but its date, its clock and its offset, one space between them.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> folded("Mon, 01 Jan 2024  10:00 GMT"), folded("2024-01-01 10:00 CET")
    ('01 Jan 2024 10:00Z', '2024-01-01 10:00+01:00')
    >>> folded("1. 2. 2024"), folded("January 2nd, 2024 at 1:00 p. m."), folded("w/c 1/2/24")
    ('1.2.2024', 'January 2, 2024 1:00 PM', '1/2/24')
    """
    text = _POINTS.sub(r"\1.\2.\3", " ".join(text.split()))
    text = text.removesuffix(".0") if _WITH_ZERO.fullmatch(text) else text
    if not text.upper().isupper() and text.isascii():  # no letters
        return text
    for one in _LEFT_OUT:
        text = one.sub("", text, count=1)
    if ":" not in text:
        return text
    text = _HALF.sub(lambda one: f" {one[1].upper()}M", _BEFORE_CLOCK.sub(" ", text))
    text = _WORD_OF_ZONE.sub(lambda one: _OFFSETS[one[1]], text)
    return _BESIDE_OFFSET.sub(r"\1", text)
