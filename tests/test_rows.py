"""The steps from a draft to regular rows: what each changes, notes and refuses."""

import numpy as np
import pytest

from forecast.errors import DataError
from forecast.reading.draft import Draft, read_rows
from forecast.reading.rows import drop_missing_ends, make_regular, settle_duplicates, sort_rows
from forecast.text.content import Content
from forecast.text.delimited import read_table


def draft_of(*lines: str) -> Draft:
    text = "\n".join(["id,ds,y", *lines])
    table = read_table(Content(text.encode()), "f.csv", frozenset({"ds", "id"}))
    return read_rows(table, "ds", ("y",), "id")


def notes(draft: Draft) -> tuple[str, ...]:
    return tuple(map(str, draft.findings))


def days(series: str, *values: object) -> list[str]:
    return [f"{series},2024-01-{day:02d},{value}" for day, value in enumerate(values, 1)]


def test_sort_rows_orders_series_then_time() -> None:
    """Rows come out by series and time; times that ran backwards are noted."""
    mixed = draft_of("a,2024-01-02,1", "b,2024-01-01,2", "a,2024-01-01,3")
    draft = sort_rows(mixed)
    assert (draft.rows.series.tolist(), draft.rows.target.tolist()) == ([0, 0, 1], [3, 1, 2])
    assert notes(draft) == ("rows were not in order of time: sorted",)


def test_sort_rows_says_nothing_when_series_alternate() -> None:
    """Series whose rows alternate are still in order of time: no note."""
    draft = sort_rows(draft_of("a,2024-01-01,1", "b,2024-01-01,2", "a,2024-01-02,3"))
    assert (draft.rows.target.tolist(), notes(draft)) == ([1, 3, 2], ())


@pytest.mark.parametrize(
    ("how", "values"), [("first", [1, 4]), ("last", [3, 4]), ("mean", [2, 4]), ("sum", [4, 4])]
)
def test_settle_duplicates_by_the_rule_asked_for(how: str, values: list[float]) -> None:
    """Rows of one time become one, and their number is noted."""
    draft = draft_of("a,2024-01-01,1", "a,2024-01-01,3", "a,2024-01-02,4")
    settled = settle_duplicates(draft, how)
    assert settled.rows.target.tolist() == values
    assert notes(settled) == (f"1 repeated timestamp merged (duplicates: {how})",)


def test_settle_duplicates_refuses_at_the_earliest_line() -> None:
    """Without a rule the first repeated line of the file is named."""
    draft = sort_rows(draft_of(*days("b", 1, 2), *days("a", 1, 2), "b,2024-01-02,9"))
    with pytest.raises(DataError, match="series 'b' has a second row for 2024-01-02") as caught:
        settle_duplicates(draft, "error")
    assert caught.value.where == "f.csv:6"
    assert caught.value.fix == "forecast train f.csv --duplicates last"


def test_settle_duplicates_proposes_no_series_for_rows_that_agree() -> None:
    """A second row of the same value, for another weather, is no other series."""
    rows = [f"2024-01-{day:02d},rain,{day}" for day in range(1, 21)]
    again = [f"2024-01-{day:02d},snow,{day}" for day in (3, 7, 9, 15, 17)]
    text = "\n".join(["ds,sky,y", *rows, *again])
    table = read_table(Content(text.encode()), "f.csv", frozenset())
    with pytest.raises(DataError, match="5 repeated in all") as caught:
        settle_duplicates(sort_rows(read_rows(table, "ds", ("y",), None)), "error")
    assert caught.value.fix == "forecast train f.csv --duplicates last"


def test_drop_missing_ends_keeps_gaps_inside() -> None:
    """Only what lies before the first or after the last value goes."""
    draft = drop_missing_ends(draft_of(*days("a", "", 1, "", 2, "")))
    assert np.array_equal(draft.rows.target, [1, np.nan, 2], equal_nan=True)
    assert notes(draft) == ("2 rows without a value at the ends of series left out",)


def test_drop_missing_ends_drops_series_without_values() -> None:
    """A series without any value disappears, named in a note."""
    draft = drop_missing_ends(draft_of(*days("a", "", ""), *days("b", 1, 2)))
    assert (draft.ids, draft.rows.series.tolist()) == (("b",), [0, 0])
    assert notes(draft)[-1] == "1 series without any value left out, first 'a'"


def test_make_regular_gives_every_step_a_row() -> None:
    """Missing steps become missing values that come from no row."""
    lines = [line for line in days("a", *range(8)) if "01-04" not in line]
    draft = make_regular(draft_of(*lines), None)
    assert (draft.freq, len(draft.rows.target)) == ("D", 8)
    assert draft.rows.source.tolist() == [0, 1, 2, -1, 3, 4, 5, 6]
    assert notes(draft) == ("1 missing timestamp inserted as a missing value",)


@pytest.mark.parametrize(
    ("lines", "freq", "message"),
    [
        (days("a", 1, 2, 3), None, "f.csv: 3 rows; at least 4 are needed"),
        (days("a", 1, 2, 3, 4), "1", "f.csv: the times are dates"),
        (days("a", 1, 2, 3, 4), "MS", "f.csv:3: series 'a': 2024-01-02 is off the grid of MS"),
        ([*days("a", 1, 2, 3, 4), "a,2034-01-01,5"], "D", "f.csv:2: series 'a' has 5 rows for"),
    ],
)
def test_make_regular_refuses(lines: list[str], freq: str | None, message: str) -> None:
    """Too few rows, times of another kind, off the grid or far too sparse are refused."""
    with pytest.raises(DataError) as caught:
        make_regular(draft_of(*lines), freq)
    assert str(caught.value).startswith(message)
    assert caught.value.fix
