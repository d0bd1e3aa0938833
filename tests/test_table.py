"""Columns of a table: cells, codes and line numbers."""

import numpy as np
import pandas as pd
import pytest

from forecast.text.content import Content
from forecast.text.delimited import read_table
from forecast.text.frame import table_from_frame
from forecast.text.numerals import parse_number
from forecast.text.table import Table

RAW = b'when,note,y\n\n2020,"two\nlines",1\n2021,,x\n\n\n2022,last,3\n'


@pytest.fixture
def table() -> Table:
    return read_table(Content(RAW), "sales.csv", frozenset({"when"}))


def test_where_counts_blank_and_quoted_lines(table: Table) -> None:
    """A row's line is the one that an editor shows."""
    assert [table.where(row) for row in range(3)] == ["sales.csv:3", "sales.csv:5", "sales.csv:8"]


def test_texts_gives_codes_and_distinct_values(table: Table) -> None:
    """Codes point into the distinct cells; an empty cell is an empty text."""
    codes, distinct = table.texts("note")
    assert [distinct[code] for code in codes] == ["two\nlines", "", "last"]


def test_texts_keeps_what_looks_like_a_number() -> None:
    """A column named as text keeps its leading zeros."""
    table = read_table(Content(b"id,y\n007,1\n010,2\n"), "f", frozenset({"id"}))
    assert table.texts("id")[1] == ["007", "010"]


def test_numbers_marks_text_and_infinity(table: Table) -> None:
    """Cells that are no finite numbers are listed by row."""
    numbers, wrong = table.numbers("y")
    assert (numbers[[0, 2]].tolist(), wrong.tolist()) == ([1.0, 3.0], [1])
    endless = read_table(Content(b"y,z\n1,1\n-inf,1\n"), "f", frozenset())
    assert endless.numbers("y")[1].tolist() == [1]


def test_cell_shows_the_file_not_the_number() -> None:
    """An overflowing number is shown as it was written."""
    table = read_table(Content(b"y,z\n1,1\n1e999,1\n"), "f", frozenset())
    assert table.cell(1, "y") == "1e999"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), ("-.5", -0.5), (" 2. ", 2.0), ("1e3", 1000.0), ("+7", 7.0), ("1,5", None),
     ("1_0", None), ("0x10", None), ("", None), ("nan", None)],
)  # fmt: skip
def test_parse_number_is_strict(text: str, number: float | None) -> None:
    """Only plain decimal numbers are numbers."""
    assert parse_number(text) == number


def test_table_from_frame_writes_dates_as_text() -> None:
    """Dates of a frame are read by the same rules as those of a file."""
    frame = pd.DataFrame({"ds": pd.date_range("2020", periods=2, freq="90min"), "y": [1, np.nan]})
    table = table_from_frame(frame, "frame", frozenset())
    assert table.sample == {
        "ds": ["2020-01-01 00:00:00", "2020-01-01 01:30:00"],
        "y": ["1.0", ""],
    }
