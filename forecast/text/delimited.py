"""Bytes of a delimited file to a table.

The steps: any encoding to UTF-8 (``encoding``), header and delimiter
(``dialect``), fields block after block (``split``) to columns (``cells``). What
the cells mean is left to ``table`` and ``roles``.
"""

import shlex
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding
from forecast.spec import DataSpec
from forecast.text.annotated import without_annotations
from forecast.text.cells import NumberReader, Reader, Sample, TextReader, readers_of
from forecast.text.content import Content
from forecast.text.dialect import find_dialect, without_lines
from forecast.text.encoding import to_utf8
from forecast.text.fields import Block, Layout
from forecast.text.growing import Growing
from forecast.text.header import kind, without_rows
from forecast.text.records import UnclosedQuote
from forecast.text.split import split_blocks
from forecast.text.table import SAMPLE_ROWS, Cells, Form, Origin, Table
from forecast.timeline.notation import INTEGER, notation
from forecast.timeline.numbered import count_steps
from forecast.timeline.words import MARGIN

_HEAD_BYTES, _HEAD_LINES, _FEW_LINES = 1 << 20, 1000, 10  # that tell the form of a text
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
    text = without_annotations(text, name)
    if all(not part or part.isspace() for part in text.parts()):
        raise without_lines(name)
    dialect = find_dialect(_head(text, spec.skip_rows), name, spec.delimiter, spec.skip_rows)
    layout = Layout(dialect.delimiter, len(dialect.names), dialect.begin, dialect.line)
    try:
        first = next(split_blocks(text, layout), None)
        if first is None:
            raise without_rows(name)
        sample = Sample(first, _wanted(first, dialect.names, spec), SAMPLE_ROWS)
        # points in all numbers of a column are decimal points, unless there is reason for doubt
        plainly = dialect.delimiter == "," and spec.decimal in (None, ".") and spec.thousands != "."
        readers = readers_of(sample, text_columns, plainly=plainly)
        cells, lines, widths = _read_columns(readers, text, layout)
    except UnclosedQuote as error:
        raise DataError(
            "a quoted field has no end",
            where=f"{name}:{error}",
            fix="close or remove the quote",
            kind="open-quote",
        ) from error
    if len(sample) < len(dialect.names) and spec.target is None:
        fix = f"--target {shlex.quote(dialect.names[-1])}"
        message = f"only {len(sample)} of {len(dialect.names):,} columns were looked at"
        findings += (Finding("note", "many-columns", None, message, fix=fix),)
    return Table(
        name,
        {one: cells[place] for one, place in sample.places.items()},
        sample,
        Origin(text, layout, dialect.names),
        lines,
        widths,
        (*findings, *dialect.findings),
        Form(
            spec.decimal,
            spec.thousands,
            continental=dialect.delimiter != ",",
            points=any(one.proven.any() for one in readers if isinstance(one, NumberReader)),
        ),
    )


def _head(text: Content, skip_rows: int) -> bytes:
    """Give so much of a text as tells its form: the first lines."""
    size = _HEAD_BYTES
    while (head := text.head(size)).count(b"\n") < _HEAD_LINES + skip_rows and len(head) == size:
        if head.count(b"\n", size // 2) >= _FEW_LINES:
            break
        size *= 4
    return head


def _wanted(first: Block, names: Sequence[str], spec: DataSpec) -> dict[str, int]:
    """Places of the columns to read: of very many, those that matter, unless all are times."""
    every = {one: place for place, one in enumerate(names)}
    if (
        len(names) <= _MANY_COLUMNS
        or spec.wide
        or notation(names[_LOOKED_AT]) not in (None, INTEGER)
    ):
        return every
    if kind(first.text(0, 0)) == "text" and 2 * count_steps(names) > len(names):
        return every
    named = (spec.time, spec.target, spec.id)
    return {one: place for one, place in every.items() if place < _LOOKED_AT or one in named}


def _read_columns(
    readers: list[Reader], text: Content, layout: Layout
) -> tuple[dict[int, Cells], NDArray[np.int32], NDArray[np.int32] | None]:
    """Read all columns; give them with the line and number of fields of every record."""
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
        for reader in readers:
            reader.add(block, expected)
    if mixed := [TextReader(place) for reader in readers for place in reader.unread()]:
        for block, expected in _with_expectation(text, layout):
            for reader in mixed:
                reader.add(block, expected)
    cells: dict[int, Cells] = {}
    for reader in (*readers, *mixed):
        cells |= reader.cells()
    return cells, lines.whole(), widths.whole() if some_odd else None


def _with_expectation(text: Content, layout: Layout) -> Iterator[tuple[Block, int]]:
    """Give each block, and how many records there are if all are like those so far."""
    records, size = 0, 1
    for block in split_blocks(text, layout):
        records += len(block.lines)
        size += len(block.data) - 2 * MARGIN
        yield block, int(_ROOM * records * len(text) / size) + 1
