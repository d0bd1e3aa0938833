"""Cells to a draft of rows: order of the file, ids in order of appearance, refusals by line."""

import numpy as np
import pytest

from forecast.errors import DataError
from forecast.reading.draft import Draft, read_rows
from forecast.text.content import Content
from forecast.text.delimited import read_table


def draft_of(text: str, *targets: str, id_column: str | None = None) -> Draft:
    table = read_table(Content(text.encode()), "f.csv", frozenset({"ds", "id"}))
    return read_rows(table, "ds", targets or ("y",), id_column)


def notes(draft: Draft) -> tuple[str, ...]:
    return tuple(map(str, draft.findings))


def test_read_rows_keeps_the_order_of_the_file() -> None:
    """Nothing is sorted yet, and every row knows where it came from."""
    draft = draft_of("ds,y\n2021,1\n2020,2\n2022,3\n")
    assert [str(one)[:4] for one in draft.rows.timestamps] == ["2021", "2020", "2022"]
    assert draft.rows.source.tolist() == [0, 1, 2]
    assert [draft.where(row) for row in range(3)] == ["f.csv:2", "f.csv:3", "f.csv:4"]
    assert (draft.ids, draft.named(1), draft.time(1)) == (("y",), "series 'y'", "2020")


def test_read_rows_numbers_series_by_appearance() -> None:
    """The first id met is series 0, whatever the alphabet says."""
    draft = draft_of("id,ds,y\nb,2020,1\na,2020,2\nb,2021,3\n", id_column="id")
    assert (draft.ids, draft.rows.series.tolist()) == (("b", "a"), [0, 1, 0])


def test_read_rows_stacks_wide_columns() -> None:
    """Each target is a series with all times of the file."""
    draft = draft_of("ds,p,q\n2020,1,3\n2021,2,\n", "p", "q")
    assert (draft.ids, draft.rows.series.tolist()) == (("p", "q"), [0, 0, 1, 1])
    assert np.array_equal(draft.rows.target, [1, 2, 3, np.nan], equal_nan=True)


def test_read_rows_leaves_out_empty_rows_with_a_note() -> None:
    """A row without time and value is no row."""
    draft = draft_of("ds,y\n2020,1\n,\n2021,2\n")
    assert (draft.rows.source.tolist(), notes(draft)) == ([0, 2], ("1 empty row left out",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ds,y\n2020,1\n2021,x\n", "f.csv:3: 'x' in column 'y' is not a number"),
        ("ds,y\n2020,1\n2021,inf\n", "f.csv:3: 'inf' in column 'y' is infinite or too large"),
        ("ds,y\n2020,1\n,2\n", "f.csv:3: '' in time column 'ds' is empty"),
        ("ds,y\n2020-01-01,1\n2020-02-30,2\n", "f.csv:3: '2020-02-30' in time column 'ds' is no"),
        ("ds,y\n2020-01,1\n2020-02,1\nend,2\n", "f.csv:4: 'end' in time column 'ds' is not writ"),
        ("ds,y\n2020,\n2021,NA\n", "f.csv: all values of 'y' are missing"),
    ],
)
def test_read_rows_refuses_a_cell_by_its_line(text: str, message: str) -> None:
    """The first cell that is not what its column should hold is named with its line."""
    with pytest.raises(DataError) as caught:
        draft_of(text)
    assert str(caught.value).startswith(message)
    assert caught.value.fix


def test_read_rows_leaves_out_a_last_line_that_is_the_sum() -> None:
    """Without a time, the sum of all values is a total; any other number is refused."""
    rows = "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 11))
    for last, read in ((55, True), (54, False)):
        table = read_table(Content(f"day,y\n{rows},{last}\n".encode()), "f.csv", frozenset())
        if read:
            draft = read_rows(table, "day", ("y",), None)
            assert len(draft.rows.target) == 10
            assert [one.code for one in draft.findings] == ["totals"]
        else:
            with pytest.raises(DataError, match="is empty"):
                read_rows(table, "day", ("y",), None)
