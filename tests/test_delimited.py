"""Bytes to a table: encodings, delimiters and headers, or a refusal with the line."""

import pytest

from forecast.errors import DataError
from forecast.text.content import Content
from forecast.text.delimited import read_table

PLAIN = "when,y\n2020,1\n2021,2\n"


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.replace(",", " ").replace(" ", "   ").encode(),
        b"A report\n\n" + PLAIN.encode(),
        PLAIN.replace("when", '" when "').encode(),
    ],
    ids=[
        "plain",
        "semicolon",
        "crlf",
        "mark",
        "utf-16",
        "unmarked",
        "spaces",
        "preamble",
        "quoted",
    ],
)
def test_read_table_sees_through_the_form(raw: bytes) -> None:
    """The same cells in another form are the same table."""
    table = read_table(Content(raw), "f.csv", frozenset({"when"}))
    assert table.columns == ["when", "y"]
    assert table.texts("when")[1] == ["2020", "2021"]
    assert table.numbers("y")[0].tolist() == [1.0, 2.0]


def test_read_table_names_columns_without_header() -> None:
    """Where the first line holds values, the columns are numbered, and that is told."""
    table = read_table(Content(b"1,2\n3,4\n"), "f", frozenset())
    assert table.columns == ["column 1", "column 2"]
    assert [one.code for one in table.findings] == ["no-header"]


@pytest.mark.parametrize(
    "lines",
    [
        ["date,0,1,2", "2024-01-01,5,7,6", "2024-01-02,6,5,8"],
        ["week,1001,1007,2044", "1,5,7,6", "2,6,5,8"],
        ["Monat,2018,2019", "Jan,5,7", "Feb,6,5"],
    ],
)
def test_read_table_takes_numbers_for_names_of_columns(lines: list[str]) -> None:
    """Numbers that rise behind a word above times, or count years, are a header."""
    table = read_table(Content("\n".join(lines).encode()), "f", frozenset())
    assert table.columns == lines[0].split(",")
    assert not table.findings


@pytest.mark.parametrize("line", ["2024-01-01,1,2,3", "n/a,7,5,6"])
def test_read_table_takes_numbers_for_values_where_they_may_be(line: str) -> None:
    """Numbers beside a time, or in no order, are values."""
    table = read_table(Content(f"{line}\n2024-01-02,5,7,6\n".encode()), "f", frozenset())
    assert table.columns[0] == "column 1"


def test_read_table_numbers_names_that_repeat() -> None:
    """No column is lost behind another of its name."""
    table = read_table(Content(b"a,a\n1,2\n"), "f", frozenset())
    assert table.columns == ["a.1", "a.2"]
    assert [one.code for one in table.findings] == ["same-names"]


def test_read_table_ignores_delimiters_inside_quotes() -> None:
    """A quoted header name may hold any delimiter."""
    assert read_table(Content(b'"a;b;c",y\n1,2\n'), "f", frozenset()).columns == ["a;b;c", "y"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "f.csv: the file is empty"),
        (b"a,b\n", "f.csv: only a header, no rows"),
        (b'a,b\n1,2\n"3,4\n', "f.csv:3: a quoted field has no end"),
        (b"a,b\n1,\x81\n", "f.csv:2: byte 0x81 is neither UTF-8 nor Windows-1252"),
        (b"a\0,b\n", "f.csv:1: the file holds zero bytes"),
    ],
)
def test_read_table_refuses_with_the_line(raw: bytes, message: str) -> None:
    """What is no regular table is refused where it goes wrong, with a way out."""
    with pytest.raises(DataError) as caught:
        read_table(Content(raw), "f.csv", frozenset())
    assert str(caught.value).startswith(message)
    assert caught.value.fix


@pytest.mark.parametrize("time", ["Mo, 0{}.01.2024", "{} décembre 2023", "Wed {} May 2024"])
def test_read_table_takes_no_missing_value_for_a_name(time: str) -> None:
    """A first row without a value is told by its time, in whatever language that is."""
    rows = [f'"{time.format(at)}",{"NA" if at == 1 else at}' for at in range(1, 8)]
    table = read_table(Content("\n".join(["date,temp", *rows]).encode()), "f.csv", frozenset())
    assert (table.columns, len(table.cells["date"])) == (["date", "temp"], 7)


@pytest.mark.parametrize("rows", ["2020,few\n", "2020-13,1\n", "the first,1\n", "2020,a\n2021,b\n"])
def test_read_table_takes_no_row_for_the_header(rows: str) -> None:
    """A row below the names stays a row where one of its two cells cannot be read."""
    text = "when,y\n" + rows + "2022,3\n2023,4\n2024,5\n2025,6\n"
    table = read_table(Content(text.encode()), "f.csv", frozenset())
    assert (table.columns, len(table.cells["y"])) == (["when", "y"], 4 + rows.count("\n"))


def test_read_table_tells_how_many_lines_to_skip() -> None:
    """With the flag that it names, the lines above the header are no longer remarked on."""
    raw = b"Sales\nof the shop\n\nday,sales\n" + b"".join(b"%d,%d\n" % (d, d) for d in range(9))
    (found,) = read_table(Content(raw), "f.csv", frozenset()).findings
    assert (found.code, found.fix) == ("preamble", "--skip-rows 3")


@pytest.mark.parametrize("above", ["a report,,\n", "made by,me,today\n"])
def test_read_table_tells_of_lines_right_above_the_header(above: str) -> None:
    """What names nothing is left out, and said, though no blank line parts it from the names."""
    text = above + "when,y,z\n" + "".join(f"{year},1,2\n" for year in range(2000, 2010))
    table = read_table(Content(text.encode()), "f.csv", frozenset())
    assert table.columns == ["when", "y", "z"]
    assert [(one.code, one.lines) for one in table.findings] == [("preamble", (1,))]


def test_read_table_reads_all_columns_of_times() -> None:
    """However many there are: each holds some of the values, the last ones the newest."""
    days = [f"{year}-{month:02d}-{day:02d}" for year in range(2015, 2022)
            for month in range(1, 13) for day in range(1, 29)]  # fmt: skip
    text = f"shop,{','.join(days)}\na{',1' * len(days)}\nb{',2' * len(days)}\n"
    table = read_table(Content(text.encode()), "f.csv", frozenset())
    assert (table.columns[1:], table.findings) == (days, ())
