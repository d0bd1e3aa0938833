"""Repairs of rows, against slow loops over dictionaries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.reading.clean import (
    Rows,
    fill_gaps,
    grid_lengths,
    is_regular,
    merge_duplicates,
    off_grid,
    repeated_rows,
    trim_missing,
)

NAN = float("nan")


def rows_of(*triples: tuple[int, int, float]) -> Rows:
    series, stamps, target = zip(*triples, strict=True)
    return Rows(
        np.array(series), np.array(stamps), np.array(target, float), np.arange(len(triples))
    )


def test_repeated_rows_marks_the_second_of_one_series() -> None:
    """The same time in another series is no repetition."""
    rows = rows_of((0, 1, 5), (0, 1, 6), (1, 1, 7))
    assert repeated_rows(rows).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("how", "expected"),
    [("first", [1, 9]), ("last", [4, 9]), ("mean", [2.5, 9]), ("sum", [5, 9])],
)
def test_merge_duplicates_keeps_one_row(how: str, expected: list[float]) -> None:
    """Rows of one time become one; missing values add nothing to mean and sum."""
    rows = rows_of((0, 1, 1), (0, 1, NAN), (0, 1, 4), (0, 2, 9))
    assert merge_duplicates(rows, how).target.tolist() == expected


def test_merge_duplicates_of_missing_values_is_missing() -> None:
    """A sum of nothing is not zero."""
    merged = merge_duplicates(rows_of((0, 1, NAN), (0, 1, NAN)), "sum")
    assert np.isnan(merged.target).tolist() == [True]


def test_trim_missing_cuts_both_ends_of_each_series() -> None:
    """Missing rows stay only between values; series without values vanish."""
    rows = rows_of(
        (0, 1, NAN), (0, 2, 5), (0, 3, NAN), (0, 4, 6), (1, 1, NAN), (2, 1, 7), (2, 2, NAN)
    )
    kept = trim_missing(rows)
    assert (kept.series.tolist(), kept.timestamps.tolist()) == ([0, 0, 0, 2], [2, 3, 4, 1])


@given(st.dictionaries(st.integers(0, 30), st.floats(-9, 9), min_size=1))
def test_fill_gaps_equals_a_lookup(values: dict[int, float]) -> None:
    """Every step from first to last has a row, with the value known for it or none."""
    stamps = sorted(values)
    rows = rows_of(*[(0, 10 * one, values[one]) for one in stamps])
    filled = fill_gaps(rows, "10")
    expected = [values.get(one, NAN) for one in range(stamps[0], stamps[-1] + 1)]
    np.testing.assert_array_equal(filled.target, expected)
    assert filled.timestamps.tolist() == list(range(10 * stamps[0], 10 * stamps[-1] + 1, 10))
    assert (filled.source >= 0).tolist() == [not np.isnan(one) for one in expected]


def test_fill_gaps_follows_the_calendar() -> None:
    """Months and business days have no rows for days that are none of theirs."""
    months = np.array(["2024-01", "2024-02", "2024-05"], "M8[M]").astype("M8[ns]")
    rows = Rows(np.zeros(3, int), months, np.arange(3.0), np.arange(3))
    assert fill_gaps(rows, "MS").timestamps.astype("M8[M]").astype(int).tolist() == [
        648, 649, 650, 651, 652,
    ]  # fmt: skip
    days = np.array(["2024-01-04", "2024-01-05", "2024-01-09"], "M8[ns]")
    rows = Rows(np.zeros(3, int), days, np.arange(3.0), np.arange(3))
    assert [str(one)[8:10] for one in fill_gaps(rows, "B").timestamps] == ["04", "05", "08", "09"]


def test_fill_gaps_returns_regular_rows_unchanged() -> None:
    """Nothing to do costs no copy."""
    rows = rows_of((0, 1, 1), (0, 2, 2), (1, 9, 1))
    assert fill_gaps(rows, "1") is rows


def test_grid_lengths_counts_steps() -> None:
    """A series of one row has one step."""
    assert grid_lengths(rows_of((0, 2, 1), (0, 8, 1), (1, 5, 1)), "2").tolist() == [4, 1]


def test_is_regular_means_no_gap_and_nothing_off_the_grid() -> None:
    """Series may begin anywhere; one row out of step anywhere is told, by day of month too."""
    even = [(0, 1, 1), (0, 3, 1), (0, 5, 1), (1, 2, 1), (1, 4, 1)]
    assert is_regular(rows_of(*even), "2")
    assert not is_regular(rows_of(*even[:3], (1, 2, 1), (1, 5, 1)), "2")
    assert not is_regular(rows_of(*even), "1")
    for days, regular in ((("01-07", "02-07"), True), (("01-07", "02-08"), False)):
        months = np.array([f"2024-{day}" for day in days], "M8[ns]")
        assert is_regular(Rows(np.zeros(2, int), months, np.ones(2), np.arange(2)), "MS") == regular


def test_off_grid_trusts_the_majority() -> None:
    """A first row that is odd does not make the others odd; series have their own phase."""
    rows = rows_of((0, 1, 1), (0, 4, 1), (0, 6, 1), (0, 8, 1), (1, 3, 1), (1, 5, 1))
    assert off_grid(rows, "2").tolist() == [True, False, False, False, False, False]


def test_even_step_is_that_of_rows_within_series() -> None:
    """Steps from one series to the next do not count, and alone tell nothing."""
    times = np.array([7, 0, 5, 10, 3], np.int64)

    def step(series: list[int], stamps: list[int]) -> int | None:
        numbers = np.zeros(len(series))
        return Rows(np.array(series), np.array(stamps), numbers, np.arange(len(series))).even_step

    assert step([0, 1, 1, 1, 2], times.tolist()) == 5
    assert step([0, 0, 0], [0, 5, 11]) is None
    assert step([0, 0, 0], [0, 0, 0]) is None
    assert step([0, 0], [5, 0]) is None
    assert step([0, 1, 2], [0, 5, 10]) is None
    assert step([0], [5]) is None
