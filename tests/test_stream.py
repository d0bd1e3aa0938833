"""Lines of a stream as rows: with and without a header, and what is no row."""

import pytest

from forecast.errors import DataError
from forecast.reading.columns import Columns
from forecast.stream import LONGEST_LINE, RowStream

NAMES = Columns("day", "sales", "shop")


def read(text: str) -> tuple[RowStream, list[list[str]]]:
    """Read a text line by line."""
    stream = RowStream(NAMES)
    return stream, list(stream.rows(line.encode() for line in text.splitlines(keepends=True)))


def test_rows_after_a_header() -> None:
    """Names in any order, quotes, spaces, and the header of an appended file."""
    stream, rows = read('sales;day\n 1 ;"2024-01-01"\n\nsales;day\n2;2024-01-02\n')
    assert stream.header == ("sales", "day")
    assert rows == [["1", "2024-01-01"], ["2", "2024-01-02"]]
    assert stream.refused == 0


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("2024-01-01,5", ("day", "sales")),
        ("5,2024-01-01", ("sales", "day")),
        ("a,2024-01-01 10:00,5.5", ("shop", "day", "sales")),
        ("7,5.5", ("day", "sales")),
    ],
)
def test_rows_without_a_header(line: str, header: tuple[str, ...]) -> None:
    """Where one column can be a time and one a number, the first line is a row, too."""
    stream, rows = read(f"{line}\n")
    assert (stream.header, rows) == (header, [line.split(",")])


@pytest.mark.parametrize("line", ["2024-01-01,5,6", "1,2,3", "2024-01-01,a,b,5"])
def test_rows_refuse_to_guess(line: str) -> None:
    """Two numbers, or two names, need a header."""
    with pytest.raises(DataError, match="no header"):
        read(f"{line}\n")


def test_rows_leave_out_what_is_none() -> None:
    """Too few or many fields, bytes that are not text, and endless lines are counted."""
    long = "x" * LONGEST_LINE
    stream, rows = read(f"day,sales\n1\n1,2,3\n2024-01-01,{long}\n2024-01-02,5\n")
    assert (rows, stream.refused) == ([["2024-01-02", "5"]], 3)
    assert list(stream.rows([b"\xff\xfe,\x00\n"])) == [["\ufffd\ufffd", "\0"]]
