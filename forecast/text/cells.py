"""Columns while they are read, block after block: of plain numbers, of times, or of texts.

Numbers of many columns are read together. Which column is of which kind is
told by its first cells; one that turns out to hold anything else is read again
as text. What texts mean is left to ``table``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.text.fields import Block
from forecast.text.growing import Growing
from forecast.text.numerals import is_missing, parse_number
from forecast.text.table import Cells, Moments, Texts
from forecast.timeline.plaintimes import plain_format, read_plain

_TOGETHER = 1 << 16  # cells: more do not stay in the processor's own memory


class Reader(Protocol):
    """What one or several columns are read by."""

    def add(self, block: Block, expected: int) -> None:
        """Read the next block, of so many records in all as far as is known."""

    def unread(self) -> list[int]:
        """Give the columns that have to be read again, as text."""

    def cells(self) -> dict[int, Cells]:
        """Give what was read, by column."""


class Sample(Mapping[str, list[str]]):
    """The first cells of each column as stripped text, looked up when they are asked for.

    Parameters
    ----------
    block : Block
        The first one.
    places : dict of str to int
        Columns by name.
    rows : int
        Cells of each, at most.
    """

    def __init__(self, block: Block, places: dict[str, int], rows: int) -> None:
        self._block, self._places = block, places
        self._rows = range(min(rows, len(block.lines)))
        self._seen: dict[str, list[str]] = {}

    @property
    def places(self) -> dict[str, int]:
        """Columns by name."""
        return self._places

    def __getitem__(self, name: str) -> list[str]:
        if name not in self._seen:
            place = self._places[name]
            self._seen[name] = [self._block.text(row, place) for row in self._rows]
        return self._seen[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def all_plain(self) -> NDArray[np.bool_]:
        """Say of each column whether its first cells are plain numbers or empty."""
        places, rows = np.array([*self._places.values()], np.int64), len(self._rows)
        found = [self._block.are_plain(some, rows) for some in _parts(places, rows)]
        return np.concatenate([np.empty(0, bool), *found])


def readers_of(sample: Sample, text_columns: frozenset[str], *, plainly: bool) -> list[Reader]:
    """Choose how to read each column, by its first cells.

    Parameters
    ----------
    sample : Sample
    text_columns : frozenset of str
        Columns that are kept as text even where they look like numbers.
    plainly : bool
        Whether points in all numbers of a column are decimal points, unless proven otherwise.

    Returns
    -------
    list of Reader
    """
    readers: list[Reader] = []
    numbers: list[int] = []
    plain_ones = sample.all_plain().tolist()
    for (name, place), plain in zip(sample.places.items(), plain_ones, strict=True):
        keeps_text = name in text_columns or name.lower() in text_columns
        if plain and not keeps_text:
            numbers.append(place)
        elif found := plain_format(sample[name]):
            readers.append(MomentReader(place, *found))
        elif keeps_text or not _looks_numeric(sample[name]):
            readers.append(TextReader(place))
        else:
            numbers.append(place)
    return [*readers, NumberReader(numbers, plainly=plainly)] if numbers else readers


class TextReader:
    """A column of texts, as codes."""

    def __init__(self, place: int) -> None:
        self._place = place
        self._known: dict[str, int] = {}
        self._grown = Growing[np.int32]()

    def add(self, block: Block, expected: int) -> None:
        """See `Reader`."""
        self._grown.append(block.codes(self._place, self._known), expected)

    def unread(self) -> list[int]:
        """See `Reader`."""
        return []

    def cells(self) -> dict[int, Cells]:
        """See `Reader`."""
        return {self._place: Texts(self._grown.whole(), list(self._known))}


class MomentReader:
    """A column of times that are all written alike."""

    def __init__(self, place: int, shape: str, time_format: str) -> None:
        self._place, self._shape, self._format = place, shape, time_format
        self._clean = True
        self._grown = Growing[np.datetime64]()

    def add(self, block: Block, expected: int) -> None:
        """See `Reader`."""
        if not self._clean:
            return
        times = read_plain(block.column(self._place), self._shape, self._format)
        self._clean = times is not None
        if times is not None:
            self._grown.append(times, expected)

    def unread(self) -> list[int]:
        """See `Reader`."""
        return [] if self._clean else [self._place]

    def cells(self) -> dict[int, Cells]:
        """See `Reader`."""
        return {self._place: Moments(self._grown.whole(), self._format)} if self._clean else {}


class NumberReader:
    """Columns of plain numbers.

    Attributes
    ----------
    proven : ndarray of shape (C,), bool
        For which columns points can be decimal points only.
    """

    def __init__(self, places: Sequence[int], *, plainly: bool) -> None:
        self._places = np.array(places, np.int64)
        self._plainly = plainly
        self._grown = Growing[np.float64]()
        self._clean = np.ones(len(places), bool)
        self._pointed, self._whole, self.proven = np.zeros((3, len(places)), bool)

    def add(self, block: Block, expected: int) -> None:
        """See `Reader`."""
        values = np.empty((len(self._places), len(block.lines)))
        for some in _parts(np.flatnonzero(self._clean), len(block.lines)):
            proven = bool(self.proven[some].all())
            found = block.numbers(self._places[some], look_at_points=not proven)
            values[some] = found.values
            self._clean[some] = found.clean
            self._pointed[some] |= found.pointed
            self._whole[some] |= found.whole
            self.proven[some] |= found.proven
        self._grown.append(values, expected)

    def unread(self) -> list[int]:
        """See `Reader`: other text is there, or points that may part thousands."""
        settled = self.proven | ~self._pointed | (self._plainly & ~self._whole)
        return [int(one) for one in self._places[~(self._clean & settled)]]

    def cells(self) -> dict[int, Cells]:
        """See `Reader`."""
        unread = set(self.unread())
        columns = zip(self._places.tolist(), self._grown.whole(), strict=True)
        return {place: values for place, values in columns if place not in unread}


def _parts(places: NDArray[np.int64], rows: int) -> list[NDArray[np.int64]]:
    """Part columns into so many as are read together."""
    size = max(1, _TOGETHER // max(1, rows))
    return [places[begin : begin + size] for begin in range(0, len(places), size)]


def _looks_numeric(values: Sequence[str]) -> bool:
    filled = [one for one in values if not is_missing(one)]
    return sum(parse_number(one) is not None for one in filled) >= 0.8 * len(filled)
