"""Bytes of a delimited file to a table.

Knows about encodings, delimiters, quotes and blank lines; what the cells mean
is left to ``table`` and ``roles``.
"""

import codecs
import csv
import gzip
import io
import re
import shlex
import zlib
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.fields import MISSING, Block, parse_number, split_blocks, split_records
from forecast.table import SAMPLE_ROWS, Table, Texts

_FILLED_LINE = re.compile(rb"[^\r\n]*[^\s][^\r\n]*")


def read_table(raw: bytes, name: str, text_columns: frozenset[str]) -> Table:
    """Split a delimited file into columns.

    Parameters
    ----------
    raw : bytes
        UTF-8 with or without byte order mark, plain or gzip.
    name : str
        What messages call the file.
    text_columns : frozenset of str
        Columns that are kept as text even where they look like numbers.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        On an empty file, another encoding, a header without rows, or rows of
        different widths.
    """
    raw = _utf8(raw, name)
    header, delimiter, begin = _header(raw, name)
    names = [one.strip() or f"Unnamed: {place}" for place, one in enumerate(header)]
    try:
        blocks = split_blocks(raw, begin, delimiter, len(names))
        first = next(blocks, None)
        if first is None:
            raise DataError("only a header, no rows", where=name, fix="add at least 4 rows")
        rows = range(min(SAMPLE_ROWS, len(first.starts)))
        sample = {one: [first.text(row, place) for row in rows] for place, one in enumerate(names)}
        columns = [
            _Column(place, {header[place], one, one.lower()} & text_columns, sample[one])
            for place, one in enumerate(names)
        ]
        lines = []
        for block in chain([first], blocks):
            lines.append(block.lines)
            for column in columns:
                column.add(block)
        if mixed := [column for column in columns if not column.clean]:
            for column in mixed:
                column.start_as_text()
            for block in split_blocks(raw, begin, delimiter, len(names)):
                for column in mixed:
                    column.add(block)
    except csv.Error as error:
        raise _unreadable(raw.decode(), delimiter, name, len(header)) from error
    cells = {one: column.cells() for one, column in zip(names, columns, strict=True)}
    return Table(name, cells, sample, raw, delimiter, np.concatenate(lines))


class _Column:
    """One column while it is read, block after block: numbers, or codes of texts."""

    def __init__(self, place: int, is_text: object, sample: Sequence[str]) -> None:
        self.place = place
        self.known: dict[str, int] | None = None if _looks_numeric(sample) and not is_text else {}
        self.parts: list[NDArray[Any]] = []
        self.clean = True

    def start_as_text(self) -> None:
        """Begin anew, as text."""
        self.known, self.parts, self.clean = {}, [], True

    def add(self, block: Block) -> None:
        """Read the next block."""
        if self.known is not None:
            self.parts.append(block.codes(self.place, self.known))
        elif self.clean:
            values, self.clean = block.numbers(self.place)
            self.parts.append(values)

    def cells(self) -> NDArray[np.float64] | Texts:
        """Give what was read."""
        whole: NDArray[Any] = np.concatenate(self.parts)
        return whole if self.known is None else Texts(whole, list(self.known))


def _utf8(raw: bytes, name: str) -> bytes:
    """Give plain UTF-8 without byte order mark, or refuse."""
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"the gzip file is damaged: {error}", where=name, fix="copy the file here again"
            ) from error
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if not raw or raw.isspace():
        raise DataError("the file is empty", where=name, fix="give a file with a header and rows")
    zero = raw.find(b"\0")
    if zero >= 0:
        raise DataError(
            "the file holds zero bytes: it is UTF-16 or not text",
            where=f"{name}:{_line_at(raw, zero)}",
            fix=f"iconv -f UTF-16 -t UTF-8 {shlex.quote(name)} > utf8.csv",
        )
    if not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise DataError(
                f"byte {raw[error.start]:#04x} is not UTF-8",
                where=f"{name}:{_line_at(raw, error.start)}",
                fix=f"iconv -f WINDOWS-1252 -t UTF-8 {shlex.quote(name)} > utf8.csv",
            ) from error
    return raw


def _line_at(raw: bytes, position: int) -> int:
    return len((raw[:position] + b".").splitlines())


def _header(raw: bytes, name: str) -> tuple[list[str], str, int]:
    """Give the names, the delimiter, and where the line after them begins."""
    line = _FILLED_LINE.search(raw)
    assert line is not None  # the text is not empty
    end = line.end()
    while raw.count(b'"', line.start(), end) % 2:  # a name that goes on in the next line
        end = raw.find(b"\n", end + 1)
        if end < 0:
            raise _unreadable(raw.decode(), ",", name, len(raw))
    first, begin = raw[line.start() : end].decode(), end + 1 + (raw[end : end + 2] == b"\r\n")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(",;\t|", key=unquoted.count)
    header = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter))
    if all(parse_number(one) is not None or re.match(r"\d{4}-", one) for one in header):
        raise DataError(
            "the first line holds values, not column names",
            where=f"{name}:1",
            fix="put a line such as ds,y on top",
        )
    names = [one.strip() for one in header]
    doubled = [one for one in names if one and names.count(one) > 1]
    if doubled:
        raise DataError(
            f"the header names '{doubled[0][:40]}' twice",
            where=f"{name}:1",
            fix="rename one of them",
        )
    return header, delimiter, begin


def _looks_numeric(values: Sequence[str]) -> bool:
    filled = [one for one in values if one not in MISSING]
    return sum(parse_number(one) is not None for one in filled) >= 0.8 * len(filled)


def _unreadable(text: str, delimiter: str, name: str, width: int) -> DataError:
    """Find out why a file has no regular rows."""
    start = 1
    for number, (start, record) in enumerate(split_records(text, delimiter)):
        if len(record) > width and number == 1:
            return DataError(
                f"the rows have more fields than the header's {width}",
                where=f"{name}:1",
                fix="name every column in the header, and quote text that holds the delimiter",
            )
        if len(record) > width:
            return DataError(
                f"{len(record)} fields where the header has {width}",
                where=f"{name}:{start}",
                fix="quote text that holds the delimiter, and write 1234 instead of 1,234",
            )
    return DataError(
        "a quoted field has no end", where=f"{name}:{start}", fix="close or remove the quote"
    )
