"""Where the table begins in a text, what its columns are called, and what parts its fields.

Found from the first lines: the delimiter by regular widths and readable cells,
the header in ``header``. Fields are split in ``fields``, columns read in ``delimited``.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from forecast.errors import DataError, UsageError
from forecast.finding import Finding
from forecast.text.header import Record, filled_width, find_header, kind, without_rows

_DELIMITERS = (",", ";", "\t", "|", " ")
_NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "bar": "|",
          "space": " "}  # fmt: skip
_SAMPLE_LINES, _SAMPLE_BYTES = 200, 1 << 20
_READABLE = 0.75  # share of the cells between spaces that are no words
_MOST_CELLS = 50  # of a line that are looked at
_CODED = re.compile(r"^(\d{4}(?:[MQ]\d{1,2})?) \[(?:YR)?\1\]$", re.ASCII)  # of the World Bank


@dataclass(frozen=True)
class Dialect:
    """How a text is a table.

    Attributes
    ----------
    delimiter : str
        A space stands for runs of them.
    names : tuple of str
        Of the columns, unique.
    begin : int
        Byte that the first row begins at.
    line : int
        Line of that byte, counted from 1.
    findings : tuple of Finding
        What was chosen.
    """

    delimiter: str
    names: tuple[str, ...]
    begin: int
    line: int
    findings: tuple[Finding, ...] = ()


def find_dialect(raw: bytes, name: str, delimiter: str | None, skip_rows: int) -> Dialect:
    r"""Find delimiter, header and first row.

    Parameters
    ----------
    raw : bytes
        UTF-8 without byte order mark.
    name : str
        What messages call the file.
    delimiter : str or None
        Found where None.
    skip_rows : int
        Lines above the header that are left out in any case.

    Returns
    -------
    Dialect

    Raises
    ------
    UsageError
        When ``delimiter`` is no delimiter.
    DataError
        When there are no lines, or no rows.

    Examples
    --------
    >>> found = find_dialect(b"Sales 2024\n\nday;sales\n2024-01-01;1,5\n", "f", None, 0)
    >>> found.delimiter, found.names, found.line
    (';', ('day', 'sales'), 4)
    """
    lines = _sample(raw, skip_rows)
    if not lines:
        raise without_lines(name)
    if delimiter is not None:
        chosen = _NAMED.get(delimiter, delimiter)
        if len(chosen) != 1 or chosen in '"\r\n' or not chosen.isascii():
            raise UsageError(
                f"delimiter is '{delimiter[:10]}'; allowed: one character, or comma, semicolon, "
                "tab, pipe, space",
                fix="--delimiter ','",
            )
    elif stated := re.fullmatch(rb"\s*\"?sep=(.)\"?\s*", raw[lines[0][0] : lines[0][1]]):
        chosen, lines = stated[1].decode(), lines[1:]
    else:
        chosen = _likeliest(raw, lines)
    records = _records(raw, lines, chosen)
    if not records:
        raise without_rows(name)
    header = find_header(records, raw, name)
    row = header.first
    return Dialect(chosen, header.names, row.begin, row.line, header.findings)


def without_lines(name: str) -> DataError:
    """Refuse a file that holds nothing but blank lines."""
    fix = "give a file with a header and rows"
    return DataError("the file is empty", where=name, fix=fix, kind="empty-file")


def _sample(raw: bytes, skip_rows: int) -> list[tuple[int, int, int]]:
    """Places of the first lines that are not blank: begin, end, number."""
    found: list[tuple[int, int, int]] = []
    begin, number = 0, 0
    while begin < len(raw) and len(found) < _SAMPLE_LINES:
        number += 1
        end = raw.find(b"\n", begin)
        end = len(raw) if end < 0 else end
        if number > skip_rows and raw[begin:end].strip():
            found.append((begin, end, number))
            if begin > _SAMPLE_BYTES and len(found) > 2:
                break
        begin = end + 1
    return found


def _records(raw: bytes, lines: Sequence[tuple[int, int, int]], delimiter: str) -> list[Record]:
    """Split the sample; a quoted field may go on over several lines."""
    records = []
    places = iter(lines)
    for begin, end, number in places:
        text = raw[begin:end]
        while text.count(b'"') % 2 and len(text) < _SAMPLE_BYTES:
            following = next(places, None)
            if following is None:
                break
            if delimiter != " " and _opens_no_field(raw[begin:end], delimiter):
                break
            end = following[1]
            text = raw[begin:end]
        try:
            cells = _fields(text.decode(errors="replace").strip("\r\n"), delimiter)
        except csv.Error:
            cells = [text.decode(errors="replace")]
        records.append(Record(begin, end, number, tuple(cells)))
    return records


def _fields(text: str, delimiter: str) -> list[str]:
    """Give the stripped fields of one record."""
    if delimiter == " ":
        text = re.sub(r" +", " ", text.strip())
    found = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    return [_CODED.sub(r"\1", one.strip()) if "[" in one else one.strip() for one in found]


def _opens_no_field(text: bytes, delimiter: str) -> bool:
    """Say whether an odd quote is inside a field, such as the inches of 5", not around one."""
    sign = re.escape(delimiter.encode())
    return re.search(rb"(?:^|" + sign + rb")\s*\"", text) is None


def _likeliest(raw: bytes, lines: Sequence[tuple[int, int, int]]) -> str:
    """Choose the delimiter under which lines are equally wide and cells can be read."""
    sample = raw[lines[0][0] : lines[-1][1]]
    present = [one for one in _DELIMITERS if one.encode() in sample]
    best, chosen = 0.0, ","
    whole: list[str] = []  # delimiters that part every line
    if len(present) == 1 and present != [" "]:
        return present[0]
    for delimiter in present:
        records = [one for one in _records(raw, lines, delimiter) if len(one.cells) > 1]
        if not records:
            continue
        width = Counter(filled_width(one.cells) for one in records).most_common(1)[0][0]
        even = [one for one in records if filled_width(one.cells) == width]
        below = even[1:] or even  # the first may be a header, of words
        cells = [cell for one in below for cell in one.cells[:_MOST_CELLS]]
        readable = sum(kind(cell) != "text" for cell in cells) / len(cells)
        share = (len(even) + len(records)) / (2 * len(lines))
        least = _READABLE if share < 1 or len(present) > 1 else _READABLE / 2
        if delimiter == " " and (share < 0.7 or readable < least or _hold_others(below, whole)):
            continue
        if len(records) == len(lines):
            whole.append(delimiter)
        # by characters: beside a column of decimal commas, a whole row of words is one cell
        understood = sum(len(cell) for cell in cells if kind(cell) != "text")
        score = share * (understood / max(1, sum(map(len, cells))) + 0.1)
        if score > best + 1e-9:
            best, chosen = score, delimiter
    return chosen


def _hold_others(records: Sequence[Record], delimiters: Sequence[str]) -> bool:
    """Say whether most lines have a text that holds another delimiter."""
    split = [
        any(kind(cell) == "text" and sign in cell for sign in delimiters for cell in one.cells)
        for one in records
    ]
    return 2 * sum(split) > len(split)
