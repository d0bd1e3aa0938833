import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.models.naive import last_season, naive_name, naive_quantiles

LEVELS = (0.1, 0.5, 0.9)


def test_seasonal_naive_repeats_the_last_season() -> None:
    """The point forecast is the value one season ago, again and again."""
    y = np.array([9.0, 9, 9, 1, 2, 3])
    point = naive_quantiles(y, 3, 7, LEVELS)[:, 1]
    assert point.tolist() == [1, 2, 3, 1, 2, 3, 1]


def test_seasonal_naive_looks_past_missing_values() -> None:
    """Where the last season has a gap, the season before it answers."""
    y = np.array([1.0, 2, 3, 4, np.nan, 6])
    assert last_season(y, 3).tolist() == [4, 2, 6]


def test_last_season_of_less_than_a_season() -> None:
    """A phase that was never observed takes the last observed value."""
    assert last_season(np.array([5.0, 7]), 4).tolist() == [7, 7, 5, 7]


def test_seasonal_naive_intervals_grow_by_seasons() -> None:
    """The spread is constant within a season and grows with sqrt(k + 1) after it."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=40)
    width = np.diff(naive_quantiles(y, 4, 12, (0.1, 0.9)), axis=1)[:, 0]
    sigma = np.sqrt(np.mean((y[4:] - y[:-4]) ** 2))
    expected = 2 * 1.2815515655446004 * sigma * np.sqrt(np.repeat([1, 2, 3], 4))
    np.testing.assert_allclose(width, expected, rtol=1e-12)


def test_seasonal_naive_of_few_errors_is_as_wide_as_naive() -> None:
    """A season that happened to come back once does not make the next one certain."""
    y = np.array([10.0, 20, 40, 30, 10, 20])
    low, _, high = naive_quantiles(y, 4, 1, LEVELS)[0]
    sigma = np.sqrt(np.mean(np.diff(y) ** 2))
    assert high - low == pytest.approx(2 * 1.2815515655446004 * sigma)
    assert np.ptp(naive_quantiles(np.tile(y[:4], 2), 4, 1, LEVELS)) == 0


@pytest.mark.parametrize("target", [[3.0], [np.nan, 3.0, np.nan], [3.0] * 9, [np.nan]])
def test_seasonal_naive_is_finite_for_hardly_any_values(target: list[float]) -> None:
    """One value, gaps, a constant or nothing at all still give a finite forecast."""
    quantiles = naive_quantiles(np.array(target), 4, 6, LEVELS)
    assert np.isfinite(quantiles).all()
    assert set(quantiles[:, 1]) <= {3.0, 0.0}


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=30),
    st.integers(1, 13),
)
def test_seasonal_naive_never_crosses(target: list[float], season: int) -> None:
    """Quantiles are finite and increase with their level for any input."""
    quantiles = naive_quantiles(np.array(target), season, 5, LEVELS)
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()


def test_seasonal_naive_of_values_near_the_largest_is_finite() -> None:
    """Squares of errors and bounds beyond the largest number spoil nothing."""
    small, large = (
        naive_quantiles(unit * np.array([1.0, -1.0, 0.5, 0.9]), 1, 2, (0.025, 0.5, 0.975))
        for unit in (1.0, 1.5e308)
    )
    np.testing.assert_array_equal(large[:, 1], 1.5e308 * small[:, 1])
    assert (large[:, 2] == np.finfo(float).max).all()
    assert np.isfinite(large).all()


def test_seasonal_naive_without_a_season_is_naive() -> None:
    """The name says so."""
    assert (naive_name(1), naive_name(2)) == ("Naive", "SeasonalNaive")
