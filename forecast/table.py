"""Columns of text and numbers, with line numbers, before they mean anything.

Knows nothing about time series: which column plays which role is left to
``roles``. How bytes become columns is in ``delimited``.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.errors import DataError

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "-", "<NA>")
"""Cells of a numeric column that mean "no value"."""

SAMPLE_ROWS = 300
"""First rows of a table, from which the kinds of its columns are told."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_INFINITE = re.compile(r"\s*[+-]?inf(inity)?\s*", re.IGNORECASE)


@dataclass(eq=False)
class Table:
    """A file or frame as columns, before any meaning is given to them.

    Attributes
    ----------
    name : str
        What messages call the file.
    frame : pandas.DataFrame
        Numbers as float64, everything else as categories of text.
    sample : dict of str to list of str
        The first cells of each column as stripped text.
    raw : bytes or None
        The file in UTF-8, to find line numbers; None for a frame in memory.
    delimiter : str
    """

    name: str
    frame: pd.DataFrame
    sample: dict[str, list[str]]
    raw: bytes | None = field(default=None, repr=False)
    delimiter: str = ","
    _lines: list[int] = field(default_factory=list, repr=False)

    @property
    def columns(self) -> list[str]:
        """Names of all columns, in the file's order."""
        return [str(one) for one in self.frame.columns]

    def is_number(self, column: str) -> bool:
        """Say whether a column was read as numbers throughout."""
        return self.frame[column].dtype.kind in "iuf"

    def where(self, row: int) -> str:
        """Name the place of a row, for example ``sales.csv:17``."""
        if self.raw is None:
            return f"{self.name} row {row}"
        if not self._lines:
            self._lines = [line for line, _ in split_records(self.raw.decode(), self.delimiter)]
        return f"{self.name}:{self._lines[row + 1]}"

    def texts(self, column: str) -> tuple[NDArray[np.int64], list[str]]:
        """Give a text column as codes and distinct values; missing cells are ""."""
        values = self.frame[column]
        if not isinstance(values.dtype, pd.CategoricalDtype):
            values = values.astype("str").astype("category")
        codes = values.cat.codes.to_numpy().astype(np.int64)
        distinct = [str(one).strip() for one in values.cat.categories]
        if (codes < 0).any():
            codes = np.where(codes < 0, len(distinct), codes)
            distinct.append("")
        return codes, distinct

    def numbers(self, column: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Give a column as numbers, NaN where missing, and the rows that are neither."""
        values = self.frame[column]
        if values.dtype.kind in "iuf":
            numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
            return numbers, np.flatnonzero(np.isinf(numbers))
        codes, distinct = self.texts(column)
        parsed = [np.nan if one in MISSING else parse_number(one) for one in distinct]
        wrong = [one is None or np.isinf(one) for one in parsed]
        numbers = np.array([np.nan if one is None else one for one in parsed])[codes]
        return numbers, np.flatnonzero(np.array(wrong)[codes])

    def cell(self, row: int, column: str) -> str:
        """Give one cell as escaped text of at most 40 characters."""
        if self.raw is None:
            text = str(self.frame[column].iloc[row])
        else:
            records = split_records(self.raw.decode(), self.delimiter)
            record = next(itertools.islice(records, row + 1, None))[1]
            place = self.columns.index(column)
            text = record[place] if place < len(record) else ""
        return text.encode("unicode_escape").decode("ascii")[:40]


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


def table_from_frame(frame: pd.DataFrame, name: str, text_columns: frozenset[str]) -> Table:
    """Give a frame in memory the same form as a file.

    Parameters
    ----------
    frame : pandas.DataFrame
    name : str
    text_columns : frozenset of str

    Returns
    -------
    Table
    """
    if not len(frame):
        raise DataError("the frame has no rows", where=name)
    if not frame.columns.is_unique:
        raise DataError("two columns have the same name", where=name, fix="rename one of them")
    columns = {}
    for column in frame.columns:
        values = frame[column].reset_index(drop=True)
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            values = values.dt.tz_convert("UTC").dt.tz_localize(None)
        if values.dtype.kind == "M":
            values = values.astype("category")
            stamps = pd.DatetimeIndex(values.cat.categories)
            values = values.cat.rename_categories(list(stamps.strftime(_precision(stamps))))
        elif values.dtype.kind not in "iuf" or {column, str(column).lower()} & text_columns:
            values = values.astype("str").astype("category")
        columns[str(column)] = values
    kept = pd.DataFrame(columns)
    return Table(name, kept, sample_cells(kept.head(SAMPLE_ROWS)))


def sample_cells(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Give columns as lists of stripped text, "" where missing."""
    columns = {str(name): frame[name].astype(object) for name in frame.columns}
    return {
        name: ["" if pd.isna(one) else str(one).strip() for one in cells.tolist()]
        for name, cells in columns.items()
    }


def split_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give first line and fields of every record, the header first.

    Blank lines are skipped as pandas skips them.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    for record in reader:
        if record and (len(record) > 1 or record[0].strip()):
            yield start, record
        start = reader.line_num + 1


def _precision(stamps: pd.DatetimeIndex) -> str:
    if (stamps == stamps.normalize()).all():
        return "%Y-%m-%d"
    whole = (stamps == stamps.floor("s")).all()
    return "%Y-%m-%d %H:%M:%S" if whole else "%Y-%m-%d %H:%M:%S.%f"
