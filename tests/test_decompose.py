"""A series and its parts."""

import numpy as np
import pytest

from forecast.decompose import MOST_ROWS, decompose
from forecast.panel import Series


def series(target: np.ndarray) -> Series:
    return Series("a", np.arange(len(target)), target)


def waves(rows: int, *lengths: int) -> np.ndarray:
    time = np.arange(rows)
    noise = 0.1 * np.random.default_rng(0).standard_normal(rows)
    seasons = [np.sin(2 * np.pi * time / length) * length for length in lengths]
    return np.asarray(50 + 0.02 * time + sum(seasons) + noise)


@pytest.mark.parametrize("lengths", [(), (7,), (12, 60)])
def test_decompose_gives_parts_that_add_up(lengths: tuple[int, ...]) -> None:
    """Trend, seasons and remainder are the series, value by value."""
    target = waves(400, *lengths)
    target[17] = np.nan
    parts = decompose(series(target), lengths)
    assert parts is not None
    assert tuple(parts.seasons) == lengths
    total = parts.trend + sum(parts.seasons.values()) + parts.remainder
    np.testing.assert_allclose(total, target, atol=1e-9)
    assert np.isnan(parts.remainder).tolist() == np.isnan(target).tolist()


def test_decompose_finds_the_season_that_is_there() -> None:
    """What was put in comes out: the season as it was, the trend without it."""
    parts = decompose(series(waves(420, 7)), (7,))
    assert parts is not None
    wave = 7 * np.sin(2 * np.pi * np.arange(420) / 7)
    assert np.abs(parts.seasons[7] - wave).max() < 0.5
    assert np.abs(parts.trend - (50 + 0.02 * np.arange(420))).max() < 0.3


def test_decompose_takes_the_end_of_a_long_series() -> None:
    """Only the last rows are taken apart, and it says from which on."""
    parts = decompose(series(waves(MOST_ROWS + 50, 7)), (7,))
    assert parts is not None
    assert parts.start == 50
    assert len(parts.trend) == MOST_ROWS


@pytest.mark.parametrize("target", [np.full(40, 3.0), np.full(40, np.nan), np.arange(5.0)])
def test_decompose_gives_nothing_of_nothing(target: np.ndarray) -> None:
    """A constant, an empty and a short series have no parts."""
    assert decompose(series(target), (7,)) is None


def test_decompose_is_the_same_in_other_units() -> None:
    """The parts of a thousandfold series are a thousandfold, of huge values too."""
    target = waves(100, 7)
    small, large = (decompose(series(target * unit), (7,)) for unit in (1.0, 1e300))
    assert small is not None and large is not None
    np.testing.assert_allclose(large.trend / 1e300, small.trend, rtol=1e-9)
