"""Fields of a block of records, as numbers or text, read by array operations.

A block is some thousands of records with the place of every field in their
bytes. How a text is split into blocks is in ``split``; what the columns mean is
left to ``table``.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast.text.digits import read_decimals
from forecast.text.numerals import is_missing, parse_number
from forecast.timeline.words import MARGIN, Spans

_DECIMAL = re.compile(r"\d{4}\.|\.\d{4}|\.\d{0,2}(?!\d)|(?<!\d)0?\.\d")  # no thousands
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Layout:
    """How a text is split.

    Attributes
    ----------
    delimiter : str
        One character.
    width : int
        Fields of a record; shorter ones are filled with empty fields, longer
        ones cut, and both told by ``Block.widths``.
    begin, line : int
        Where the first record begins: the byte, and the line counted from 1.
    """

    delimiter: str
    width: int
    begin: int = 0
    line: int = 1


class Plain(NamedTuple):
    """Columns of a block as plain numbers.

    Attributes
    ----------
    values : ndarray of shape (columns, records), float64
        NaN where the field is missing, or neither missing nor a plain number.
    clean : ndarray of shape (columns,), bool
        Whether all fields are one or the other.
    pointed : ndarray of shape (columns,), bool
        Whether some fields have a point.
    whole : ndarray of shape (columns,), bool
        Whether some numbers have none.
    proven : ndarray of shape (columns,), bool
        Whether some of the points can be decimal points only: not before three
        digits, or behind a zero or four digits.
    """

    values: NDArray[np.float64]
    clean: NDArray[np.bool_]
    pointed: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    proven: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Block:
    """Records with the places of their fields.

    Attributes
    ----------
    data : ndarray of uint8
        With margins, see `forecast.timeline.words`.
    starts, ends : ndarray of shape (width, records), int64
        Field j of record i is ``data[starts[j, i]:ends[j, i]]``.
    lines : ndarray of shape (records,), int32
        Line that each record begins in.
    widths : ndarray of shape (records,), int32, or None
        Fields that each record has, empty ones beyond the width apart; None where all have
        as many as there are columns.
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lines: NDArray[np.int32]
    widths: NDArray[np.int32] | None = None

    def text(self, record: int, column: int) -> str:
        """Give one field, stripped of spaces."""
        field = self.data[self.starts[column, record] : self.ends[column, record]]
        return field.tobytes().decode().strip()

    def _texts(self, column: int, records: NDArray[np.int64]) -> list[str]:
        """Give some fields of a column as `text` does."""
        edges = (one[column, records].tolist() for one in (self.starts, self.ends))
        return [self._bytes[a:b].decode().strip() for a, b in zip(*edges, strict=True)]

    @cached_property
    def _bytes(self) -> bytes:
        return self.data.tobytes()

    def column(self, column: int) -> Spans:
        """Give the fields of a column."""
        return Spans(self.data, self.starts[column], self.ends[column])

    def columns(self, columns: NDArray[np.int64], rows: int | None = None) -> Spans:
        """Give the first fields of some columns, one column after the other."""
        first, last = int(columns[0]), int(columns[-1])
        neighbours = last - first + 1 == len(columns)
        some = slice(first, last + 1) if neighbours else columns
        starts, ends = self.starts[some, :rows], self.ends[some, :rows]
        return Spans(self.data, starts.ravel(), ends.ravel())

    def are_plain(self, columns: NDArray[np.int64], rows: int) -> NDArray[np.bool_]:
        """Say which columns begin with plain numbers and empty fields only."""
        texts = self.columns(columns, rows)
        plain = read_decimals(texts).read | (texts.lengths == 0)
        return np.asarray(plain.reshape(len(columns), -1).all(axis=1))

    def numbers(self, columns: NDArray[np.int64], *, look_at_points: bool = True) -> Plain:
        """Give columns as plain numbers.

        Parameters
        ----------
        columns : ndarray of int64
        look_at_points : bool
            Whether it is still to be found out what the points stand for.

        Returns
        -------
        Plain
        """
        shape = len(columns), len(self.lines)
        texts = self.columns(columns)
        found = read_decimals(texts)
        read, values = found.read, found.values
        pointed = found.pointed & read
        clean, proven = np.ones(shape[0], bool), np.zeros(shape[0], bool)
        points = np.logical_or.reduce(pointed.reshape(shape), axis=1)
        whole = np.logical_or.reduce((read > pointed).reshape(shape), axis=1)
        if look_at_points and points.any():
            sizes = np.abs(values)
            decimal = (found.behind != 3) | (sizes < 1) | (sizes >= 1000)
            proven = np.logical_or.reduce((pointed & decimal).reshape(shape), axis=1)
        odd = np.flatnonzero(~read)
        values[odd] = np.nan
        for place in odd[texts.lengths[odd] > 0].tolist():
            column, record = divmod(place, shape[1])
            text = self.text(record, int(columns[column]))
            if not is_missing(text):
                number = parse_number(text)
                values[place] = np.nan if number is None else number
                clean[column] &= number is not None
                points[column] |= "." in text
                whole[column] |= "." not in text
                proven[column] |= _DECIMAL.search(text) is not None
        return Plain(values.reshape(shape), clean, points, whole, proven)

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
        spans = self.column(column)
        if spans.longest > MARGIN:
            texts = self._texts(column, np.arange(len(spans)))
            return np.array([known.setdefault(one, len(known)) for one in texts], np.int32)
        words = spans.words(-(-max(1, spans.longest) // 8))
        differs = np.ones(len(spans), bool)
        np.not_equal(words[0, 1:], words[0, :-1], out=differs[1:])
        for word in words[1:]:
            differs[1:] |= word[1:] != word[:-1]
        heads = np.flatnonzero(differs)
        first, places = _distinct(words[:, heads])
        texts = self._texts(column, heads[first])
        found = np.array([known.setdefault(one, len(known)) for one in texts], np.int32)
        return np.repeat(found[places], np.diff(np.append(heads, len(spans))))


def _distinct(words: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First of each distinct text, in order of appearance, and the place of every one."""
    mixed = words[0].copy()
    for word in words[1:]:
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX + word
    _, first, places = np.unique(mixed, return_index=True, return_inverse=True)
    if (words[:, first][:, places] != words).any():  # two texts were mixed to the same number
        _, first, places = np.unique(words, axis=1, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[places.ravel()]
