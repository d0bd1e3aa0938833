"""Rows of a delimited stream, line by line: header or none, and what is no row.

What the rows mean is left to ``forecast.follow``.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field

from forecast.errors import DataError
from forecast.finding import counted
from forecast.reading.columns import Columns, named_columns, shell_word
from forecast.text.numerals import parse_number
from forecast.timeline.notation import notation

LONGEST_LINE = 1 << 16
"""Bytes of a line; what is longer is no row."""

MOST_TIMES = 2_000
"""Latest times of which it is remembered what stood beside them."""


@dataclass
class RowStream:
    """A stream of lines as rows.

    Attributes
    ----------
    names : Columns
        What the columns are called where the first line is a row already.
    header : tuple of str
        Empty before the first line.
    refused : int
        Lines that were no rows.
    reason : str
        Why the last of them was none.
    """

    names: Columns
    header: tuple[str, ...] = ()
    refused: int = 0
    reason: str = ""
    _delimiter: str = field(default=",", repr=False)

    def rows(self, lines: Iterable[bytes]) -> Iterator[list[str]]:
        """Give the fields of each row; what is no row is counted and left out.

        Parameters
        ----------
        lines : iterable of bytes

        Yields
        ------
        list of str

        Raises
        ------
        DataError
            When the first line is no header, and its columns cannot be told.
        """
        for raw in lines:
            text = raw[:LONGEST_LINE].decode("utf-8-sig", errors="replace").strip()
            if not text:
                continue
            if not self.header:
                self._delimiter = max(",;\t|", key=text.count)
            fields = self._split(text)
            if not self.header:
                self.header = self._find_header(fields)
            if tuple(fields) == self.header:  # also of a file that was appended
                continue
            if len(raw) > LONGEST_LINE:
                self.refuse("a line is too long")
            elif len(fields) != len(self.header):
                self.refuse(f"{counted(len(fields), 'field')} where {len(self.header)} are usual")
            else:
                yield fields

    def refuse(self, reason: str) -> None:
        """Count a row that cannot be used.

        Parameters
        ----------
        reason : str
        """
        self.refused += 1
        self.reason = reason

    def _split(self, text: str) -> list[str]:
        try:
            return [one.strip() for one in next(csv.reader([text], delimiter=self._delimiter))]
        except csv.Error:
            return []

    def _find_header(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Take the first line for the header, or name the columns of one that is a row."""
        numbers = [place for place, one in enumerate(fields) if parse_number(one) is not None]
        kinds = [notation(one) for one in fields]
        times = [place for place, one in enumerate(kinds) if one not in (None, "integer")][:1]
        if not numbers and not times:
            return tuple(fields)
        if not times and len(numbers) == len(fields) == 2:  # whole numbers count time
            times = [0]
        values = [place for place in numbers if place not in times]
        others = [one for one in range(len(fields)) if one not in (*times, *values)]
        if len(values) != 1 or not times or len(others) > 1:
            raise DataError(
                "the first line is no header, and does not tell which column is which",
                where="stdin:1",
                fix="(head -n 1 FILE; tail -f FILE) | forecast predict - --follow",
            )
        found = {times[0]: self.names.time, values[0]: self.names.target}
        found |= dict.fromkeys(others, self.names.id or "series")
        return tuple(found[place] for place in range(len(fields)))


@dataclass
class Labels:
    """Texts beside times, in columns that nothing uses: they may name series.

    Parameters
    ----------
    header : sequence of str
    used : sequence of str
        Columns of the time and the values.
    first : iterable of sequence of str
        Rows that were taken already.
    """

    header: Sequence[str]
    used: Sequence[str]
    first: InitVar[Iterable[Sequence[str]]]
    _known: dict[str, Sequence[str]] = field(default_factory=dict, repr=False)

    def __post_init__(self, first: Iterable[Sequence[str]]) -> None:
        for fields in first:
            self.refuse(fields)

    def refuse(self, fields: Sequence[str]) -> str | None:
        """Say what speaks against a row: its time was there already, beside another text.

        Parameters
        ----------
        fields : sequence of str

        Returns
        -------
        str or None
            The row is remembered where None.
        """
        time = fields[self.header.index(self.used[0])]
        before = self._known.setdefault(time, fields)
        for name, old, new in zip(self.header, before, fields, strict=True):
            if name not in self.used and old != new and parse_number(new) is None:
                return (
                    f"{time} was there already, with '{old[:40]}' in column '{name}': add --id"
                    f" {shell_word(name)} if it names series, else --duplicates last"
                )
        if len(self._known) > MOST_TIMES:
            del self._known[next(iter(self._known))]
        return None


def find_places(header: Sequence[str], names: Sequence[str]) -> list[list[int]]:
    """Find the columns of a stream that are used.

    Parameters
    ----------
    header : sequence of str
    names : sequence of str
        Of time and values, and of the series where they have names, perhaps by several columns.

    Returns
    -------
    list of list of int
        Places of the columns that each name stands for.

    Raises
    ------
    DataError
        When there is no such column.
    """
    found = []
    for place, name in enumerate(names):
        columns = [name] if name in header or place < 2 else named_columns(header, name)
        if not columns or columns[0] not in header:
            raise DataError(
                f"there is no column '{name[:40]}' in the stream",
                where="stdin:1",
                fix="(head -n 1 FILE; tail -f FILE) | forecast predict - --follow",
            )
        found.append([header.index(one) for one in columns])
    return found


def take_fields(fields: Sequence[str], places: Sequence[Sequence[int]]) -> list[str]:
    """Give the fields at some places, those of one name joined.

    Examples
    --------
    >>> take_fields(["2024-01-01", "north", "5", "tea"], [[0], [2], [1, 3]])
    ['2024-01-01', '5', 'north tea']
    """
    return [" ".join(fields[place] for place in one) for one in places]


def to_text(rows: Iterable[Sequence[str]]) -> bytes:
    r"""Write rows as a delimited file.

    Parameters
    ----------
    rows : iterable of sequence of str

    Returns
    -------
    bytes

    Examples
    --------
    >>> to_text([["ds", "y"], ["2024-01-01, early", "1"]])
    b'ds,y\n"2024-01-01, early",1\n'
    """
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()
