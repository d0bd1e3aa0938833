"""A delimited text to blocks of records, block after block.

Regular blocks are split by NumPy; those with quotes, blank lines or missing
fields by the csv module. What the fields hold is left to ``fields``.
"""

import itertools
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from forecast.text.content import Content
from forecast.text.fields import Block, Layout
from forecast.text.records import filled_width, read_records
from forecast.timeline.words import MARGIN, with_margins

BLOCK_BYTES, BLOCK_RECORDS = 1 << 20, 50_000
"""Size of a block, in bytes where it is split by NumPy, else in records."""

_MOST_NARROW = 64  # columns of a table that is no wide one
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'


def split_blocks(text: Content, layout: Layout) -> Iterator[Block]:
    """Split a text into blocks of records; blank lines are left out.

    Parameters
    ----------
    text : Content
        UTF-8.
    layout : Layout

    Yields
    ------
    Block

    Raises
    ------
    UnclosedQuote
        When a quoted field has no end.
    """
    begin, line = layout.begin, layout.line
    size = BLOCK_BYTES if layout.width <= _MOST_NARROW else 4 * BLOCK_BYTES
    for lines in text.lines(begin, size):
        begin += len(lines) - 2 * MARGIN
        padded: NDArray[np.uint8] | None = lines
        if layout.delimiter == " ":
            lines = padded = with_margins(_single_spaced(_within(lines).tobytes()))
        if text.survey.has_quotes and (_within(lines) == _QUOTE).any():
            padded, whole = _without_quotes(_within(lines), layout.delimiter)
            if not whole:  # a field may go on in the next block
                rest = text.whole(begin)
                rest = _single_spaced(rest) if layout.delimiter == " " else rest
                yield from _split_by_reader(_within(lines).tobytes() + rest, layout, line)
                return
        block = None
        if padded is not None:
            returns = text.survey.has_returns and layout.delimiter != " "
            block = _split_by_array(padded, layout, line, has_returns=returns)
        if block is None:
            yield from _split_by_reader(_within(lines).tobytes(), layout, line)
            line += int(np.count_nonzero(_within(lines) == _NEWLINE))
        else:
            yield block
            line += len(block.lines)


def _within(padded: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give bytes without their margins."""
    return padded[MARGIN : len(padded) - MARGIN]


def _single_spaced(lines: bytes) -> bytes:
    """Make one space of each run of them, and none at the ends of lines."""
    return re.sub(rb"(?m)^ | $", b"", re.sub(rb" +", b" ", lines.replace(b"\r", b"")))


def _without_quotes(
    data: NDArray[np.uint8], delimiter: str
) -> tuple[NDArray[np.uint8] | None, bool]:
    """Drop quotes that stand around whole fields, add margins; None where some do more than that.

    Second, whether no quoted field goes on over an end of line.
    """
    marks = np.flatnonzero(data == _QUOTE)
    if len(marks) % 2:
        return None, False
    ends = (data == ord(delimiter)) | (data == _NEWLINE) | (data == _RETURN)
    opening, closing = marks[::2], marks[1::2]
    before = ends[np.maximum(opening - 1, 0)] | (opening == 0)
    after = ends[np.minimum(closing + 1, len(data) - 1)] | (closing == len(data) - 1)
    enclosed = np.append(0, np.cumsum(ends))
    inside = enclosed[closing] - enclosed[opening]
    if before.all() and after.all() and not inside.any():
        return with_margins(data[data != _QUOTE]), True
    lines = np.append(0, np.cumsum((data == _NEWLINE) | (data == _RETURN)))
    return None, bool(before.all() and (lines[closing] == lines[opening]).all())


def _split_by_array(
    padded: NDArray[np.uint8], layout: Layout, line: int, *, has_returns: bool
) -> Block | None:
    """Split records of exactly so many fields; None where they are not."""
    width, data = layout.width, _within(padded)
    if not len(data) or data[-1] != _NEWLINE:
        padded = with_margins(np.append(data, np.uint8(_NEWLINE)))
        data = _within(padded)
    newlines = data == _NEWLINE
    lines = np.count_nonzero(newlines)
    newlines |= data == ord(layout.delimiter)
    ends = np.flatnonzero(newlines)
    if len(ends) != lines * width or (data[ends[width - 1 :: width]] != _NEWLINE).any():
        return None
    places = np.add(ends.reshape(-1, width).T, MARGIN, order="C")
    starts = np.empty_like(places)
    np.add(places[:-1], 1, out=starts[1:])
    starts[0, 0] = MARGIN
    np.add(places[-1, :-1], 1, out=starts[0, 1:])
    if has_returns:
        carriages = np.count_nonzero(data == _RETURN)
        returns = padded[places[-1] - 1] == _RETURN
        if carriages != np.count_nonzero(returns):
            return None
        places[-1] -= returns
    if width == 1 and (places == starts).any():  # blank lines
        return None
    numbers = np.arange(line, line + lines, dtype=np.int32)
    return Block(padded, starts, places, numbers, None)


def _split_by_reader(raw: bytes, layout: Layout, line: int) -> Iterator[Block]:
    """Split any records, which are then written one field after the other."""
    width = layout.width
    records = read_records(raw.decode(), layout.delimiter, line)
    while numbered := list(itertools.islice(records, BLOCK_RECORDS)):
        lines = np.array([number for number, _ in numbered], np.int32)
        widths = np.array([filled_width(one, width) for _, one in numbered], np.int32)
        fields = [
            field.encode()
            for _, one in numbered
            for field in (*one[:width], *[""] * (width - len(one)))
        ]
        ends = MARGIN + np.cumsum([len(field) for field in fields], dtype=np.int64)
        starts = np.append(MARGIN, ends[:-1])
        data = with_margins(b"".join(fields))
        yield Block(data, starts.reshape(-1, width).T, ends.reshape(-1, width).T, lines, widths)
