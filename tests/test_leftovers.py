"""Lines that are no rows, told by what they hold."""

import io

import pytest

from forecast.errors import DataError
from forecast.read import Input, read_csv
from forecast.spec import DataSpec

ROWS = [f"2024-01-{day:02d},{day}.5,x" for day in range(1, 21)]


def read(*lines: str, end: str = "\n") -> Input:
    return read_csv(io.BytesIO(("\n".join(["ds,y,note", *lines]) + end).encode()))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Total,210,", "totals"), ("Grand total,210", "totals"), ("Summe,1,", "totals"),
        ("Service total,210", "totals"),
        ("Gesamtergebnis,1,", "totals"), ("Totale complessivo,1,", "totals"),
        ("-----,-----,-----", "rules"), ("Source: the office", "footnotes"),
        ("* preliminary, see text, page 5", "footnotes"), ("ds,y,note", "repeated-header"),
        (",,", "empty-rows"),
    ],
)  # fmt: skip
def test_find_leftovers_leaves_out_what_is_no_row(line: str, code: str) -> None:
    """Totals, rules, footnotes, repeated headers and empty rows are left out by a finding."""
    found = read(*ROWS, line)
    assert len(found.panel.target) == 20
    finding = next(one for one in found.findings if one.code == code)
    assert (finding.line, finding.count) == (22, 1)


def test_read_csv_counts_one_in_the_singular() -> None:
    """One row, value or time of whatever was repaired is told as one."""
    rows = [f"{at},$ {at}.5" for at in range(1, 20)]
    rows[5], rows[8], rows[12:13] = "6,-", "9,(9.5)", []
    text = "\n".join(["step,y", "1,$ 1", *rows, "20,", "Total,9"])
    found = read_csv(io.BytesIO(text.encode()), DataSpec(duplicates="first"))
    assert {one.message for one in found.findings if one.message.startswith("1 ")} == {
        "1 of 19 values missing (5.3%)",
        "1 cell with a sign for a missing value",
        "1 line of totals left out",
        "1 missing timestamp inserted as a missing value",
        "1 repeated timestamp merged (duplicates: first)",
        "1 row without a value at the ends of series left out",
        "1 value in brackets read as negative",
    }


@pytest.mark.parametrize("line", ["?,5,x", "soon,7,", "2024-01-32,4,x"])
def test_find_leftovers_keeps_values_without_a_time(line: str) -> None:
    """A value whose time cannot be read is never left out in silence."""
    with pytest.raises(DataError) as caught:
        read(*ROWS, line)
    assert caught.value.where == "stdin:22"


def test_find_leftovers_leaves_out_a_row_that_is_cut() -> None:
    """Where the file ends within a row, that row is not read as a shorter number."""
    found = read(*ROWS, "2024-01-21,2", end="")
    assert len(found.panel.target) == 20
    assert next(one for one in found.findings if one.code == "cut").line == 22
