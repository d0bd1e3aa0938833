"""Bytes of a delimited file to a table.

The steps: any encoding to UTF-8 (``encoding``), header and delimiter
(``dialect``), fields block after block (``fields``). What the cells mean is left
to ``table`` and ``roles``.
"""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding
from forecast.spec import DataSpec
from forecast.text.content import Content
from forecast.text.dialect import find_dialect
from forecast.text.encoding import to_utf8
from forecast.text.fields import Block, Layout, split_blocks
from forecast.text.growing import Growing
from forecast.text.numerals import is_missing, parse_number
from forecast.text.records import UnclosedQuote
from forecast.text.table import SAMPLE_ROWS, Cells, Form, Moments, Origin, Table, Texts
from forecast.timeline.plaintimes import plain_format, read_plain
from forecast.timeline.words import MARGIN

_HEAD_BYTES, _HEAD_LINES, _FEW_LINES = 1 << 22, 1000, 10  # that tell the form of a text
_ROOM = 1.02  # for rows that are shorter than those before
_MANY_COLUMNS, _LOOKED_AT = 2000, 50  # beyond so many, only the first and those named are read


def read_table(
    content: Content,
    name: str,
    text_columns: frozenset[str],
    spec: DataSpec = DataSpec(),  # noqa: B008  # frozen
) -> Table:
    """Split a delimited file into columns.

    Parameters
    ----------
    content : Content
        In any encoding.
    name : str
        What messages call the file.
    text_columns : frozenset of str
        Columns that are kept as text even where they look like numbers.
    spec : DataSpec, optional
        What is not to be guessed about the form.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        On an empty file, bytes of another encoding, a header without rows, or
        a quoted field without end.
    """
    text, findings = to_utf8(content, name, spec.encoding)
    if all(not part or part.isspace() for part in text.parts()):
        raise DataError(
            "the file is empty",
            where=name,
            fix="give a file with a header and rows",
            kind="empty-file",
        )
    dialect = find_dialect(_head(text, spec.skip_rows), name, spec.delimiter, spec.skip_rows)
    layout = Layout(dialect.delimiter, len(dialect.names), dialect.begin, dialect.line)
    try:
        first = next(split_blocks(text, layout), None)
        if first is None:
            raise DataError(
                "only a header, no rows", where=name, fix="add at least 4 rows", kind="no-rows"
            )
        wanted = _wanted(dialect.names, spec)
        rows = range(min(SAMPLE_ROWS, len(first.lines)))
        sample = {
            dialect.names[place]: [first.text(row, place) for row in rows] for place in wanted
        }
        # points in all numbers of a column are decimal points, unless there is reason for doubt
        plainly = dialect.delimiter == "," and spec.decimal in (None, ".") and spec.thousands != "."
        columns = [
            _Column(place, one, text_columns, plainly=plainly)
            for place, one in zip(wanted, sample.items(), strict=True)
        ]
        lines, widths = _read_columns(columns, text, layout)
    except UnclosedQuote as error:
        raise DataError(
            "a quoted field has no end",
            where=f"{name}:{error}",
            fix="close or remove the quote",
            kind="open-quote",
        ) from error
    if len(wanted) < len(dialect.names) and spec.target is None:
        fix = f"--target {shlex.quote(dialect.names[-1])}"
        message = f"only {len(wanted)} of {len(dialect.names):,} columns were looked at"
        findings += (Finding("note", "many-columns", None, message, fix=fix),)
    return Table(
        name,
        {one: column.cells() for one, column in zip(sample, columns, strict=True)},
        sample,
        Origin(text, layout, dialect.names),
        lines,
        widths,
        (*findings, *dialect.findings),
        Form(
            spec.decimal,
            spec.thousands,
            continental=dialect.delimiter != ",",
            points=any(column.proven for column in columns),
        ),
    )


def _head(text: Content, skip_rows: int) -> bytes:
    """Give so much of a text as tells its form: all that is in memory, else the first lines."""
    if text.raw is not None:
        return text.raw
    size = _HEAD_BYTES
    while (head := text.head(size)).count(b"\n") < _HEAD_LINES + skip_rows and len(head) == size:
        if head.count(b"\n", size // 2) >= _FEW_LINES:
            break
        size *= 4
    return head


def _wanted(names: Sequence[str], spec: DataSpec) -> list[int]:
    """Places of the columns to read: all of them, or in a very wide file those that matter."""
    if len(names) <= _MANY_COLUMNS or spec.wide:
        return list(range(len(names)))
    named = {one for one in (spec.time, spec.target, spec.id) if one is not None}
    return [place for place, one in enumerate(names) if place < _LOOKED_AT or one in named]


def _read_columns(
    columns: Sequence["_Column"], text: Content, layout: Layout
) -> tuple[NDArray[np.int32], NDArray[np.int32] | None]:
    """Read all columns; give line and number of fields of every record."""
    lines, widths = Growing[np.int32](), Growing[np.int32]()
    some_odd = False
    for block, expected in _with_expectation(text, layout):
        lines.append(block.lines, expected)
        if block.widths is not None and not some_odd:
            some_odd = True
            widths.append(np.full(lines.size - len(block.lines), layout.width, np.int32), expected)
        if some_odd:
            even = np.full(len(block.lines), layout.width, np.int32)
            widths.append(even if block.widths is None else block.widths, expected)
        for column in columns:
            column.add(block, expected)
    if mixed := [column for column in columns if column.must_be_text]:
        for column in mixed:
            column.start_as_text()
        for block, expected in _with_expectation(text, layout):
            for column in mixed:
                column.add(block, expected)
    return lines.whole(), widths.whole() if some_odd else None


def _with_expectation(text: Content, layout: Layout) -> Iterator[tuple[Block, int]]:
    """Give each block, and how many records there are if all are like those so far."""
    records, size = 0, 1
    for block in split_blocks(text, layout):
        records += len(block.lines)
        size += len(block.data) - 2 * MARGIN
        yield block, int(_ROOM * records * len(text) / size) + 1


class _Column:
    """One column while it is read, block after block: numbers, times, or codes of texts."""

    def __init__(
        self,
        place: int,
        sample: tuple[str, Sequence[str]],
        text_columns: frozenset[str],
        *,
        plainly: bool,
    ) -> None:
        name, cells = sample
        self.place, self.plainly = place, plainly
        self.shape, self.time_format = plain_format(cells) or ("", "")
        is_text = bool({name, name.lower()} & text_columns) or not _looks_numeric(cells)
        self.known: dict[str, int] | None = {} if is_text and not self.shape else None
        self.grown = Growing[Any]()
        self.clean = True
        self.pointed = self.whole = self.proven = False

    @property
    def must_be_text(self) -> bool:
        """Whether the quick way does not do: other text is there, or points of thousands."""
        settled = self.proven or not self.pointed or (self.plainly and not self.whole)
        return self.known is None and not (self.clean and settled)

    def start_as_text(self) -> None:
        """Begin anew, as text."""
        self.known, self.grown = {}, Growing()

    def add(self, block: Block, expected: int) -> None:
        """Read the next block of so many records in all."""
        if self.known is not None:
            self.grown.append(block.codes(self.place, self.known), expected)
        elif self.clean and self.shape:
            times = read_plain(block.column(self.place), self.shape, self.time_format)
            self.clean = times is not None
            if times is not None:
                self.grown.append(times, expected)
        elif self.clean:
            found = block.numbers(self.place, look_at_points=not self.proven)
            self.clean = found.clean
            self.pointed = self.pointed or found.pointed
            self.whole = self.whole or found.whole
            self.proven = self.proven or found.proven
            self.grown.append(found.values, expected)

    def cells(self) -> Cells:
        """Give what was read."""
        whole: NDArray[Any] = self.grown.whole()
        if self.known is not None:
            return Texts(whole, list(self.known))
        return Moments(whole, self.time_format) if self.shape else whole


def _looks_numeric(values: Sequence[str]) -> bool:
    filled = [one for one in values if not is_missing(one)]
    return sum(parse_number(one) is not None for one in filled) >= 0.8 * len(filled)
