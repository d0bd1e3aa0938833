"""Bytes to a table: encodings, delimiters and headers, or a refusal with the line."""

import gzip

import pytest

from forecast.delimited import read_table
from forecast.errors import DataError

PLAIN = "when,y\n2020,1\n2021,2\n"


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        gzip.compress(PLAIN.encode()),
        PLAIN.replace("when", '" when "').encode(),
    ],
    ids=["plain", "semicolon", "crlf", "mark", "gzip", "quoted"],
)
def test_read_table_sees_through_the_form(raw: bytes) -> None:
    """The same cells in another form are the same table."""
    table = read_table(raw, "f.csv", frozenset({"when"}))
    assert table.columns == ["when", "y"]
    assert table.texts("when")[1] == ["2020", "2021"]
    assert table.numbers("y")[0].tolist() == [1.0, 2.0]


def test_read_table_ignores_delimiters_inside_quotes() -> None:
    """A quoted header name may hold any delimiter."""
    assert read_table(b'"a;b;c",y\n1,2\n', "f", frozenset()).columns == ["a;b;c", "y"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "f.csv: the file is empty"),
        (b"a,b\n", "f.csv: only a header, no rows"),
        (b"1,2\n3,4\n", "f.csv:1: the first line holds values"),
        (b"a,a\n1,2\n", "f.csv:1: the header names 'a' twice"),
        (b"a,b\n1,2\n3,4,5\n", "f.csv:3: 3 fields where the header has 2"),
        (b'a,b\n1,2\n"3,4\n', "f.csv:3: a quoted field has no end"),
        (b"a,b\n1,\xff\n", "f.csv:2: byte 0xff is not UTF-8"),
        (b"a\0,b\n", "f.csv:1: the file holds zero bytes"),
    ],
)
def test_read_table_refuses_with_the_line(raw: bytes, message: str) -> None:
    """What is no regular table is refused where it goes wrong, with a way out."""
    with pytest.raises(DataError) as caught:
        read_table(raw, "f.csv", frozenset())
    assert str(caught.value).startswith(message)
    assert caught.value.fix
