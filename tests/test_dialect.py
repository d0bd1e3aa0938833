"""Delimiter, header and first row, told by the lines themselves."""

import pytest

from forecast.errors import UsageError
from forecast.text.dialect import find_dialect

DAYS = range(1, 9)
ROWS = "".join(f"2024-01-{day:02d};{day},5;ok\n" for day in DAYS)


@pytest.mark.parametrize(
    ("above", "names", "line"),
    [
        ("day;sales;note\n", ("day", "sales", "note"), 2),
        ("Report\nby office\n\nday;sales;note\n", ("day", "sales", "note"), 5),
        ("# made; by; hand\n\nday;sales;note\n", ("day", "sales", "note"), 4),
        ("", ("column 1", "column 2", "column 3"), 1),
        ("day;temp;note\n;\u00b0C;[-]\n", ("day", "temp", "note"), 3),
        ("Metric;Close;Close\nTicker;A;B\nday;;\n", ("day", "Close A", "Close B"), 4),
        ("day;;\n", ("day", "Unnamed: 1", "Unnamed: 2"), 2),
        ("day;a;a\n", ("day", "a.1", "a.2"), 2),
        ("day;sales;note\n---;---;---\n", ("day", "sales", "note"), 3),
        ("sep=;\nday;sales;note\n", ("day", "sales", "note"), 3),
        ('day;"two\nlines";note\n', ("day", "two\nlines", "note"), 3),
        (";0;1\n", ("Unnamed: 0", "0", "1"), 2),
        ("day;sales;note\n;0;1\n", ("day", "sales", "note"), 2),  # a row without a time
    ],
)
def test_find_dialect_finds_the_header(above: str, names: tuple[str, ...], line: int) -> None:
    """What stands above, units, groups and rules are told from names."""
    found = find_dialect((above + ROWS).encode(), "f", None, 0)
    assert (found.delimiter, found.names, found.line) == (";", names, line)


def test_find_dialect_tells_years_in_a_header_from_rows() -> None:
    """A table with a column for each year has a header, though it holds numbers."""
    years = ",".join(map(str, range(2000, 2010)))
    found = find_dialect(f"country,{years}\nChad,{'1.5,' * 9}2\n".encode(), "f", None, 0)
    assert found.names[:2] == ("country", "2000")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "  "])
def test_find_dialect_finds_the_delimiter(delimiter: str) -> None:
    """Runs of spaces are one delimiter; texts with others inside do not mislead."""
    lines = ["day", "sales"], *([f"2024-01-{day:02d}", f"{day}"] for day in range(1, 9))
    raw = "\n".join(delimiter.join(one) for one in lines)
    assert find_dialect(raw.encode(), "f", None, 0).delimiter == delimiter[0]


def test_find_dialect_reads_statements_of_banks() -> None:
    """Among many words a decimal comma is in every row, too, but leaves most of it unread."""
    rows = "".join(f"202401{day};Shop;NL01;Af;{day},50\n" for day in range(10, 30))
    found = find_dialect(f"Datum;Naam;Rekening;Af Bij;Bedrag\n{rows}".encode(), "f", None, 0)
    assert (found.delimiter, found.names[-1]) == (";", "Bedrag")


def test_find_dialect_parts_no_words_where_another_sign_parts_all_lines() -> None:
    """Ranges of times hold as many spaces in each line, and so many readable parts."""
    rows = "".join(f"0{day}.01.2024 00:00 - 0{day}.01.2024 01:00,{day}.5,EUR,\n" for day in DAYS)
    text = f"Time (CET/CEST),Price [EUR/MWh],Unit,Area\n{rows}"
    found = find_dialect(text.encode(), "f", None, 0)
    assert (found.delimiter, found.line) == (",", 2)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("# year low high", ("year", "low", "high")),  # as numpy writes it
        ("#          mean   daily", ("column 1", "column 2", "column 3")),  # names below others
        ("#  year  mean", ("column 1", "column 2", "column 3")),
    ],
)
def test_find_dialect_takes_a_comment_sign_for_no_name(header: str, names: tuple[str, ...]) -> None:
    """Names that are as many as the columns are theirs; of others nobody knows whose."""
    rows = "".join(
        f"{year} {year % 7}.5 {year % 5}.25\n" for year in (1990, 1990, 1991, 1993, 1994)
    )
    found = find_dialect(f"# of the station\n{header}\n{rows}".encode(), "f", None, 0)
    assert (found.names, found.line) == (names, 3)
    counted = find_dialect(b"# a b\n1 5.5 6\n2 6.5 7\n3 7.5 8\n4 8.5 9\n", "f", None, 0)
    assert counted.names[1:] == ("a", "b")


def test_find_dialect_takes_a_sign_before_a_delimiter_for_a_name() -> None:
    """Spaces around names part no fields: "#" is the first column, whatever it holds."""
    rows = "".join(f"{day * 5 % 7},2024-01-{day},{day % 7}\n" for day in range(10, 30))
    found = find_dialect(f"# ,date , value \n{rows}".encode(), "f", None, 0)
    assert (found.names, found.line) == (("Unnamed: 0", "date", "value"), 2)


@pytest.mark.parametrize("fill", ["", ",,,,"])
def test_find_dialect_reads_tables_of_the_world_bank(fill: str) -> None:
    """Years come with their codes; more notes than rows say nothing of the width."""
    years = ",".join(f"{year} [YR{year}]" for year in range(2000, 2010))
    text = f"Country Name,Country Code,{years}\n"
    text += f'"Aruba",ABW,{",".join(map(str, range(8)))},..,..\n\n\n'
    text += (
        f"Data from database: World Development Indicators{fill}\nLast Updated: 10/26/2023{fill}\n"
    )
    found = find_dialect(text.encode(), "f", None, 0)
    assert found.names == ("Country Name", "Country Code", *map(str, range(2000, 2010)))
    assert (found.delimiter, found.line) == (",", 2)


def test_find_dialect_takes_most_lines_for_rows_though_they_have_one_cell() -> None:
    """Few lines that hold a delimiter do not make notes of the others."""
    rows = "".join(f"{at},5\n" if at % 7 == 3 else f"{at}\n" for at in range(30))
    assert find_dialect(f"value\n{rows}".encode(), "f", None, 0).names == ("value",)


def test_find_dialect_obeys_flags() -> None:
    """A delimiter by name and lines to skip are taken as given."""
    raw = b"a,b,c\nx|y\n1|2\n3|4\n"
    found = find_dialect(raw, "f", "pipe", 1)
    assert (found.delimiter, found.names, found.line) == ("|", ("x", "y"), 3)
    with pytest.raises(UsageError, match="delimiter is 'abc'"):
        find_dialect(raw, "f", "abc", 0)
