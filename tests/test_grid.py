"""Years with their parts, and days with their hours, along rows and columns."""

import pytest

from forecast.errors import DataError
from forecast.read import read_content
from forecast.reading.grid import melt_grid
from forecast.spec import DataSpec
from forecast.text.content import Content
from forecast.text.delimited import read_table
from forecast.text.table import Table

NAMES = frozenset({"date", "time", "year", "month", "day", "hour", "quarter", "id"})
MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
CLOCKS = ",".join(f"{at // 2:02d}:{at % 2 * 3}0" for at in range(48))


def table_of(*lines: str) -> Table:
    return read_table(Content("\n".join(lines).encode()), "f.csv", NAMES)


def test_melt_grid_makes_one_series_of_years() -> None:
    """Months in any language, years in any order, means of the year left out."""
    months = "Jan,Feb,März,Apr.,Mai,Juni,July,Aug,Sept,Okt,Nov,Dez"
    rows = (
        f"{year},{','.join(str(year + month) for month in range(1, 13))},7.5"
        for year in (2021, 2020)
    )
    found = melt_grid(table_of(f"Year,{months},Mean", *rows), None)
    assert found.columns == ["date", "value"]
    codes, texts = found.texts("date")
    assert [texts[code] for code in codes[[0, 11, 12]]] == ["2021-01", "2021-12", "2020-01"]
    assert found.numbers("value")[0][[0, 11, 12]].tolist() == [2022, 2033, 2021]


@pytest.mark.parametrize("beside", ["1.234,{0}", "remark {0}", "North"])
def test_melt_grid_names_no_series_by_what_stands_beside(beside: str) -> None:
    """A row for each year is one series: totals in any style and remarks are not its name."""
    months = "Jan;Feb;Mar;Apr;May;Jun;Jul;Aug;Sep;Oct;Nov;Dec"
    rows = (f"202{at};{';'.join('12345678')};9;9;9;9;{beside.format(at)}" for at in range(4))
    found = melt_grid(table_of(f"year;{months};Beside", *rows), None)
    assert found.columns == ["date", "value"]
    assert found.findings[0].message == "columns not used: 'Beside'"


def test_melt_grid_refuses_to_merge_series_that_numbers_name() -> None:
    """Articles 7 and 8 are two series, and keep their zeros where they are named as such."""
    months = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
    numbers = ",".join(map(str, range(12)))
    rows = [f"00{one},{year},{numbers},66" for one in (7, 8) for year in (2020, 2021, 2022)]
    header = f"Article,year,{months},Total"
    with pytest.raises(DataError, match="'Article' may name the series") as refused:
        melt_grid(table_of(header, *rows), None)
    assert refused.value.fix == "forecast train f.csv --id Article"
    lines = Content("\n".join([header, *rows]).encode())
    found = melt_grid(read_table(lines, "f.csv", frozenset({"year", "Article"})), "Article")
    assert found.texts("Article")[1] == ["007", "008"]


def test_melt_grid_leaves_other_tables_alone() -> None:
    """Eleven months, or months without years, stay columns."""
    months = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
    numbers = ",".join(map(str, range(12)))
    for table in (
        table_of(f"shop,{months}", f"a,{numbers}", f"b,{numbers}"),
        table_of(f"Year,{months[4:]}", f"2020,{numbers[2:]}", f"2021,{numbers[2:]}"),
    ):
        assert melt_grid(table, None) is table


def numbered(*labels: object, width: int) -> list[str]:
    """Rows whose values count on from one to the next."""
    return [
        f"{label},{','.join(str(width * at + one) for one in range(width))}"
        for at, label in enumerate(labels)
    ]


def transposed(names: list[str], width: int) -> list[str]:
    """Rows whose values count on from one column to the next."""
    size = len(names)
    return [
        f"{name},{','.join(str(at + size * one) for one in range(width))}"
        for at, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("lines", "first", "last", "freq"),
    [
        (["Year,Q1,Q2,Q3,Q4", *numbered(2020, 2021, width=4)], "2020-01-01", "2021-10-01", "QS"),
        (
            ["Jahr,1. Quartal,2. Quartal,3. Quartal,4. Quartal", *numbered(2020, 2021, width=4)],
            "2020-01-01",
            "2021-10-01",
            "QS",
        ),
        (
            [f"Year,{','.join(f'M{at:02d}' for at in range(1, 13))}", *numbered(2020, width=12)],
            "2020-01-01",
            "2020-12-01",
            "MS",
        ),
        (
            [f"Year,{','.join(f'W{at}' for at in range(1, 53))}", *numbered(2021, 2022, width=52)],
            "2021-01-04",
            "2022-12-26",
            "W-MON",
        ),
        (
            [
                f"Date,{','.join(f'H{at}' for at in range(1, 25))}",
                *numbered("2024-01-01", width=24),
            ],
            "2024-01-01T01",
            "2024-01-02T00",
            "h",
        ),
        (
            [f"Date,{CLOCKS}", *numbered("2024-01-01", "2024-01-02", width=48)],
            "2024-01-01T00:00",
            "2024-01-02T23:30",
            "30min",
        ),
        (
            [
                "Day,12:00 AM,6:00 AM,12:00 PM,6:00 PM",
                *numbered("2024-01-01", "2024-01-02", width=4),
            ],
            "2024-01-01T00:00",
            "2024-01-02T18:00",
            "6h",
        ),
        (
            [
                "Date,00:00-08:00,08:00-16:00,16:00-00:00",
                *numbered("1.1.2024", "2.1.2024", width=3),
            ],
            "2024-01-01T00:00",
            "2024-01-02T16:00",
            "8h",
        ),
        (
            ["Month,2018,2019,2020", *transposed(MONTHS.split(","), 3)],
            "2018-01-01",
            "2020-12-01",
            "MS",
        ),
        (
            ["Monat,2018,2019,2020", *transposed([str(at) for at in range(1, 13)], 3)],
            "2018-01-01",
            "2020-12-01",
            "MS",
        ),
        (
            ["Quarter,2018,2019,2020", *transposed(["Q1", "Q2", "Q3", "Q4"], 3), "Total,6,22,38"],
            "2018-01-01",
            "2020-10-01",
            "QS",
        ),
    ],
)
def test_melt_grid_reads_one_series_in_order(
    lines: list[str], first: str, last: str, freq: str
) -> None:
    """Whichever way it lies, the values that count on come out in order."""
    found = read_content(Content("\n".join(lines).encode()), "f.csv", DataSpec()).panel
    assert found.target.tolist() == [*range(len(found.target))]
    assert str(found.timestamps[0]).startswith(first)
    assert str(found.timestamps[-1]).startswith(last)
    assert (len(found), found.freq) == (1, freq)


def test_melt_grid_names_series_of_months_in_rows() -> None:
    """Text that tells the rows of a month apart names the series."""
    rows = [f"{shop},{one}" for shop in "ab" for one in transposed(MONTHS.split(","), 3)]
    found = melt_grid(table_of("shop,month,2018,2019,2020", *rows), None)
    assert found.columns == ["shop", "date", "value"]


@pytest.mark.parametrize(
    "lines",
    [
        [f"Year,{MONTHS[24:]},{MONTHS[:23]}", *numbered(2020, 2021, width=12)],
        [
            "Month,2018,2019,2020",
            *transposed([*MONTHS.split(",")[6:], *MONTHS.split(",")[:6]], 3),
        ],
        [f"Date,{CLOCKS[6:]},00:00", *numbered("2024-01-01", "2024-01-02", width=48)],
    ],
)
def test_melt_grid_refuses_parts_that_begin_in_the_middle(lines: list[str]) -> None:
    """January behind December may be of the next year, and midnight of the next day."""
    with pytest.raises(DataError, match="the last ones may be of the") as refused:
        melt_grid(table_of(*lines), None)
    assert refused.value.fix


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1,204", "1,310"], r"f.csv:2: '1,204' in column 'value' reads as two numbers"),
        (["12", "many"], r"f.csv:3: 'many' in column 'value' is not a number"),
        (["5%", "0.05"], r"f.csv:3: '0.05' in column 'value' has no per cent sign"),
    ],
)
def test_read_csv_reads_cells_across_columns_as_one_column(cells: list[str], message: str) -> None:
    """What a sign in a number means is proven by all of them, or refused at its line."""
    usual, other = cells
    row = ";".join([usual] * 11)
    lines = [f"Year;{MONTHS.replace(',', ';')}", f"2020;{row};{usual}", f"2021;{row};{other}"]
    with pytest.raises(DataError, match=message):
        read_content(Content("\n".join(lines).encode()), "f.csv", DataSpec())


def test_read_csv_takes_signs_across_columns_from_any_of_them() -> None:
    """12,5 in March says that 1,204 in January is little more than one."""
    row = ";".join(["1,204"] * 11)
    lines = [f"Product;{';'.join(f'2023-{month:02d}' for month in range(1, 13))}"]
    lines += [f"a;{row};12,5", f"b;{row};1,204"]
    found = read_content(Content("\n".join(lines).encode()), "f.csv", DataSpec())
    assert found.panel.target.tolist() == [*[1.204] * 11, 12.5, *[1.204] * 12]
