"""Columns of text and numbers, with line numbers, before they mean anything.

Knows nothing about time series: which column plays which role is left to
``roles``. How bytes become columns is in ``delimited``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecast.finding import Finding, visible
from forecast.text.content import Content
from forecast.text.fields import Layout
from forecast.text.numerals import Numbers, read_numbers
from forecast.text.split import split_blocks
from forecast.timeline.datetimes import write_datetimes
from forecast.timeline.words import MARGIN

SAMPLE_ROWS = 300
"""First rows of a table, from which the kinds of its columns are told."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of text.

    Attributes
    ----------
    codes : ndarray of shape (T,), int32
        Places in ``distinct``.
    distinct : list of str
        Stripped; "" for missing cells.
    """

    codes: NDArray[np.int32]
    distinct: list[str]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Moments:
    """A column of times all written in one way, read while the file was.

    Attributes
    ----------
    values : ndarray of shape (T,), datetime64[ns]
    time_format : str
        strftime pattern, which gives the texts back.
    """

    values: NDArray[np.datetime64]
    time_format: str

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def texts(self) -> Texts:
        """The same as text."""
        first, codes = in_order(self.values)
        return Texts(codes, write_datetimes(self.values[first], self.time_format))


def in_order(values: NDArray[np.generic]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give the places where distinct values come first, and which of them each value is."""
    _, first, codes = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    return first[order], rank[codes]


Cells = NDArray[np.float64] | Texts | Moments
"""A column."""


@dataclass(frozen=True, eq=False)
class Origin:
    """The text that a table was read from, to show a cell as it is written there.

    Attributes
    ----------
    text : Content
    layout : Layout
    names : tuple of str
        Of all columns of the file.
    """

    text: Content = field(repr=False)
    layout: Layout
    names: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """What is known about the form of numbers before a column is looked at.

    Attributes
    ----------
    decimal, thousands : str or None
        As asked for.
    continental : bool
        Whether other signs than commas part the fields, as where those are decimal signs.
    points : bool
        Whether other columns prove that points are decimal points.
    """

    decimal: str | None = None
    thousands: str | None = None
    continental: bool = False
    points: bool = False


@dataclass(eq=False)
class Table:
    """A file or frame as columns, before any meaning is given to them.

    Attributes
    ----------
    name : str
        What messages call the file.
    cells : dict of str to ndarray of float64, Texts or Moments
        By column, in the file's order; numbers are NaN where missing.
    sample : mapping of str to list of str
        The first cells of each column as stripped text.
    origin : Origin or None
        None for a frame in memory.
    lines : ndarray of shape (T,), int32, or None
        Line of the file that each row begins in; None for a frame in memory.
    widths : ndarray of shape (T,), int32, or None
        Fields of each row; None where all have as many as there are columns.
    findings : tuple of Finding
        What was chosen to make columns of the file.
    form : Form
    zones : mapping of str to str
        Names of the zones that columns of a frame are in.
    """

    name: str
    cells: dict[str, Cells]
    sample: Mapping[str, list[str]]
    origin: Origin | None = field(default=None, repr=False)
    lines: NDArray[np.int32] | None = field(default=None, repr=False)
    widths: NDArray[np.int32] | None = field(default=None, repr=False)
    findings: tuple[Finding, ...] = ()
    form: Form = Form()
    zones: Mapping[str, str] = field(default_factory=dict)
    _read: dict[str, Numbers] = field(default_factory=dict, repr=False)

    @property
    def columns(self) -> list[str]:
        """Names of all columns, in the file's order."""
        return list(self.cells)

    def place(self, column: str) -> tuple[str, int] | None:
        """Give the delimiter and the place of a column, counted from 1; None without a file."""
        if self.origin is None or column not in self.origin.names:
            return None
        return self.origin.layout.delimiter, 1 + self.origin.names.index(column)

    def is_number(self, column: str) -> bool:
        """Say whether a column was read as numbers throughout."""
        return isinstance(self.cells[column], np.ndarray)

    def where(self, row: int) -> str:
        """Name the place of a row, for example ``sales.csv:17``."""
        if self.lines is None:
            return f"{self.name} row {row}"
        return f"{self.name}:{self.lines[row]}"

    def written(self, column: str) -> Texts | None:
        """Give a column that is not plain numbers as text; None for numbers."""
        found = self.cells[column]
        if isinstance(found, Moments):
            return found.texts
        return found if isinstance(found, Texts) else None

    def _plain(self, column: str) -> NDArray[np.float64]:
        found = self.cells[column]
        assert isinstance(found, np.ndarray)
        return found

    def texts(self, column: str) -> tuple[NDArray[np.int32], list[str]]:
        """Give a column as codes and distinct texts; missing cells are ""."""
        written = self.written(column)
        if written is not None:
            return written.codes, written.distinct
        distinct, codes = np.unique(self._plain(column), return_inverse=True)
        return codes.astype(np.int32), [_plain(float(one)) for one in distinct]

    def numbers(self, column: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Give a column as numbers, NaN where missing, and the rows that are neither."""
        cells = self.cells[column]
        if isinstance(cells, np.ndarray):
            return cells, np.isinf(cells).nonzero()[0]
        found = cells.texts if isinstance(cells, Moments) else cells
        numbers = self.reading(column)
        wrong = numbers.wrong | np.isinf(numbers.values)
        return numbers.values[found.codes], np.flatnonzero(wrong[found.codes])

    def matrix(
        self, columns: Sequence[str]
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.int64]]]:
        """Give columns as numbers, one after the other.

        Parameters
        ----------
        columns : sequence of str

        Returns
        -------
        values : ndarray of shape (columns, T), float64
            NaN where missing.
        wrong : dict of str to ndarray of int64
            For each column of text, and each that holds infinite numbers, the rows that are
            neither finite numbers nor missing.
        """
        wrong: dict[str, NDArray[np.int64]] = {}
        rows = []
        for one in columns:
            found = self.cells[one]
            if not isinstance(found, np.ndarray):
                found, wrong[one] = self.numbers(one)
            rows.append(found)
        values = rows[0][None] if len(rows) == 1 else np.concatenate(rows).reshape(len(rows), -1)
        infinite = np.isinf(values)
        if infinite.any():
            for place in np.flatnonzero(infinite.any(axis=1)).tolist():
                wrong.setdefault(columns[place], np.flatnonzero(infinite[place]))
            wrong = {one: wrong[one] for one in columns if one in wrong}
        return values, wrong

    @cached_property
    def first_numbers(self) -> tuple[list[str], NDArray[np.float64]]:
        """Columns of numbers, and the values that the sample holds of each, shape (columns, S)."""
        rows = len(self.sample[next(iter(self.cells))])
        plain = {one: own for one, own in self.cells.items() if isinstance(own, np.ndarray)}
        if not plain:
            return [], np.empty((0, rows))
        values = np.concatenate([own[:rows] for own in plain.values()])
        return list(plain), values.reshape(len(plain), -1)

    def reading(self, column: str) -> Numbers:
        """Give how the distinct texts of a column read as numbers."""
        if column not in self._read:
            found = self.written(column)
            assert found is not None
            decimal, form = self.form.decimal, self.form
            if decimal is None and form.points and form.thousands != ".":
                decimal = "."
            numbers = read_numbers(
                found.distinct, decimal, form.thousands, continental=form.continental
            )
            if decimal is not None and form.decimal is None and numbers.wrong.any():
                numbers = read_numbers(
                    found.distinct, None, form.thousands, continental=form.continental
                )
            self._read[column] = numbers
        return self._read[column]

    def is_filled(self, column: str) -> bool:
        """Say whether some cells are not missing."""
        found = self.cells[column]
        if not isinstance(found, np.ndarray) or found[0] == found[0]:
            return True
        return not bool(np.isnan(found).all())

    def count_distinct(self, column: str) -> int:
        """Count the different values of a column, missing ones apart."""
        found = self.cells[column]
        if isinstance(found, Texts):
            return len(found.distinct)
        if isinstance(found, Moments):
            rises = (found.values[1:] > found.values[:-1]).all()
            return len(found) if rises else len(np.unique(found.values))
        return len(np.unique(found[~np.isnan(found)]))

    def line(self, row: int) -> str:
        """Give the line of the file that a row begins in; "" without a file."""
        if self.origin is None or self.lines is None:
            return ""
        left = int(self.lines[row]) - self.origin.layout.line
        for padded in self.origin.text.lines(self.origin.layout.begin, 1 << 20):
            lines = padded[MARGIN : len(padded) - MARGIN].tobytes().split(b"\n")
            if left < len(lines) - 1 or lines[-1]:
                return lines[left].decode(errors="replace").rstrip("\r")
            left -= len(lines) - 1
        return ""

    def cell(self, row: int, column: str) -> str:
        """Give one cell as text of at most 40 characters, without any that cannot be seen."""
        text = ""
        if self.origin is None or column not in self.origin.names:  # put together by reading
            codes, distinct = self.texts(column)
            text = distinct[codes[row]]
        else:
            for block in split_blocks(self.origin.text, self.origin.layout):
                if row < len(block.lines):
                    text = block.text(row, self.origin.names.index(column))
                    break
                row -= len(block.lines)
        return visible(text)[:40]


def _plain(number: float) -> str:
    """Write a number as a whole one where it is."""
    if np.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)
