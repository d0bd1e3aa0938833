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
        ("Service total,210", "totals"), ("2018 Total,210", "totals"),
        ("Jan 2018 Total,210", "totals"),
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


MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
YEARS = range(1948, 2012)  # their years and quarters alone are more than a sample
OFFICES = {
    "years, quarters, months": (
        [f"{year}" for year in YEARS]
        + [f"{year} Q{quarter}" for year in YEARS for quarter in range(1, 5)]
        + [f"{year} {month}" for year in YEARS for month in MONTHS],
        12 * len(YEARS),
    ),
    "years, quarters": (
        [f"{year}" for year in YEARS]
        + [f"{year} Q{quarter}" for year in YEARS for quarter in range(1, 5)],
        4 * len(YEARS),
    ),
    "M13": ([f"{year}M{month:02d}" for year in YEARS for month in range(1, 14)], 12 * len(YEARS)),
    "halves": (
        [f"{year} {part}" for year in YEARS for part in (*MONTHS, "Annual", "Half1", "Half2")],
        12 * len(YEARS),
    ),
}


@pytest.mark.parametrize("office", OFFICES)
def test_find_leftovers_takes_the_shortest_of_several_periods(office: str) -> None:
    """Years and quarters above or between months, as of statistics offices, are told."""
    times, rows = OFFICES[office]
    found = read(*(f"{time},{at},x" for at, time in enumerate(times)))
    assert len(found.panel.target) == rows
    finding = next(one for one in found.findings if one.code == "longer-periods")
    assert finding.count == len(times) - rows


def test_find_leftovers_takes_no_dates_for_longer_periods() -> None:
    """Days below months are refused at their line, in whatever order their numbers stand."""
    rows = [f"{month} 2020,1" for month in MONTHS]
    with pytest.raises(DataError, match=r"'30/05/2021' in time column 'ds' is not written like"):
        read(*rows, "30/05/2021,2", "06/06/2021,3")


def test_find_leftovers_leaves_out_a_year_without_a_value_below_the_months() -> None:
    """What stands below the rows and holds no value of them is a note, whatever it looks like."""
    months = [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
    found = read(*(f"{time},{at},x" for at, time in enumerate(months)), f"{YEARS[-1]},,x")
    assert len(found.panel.target) == len(months)
    assert [one.count for one in found.findings if one.code == "footnotes"] == [1]


@pytest.mark.parametrize(
    "times",
    [
        [f"{day:02d}-01-2024" for day in range(1, 10)]
        + [f"{month:02d}/2025" for month in range(1, 13)],
        [f"{month:02d}/2025" for month in range(1, 13)] + ["2025"] * 3 + ["01/2026"],
    ],
    ids=["days", "one year thrice"],
)
def test_find_leftovers_refuses_what_is_no_longer_period(times: list[str]) -> None:
    """Days whose order is not known yet are shorter than months; a year has one row."""
    with pytest.raises(DataError, match="is not written like") as caught:
        read(*(f"{time},{at},x" for at, time in enumerate(times)))
    assert caught.value.kind == "odd-time"


@pytest.mark.parametrize("value", ["sum", "mean", "0"])
@pytest.mark.parametrize("last", [12, 8])
def test_find_leftovers_leaves_out_totals_of_years(value: str, last: int) -> None:
    """Rows without a month beside all months of a year, or with the sum of those there."""
    rows = []
    for year in YEARS:
        months = range(1, 13 if year < YEARS[-1] else last + 1)
        figures = {"sum": sum(months), "mean": sum(months) / len(months), "0": 0}
        rows += [f"{year},{month},{month}" for month in months]
        rows += [f"{year},,{figures[value]}"] if len(months) == 12 or value == "sum" else []
    found = read_csv(io.BytesIO("\n".join(["Year,Month,Sales", *rows]).encode()))
    assert len(found.panel.target) == 12 * (len(YEARS) - 1) + last
    assert "longer-periods" in [one.code for one in found.findings]


@pytest.mark.parametrize("head", ["", "shop,"])
def test_find_leftovers_takes_no_empty_month_for_a_year(head: str) -> None:
    """A row without a month in a year that lacks one is refused, beside totals of other years."""
    rows = []
    for year in YEARS:
        for shop in ("a,", "b,") if head else ("",):
            lacking = 5 if year in YEARS[1:3] and shop != "b," else None
            rows += [
                f"{shop}{year},{'' if month == lacking else month},{100 + month}"
                for month in range(1, 13)
            ]
            rows += [f"{shop}{year},,1278"] if year == YEARS[0] else []
    with pytest.raises(DataError, match=r"'1949' in time column 'Year Month'.*2 such") as caught:
        read_csv(io.BytesIO("\n".join([f"{head}Year,Month,Sales", *rows]).encode()))
    assert caught.value.kind == "odd-time"


def test_find_leftovers_takes_months_among_halves_and_years() -> None:
    """Years in one column and codes in another are joined before; halves alone are left alone."""
    codes = [*(f"M{month:02d}" for month in range(1, 14)), "S01", "S02", "S03"]
    rows = [f"{year},{code},5" for year in range(2000, 2006) for code in codes]
    found = read_csv(io.BytesIO("\n".join(["Year,Period,Value", *rows]).encode()))
    assert (found.panel.freq, len(found.panel.target), found.columns.id) == ("MS", 72, None)
    rows = [
        f"{row},{row[:4]} {[*MONTHS, 'Annual'][int(row[6:8]) - 1]}" for row in rows if "M" in row
    ]
    found = read_csv(io.BytesIO("\n".join(["Year,Period,Value,Label", *rows]).encode()))
    assert (len(found.panel.target), found.columns.time) == (72, "Label")
    stamped = [f"{','.join(row.split(',')[:3])},2024-05-01 10:00" for row in rows]
    found = read_csv(io.BytesIO("\n".join(["Year,Period,Value,Updated", *stamped]).encode()))
    assert (len(found.panel.target), found.columns.time) == (72, "Year Period")
    rows = [f"{year},{code},5" for year in range(2000, 2006) for code in codes[-3:]]
    found = read_csv(io.BytesIO("\n".join(["Year,Period,Value", *rows]).encode()))
    assert (found.panel.ids, found.columns.time) == (("S01", "S02", "S03"), "Year")


def test_find_leftovers_leaves_out_a_total_that_is_named_behind_all_columns() -> None:
    """Exports of analytics have it above the rows, with no time, and its name in a field more."""
    found = read(",999,x,Grand total", *ROWS)
    assert len(found.panel.target) == 20
    assert next(one for one in found.findings if one.code == "totals").line == 2
    with pytest.raises(DataError, match="4 fields where the header has 3"):
        read(",999,x,Grand opening", *ROWS)


def test_find_leftovers_refuses_a_single_year_among_months() -> None:
    """It may be a month that was cut."""
    months = [f"{year}-{month:02d},1,x" for year in (2022, 2023) for month in range(1, 13)]
    with pytest.raises(DataError, match="'2022' in time column 'ds' is not written like"):
        read("2022,1,x", *months)


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
