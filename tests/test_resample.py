"""Coarser periods out of finer rows, against dictionaries and pandas."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.reading.clean import Rows
from forecast.reading.resample import aggregate_rows, incomplete_periods, period_of
from tests.reference import slow_aggregate

NAN = float("nan")


def hours(first: str, count: int) -> Rows:
    """Give hourly rows of one series with values 0, 1, 2, ..."""
    stamps = np.datetime64(first, "h") + np.arange(count)
    return Rows(
        np.zeros(count, int), stamps.astype("M8[ns]"), np.arange(float(count)), np.arange(count)
    )


@pytest.mark.parametrize(
    ("freq", "period"),
    [
        ("D", "D"), ("MS", "M"), ("QS", "Q"), ("YS", "Y"), ("h", "h"), ("YS-APR", "Y-MAR"),
        ("W-MON", "W-SUN"), ("W-FRI", "W-THU"), ("QS-FEB", "Q-JAN"),
    ],
)  # fmt: skip
def test_period_of_equals_pandas(freq: str, period: str) -> None:
    """A period is named by its first instant."""
    times = pd.date_range("1969-11-03 07:00", periods=3000, freq="29h")
    expected = times.to_period(period).start_time
    found = period_of(times.to_numpy(), freq)
    assert (found == expected.to_numpy()).all()


@pytest.mark.parametrize(("freq", "period"), [("ME", "M"), ("QE", "Q"), ("YE", "Y")])
def test_period_of_month_ends_is_their_last_day(freq: str, period: str) -> None:
    """Month ends, quarter ends and year ends are named by their last day."""
    times = pd.date_range("1969-11-03", periods=3000, freq="D")
    expected = times.to_period(period).end_time.normalize()
    assert (period_of(times.to_numpy(), freq) == expected.to_numpy()).all()


def test_period_of_counts_whole_numbers_from_zero() -> None:
    """Steps of a plain count begin at its multiples."""
    assert period_of(np.array([-1, 0, 6, 7, 13]), "7").tolist() == [-7, 0, 0, 7, 7]


@given(
    st.lists(st.one_of(st.just(NAN), st.floats(-9, 9)), min_size=1, max_size=60),
    st.sampled_from(["sum", "mean", "last"]),
    st.booleans(),
)
def test_aggregate_rows_equals_a_loop(values: list[float], how: str, whole: bool) -> None:
    """A whole sum needs every row of its period, a mean half of them, else one is enough."""
    rows = hours("2024-01-01T15", len(values))
    rows = Rows(rows.series, rows.timestamps, np.array(values), rows.source)
    days = [str(one)[:10] for one in rows.timestamps]
    sizes = {day: days.count(day) for day in days}
    share = {"sum": 1.0, "mean": 0.5, "last": 0.0}[how] * whole
    expected = slow_aggregate(
        list(zip(days, values, strict=True)), how, {day: share * n for day, n in sizes.items()}
    )
    made = aggregate_rows(rows, "D", how, whole=whole)
    assert [str(one)[:10] for one in made.timestamps] == list(expected)
    np.testing.assert_allclose(made.target, list(expected.values()), atol=1e-12)


def test_aggregate_rows_keeps_series_apart() -> None:
    """Two series on one day are two periods."""
    one = hours("2024-01-01T00", 4)
    rows = Rows(np.array([0, 0, 1, 1]), one.timestamps, one.target, one.source)
    made = aggregate_rows(rows, "D", "sum", whole=True)
    assert (made.series.tolist(), made.target.tolist()) == ([0, 1], [1.0, 5.0])


@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        ("2024-01-01T00", 48, [False, False]),
        ("2024-01-01T01", 47, [True, False]),
        ("2024-01-01T00", 47, [False, True]),
        ("2024-01-01T05", 10, [True]),
    ],
)
def test_incomplete_periods_marks_ends(first: str, count: int, expected: list[bool]) -> None:
    """A day is incomplete when the hour before its first, or after its last, belongs to it."""
    assert incomplete_periods(hours(first, count), "h", "D").tolist() == expected


def test_aggregate_rows_of_complete_periods_equals_pandas() -> None:
    """Hourly to daily sums are those of pandas.resample."""
    rows = hours("2024-02-27T00", 24 * 5)
    frame = pd.Series(rows.target, pd.DatetimeIndex(rows.timestamps)).resample("D").sum()
    made = aggregate_rows(rows, "D", "sum", whole=True)
    assert made.target.tolist() == frame.tolist()
    assert not math.isnan(made.target.sum())
