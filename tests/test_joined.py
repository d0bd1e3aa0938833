"""Times made of several columns, of the names of columns, or of the count of rows."""

import math

import pytest

from forecast.errors import DataError
from forecast.reading.joined import count_rows, join_times
from forecast.reading.melt import melt_steps, melt_times
from forecast.reading.settle import settle_rows
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
        ("year,half,y", "202{0},2,5", "year half", "2021-H2"),
        ("year,half,y", "202{0},H2,5", "year half", "H2 2021"),
        ("Jahr,Halbjahr,y", "202{0},2. Halbjahr,5", "Jahr Halbjahr", "2. Halbjahr 2021"),
        ("year,week,y", "2024,{0},5", "year week", "2024-W01"),
        ("Jahr,Monat,y", "2024,{0},5", "Jahr Monat", "2024-1"),
        ("Jahr,KW,y", "2024,{0},5", "Jahr KW", "2024-W01"),
        ("Année,Mois,Jour,y", "2024,5,{0},5", "Année Mois Jour", "2024-5-1"),
        ("Datum,Stunde,y", "2024-01-01,{0},1", "Datum Stunde", "2024-01-01 01:00"),
        ("year,period,y", "2024,M0{0},5", "year period", "2024M01"),
        ("year,period,y", "202{0},Q01,5", "year period", "2021Q01"),
        ("YEAR,MO,DY,y", "2024,5,{0},5", "YEAR MO DY", "2024-5-1"),
        ("YEAR,MO,DY,HR,y", "2024,5,1,{0},5", "YEAR MO DY HR", "2024-5-1 01:00"),
        ("date,hours,y", "2024-01-01,0{0} - 02,1", "date hours", "2024-01-01 01:00"),
        ("date,span,y", "2024-01-01,10:0{0}-10:15,1", "date span", "2024-01-01 10:01"),
        ("date,time,y", "01/02/2024,0{0}.00.00,1", "date time", "01/02/2024 01:00:00"),
        ("day,<TIME>,y", "20240201,09{0}500,1", "day <TIME>", "20240201 091500"),
        ("day,<TIME>,y", "20240201,09{0}5,1", "day <TIME>", "20240201 091500"),
    ],
)
def test_join_times_makes_one_column(header: str, row: str, name: str, text: str) -> None:
    """Parts that mean one thing together become one column, at the front."""
    table = join_times(table_of(header, *(row.format(one) for one in range(1, 6))), DataSpec())
    assert table.columns == [name, "y"]
    assert table.texts(name)[1][0] == text
    assert [one.code for one in table.findings] == ["joined-times"]


@pytest.mark.parametrize("minutes", [15, 14])
def test_join_times_takes_the_begin_of_spans(minutes: int) -> None:
    """Of two clocks that are always as far apart the first one counts, as of ranges of dates."""
    times = [(at, (at + minutes) % 1440) for at in range(0, 1440, 15)]
    rows = [f"2024-01-01,{a // 60:02d}:{a % 60:02d},{b // 60:02d}:{b % 60:02d},1" for a, b in times]
    table = join_times(table_of("date,from,to,y", *rows), DataSpec())
    assert table.columns == ["date from", "to", "y"]
    halves = [f"2024-01-01,0{at}:30 PM,{at + 1}:30 PM,1" for at in range(1, 9)]
    table = table_of("date,from,to,y", *halves, "2024-01-01,11:30 PM,12:30 AM,1")
    table = join_times(table, DataSpec())
    assert table.columns == ["date from", "to", "y"]
    uneven = [*rows[:50], "2024-01-02,00:00,09:00,1"]
    table = table_of("date,from,to,y", *uneven)
    assert join_times(table, DataSpec()) is table


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("year,kW", "20{0:02d},{0}"),
        ("year,KW,y", "20{0:02d},{0},5"),
        ("date,open,close,y", "2024-01-{0:02d},09:00,17:00,1"),
        ("date,from,to,y", "2024-01-{0:02d},09:00,12:00,1"),
        ("date,open,y", "2024-01-{0:02d},09:00-12:00,1"),
    ],
)
def test_join_times_joins_no_years_or_days_that_differ(header: str, row: str) -> None:
    """A year for each row needs no week, perhaps kilowatts; a day for each row, no hours."""
    table = table_of(header, *(row.format(one) for one in range(1, 20)))
    assert join_times(table, DataSpec()) is table


def test_join_times_looks_past_totals_of_years() -> None:
    """A line after each year, as spreadsheets insert it, keeps its parts from no time."""
    rows = [
        one for year in (2021, 2022, 2023)
        for one in (*(f"{year},{month},{month}" for month in range(1, 13)), f"{year} Total,,78")
    ]  # fmt: skip
    found = join_times(table_of("Year,Month,Sales", *rows), DataSpec())
    assert "Year Month" in found.columns


def test_join_times_makes_cells_that_can_be_quoted() -> None:
    """Messages show the joined text: the file has no such column."""
    table = table_of("date,time,y", *(f"2024-01-0{one},10:30,1" for one in range(1, 6)))
    table = join_times(table, DataSpec())
    assert table.cell(2, "date time") == "2024-01-03 10:30"


def test_join_times_leaves_whole_times_alone() -> None:
    """Where there is nothing to join, the table is the same."""
    table = table_of("date,y", *(f"2024-01-0{one},1" for one in range(1, 6)))
    assert join_times(table, DataSpec()) is table


@pytest.mark.parametrize("spec", [DataSpec(id="time"), DataSpec(target="time")])
@pytest.mark.parametrize("clock", ["{0}:00", "{0}.00.00", "{0}00"])
def test_join_times_leaves_what_is_named_for_something_else(clock: str, spec: DataSpec) -> None:
    """A clock that names the series, one for each hour, is no part of the time."""
    rows = [
        f"2024-01-0{day},{clock.format(hour)},1" for day in range(1, 6) for hour in ("06", "18")
    ]
    table = table_of("date,time,y", *rows)
    assert join_times(table, spec) is table


def test_melt_times_gives_each_value_a_row() -> None:
    """A column for each time becomes a row for each; lines stay those of the file."""
    found = melt_times(table_of("shop,2019,2020,2021,2022", "a,1,2,3,4", "b,5,6,,8"))
    assert found.columns == ["shop", "date", "value"]
    assert found.numbers("value")[0].tolist()[:6] == [1, 2, 3, 4, 5, 6]
    assert found.lines is not None
    assert found.lines.tolist() == [2] * 4 + [3] * 4
    codes, texts = found.texts("shop")
    assert [texts[code] for code in codes] == ["a"] * 4 + ["b"] * 4


@pytest.mark.parametrize("name", ["date", "value"])
def test_melt_times_keeps_names_of_series_apart_from_its_own(name: str) -> None:
    """A column that is called as one of the long table names the series all the same."""
    found = melt_times(table_of(f"{name},2019,2020,2021,2022", "a,1,2,3,4", "b,5,6,7,8"))
    assert found.columns == [f"{name}_", "date", "value"]
    assert found.texts(f"{name}_")[1] == ["a", "b"]


def test_melt_times_leaves_other_tables_alone() -> None:
    """Columns that are no times, hold text, or stand beside times in rows stay columns."""
    for lines in (
        ("day,a,b", "2024-01-01,1,2"),
        ("s,2019,2020,2021,2022", "a,1,x,3,4"),
        ("date,Jan 25,Feb 25,Mar 25,Apr 25", "2024-01-01,1,2,3,4", "2024-01-02,5,6,7,8"),
    ):
        table = table_of(*lines)
        assert melt_times(table) is table


@pytest.mark.parametrize("above", ["id,shop", "V1", "id,d_0"])
def test_melt_steps_gives_each_value_a_row(above: str) -> None:
    """Series in rows of different lengths, with a column for each numbered step."""
    first, prefix = (2, "V") if above == "V1" else (1, "d_")
    steps = range(first, first + 12)
    head = f"{above},{','.join(f'{prefix}{step}' for step in steps)}"
    rows = [f"{name}{',9' * above.count(',')},{','.join(map(str, steps))}" for name in "abc"]
    found = melt_steps(table_of(head, *rows, f"d{',9' * above.count(',')},7,8{',' * 10}"))
    steps = range(0, 13) if "d_0" in above else steps
    assert found.columns == [above.split(",")[0], "date", "value"]
    codes, texts = found.texts("date")
    assert [texts[code] for code in codes[: len(steps)]] == list(map(str, steps))
    assert found.numbers("value")[0].tolist()[len(steps) - 12 : len(steps)] == [*steps][-12:]


@pytest.mark.parametrize(
    ("head", "first", "prefix"),
    [
        ("date,{0}", "2024-01-0{0}", "V"),
        ("date,{0}", "the {0}st of January", "V"),  # no time that is read
        ("n,{0}", "{0}", "V"),
        ("a,b,V9,V8", "{0}", "V"),
        ("person,{0}", "p{0}", "q"),
        ("customer,{0}", "c{0}", "lag_"),
        ("customer,{0}", "c{0}", "feature "),
    ],
)
def test_melt_steps_leaves_other_tables_alone(head: str, first: str, prefix: str) -> None:
    """Rows that are times, or have no names, are no series; nor are questions and lags steps."""
    columns = ",".join(f"{prefix}{step}" for step in range(1, 13))
    rows = [f"{first},{','.join('5' * 12)}".format(day) for day in range(1, 9)]
    table = table_of(head.format(columns), *rows)
    assert melt_steps(table) is table


def test_melt_steps_is_not_for_a_target_among_the_columns() -> None:
    """Who names one of the columns as target does not take them for steps."""
    columns = ",".join(f"d_{step}" for step in range(1, 13))
    table = table_of(f"shop,{columns}", *(f"{shop},{'5,' * 11}5" for shop in "abcd"))
    with pytest.raises(DataError, match="no column can be read as time"):
        settle_rows(table, DataSpec(target="d_2"))


def test_count_rows_leaves_times_without_a_name_alone() -> None:
    """Row names of pandas are times: the rows are not counted beside them."""
    table = table_of(",a,b", *(f"2024-01-0{day},{day},5" for day in range(1, 9)))
    assert count_rows(table, DataSpec()) is table


def test_count_rows_numbers_rows_of_numbers_only() -> None:
    """Without a time, rows are counted, with a warning; a column of text may be a time."""
    found = count_rows(table_of("a,b", "5,1", "3,2", "8,1"), DataSpec())
    assert found.texts("row")[1] == ["1", "2", "3"]
    assert [one.severity for one in found.findings] == ["warning"]
    table = table_of("a,b", "5,x", "3,y", "8,z")
    assert count_rows(table, DataSpec()) is table


@pytest.mark.parametrize(
    ("rows", "fix"), [("75391", "--target 'Unnamed: 0'"), ("12345", "add a column of numbers")]
)
def test_count_rows_numbers_rows_of_a_column_without_a_name(rows: str, fix: str) -> None:
    """It is the target where it is called so; a count, as pandas writes it, is not proposed."""
    table = table_of("Unnamed: 0", *rows)
    with pytest.raises(DataError, match="no column holds numbers") as caught:
        settle_rows(table, DataSpec())
    assert caught.value.fix == fix
    draft = settle_rows(table, DataSpec(target="Unnamed: 0"))
    assert draft.used == ("row", "Unnamed: 0")


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
