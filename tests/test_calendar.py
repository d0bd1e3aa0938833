"""Steps along a frequency, against pandas' own calendars."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import DataError
from forecast.timeline.calendar import (
    join_timestamps,
    next_timestamps,
    split_timestamps,
    units_per_step,
)
from tests.calendars import ALIASES, calendar


@pytest.mark.parametrize("freq", ALIASES)
def test_next_timestamps_continues_like_pandas(freq: str) -> None:
    """The steps after a cutoff are those of pandas' date_range."""
    stamps = calendar(freq, 60)
    ahead = next_timestamps(stamps[[10, 25]], freq, 30)
    assert ahead.tolist() == np.stack([stamps[11:41], stamps[26:56]]).tolist()


def test_next_timestamps_adds_integers() -> None:
    """Whole numbers continue by their step, as int64."""
    ahead = next_timestamps(np.array([7, 100]), "5", 3)
    assert ahead.tolist() == [[12, 17, 22], [105, 110, 115]]
    assert ahead.dtype == np.int64


def test_next_timestamps_keeps_phase_and_clock() -> None:
    """Times off the full hour and days off the month's start keep their offset."""
    half = np.array(["2024-01-01T00:14"], "M8[ns]")
    assert str(next_timestamps(half, "h", 1)[0, 0])[:16] == "2024-01-01T01:14"
    mid = np.array(["2024-01-15T06:00"], "M8[ns]")
    assert str(next_timestamps(mid, "MS", 1)[0, 0])[:16] == "2024-02-15T06:00"


def test_next_timestamps_serves_many_series() -> None:
    """A hundred thousand cutoffs give the same as one, row by row."""
    last = np.tile(calendar("ME", 100), 1000)
    ahead = next_timestamps(last, "ME", 4)
    assert ahead.shape == (100_000, 4)
    assert (ahead[50_007] == next_timestamps(last[7:8], "ME", 4)[0]).all()


def test_next_timestamps_names_the_longest_horizon() -> None:
    """The fix is the number of steps that still have a date."""
    last = np.array(["2250-01-01"], "M8[ns]")
    with pytest.raises(DataError) as caught:
        next_timestamps(last, "YS", 13)
    assert caught.value.fix == "--horizon 12"
    assert next_timestamps(last, "YS", 12).shape == (1, 12)


def test_next_timestamps_refuses_years_out_of_range() -> None:
    """Nanoseconds end in 2262; stepping beyond is an error, not a wrapped date."""
    for horizon in (400, 100_000):  # the larger one wraps around more than once
        with pytest.raises(DataError, match="beyond the year 2262"):
            next_timestamps(calendar("YS", 1), "YS", horizon)


@given(st.sampled_from(ALIASES), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_join_timestamps_undoes_split(freq: str, minutes: int) -> None:
    """Any timestamp, on the grid or off it, survives splitting and joining."""
    stamps = np.array(["2001-02-03T04:05:06"], "M8[ns]") + np.timedelta64(minutes, "m")
    assert (join_timestamps(*split_timestamps(stamps, freq), freq) == stamps).all()


@pytest.mark.parametrize("freq", ALIASES)
def test_units_per_step_is_the_distance_of_neighbours(freq: str) -> None:
    """On a regular grid ordinals rise evenly and the remainder never changes."""
    ordinals, remainders = split_timestamps(calendar(freq, 30), freq)
    assert set(np.diff(ordinals).tolist()) == {units_per_step(freq)}
    assert len(set(remainders.tolist())) == 1


@pytest.mark.parametrize("days", ["1111110", "1111001", "0111110", "1010100"])
def test_next_timestamps_steps_over_days_that_do_not_count(days: str) -> None:
    """Business days of any week go on as NumPy's do, before and after 1970."""
    for start in ("1969-12-31", "2024-02-27"):
        first = np.busday_offset(start, 0, "forward", days)
        expected = np.busday_offset(first, np.arange(1, 15), "forward", days)
        found = next_timestamps(np.array([first]).astype("M8[ns]"), f"B-{days}", 14)
        assert (found[0].astype("M8[D]") == expected).all()
