"""Rules of forecast.lines: what each cell alone would be written as, thousands at a time."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecast import lines
from forecast.lines import csv_lines, quoted

ODD = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e-4, 9.99e-5, 1e15, 999999999999999.0, 5e-324, 0.3]


def slow_lines(table: dict[str, NDArray[Any]]) -> str:
    """Write cell by cell."""
    written = ""
    for row in zip(*(one.tolist() for one in table.values()), strict=True):
        texts = [
            "" if one != one else quoted(str(one)) for one in row
        ]  # str of a float is its repr
        written += ",".join(texts) + "\n"
    return written


def floats() -> st.SearchStrategy[list[float]]:
    """Give floats as forecasts have them, of few decimals, some of any kind among them."""
    rounded = st.builds(
        lambda digits, places: digits / 10.0**places,
        st.integers(-(10**16), 10**16),
        st.integers(0, 12),
    )
    few = st.integers(-(10**6), 10**6).map(lambda digits: digits / 1000)
    return st.lists(st.one_of(few, few, rounded, st.sampled_from(ODD)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(floats())
def test_csv_lines_writes_floats_as_repr_does(values: list[float]) -> None:
    """Every float is the shortest decimal that reads back to it, whatever is beside it."""
    table = {"y": np.array(values)}
    assert csv_lines(table) == slow_lines(table)


@pytest.mark.parametrize("places", range(11))
def test_csv_lines_writes_all_digits(places: int) -> None:
    """Zeros within a number stay, those around it go, for any number of decimals."""
    digits = np.array([0, 1, 10, 100, 101, 1000, 1010, 99999, 123400, 4294967295, 4294967296])
    table = {"y": np.concatenate([digits, -digits]) / 10.0**places}
    assert csv_lines(table) == slow_lines(table)


def test_csv_lines_writes_texts_of_any_alphabet() -> None:
    """Bytes, quotes and lengths are those of each text, lone halves of characters included."""
    texts = [
        "a",
        "",
        "Größe",
        "売上",
        'say "no"',
        "a,b",
        "two\nlines",
        "x" * 300,
        "\udc80",
        "\0",
        "ÿ",
    ]
    table = {"id": np.array(texts, object), "n": np.arange(len(texts)), "m": np.repeat("é", 11)}
    assert csv_lines(table) == slow_lines(table)


def test_csv_lines_parts_large_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that would be too large are made in parts; the lines are the same."""
    monkeypatch.setattr(lines, "ROWS", 7)
    monkeypatch.setattr(lines, "LARGEST", 50)
    table = {
        "id": np.array([f"T{n % 5}" * (n % 9) for n in range(40)], object),
        "y": np.arange(40.0),
    }
    assert csv_lines(table) == slow_lines(table)


def test_csv_lines_of_nothing_are_none() -> None:
    """A table without rows has no lines."""
    assert csv_lines({}) == csv_lines({"y": np.array([])}) == ""
