"""Frequencies found in timestamps, against pandas' own calendars."""

import numpy as np
import pytest

from forecast.errors import DataError
from forecast.timeline.spacing import infer_frequency
from tests.calendars import ALIASES, calendar


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


@pytest.mark.parametrize("late", [[0, 130, 250], [81, 181, 281], [7, 290, 130, 55, 210]])
def test_infer_frequency_proposes_what_an_uneven_clock_keeps_to(late: list[int]) -> None:
    """Every 15 seconds and some milliseconds: not the step that happens to be the most common."""
    rows = np.arange(300)
    stamps = 15_000 * rows + np.array(late)[rows % len(late)]
    with pytest.raises(DataError, match="ambiguous") as caught:
        infer_frequency([stamps.astype("M8[ms]").astype("M8[ns]")])
    assert caught.value.fix == "add --freq 15s"


def test_infer_frequency_refuses_single_rows() -> None:
    """Series of one row have no step."""
    with pytest.raises(DataError, match="no series has two timestamps"):
        infer_frequency([calendar("D", 1), calendar("D", 1)])


@pytest.mark.parametrize(
    ("days", "freq"),
    [("1111110", "B-1111110"), ("1111001", "B-1111001"), ("1111100", "B"), ("1111111", "D")],
)
def test_infer_frequency_finds_the_days_that_count(days: str, freq: str) -> None:
    """Days of the week that never occur are not missing, holidays among the others are."""
    dates = np.arange("2024-01-01", "2024-06-01", dtype="M8[D]")
    kept = np.array([day == "1" for day in days])[(dates.astype(int) + 3) % 7]
    holidays = np.random.default_rng(1).random(len(dates)) < 0.05
    assert infer_frequency([dates[kept & ~holidays].astype("M8[ns]")]) == freq


def test_infer_frequency_takes_last_working_days_for_month_ends() -> None:
    """Working days at the end of months are monthly, whatever their date."""
    ends = np.arange("2020-02", "2022-02", dtype="M8[M]").astype("M8[D]") - 1
    assert infer_frequency([np.busday_offset(ends, 0, roll="backward").astype("M8[ns]")]) == "ME"
    starts = np.arange("2020-02", "2022-02", dtype="M8[M]").astype("M8[D]")
    assert infer_frequency([np.busday_offset(starts, 0, roll="forward").astype("M8[ns]")]) == "MS"


def test_infer_frequency_finds_four_weeks() -> None:
    """Every 28 days is no month."""
    dates = np.datetime64("2020-01-05") + 28 * np.arange(30)
    assert infer_frequency([dates.astype("M8[ns]")]) == "4W-SUN"
