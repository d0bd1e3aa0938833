"""Frequencies: inference, stepping and seasons, against pandas' own calendars."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.errors import DataError, UsageError
from forecast.frequency import (
    canonical_anchor,
    infer_frequency,
    join_timestamps,
    next_timestamps,
    normalise_frequency,
    season_lengths,
    split_timestamps,
)

ALIASES = [
    "MS", "ME", "QS", "QE", "QS-FEB", "QE-NOV", "YS", "YE", "YS-APR", "YE-JUN", "2MS", "W-SUN",
    "W-WED", "2W-FRI", "D", "3D", "B", "h", "2h", "6h", "30min", "15min", "10min", "5min", "min",
    "s", "100ms",
]  # fmt: skip


def calendar(freq: str, rows: int, start: str = "2019-01-01") -> np.ndarray:
    return pd.date_range(start, periods=rows, freq=freq).to_numpy().astype("M8[ns]")


@pytest.mark.parametrize("freq", ALIASES)
def test_infer_frequency_finds_every_alias(freq: str) -> None:
    """A calendar made by pandas is recognised as the alias it was made with."""
    assert infer_frequency([calendar(freq, 40)]) == freq


@pytest.mark.parametrize("freq", ["MS", "QE", "W-FRI", "D", "h", "15min"])
def test_infer_frequency_tolerates_gaps(freq: str) -> None:
    """A fifth of the rows may be missing."""
    stamps = calendar(freq, 100)
    kept = np.sort(np.random.default_rng(0).permutation(100)[:80])
    assert infer_frequency([stamps[kept]]) == freq


def test_infer_frequency_tolerates_holidays() -> None:
    """Business days without some holidays are still business days."""
    stamps = np.delete(calendar("B", 60), [10, 11, 33])
    assert infer_frequency([stamps]) == "B"


def test_infer_frequency_pools_the_steps_of_all_series() -> None:
    """One odd series does not change what most steps say; series are never joined."""
    series = [calendar("D", 20), calendar("D", 20, "1990-01-01"), calendar("2D", 5)]
    assert infer_frequency(series) == "D"


def test_infer_frequency_reads_fixed_days_of_the_month_as_months() -> None:
    """Months stamped on the 15th are months."""
    assert infer_frequency([calendar("MS", 30) + np.timedelta64(14, "D")]) == "MS"


def test_infer_frequency_gives_integer_steps_as_text() -> None:
    """Whole numbers have their step as frequency."""
    assert infer_frequency([np.array([10, 12, 14, 18])]) == "2"


def test_infer_frequency_refuses_without_a_majority() -> None:
    """The error shows the steps found with their shares."""
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-07"], "M8[ns]")
    with pytest.raises(DataError, match="ambiguous; steps found: D 33%, 2D 33%, 3D 33%") as caught:
        infer_frequency([days])
    assert caught.value.fix == "add --freq D"


def test_infer_frequency_refuses_single_rows() -> None:
    """Series of one row have no step."""
    with pytest.raises(DataError, match="no series has two timestamps"):
        infer_frequency([calendar("D", 1), calendar("D", 1)])


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


def test_next_timestamps_refuses_years_out_of_range() -> None:
    """Nanoseconds end in 2262; stepping beyond is an error, not a wrapped date."""
    with pytest.raises(DataError, match="beyond the year 2262"):
        next_timestamps(calendar("YS", 1), "YS", 400)


@given(st.sampled_from(ALIASES), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_join_timestamps_undoes_split(freq: str, minutes: int) -> None:
    """Any timestamp, on the grid or off it, survives splitting and joining."""
    stamps = np.array(["2001-02-03T04:05:06"], "M8[ns]") + np.timedelta64(minutes, "m")
    assert (join_timestamps(*split_timestamps(stamps, freq), freq) == stamps).all()


@pytest.mark.parametrize(
    ("freq", "seasons"),
    [
        ("h", (24, 168)), ("2h", (12, 84)), ("30min", (48, 336)), ("15min", (96, 672)),
        ("10min", (144, 1008)), ("5min", (288, 2016)), ("min", (60, 1440)), ("s", (60, 3600)),
        ("D", (7, 365)), ("B", (5,)), ("W-SUN", (52,)), ("2W-FRI", (26,)), ("MS", (12,)),
        ("ME", (12,)), ("QS", (4,)), ("2MS", (6,)), ("YE", (1,)), ("1", (1,)), ("5h", (1,)),
    ],
)  # fmt: skip
def test_season_lengths_by_frequency(freq: str, seasons: tuple[int, ...]) -> None:
    """Seasons are the calendar's cycles counted in steps, shortest first."""
    assert season_lengths(freq) == seasons


def test_season_lengths_need_two_cycles() -> None:
    """A season counts only when the history holds it twice."""
    assert season_lengths("D", rows=729) == (7,)
    assert season_lengths("D", rows=730) == (7, 365)
    assert season_lengths("MS", rows=23) == (1,)


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [("W", "W-SUN"), ("1D", "D"), ("QS-APR", "QS"), ("QE-MAR", "QE"), ("YS-JAN", "YS"), ("7", "7")],
)
def test_normalise_frequency_gives_one_spelling(alias: str, canonical: str) -> None:
    """Equal frequencies get equal names."""
    assert normalise_frequency(alias) == canonical


@pytest.mark.parametrize(
    ("alias", "near"),
    [("H", "h"), ("T", "min"), ("M", "MS"), ("Q", "QS"), ("daily", "D"), ("mins", "min"),
     ("W-XYZ", "W"), ("0h", "h"), ("", "D"), ("D-MON", "D")],
)  # fmt: skip
def test_normalise_frequency_suggests_the_nearest(alias: str, near: str) -> None:
    """An unknown alias is a usage error whose fix can be pasted."""
    with pytest.raises(UsageError, match="unknown frequency") as caught:
        normalise_frequency(alias)
    assert caught.value.fix == f"--freq {near}"


def test_canonical_anchor_follows_the_timestamps() -> None:
    """The anchor is the weekday or month that most timestamps have."""
    assert canonical_anchor("W-SUN", calendar("W-THU", 9)) == "W-THU"
    assert canonical_anchor("QS", calendar("QS-MAR", 9)) == "QS-MAR"
    assert canonical_anchor("h", calendar("h", 9)) == "h"
