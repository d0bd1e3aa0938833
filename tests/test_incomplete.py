"""Last periods that are only parts."""

import numpy as np
import pytest

from forecast.reading.incomplete import is_open, is_stub

DAYS = {"D": "2024-06-10", "MS": "2024-06-01", "W-MON": "2024-06-10", "YS": "2024-01-01"}


@pytest.mark.parametrize("freq", DAYS)
def test_is_open_follows_the_calendar(freq: str) -> None:
    """A period is open from its start to its end, and neither before nor after."""
    last = np.array([DAYS[freq]], "M8[ns]")
    ends = {"D": "2024-06-11", "MS": "2024-07-01", "W-MON": "2024-06-17", "YS": "2025-01-01"}
    start, end = last[0], np.datetime64(ends[freq])
    second = np.timedelta64(1, "s")
    moments = [start - second, start, end - second, end]
    assert [bool(is_open(last, freq, one)[0]) for one in moments] == [False, True, True, False]


def test_is_open_needs_a_calendar() -> None:
    """Whole numbers have no clock."""
    assert is_open(np.array([5]), "1", np.datetime64("2024-01-01")).tolist() == [False]


@pytest.mark.parametrize(
    ("last", "stub"),
    [(80.0, False), (55.0, False), (30.0, True), (0.0, True), (float("nan"), False)],
)
def test_is_stub_compares_with_the_same_season(last: float, stub: bool) -> None:
    """A December at a third of all Decembers is a part; one a bit lower is a bad one."""
    rng = np.random.default_rng(5)
    year = np.array([40, 42, 50, 55, 60, 70, 75, 70, 60, 55, 60, 100.0])
    values = np.tile(year, 5) * rng.uniform(0.95, 1.05, 60)
    values[-1] = last
    assert is_stub(values, np.array([0, 60]), 12).tolist() == [stub]


def test_is_stub_trusts_noise() -> None:
    """Of independent random last values hardly any is called a part."""
    rng = np.random.default_rng(6)
    values = rng.poisson(5, size=(2000, 60)).astype(float)
    indptr = np.arange(0, values.size + 1, 60)
    assert is_stub(values.ravel(), indptr, 7).mean() < 0.02


def test_is_stub_says_nothing_about_short_series() -> None:
    """Twelve quotients are needed."""
    values = np.array([9.0] * 11 + [1.0])
    assert is_stub(values, np.array([0, 12]), 1).tolist() == [False]
