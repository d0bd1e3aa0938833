"""Roles of columns: confirmed by values, refused when they could be two things."""

import re
import subprocess

import pytest

from forecast.errors import DataError, NotFoundError
from forecast.reading.keys import suggest_key
from forecast.reading.roles import find_id, find_time
from forecast.reading.targets import find_targets
from forecast.spec import DataSpec
from forecast.text.content import Content
from forecast.text.delimited import read_table
from forecast.text.table import Table

SPEC = DataSpec()
DAYS = [f"2024-01-{day:02d}" for day in range(1, 9)]


def table_of(header: str, *rows: str) -> Table:
    raw = "\n".join([header, *rows]).encode()
    return read_table(Content(raw), "my sales.csv", frozenset({"id", "year", "month"}))


@pytest.mark.parametrize(
    ("header", "row", "time"),
    [
        ("y,ds", "{i},{day}", "ds"),
        ("day sold,y", "{day},{i}", "day sold"),
        ("year,y", "{year},{i}", "year"),
        ("row,y", "{i},7", "row"),
        ("created,date,y", "{day},{day},{i}", "date"),
    ],
)
def test_find_time_wants_name_and_values(header: str, row: str, time: str) -> None:
    """A name that values confirm wins; else the only column of dates; else a counter in front."""
    rows = [row.format(i=i, day=day, year=1990 + i) for i, day in enumerate(DAYS)]
    assert find_time(table_of(header, *rows), SPEC) == time


def test_find_time_never_takes_a_rising_target() -> None:
    """Numbers that rise evenly count rows only in the first column."""
    with pytest.raises(DataError, match="no column can be read as time"):
        find_time(table_of("x,y", "5,1", "3,2", "8,3", "1,4"), SPEC)


def test_find_time_shows_what_is_no_time() -> None:
    """Without a column of times, the first row shows in which notation they are."""
    with pytest.raises(DataError) as caught:
        find_time(table_of("Zeit,y", "1. Mär. 2024 MEZ,1", "x,2", "y,3"), SPEC)
    assert str(caught.value).startswith(
        "my sales.csv:2: no column can be read as time; columns: 'Zeit', 'y'; "
        "first row: '1. Mär. 2024 MEZ', '1'"
    )


@pytest.mark.parametrize(
    ("header", "row", "target"),
    [
        ("ds,price,y", "{day},2,3", "y"),
        ("ds,Value,x", "{day},2,3", "Value"),
        ("ds,q,z", "{day},2,b", "q"),
        ("ds,OBS_VALUE,UNIT_MULT", "{day},2,6", "OBS_VALUE"),
    ],
)
def test_find_targets_by_name_or_alone(header: str, row: str, target: str) -> None:
    """The target is named like one, or is the only column of numbers."""
    table = table_of(header, *[row.format(day=day) for day in DAYS])
    assert find_targets(table, SPEC, "ds") == (target,)


@pytest.mark.parametrize(
    ("clock", "zone", "city"),
    [
        ("12:00", " CST", "Chicago"),
        ("12:00", "IST", "Kolkata"),
        ("1:00 PM", " CST", "Chicago"),
        ("12:00:00.5", " IST", "Kolkata"),
        ("12:00", " (BST)", "London"),
    ],
)
def test_find_time_tells_how_a_zone_of_several_places_is_settled(
    clock: str, zone: str, city: str
) -> None:
    """The word goes, and a flag says which of the zones it meant."""
    times = [f"{day} {clock}{zone}" for day in DAYS]
    name = zone.strip(" ()")
    with pytest.raises(
        DataError, match=f"'{name}' behind times is the zone of several places"
    ) as why:
        find_time(table_of("when,y", *[f"{time},1" for time in times]), SPEC)
    assert why.value.fix is not None
    script, flags = why.value.fix.split(" 'my sales.csv' > repaired.csv && forecast train ")
    assert re.fullmatch(rf"repaired.csv --tz \w+/{city}, or --tz \w+/\w+", flags)
    done = subprocess.run(["sh", "-c", script], input=times[0], capture_output=True, text=True)
    assert done.stdout.strip() == f"{DAYS[0]} {clock}"


def test_find_id_needs_repetition() -> None:
    """A column of distinct values is no name of series, whatever it is called."""
    rows = [f"{i},{day},{i}" for i, day in enumerate(DAYS)]
    assert find_id(table_of("id,ds,y", *rows), SPEC, ("ds", "y")) is None


def test_find_id_refuses_two_candidates() -> None:
    """Two columns that both tell the rows apart need a flag."""
    rows = [f"{a},{b},{day},1" for day in DAYS for a, b in (("p", "u"), ("q", "v"))]
    with pytest.raises(DataError, match="'a', 'b' could each name the series") as caught:
        find_id(table_of("a,b,ds,y", *rows), SPEC, ("ds", "y"))
    assert caught.value.fix == "forecast train 'my sales.csv' --id a"


def test_suggest_key_names_the_column_that_helps() -> None:
    """A column that tells rows of one time apart is suggested as a command."""
    rows = [f"{shop},{day},1" for day in DAYS for shop in (1, 2)]
    key = suggest_key(table_of("shop,ds,y", *rows), ("ds", "y"), None)
    assert key == "forecast train 'my sales.csv' --id shop"


def test_suggest_key_joins_two_columns() -> None:
    """Where the id is not enough, the column that completes it is named."""
    rows = [f"{a},{b},{day},1" for day in DAYS for a in "pq" for b in "uv"]
    key = suggest_key(table_of("a,b,ds,y", *rows), ("ds", "y"), "a")
    assert key == "forecast train 'my sales.csv' --id 'a b'"


def test_suggest_key_joins_as_many_columns_as_are_needed() -> None:
    """Three that tell rows apart together are named, and not a fourth; no row is to be dropped."""
    rows = [
        f"{a},{b},{c},{day},{at},x" for at, day in enumerate(DAYS)
        for a in "pq" for b in "uv" for c in "12"
    ]  # fmt: skip
    table = table_of("a,b,c,ds,y,z", *rows)
    for known in (None, "c"):
        key = suggest_key(table, ("ds", "y"), known)
        assert key == "forecast train 'my sales.csv' --id 'a b c'"


@pytest.mark.parametrize(
    ("cells", "fix"),
    [("p", "write what stands above into"), ("pqpqpqpq", "write a name into")],
)
def test_suggest_key_wants_empty_cells_filled(cells: str, fix: str) -> None:
    """Series named in their first row alone, as merged cells are exported, or not named at all."""
    first = [f"{cells[at] if at < len(cells) else ''},{day},1" for at, day in enumerate(DAYS)]
    second = [f"{'r' if fix.endswith('above into') and not at else ''},{day},1"
              for at, day in enumerate(DAYS)]  # fmt: skip
    table = table_of("shop,ds,y", *first, *second)
    wanted = f"{fix} the empty cells of 'shop'"
    assert suggest_key(table, ("ds", "y"), None) == f"{wanted}, and add --id shop"
    named = suggest_key(table, ("ds", "y"), "shop")
    assert named == (wanted if fix.endswith("above into") else None)


def test_suggest_key_names_series_that_hardly_overlap() -> None:
    """Four repeated times among many are those of two series, told apart by their name."""
    days = [f"2024-{month:02d}-{day:02d}" for month in (1, 2) for day in range(1, 29)]
    rows = [f"p,{day},1" for day in days[:44]] + [f"q,{day},2" for day in days[40:]]
    key = suggest_key(table_of("shop,ds,y", *rows), ("ds", "y"), None)
    assert key == "forecast train 'my sales.csv' --id shop"


def test_suggest_key_admits_that_no_column_helps() -> None:
    """Rows that agree in every column cannot be told apart."""
    rows = [f"{day},1" for day in DAYS for _ in range(2)]
    assert suggest_key(table_of("ds,y", *rows), ("ds", "y"), None) is None


def test_find_targets_suggests_a_column_of_numbers() -> None:
    """Where no name is near, the fix names a column that can be forecast."""
    table = table_of("ds,price", *(f"{day},{i}" for i, day in enumerate(DAYS)))
    with pytest.raises(NotFoundError) as caught:
        find_targets(table, DataSpec(target="nope"), "ds")
    assert caught.value.fix == "--target price"


@pytest.mark.parametrize(
    ("first", "second"),
    [("{0}", "{1}"), ("7", "{1}"), ("{2}", "{1}"), ("40.5", "{1}.5"), ("{3:.4f}", "{1}.25")],
)
def test_find_targets_suggests_what_varies(first: str, second: str) -> None:
    """Not numbers of rows, constants, days of the week or parts of a year."""
    rows = [
        f"{day},{first},{second}".format(at, at * at % 47, at % 7, 2024 + at / 366)
        for at, day in enumerate(f"2024-{1 + at // 28:02d}-{1 + at % 28:02d}" for at in range(90))
    ]
    with pytest.raises(DataError, match="2 columns could be the target") as caught:
        find_targets(table_of("ds,a,b", *rows), SPEC, "ds")
    assert caught.value.fix == (
        "forecast train 'my sales.csv' --target b, or --wide when each is a series of its own"
    )
    with pytest.raises(DataError) as caught:
        find_targets(
            table_of("ds,a,b,shop", *(f"{row},x" for row in rows)), DataSpec(id="shop"), "ds"
        )
    assert caught.value.fix == "forecast train 'my sales.csv' --target b"  # --wide excludes --id


def test_find_time_suggests_the_column_that_differs_most() -> None:
    """A day stands in all rows of its hours; an hour in one."""
    rows = [f"2024-01-{1 + at // 24:02d},2024-01-{1 + at // 24:02d} {at % 24:02d}:00,{at % 5}"
            for at in range(96)]  # fmt: skip
    with pytest.raises(DataError, match="can all be read as time") as caught:
        find_time(table_of("delivery,local,y", *rows), SPEC)
    assert caught.value.fix == "forecast train 'my sales.csv' --time local"


@pytest.mark.parametrize("name", ["Activity date", "Datum"])
def test_find_time_counts_no_rows_beside_dates_that_are_not_read(name: str) -> None:
    """The number of a row is the time only where it is asked for; words are no dates."""
    table = table_of(f"No,{name},km", *(f"{at},the {at}th of May 2024,5" for at in range(1, 9)))
    with pytest.raises(DataError, match=f"column '{name}' cannot be read as time, only 'No' can"):
        find_time(table, SPEC)
    table = table_of(f"No,{name},km", *(f"{at},morning,5" for at in range(1, 9)))
    assert find_time(table, SPEC) == "No"


def test_find_targets_names_a_cell_that_is_nearly_a_number() -> None:
    """Where all values are written in a way that is not read, one is shown with its line."""
    rows = "".join(f"2024-01-{day:02d},{day}.5K\n" for day in range(1, 9))
    table = read_table(Content(f"date,users\n{rows}".encode()), "f.csv", frozenset())
    with pytest.raises(DataError, match=r"'1\.5K' in column 'users' is not a number") as refused:
        find_targets(table, DataSpec(), "date")
    assert refused.value.where == "f.csv:2"


@pytest.mark.parametrize(("asked", "proposed"), [("year", "hour"), ("departure", "departures")])
def test_find_time_proposes_a_name_that_is_near_or_a_time(asked: str, proposed: str) -> None:
    """Another name that shares some letters is no reason to take values for times."""
    rows = [f"2024-01-01 {hour:02d}:00,{hour % 5}" for hour in range(20)]
    with pytest.raises(NotFoundError) as caught:
        find_time(table_of("hour,departures", *rows), DataSpec(time=asked))
    assert caught.value.fix == f"--time {proposed}"
