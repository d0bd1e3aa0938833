"""Names of months in other languages, written as English abbreviations."""

import re

_NAMES = {
    "Jan": "january januar jänner janvier janv januari janeiro enero ene gennaio gen",
    "Feb": "february februar feber février févr fév febbraio februari fevereiro fev febrero",
    "Mar": "march märz mär mrz mars marzo março maart mrt",
    "Apr": "april avril avr abril abr aprile",
    "May": "may mai maio mayo maggio mag mei maj",
    "Jun": "june juni juin junho junio giugno giu",
    "Jul": "july juli juillet juil julho julio luglio lug",
    "Aug": "august août aoû aout agosto ago augustus",
    "Sep": "september septembre septembro septiembre settembre set sept",
    "Oct": "october oktober okt octobre outubro out octubre ottobre ott",
    "Nov": "november novembre novembro noviembre",
    "Dec": "december dezember dez décembre déc dezembro diciembre dic dicembre",
}
MONTHS = tuple(_NAMES)
"""English abbreviations, from January on."""

_ENGLISH = {word: month for month, words in _NAMES.items() for word in words.split()}
_ENGLISH |= {month.lower(): month for month in MONTHS}
_WORD = re.compile(r"[^\W\d_]{3,10}\.?")


def in_english(text: str) -> str:
    """Write the names of months in a text as English abbreviations.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> in_english("3. März 2024"), in_english("janv. 24"), in_english("red")
    ('3. Mar 2024', 'Jan 24', 'red')
    """
    return _WORD.sub(lambda one: _ENGLISH.get(one[0].rstrip(".").lower(), one[0]), text)
