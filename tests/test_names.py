"""Names of series that several columns hold together."""

import pytest

from forecast.errors import DataError, UsageError
from forecast.reading.names import join_names
from forecast.reading.settle import settle_rows
from forecast.spec import DataSpec
from tests.test_joined import table_of

DAYS = [f"2024-01-{day:02d}" for day in range(1, 9)]


def test_join_names_refuses_names_that_become_one() -> None:
    """Two series called 'a b c' would be one; the fix joins the columns the other way round."""
    rows = [f"{day},{names},1" for day in DAYS for names in ("a b,c", "a,b c")]
    table = table_of("day,shop,item,y", *rows)
    with pytest.raises(DataError, match="two series are called 'a b c'") as caught:
        join_names(table, DataSpec(id="shop item"))
    assert caught.value.fix == "--id 'item shop'"
    assert settle_rows(table, DataSpec(id="item shop")).ids == ("c a b", "b c a")
    rows += [f"{day},{names},1" for day in DAYS for names in ("c,x y", "y c,x")]
    with pytest.raises(DataError) as caught:
        join_names(table_of("day,shop,item,y", *rows), DataSpec(id="shop item"))
    assert caught.value.fix == "write names without spaces"


def test_join_names_takes_no_column_for_two_things() -> None:
    """The time names no series, whether it is named as time or would have been found."""
    table = table_of("day,shop,note,y", *(f"{day},{shop},n,1" for day in DAYS for shop in "ab"))
    with pytest.raises(UsageError, match="--id names column 'day', as --time does") as caught:
        join_names(table, DataSpec(id="shop day", time="day"))
    assert caught.value.fix == "--id shop"
    for names in ("shop day", "day"):
        with pytest.raises(
            DataError, match=f"read as time besides '{names}', which --id takes"
        ) as told:
            settle_rows(table, DataSpec(id=names))
        assert told.value.fix == "name the series by other columns with --id"
    with pytest.raises(DataError, match="can be read as time; columns"):
        settle_rows(table_of("note,shop,y", "n,a,1", "n,b,2"), DataSpec(id="shop"))
