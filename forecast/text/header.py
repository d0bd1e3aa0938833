"""The header of a table: which lines it is, and the names that they give the columns.

A header is told by the kinds of the cells below it. What stands above it is
left out, and told.
"""

import re
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from forecast.errors import DataError
from forecast.finding import Finding, counted
from forecast.text.naming import is_full, name_columns, number_repeated
from forecast.text.numerals import is_missing, looks_like_number
from forecast.timeline.folding import folded
from forecast.timeline.notation import INTEGER, notation, notation_in_words
from forecast.timeline.ranges import split_range
from forecast.timeline.timeofday import is_time_of_day

_NO_EXCEPTION = 0.05  # share of rows from which a width is one of the table
_MOST_CELLS = 50  # of a line that are looked at
_RULE = re.compile(r"[-=_+*~#|:. ]{3,}")
_COMMENT = re.compile(rb"# +[^ ,;|\t]")


@dataclass(frozen=True)
class Record:
    """A line of a sample.

    Attributes
    ----------
    begin, end : int
        Its bytes.
    line : int
        Its first line, counted from 1.
    cells : tuple of str
        Stripped.
    """

    begin: int
    end: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """Names, and where the rows begin.

    Attributes
    ----------
    names : tuple of str
        Unique.
    first : Record
        The first row.
    findings : tuple of Finding
    """

    names: tuple[str, ...]
    first: Record
    findings: tuple[Finding, ...]


def find_header(records: Sequence[Record], raw: bytes, name: str) -> Header:
    """Tell the header from the rows.

    Parameters
    ----------
    records : sequence of Record
        The first lines of a text.
    raw : bytes
    name : str
        What messages call the file.

    Returns
    -------
    Header

    Raises
    ------
    DataError
        When there are no rows.
    """
    several = [one for one in records if filled_width(one.cells) > 1]
    told = several if 2 * len(several) >= len(records) else records  # without footnotes
    widths = Counter(len(one.cells) for one in told[len(told) // 2 :])
    width = widths.most_common(1)[0][0]
    body = [one for one in records if len(one.cells) == width][-50:]
    first = _first_row(records, body)
    if first >= len(records):
        raise without_rows(name)
    row, above = records[first], _header_rows(records, first, width, raw)
    named = [(above or [row])[-1].line]
    findings: list[Finding] = []
    if above:
        names, places = name_columns([one.cells for one in above], width)
        if len(places) > 1:
            message = f"{len(places)} header lines joined into one"
            findings.append(_note("header-rows", message, [one.line for one in above]))
        above = [one for at, one in enumerate(above) if at in places or at > places[-1]]
    else:  # then the longest rows that are no exception tell how many columns there are
        sizes = Counter(filled_width(one.cells) for one in records[first:])
        fewest = _NO_EXCEPTION * len(records)
        width = max((size for size, count in sizes.items() if count >= fewest), default=width)
        names = [f"column {place}" for place in range(1, width + 1)]
        message = "there is no header: the columns are called 'column 1', 'column 2', ..."
        fix = f"add a first line such as ds,y to {shlex.quote(name)}"
        findings.append(replace(_note("no-header", message, named), fix=fix))
    before = [one.line for one in records[:first] if one not in above]
    if before:
        message = f"{counted(len(before), 'line')} above the header left out"
        skipped = (above or [row])[0].line - 1
        findings.append(replace(_note("preamble", message, before), fix=f"--skip-rows {skipped}"))
    if len(names) == width - 1 and _counts([one.cells[0] for one in body]):
        names = ["row", *names]
        message = "the first column has no name and numbers the rows: it is called 'row'"
        findings.append(_note("row-numbers", message, named))
    unique, doubled = number_repeated(names)
    if doubled:
        message = f"the header names '{doubled[0][:40]}' more than once: numbered"
        findings.append(_note("same-names", message, named))
    return Header(tuple(unique), row, tuple(findings))


def without_rows(name: str) -> DataError:
    """Refuse a file that holds nothing below its header."""
    fix = "add at least 4 rows"
    return DataError("only a header, no rows", where=name, fix=fix, kind="no-rows")


@lru_cache(maxsize=4096)
def kind(cell: str) -> str:
    """Say what a stripped cell looks like: "missing", "number", "time" or "text"."""
    if is_missing(cell):
        return "missing"
    if looks_like_number(cell.lstrip("<>=~ ")):  # limits are numbers that are not known
        return "number"
    form = notation_in_words(folded(cell))
    timely = form not in (None, INTEGER) or is_time_of_day(cell) or split_range(cell) is not None
    return "time" if timely else "text"


def filled_width(cells: Sequence[str]) -> int:
    """Count the cells up to the last one that is filled."""
    size = len(cells)
    while size and not cells[size - 1]:
        size -= 1
    return size


def _note(code: str, message: str, lines: list[int]) -> Finding:
    return Finding("note", code, None, message, None, lines[0], None, len(lines), tuple(lines[:3]))


def _first_row(records: Sequence[Record], body: Sequence[Record]) -> int:
    """Find the place of the first row: the first line that is like those of the body."""
    width = len(body[0].cells)
    if width > 1 and records[0].cells == ("", *map(str, range(width - 1))):
        return 1  # as pandas numbers columns
    looked_at = range(min(width, _MOST_CELLS))
    kinds = [_usual_kind([one.cells[place] for one in body]) for place in looked_at]
    for place, one in enumerate(records):
        if _is_row(one.cells, kinds, body) or (place and _below_times(records, place, body)):
            return _below_header(records, place, kinds, body)
    # nothing but text: the first wide line is the header
    return 1 + next(place for place, one in enumerate(records) if len(one.cells) == width)


def _usual_kind(cells: Sequence[str]) -> str:
    found = Counter(one for one in map(kind, cells) if one != "missing")
    return found.most_common(1)[0][0] if found else "missing"


def _is_row(cells: Sequence[str], kinds: Sequence[str], body: Sequence[Record]) -> bool:
    """Say whether a line is of the kinds that the rows are."""
    if not cells or all(_RULE.fullmatch(one) for one in cells if one):
        return False
    if len(cells) < min(2, len(kinds)) or _names_columns(cells, kinds, body):
        return False
    alike, text = _count_kinds(cells, kinds)
    return alike > text and alike > 0


def _count_kinds(cells: Sequence[str], kinds: Sequence[str]) -> tuple[int, int]:
    """Count the cells that are of the kind of their column, and those that are text instead."""
    typed = [
        (kind(cell), usual)
        for cell, usual in list(zip(cells, kinds, strict=False))[:_MOST_CELLS]
        if usual in ("number", "time") and cell
    ]
    return sum(found == usual for found, usual in typed), sum(one == "text" for one, _ in typed)


def _below_header(
    records: Sequence[Record], first: int, kinds: Sequence[str], body: Sequence[Record]
) -> int:
    """Give the line right below a header of nothing but text: it is a row, if one with a fault."""
    top = first
    while top and _count_kinds(records[top - 1].cells, kinds)[0]:
        if _names_columns(records[top - 1].cells, kinds, body):
            return first
        top -= 1
    return top if top and is_full(records[top - 1].cells, len(body[0].cells)) else first


def _below_times(records: Sequence[Record], place: int, body: Sequence[Record]) -> bool:
    """Say whether a line stands below one of times, and holds numbers, perhaps with flags."""
    cells = records[place].cells[1:_MOST_CELLS]
    return any(one[:1].isdigit() for one in cells) and _names_times(records[place - 1].cells, body)


def _names_columns(cells: Sequence[str], kinds: Sequence[str], body: Sequence[Record]) -> bool:
    """Say whether a line is a header: of times, or numbers that rise behind a word."""
    if _names_times(cells, body):
        return True
    if not cells or kind(cells[0]) != "text" or kinds[0] not in ("number", "time"):
        return False
    numbers = [int(one) for one in cells[1:] if one.isdecimal() and len(one) < 10]
    return 1 < len(numbers) == len(cells) - 1 and numbers == sorted(set(numbers))


def _names_times(cells: Sequence[str], body: Sequence[Record]) -> bool:
    """Say whether a line holds the times of a table with one column for each, as of its header."""
    places = [
        place
        for place, cell in enumerate(cells[:_MOST_CELLS])
        if notation(cell) not in (None, "integer")
    ]
    named = [cells[place] for place in places]
    if len(named) < 3 - _counts(named) or len(set(named)) < len(named):
        return False
    if places != list(range(places[0], places[-1] + 1)):
        return False
    below = [
        one.cells[place] for one in body[-10:] for place in places if one.cells != tuple(cells)
    ]
    dated = sum(notation(cell) not in (None, "integer") for cell in below)
    return dated < 0.2 * len(below)


def _unmarked(line: Record, rows: Sequence[Record], width: int) -> list[Record]:
    """Give a line of names without the sign that marks it as a comment; none where some lack."""
    if len(line.cells) == width + 1:  # as numpy writes it
        return [replace(line, cells=line.cells[1:])]
    return [line] if _counts([one.cells[0] for one in rows[:50]]) else []  # "#" names the count


def _header_rows(records: Sequence[Record], first: int, width: int, raw: bytes) -> list[Record]:
    """Give the lines right above the first row that can be a header, at most four."""
    found: list[Record] = []
    for one in reversed(records[:first]):
        if found and raw[one.end : found[0].begin].count(b"\n") > 1:
            break  # what a blank line parts from the header is not of it
        if all(_RULE.fullmatch(cell) for cell in one.cells if cell):
            continue  # a line of dashes below the names
        if len(one.cells) < min(2, width) or len(one.cells) < width / 2 or len(found) == 4:
            break
        found.insert(0, one)
    if found and found[-1].cells[0] == "#" and _COMMENT.match(raw, found[-1].begin):
        return _unmarked(found[-1], records[first:], width)
    return found


def _counts(cells: Sequence[str]) -> bool:
    """Say whether cells count one by one."""
    if not cells or not all(one.isdecimal() and len(one) < 10 for one in cells):
        return False
    numbers = [int(one) for one in cells]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
