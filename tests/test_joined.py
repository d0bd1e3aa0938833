"""Times made of several columns, of the names of columns, or of the count of rows."""

import math

import pytest

from forecast.errors import DataError
from forecast.reading.joined import count_rows, join_times
from forecast.reading.melt import melt_months, melt_times
from forecast.spec import DataSpec
from forecast.text.content import Content
from forecast.text.delimited import read_table
from forecast.text.table import Table

NAMES = frozenset({"date", "time", "year", "month", "day", "hour", "quarter", "id"})


def table_of(*lines: str) -> Table:
    return read_table(Content("\n".join(lines).encode()), "f.csv", NAMES)


@pytest.mark.parametrize(
    ("header", "row", "name", "text"),
    [
        ("date,time,y", "2024-01-0{0},10:3{0},1", "date time", "2024-01-01 10:31"),
        ("date,hour,y", "2024-01-01,{0},1", "date hour", "2024-01-01 01:00"),
        ("year,month,y", "2024,{0},5", "year month", "2024-1"),
        ("year,month,day,y", "2024,5,{0},5", "year month day", "2024-5-1"),
        ("year,quarter,y", "202{0},1,5", "year quarter", "2021-Q1"),
        ("year,week,y", "2024,{0},5", "year week", "2024-W01"),
        ("Jahr,Monat,y", "2024,{0},5", "Jahr Monat", "2024-1"),
        ("Jahr,KW,y", "2024,{0},5", "Jahr KW", "2024-W01"),
        ("Année,Mois,Jour,y", "2024,5,{0},5", "Année Mois Jour", "2024-5-1"),
        ("Datum,Stunde,y", "2024-01-01,{0},1", "Datum Stunde", "2024-01-01 01:00"),
    ],
)
def test_join_times_makes_one_column(header: str, row: str, name: str, text: str) -> None:
    """Parts that mean one thing together become one column, at the front."""
    table = join_times(table_of(header, *(row.format(one) for one in range(1, 6))))
    assert table.columns == [name, "y"]
    assert table.texts(name)[1][0] == text
    assert [one.code for one in table.findings] == ["joined-times"]


@pytest.mark.parametrize("minutes", [15, 14])
def test_join_times_takes_the_begin_of_spans(minutes: int) -> None:
    """Of two clocks that are always as far apart the first one counts, as of ranges of dates."""
    times = [(at, (at + minutes) % 1440) for at in range(0, 1440, 15)]
    rows = [f"2024-01-01,{a // 60:02d}:{a % 60:02d},{b // 60:02d}:{b % 60:02d},1" for a, b in times]
    table = join_times(table_of("date,from,to,y", *rows))
    assert table.columns == ["date from", "to", "y"]
    uneven = [*rows[:50], "2024-01-02,00:00,09:00,1"]
    assert join_times(table_of("date,from,to,y", *uneven)).columns == ["date", "from", "to", "y"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("year,kW", "20{0:02d},{0}"),
        ("year,KW,y", "20{0:02d},{0},5"),
        ("date,open,close,y", "2024-01-{0:02d},09:00,17:00,1"),
        ("date,from,to,y", "2024-01-{0:02d},09:00,12:00,1"),
    ],
)
def test_join_times_joins_no_years_or_days_that_differ(header: str, row: str) -> None:
    """A year for each row needs no week, perhaps kilowatts; a day for each row, no hours."""
    table = table_of(header, *(row.format(one) for one in range(1, 20)))
    assert join_times(table) is table


def test_join_times_makes_cells_that_can_be_quoted() -> None:
    """Messages show the joined text: the file has no such column."""
    table = join_times(table_of("date,time,y", *(f"2024-01-0{one},10:30,1" for one in range(1, 6))))
    assert table.cell(2, "date time") == "2024-01-03 10:30"


def test_join_times_leaves_whole_times_alone() -> None:
    """Where there is nothing to join, the table is the same."""
    table = table_of("date,y", *(f"2024-01-0{one},1" for one in range(1, 6)))
    assert join_times(table) is table


def test_melt_times_gives_each_value_a_row() -> None:
    """A column for each time becomes a row for each; lines stay those of the file."""
    found = melt_times(table_of("shop,2019,2020,2021,2022", "a,1,2,3,4", "b,5,6,,8"))
    assert found.columns == ["shop", "date", "value"]
    assert found.numbers("value")[0].tolist()[:6] == [1, 2, 3, 4, 5, 6]
    assert found.lines is not None
    assert found.lines.tolist() == [2] * 4 + [3] * 4
    codes, texts = found.texts("shop")
    assert [texts[code] for code in codes] == ["a"] * 4 + ["b"] * 4


def test_melt_times_leaves_other_tables_alone() -> None:
    """Columns that are no times, or hold text, stay columns."""
    for lines in (("day,a,b", "2024-01-01,1,2"), ("s,2019,2020,2021,2022", "a,1,x,3,4")):
        table = table_of(*lines)
        assert melt_times(table) is table


def test_count_rows_numbers_rows_of_numbers_only() -> None:
    """Without a time, rows are counted, with a warning; a column of text may be a time."""
    found = count_rows(table_of("a,b", "5,1", "3,2", "8,1"), DataSpec())
    assert found.texts("row")[1] == ["1", "2", "3"]
    assert [one.severity for one in found.findings] == ["warning"]
    table = table_of("a,b", "5,x", "3,y", "8,z")
    assert count_rows(table, DataSpec()) is table


def test_melt_times_reads_numbers_with_flags_of_eurostat() -> None:
    """Letters behind a value say how it came about; a colon is no value."""
    head = "geo\\TIME_PERIOD\t" + "\t".join(f"2020-0{month} " for month in range(1, 6))
    others = [f"{land}\t1\t2\t3\t4\t5" for land in ("FR", "IT", "ES")]
    found = melt_times(table_of(head, "DE\t1.5 p\t2.0 \t: \t: c\t3 bp", *others))
    assert found.texts("geo\\TIME_PERIOD")[1] == ["DE", "FR", "IT", "ES"]
    values = found.numbers("value")[0].tolist()
    assert values[:2] == [1.5, 2.0]
    assert all(math.isnan(one) for one in values[2:4])
    assert values[4:] == [3, *3 * [1, 2, 3, 4, 5]]


def test_melt_months_makes_one_series_of_years() -> None:
    """Months in any language, years in any order, means of the year left out."""
    months = "Jan,Feb,März,Apr.,Mai,Juni,July,Aug,Sept,Okt,Nov,Dez"
    rows = (
        f"{year},{','.join(str(year + month) for month in range(1, 13))},7.5"
        for year in (2021, 2020)
    )
    found = melt_months(table_of(f"Year,{months},Mean", *rows), None)
    assert found.columns == ["date", "value"]
    codes, texts = found.texts("date")
    assert [texts[code] for code in codes[[0, 11, 12]]] == ["2021-01", "2021-12", "2020-01"]
    assert found.numbers("value")[0][[0, 11, 12]].tolist() == [2022, 2033, 2021]


@pytest.mark.parametrize("beside", ["1.234,{0}", "remark {0}", "North"])
def test_melt_months_names_no_series_by_what_stands_beside(beside: str) -> None:
    """A row for each year is one series: totals in any style and remarks are not its name."""
    months = "Jan;Feb;Mar;Apr;May;Jun;Jul;Aug;Sep;Oct;Nov;Dec"
    rows = (f"202{at};{';'.join('12345678')};9;9;9;9;{beside.format(at)}" for at in range(4))
    found = melt_months(table_of(f"year;{months};Beside", *rows), None)
    assert found.columns == ["date", "value"]
    assert found.findings[0].message == "columns not used: 'Beside'"


def test_melt_months_refuses_to_merge_series_that_numbers_name() -> None:
    """Articles 7 and 8 are two series, and keep their zeros where they are named as such."""
    months = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
    numbers = ",".join(map(str, range(12)))
    rows = [f"00{one},{year},{numbers},66" for one in (7, 8) for year in (2020, 2021, 2022)]
    header = f"Article,year,{months},Total"
    with pytest.raises(DataError, match="'Article' may name the series") as refused:
        melt_months(table_of(header, *rows), None)
    assert refused.value.fix == "forecast train f.csv --id Article"
    lines = Content("\n".join([header, *rows]).encode())
    found = melt_months(read_table(lines, "f.csv", frozenset({"year", "Article"})), "Article")
    assert found.texts("Article")[1] == ["007", "008"]


def test_melt_months_leaves_other_tables_alone() -> None:
    """Eleven months, or months without years, stay columns."""
    months = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
    numbers = ",".join(map(str, range(12)))
    for table in (
        table_of(f"shop,{months}", f"a,{numbers}", f"b,{numbers}"),
        table_of(f"Year,{months[4:]}", f"2020,{numbers[2:]}", f"2021,{numbers[2:]}"),
    ):
        assert melt_months(table, None) is table
