"""Bytes of a delimited file to columns of text and numbers, with line numbers.

Knows about encodings, delimiters, quotes and blank lines; knows nothing about
time series. Which column plays which role is left to ``columns``.
"""

import codecs
import csv
import gzip
import io
import itertools
import re
import shlex
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.errors import DataError

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "-", "<NA>")
"""Cells of a numeric column that mean "no value"."""

_SAMPLE_ROWS = 300
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_FILLED_LINE = re.compile(rb"[^\r\n]*[^\s][^\r\n]*")
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
            self._lines = [line for line, _ in _records(self.raw.decode(), self.delimiter)]
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
            records = _records(self.raw.decode(), self.delimiter)
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
    header, delimiter = _header(raw, name)
    options: dict[str, Any] = {"sep": delimiter, "index_col": False, "keep_default_na": False}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            head = pd.read_csv(io.BytesIO(raw), dtype="str", nrows=_SAMPLE_ROWS, **options)
            sample = _cells(head)
            numeric = [
                one
                for one in sample
                if not {one, one.strip().lower()} & text_columns and _looks_numeric(sample[one])
            ]
            frame = pd.read_csv(
                io.BytesIO(raw),
                dtype={one: "category" for one in header if one not in numeric},
                na_values={one: list(MISSING) for one in numeric},
                low_memory=False,
                **options,
            )
            # pandas turns categories that look like numbers into numbers: 007 into 7
            turned = [one for one in frame if _has_number_categories(frame[one])]
            if turned:
                plain = pd.read_csv(io.BytesIO(raw), usecols=turned, dtype="str", **options)
                frame[turned] = plain[turned].astype("category")
    except pd.errors.ParserWarning as error:
        raise DataError(
            f"the rows have more fields than the header's {len(header)}",
            where=f"{name}:1",
            fix="name every column in the header, and quote text that holds the delimiter",
        ) from error
    except (pd.errors.ParserError, csv.Error) as error:
        raise _unreadable(raw.decode(), delimiter, name, len(header)) from error
    if not len(frame):
        raise DataError("only a header, no rows", where=name, fix="add at least 4 rows")
    # pandas names a column without a name "Unnamed: 0"
    frame.columns = pd.Index([str(one).strip() for one in frame.columns])
    sample = dict(zip(frame.columns, sample.values(), strict=True))
    return Table(name, frame, sample, raw, delimiter)


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
    return Table(name, kept, _cells(kept.head(_SAMPLE_ROWS)))


def _cells(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Give columns as lists of stripped text, "" where missing."""
    columns = {str(name): frame[name].astype(object) for name in frame.columns}
    return {
        name: ["" if pd.isna(one) else str(one).strip() for one in cells.tolist()]
        for name, cells in columns.items()
    }


def _precision(stamps: pd.DatetimeIndex) -> str:
    if (stamps == stamps.normalize()).all():
        return "%Y-%m-%d"
    whole = (stamps == stamps.floor("s")).all()
    return "%Y-%m-%d %H:%M:%S" if whole else "%Y-%m-%d %H:%M:%S.%f"


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


def _header(raw: bytes, name: str) -> tuple[list[str], str]:
    first = _FILLED_LINE.search(raw)[0].decode()  # type: ignore[index]  # it is not empty
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(",;\t|", key=unquoted.count)
    header = next(csv.reader([first], delimiter=delimiter))
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
    return header, delimiter


def _has_number_categories(values: "pd.Series[Any]") -> bool:
    return (
        isinstance(values.dtype, pd.CategoricalDtype)
        and pd.api.types.infer_dtype(values.cat.categories) != "string"
    )


def _looks_numeric(values: list[str]) -> bool:
    filled = [one for one in values if one not in MISSING]
    return sum(parse_number(one) is not None for one in filled) >= 0.8 * len(filled)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give first line and fields of every record, the header first.

    Blank lines are skipped as pandas skips them.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    for record in reader:
        if record and (len(record) > 1 or record[0].strip()):
            yield start, record
        start = reader.line_num + 1


def _unreadable(text: str, delimiter: str, name: str, width: int) -> DataError:
    """Find out why a file has no regular rows."""
    start = 1
    for start, record in _records(text, delimiter):
        if len(record) > width:
            return DataError(
                f"{len(record)} fields where the header has {width}",
                where=f"{name}:{start}",
                fix="quote text that holds the delimiter, and write 1234 instead of 1,234",
            )
    return DataError(
        "a quoted field has no end", where=f"{name}:{start}", fix="close or remove the quote"
    )
