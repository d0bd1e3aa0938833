"""Records of a delimited text whose quotes or widths are uneven, by the csv module.

Even records are split by array operations in ``fields``.
"""

import csv
import io
from collections.abc import Iterator


class UnclosedQuote(Exception):
    """A quoted field has no end; its record begins in the line given."""


def read_records(text: str, delimiter: str, line: int) -> Iterator[tuple[int, list[str]]]:
    """Give first line and fields of every record that is not blank.

    Parameters
    ----------
    text : str
    delimiter : str
    line : int
        That the text begins in.

    Yields
    ------
    tuple of int and list of str

    Raises
    ------
    UnclosedQuote
        When a quoted field has no end.
    """
    stream = io.StringIO(text, newline="")
    # a quote that is never closed is told in strict reading only, which refuses more than that
    strict = text.count('"') % 2 == 1 and _ends_inside_quotes(text, delimiter)
    reader = csv.reader(stream, delimiter=delimiter, skipinitialspace=True, strict=strict)
    start = line
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise UnclosedQuote(start) from error
        if record is None:
            return
        if len(record) > 1 or (record and record[0].strip()):
            yield start, record
        start = line + reader.line_num


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    """Say whether the last field has an opening quote and no closing one."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "unexpected end" in str(error) or "limit" in str(error)
    return False


def filled_width(record: list[str], width: int) -> int:
    """Count the fields of a record, empty ones beyond the width not."""
    size = len(record)
    while size > width and not record[size - 1].strip():
        size -= 1
    return size
