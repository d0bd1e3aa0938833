"""Bytes of a delimited file to a table.

Knows about encodings, delimiters, quotes and blank lines; what the cells mean
is left to ``table`` and ``roles``.
"""

import codecs
import csv
import gzip
import io
import re
import shlex
import warnings
import zlib
from typing import Any

import pandas as pd

from forecast.errors import DataError
from forecast.table import MISSING, SAMPLE_ROWS, Table, parse_number, sample_cells, split_records

_FILLED_LINE = re.compile(rb"[^\r\n]*[^\s][^\r\n]*")


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
            head = pd.read_csv(io.BytesIO(raw), dtype="str", nrows=SAMPLE_ROWS, **options)
            sample = sample_cells(head)
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


def _unreadable(text: str, delimiter: str, name: str, width: int) -> DataError:
    """Find out why a file has no regular rows."""
    start = 1
    for start, record in split_records(text, delimiter):
        if len(record) > width:
            return DataError(
                f"{len(record)} fields where the header has {width}",
                where=f"{name}:{start}",
                fix="quote text that holds the delimiter, and write 1234 instead of 1,234",
            )
    return DataError(
        "a quoted field has no end", where=f"{name}:{start}", fix="close or remove the quote"
    )
