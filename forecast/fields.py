"""Fields of a delimited text, as numbers or text, found by array operations.

A block is some thousands of records with the place of every field in their
bytes. Regular blocks are split by NumPy; those with quotes, blank lines or
missing fields by the csv module. What the columns mean is left to ``table``.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "-", "<NA>")
"""Cells of a numeric column that mean "no value"."""

BLOCK_BYTES, BLOCK_RECORDS = 1 << 22, 50_000
"""Size of a block, in bytes where it is split by NumPy, else in records."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_INFINITE = re.compile(r"\s*[+-]?inf(inity)?\s*", re.IGNORECASE)
_LONGEST = 64  # bytes of a field that is laid out in a row of a matrix
_PLAIN = np.isin(np.arange(256), np.frombuffer(b"\0 \t0123456789+-.eE", np.uint8))
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Block:
    """Records with the places of their fields.

    Attributes
    ----------
    data : ndarray of uint8
    starts, ends : ndarray of shape (records, width), int64
        Field (i, j) is ``data[starts[i, j]:ends[i, j]]``.
    lines : ndarray of shape (records,), int32
        Line that each record begins in.
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lines: NDArray[np.int32]

    def text(self, record: int, column: int) -> str:
        """Give one field, stripped of spaces."""
        field = self.data[self.starts[record, column] : self.ends[record, column]]
        return field.tobytes().decode().strip()

    def numbers(self, column: int) -> tuple[NDArray[np.float64], bool]:
        """Give a column as numbers, NaN where missing, and whether all of it is one or the other.

        Parameters
        ----------
        column : int

        Returns
        -------
        values : ndarray of shape (records,), float64
            NaN where the field is neither.
        clean : bool
        """
        lengths = self.ends[:, column] - self.starts[:, column]
        values = np.full(len(lengths), np.nan)
        cells = self._cells(column)
        plain = (lengths > 0) & (lengths <= _LONGEST) & _PLAIN[cells].all(axis=1)
        texts = np.ascontiguousarray(cells[plain]).view(f"S{cells.shape[1]}").ravel()
        try:
            values[plain] = texts.astype(np.float64)
        except ValueError:  # such as "-" or "1-2"
            plain[:] = False
        clean = True
        for record in np.flatnonzero(~plain & (lengths > 0)).tolist():
            text = self.text(record, column)
            if text not in MISSING:
                number = parse_number(text)
                values[record] = np.nan if number is None else number
                clean = clean and number is not None
        return values, clean

    def codes(self, column: int, known: dict[str, int]) -> NDArray[np.int32]:
        """Give a column as places in a growing list of distinct texts.

        Parameters
        ----------
        column : int
        known : dict of str to int
            Texts met so far, stripped, with their places; new ones are added.

        Returns
        -------
        ndarray of shape (records,), int32
        """
        lengths = self.ends[:, column] - self.starts[:, column]
        if lengths.max(initial=0) > _LONGEST:
            texts = [self.text(record, column) for record in range(len(lengths))]
            return np.array([known.setdefault(one, len(known)) for one in texts], np.int32)
        words = self._cells(column).view(np.uint64)
        heads = np.flatnonzero(np.append(True, (words[1:] != words[:-1]).any(axis=1)))
        first, places = _distinct(words[heads])
        texts = [self.text(record, column) for record in heads[first].tolist()]
        found = np.array([known.setdefault(one, len(known)) for one in texts], np.int32)
        return np.repeat(found[places], np.diff(np.append(heads, len(words))))

    def _cells(self, column: int) -> NDArray[np.uint8]:
        """Fields as rows of bytes, cut or filled with zeros to a multiple of eight."""
        starts = self.starts[:, column]
        lengths = self.ends[:, column] - starts
        width = -(-max(1, min(int(lengths.max(initial=0)), _LONGEST)) // 8) * 8
        whole = np.append(self.data, np.zeros(width, np.uint8))
        cells = np.lib.stride_tricks.sliding_window_view(whole, width)[starts]
        cells[np.arange(width) >= lengths[:, None]] = 0
        return cells


def split_blocks(raw: bytes, begin: int, delimiter: str, width: int) -> Iterator[Block]:
    """Split a text into blocks of records.

    Parameters
    ----------
    raw : bytes
        UTF-8.
    begin : int
        Where the first record begins, after the header.
    delimiter : str
    width : int
        Fields of a record; shorter ones are filled with empty fields.

    Yields
    ------
    Block

    Raises
    ------
    csv.Error
        When a record has more fields, or a quoted field has no end.
    """
    line = len(raw[:begin].splitlines()) + 1
    if raw.find(b'"', begin) >= 0:
        yield from _split_by_reader(raw[begin:], delimiter, width, line)
        return
    while begin < len(raw):
        end = raw.find(b"\n", begin + BLOCK_BYTES) + 1 or len(raw)
        block = _split_by_array(np.frombuffer(raw, np.uint8)[begin:end], delimiter, width, line)
        if block is None:
            yield from _split_by_reader(raw[begin:end], delimiter, width, line)
        else:
            yield block
        line += raw.count(b"\n", begin, end)
        begin = end


def split_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give first line and fields of every record, the header first.

    Blank lines are skipped.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    for record in reader:
        if record and (len(record) > 1 or record[0].strip()):
            yield start, record
        start = reader.line_num + 1


def parse_number(text: str) -> float | None:
    """Read a plain number; None when the text is not one.

    Examples
    --------
    >>> parse_number("1.5e3"), parse_number("1,5"), parse_number("-inf")
    (1500.0, None, -inf)
    """
    if _INFINITE.fullmatch(text) or _NUMBER.fullmatch(text):
        return float(text)
    return None


def _split_by_array(data: NDArray[np.uint8], delimiter: str, width: int, line: int) -> Block | None:
    """Split records of exactly so many fields; None where they are not."""
    if data[-1] != ord("\n"):
        data = np.append(data, np.uint8(ord("\n")))
    ends: NDArray[np.int64] = np.flatnonzero((data == ord(delimiter)) | (data == ord("\n")))
    if len(ends) % width:
        return None
    ends = ends.reshape(-1, width)
    returns = data[ends[:, -1] - 1] == ord("\r")
    lines = np.count_nonzero(data == ord("\n"))
    if (
        (data[ends[:, -1]] != ord("\n")).any()
        or lines != len(ends)
        or np.count_nonzero(data == ord("\r")) != np.count_nonzero(returns)
    ):
        return None
    starts = np.empty_like(ends)
    starts.ravel()[0] = 0
    starts.ravel()[1:] = ends.ravel()[:-1] + 1
    ends[:, -1] -= returns
    if width == 1 and (ends == starts).any():  # blank lines
        return None
    return Block(data, starts, ends, np.arange(line, line + lines, dtype=np.int32))


def _split_by_reader(raw: bytes, delimiter: str, width: int, line: int) -> Iterator[Block]:
    """Split any records, which are then written one field after the other."""
    filled = split_records(raw.decode(), delimiter)
    if raw.count(b'"') % 2:  # only then may the last field have no end, which is not told else
        for _ in csv.reader(
            io.StringIO(raw.decode(), newline=""), delimiter=delimiter, strict=True
        ):
            pass
    while numbered := list(itertools.islice(filled, BLOCK_RECORDS)):
        records = [one for _, one in numbered]
        lines = np.array([one for one, _ in numbered], np.int32) + (line - 1)
        if max(map(len, records)) > width:
            raise csv.Error("too many fields")
        fields = [field.encode() for one in records for field in (*one, *[""] * (width - len(one)))]
        ends = np.cumsum([len(field) for field in fields], dtype=np.int64)
        starts = np.append(0, ends[:-1])
        data = np.frombuffer(b"".join(fields), np.uint8)
        yield Block(data, starts.reshape(-1, width), ends.reshape(-1, width), lines)


def _distinct(words: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row of each distinct row, in order of appearance, and the place of every row."""
    mixed = words[:, 0].copy()
    for column in range(1, words.shape[1]):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX + words[:, column]
    _, first, places = np.unique(mixed, return_index=True, return_inverse=True)
    if (words[first][places] != words).any():  # two rows were mixed to the same number
        _, first, places = np.unique(words, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[places.ravel()]
