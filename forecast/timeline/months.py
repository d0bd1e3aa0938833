"""Names of months in other languages, written as English abbreviations; months that are counted."""

import re
from collections.abc import Sequence

_NAMES = {
    "Jan": "january januar jänner janvier janv januari janeiro enero ene gennaio gen",
    "Feb": "february februar feber février fevrier févr fevr fév febbraio februari "
    "fevereiro fev febrero",
    "Mar": "march märz maerz mär mrz mars marzo março marco maart mrt marts maret",
    "Apr": "april avril avr abril abr aprile",
    "May": "may mai maio mayo maggio mag mei maj",
    "Jun": "june juni juin junho junio giugno giu",
    "Jul": "july juli juillet juil julho julio luglio lug",
    "Aug": "august août aoû aout agosto ago augustus augusti agustus",
    "Sep": "september septembre septembro setembro septiembre setiembre settembre set sept",
    "Oct": "october oktober okt octobre outubro out octubre ottobre ott",
    "Nov": "november novembre novembro noviembre",
    "Dec": "december dezember dez décembre decembre déc dezembro diciembre dic dicembre "
    "desember des",
}
MONTHS = tuple(_NAMES)
"""English abbreviations, from January on."""

_ENGLISH = {word: month for month, words in _NAMES.items() for word in words.split()}
_ENGLISH |= {month.lower(): month for month in MONTHS}
_YEAR_AND_MONTH = re.compile(r"([1-9]\d?)-(\d{2})", re.ASCII)
_EAST_ASIAN = re.compile(r"(\d{4}) ?[年년](?: ?(\d{1,2}) ?[月월](?: ?(\d{1,2}) ?[日일])?)?(?!\w)")
_EAST_ASIAN_QUARTER = re.compile(r"(\d{4}) ?[年년] ?第?([1-4]) ?(?:四半期|季度|분기)")
_EAST_ASIAN_FISCAL = re.compile(r"(\d{4})年度")
_OF = re.compile(rf"(?<=\d) de (?=(?:{'|'.join(MONTHS)})\b)|(?<={'|'.join(MONTHS)}) del? (?=\d)")
_FIRST = re.compile(r"\b1er ")
_WORD = re.compile(r"[^\W\d_]{3,10}\.?")


def in_english(text: str) -> str:
    """Write the names of months as English abbreviations, and dates of East Asia with dashes.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> in_english("3. März 2024"), in_english("1er janv. 24"), in_english("red")
    ('3. Mar 2024', '1 Jan 24', 'red')
    >>> in_english("3 de marzo de 2024"), in_english("2024年3月"), in_english("2024년 1분기")
    ('3 Mar 2024', '2024-3', '2024-Q1')
    """
    text = _EAST_ASIAN_FISCAL.sub(r"FY\1", _EAST_ASIAN_QUARTER.sub(r"\1-Q\2", text))
    text = _EAST_ASIAN.sub(lambda one: "-".join(part for part in one.groups() if part), text)
    text = _FIRST.sub("1 ", text)
    text = _WORD.sub(lambda one: _ENGLISH.get(one[0].rstrip(".").lower(), one[0]), text)
    return _OF.sub(" ", text)


def names_month(text: str) -> bool:
    """Say whether a text has the name of a month, in any of the languages.

    Examples
    --------
    >>> names_month("11. März 1111"), names_month("Store 11")
    (True, False)
    """
    return any(one.rstrip(".").lower() in _ENGLISH for one in _WORD.findall(text))


def is_month_count(texts: Sequence[str]) -> bool:
    """Say whether texts count years and months, as "1-01" to "3-12" do.

    Parameters
    ----------
    texts : sequence of str
        Distinct values in the file's order.

    Returns
    -------
    bool
        Whether each is the month after the one before, over more than a year.

    Examples
    --------
    >>> is_month_count([f"{year}-{month:02d}" for year in (1, 2) for month in range(1, 13)])
    True
    """
    if not texts or not _YEAR_AND_MONTH.fullmatch(texts[0]):
        return False
    found = [_YEAR_AND_MONTH.fullmatch(one) for one in texts]
    months = [12 * int(one[1]) + int(one[2]) - 1 for one in found if one and 1 <= int(one[2]) <= 12]
    return (
        len(months) == len(texts) > 12
        and months == list(range(months[0], months[0] + len(months)))
        and months[0] < 24
    )
