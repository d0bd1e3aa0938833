"""Quantiles read off a forecast, against the normal distribution."""

from statistics import NormalDist

import numpy as np
import pytest

from forecast.errors import UsageError
from forecast.result import DEFAULT_QUANTILES, Forecast, interval_quantiles, quantile_at, uncrossed


def normal_grid(mean: float = 10, spread: float = 3) -> np.ndarray:
    return np.array([[NormalDist(mean, spread).inv_cdf(q) for q in DEFAULT_QUANTILES]])


@pytest.mark.parametrize("level", [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 0.77, 0.975, 0.999])
def test_quantile_at_is_exact_for_the_normal(level: float) -> None:
    """Between the stored levels and beyond them, a normal forecast stays normal."""
    found = quantile_at(normal_grid(), DEFAULT_QUANTILES, level)
    assert found.tolist() == pytest.approx([NormalDist(10, 3).inv_cdf(level)])


def test_quantile_at_gives_stored_levels_as_they_are() -> None:
    """What was stored is not interpolated."""
    grid = np.random.default_rng(0).normal(size=(4, 5, len(DEFAULT_QUANTILES))).cumsum(-1)
    for index, level in enumerate(DEFAULT_QUANTILES):
        np.testing.assert_allclose(quantile_at(grid, DEFAULT_QUANTILES, level), grid[..., index])


def test_quantile_at_never_crosses() -> None:
    """From ordered quantiles only ordered quantiles are read."""
    grid = np.random.default_rng(0).exponential(size=(9, len(DEFAULT_QUANTILES))).cumsum(-1)
    levels = np.linspace(0.005, 0.995, 199)
    read = np.stack([quantile_at(grid, DEFAULT_QUANTILES, float(level)) for level in levels], -1)
    assert (np.diff(read, axis=-1) >= 0).all()


@pytest.mark.parametrize(
    ("level", "bounds"), [(80, (0.1, 0.9)), (95, (0.025, 0.975)), (1, (0.495, 0.505))]
)
def test_interval_quantiles_are_central(level: int, bounds: tuple[float, float]) -> None:
    """As much probability lies below an interval as above it."""
    assert interval_quantiles(level) == bounds


def test_default_quantiles_hold_the_default_intervals() -> None:
    """The median and the bounds of 80 % and 95 % are trained on, not interpolated."""
    wanted = {0.5, *interval_quantiles(80), *interval_quantiles(95)}
    assert wanted <= set(DEFAULT_QUANTILES)
    assert list(DEFAULT_QUANTILES) == sorted(DEFAULT_QUANTILES)


def test_forecast_quantile_reads_its_grid() -> None:
    """The horizon and quantiles of a forecast are those of its arrays."""
    grid = np.tile(normal_grid(), (2, 3, 1))
    forecast = Forecast(
        model="GRU",
        ids=("a", "b"),
        cutoffs=np.array([1, 1]),
        timestamps=np.tile([2, 3, 4], (2, 1)),
        mean=grid[..., 5],
        quantile_levels=DEFAULT_QUANTILES,
        quantiles=grid,
        source=("GRU", "GRU"),
    )
    assert forecast.horizon == 3
    np.testing.assert_allclose(forecast.quantile(0.25), NormalDist(10, 3).inv_cdf(0.25))
    for level in (0, 1, 1.5, -0.5, float("nan")):
        with pytest.raises(UsageError, match="allowed: above 0 and below 1"):
            forecast.quantile(level)


def test_uncrossed_sorts_like_sort_and_leaves_what_is_sorted() -> None:
    """Every row is what sorting it gives, missing values last; nothing is copied for nothing."""
    rng = np.random.default_rng(0)
    quantiles = np.sort(rng.normal(size=(40, 3, 5)), axis=-1)
    assert uncrossed(quantiles) is quantiles
    quantiles[::7, 1] = rng.normal(size=5)
    quantiles[3, 2, 1] = np.nan
    expected = np.sort(quantiles, axis=-1)
    assert not np.array_equal(quantiles, expected, equal_nan=True)
    np.testing.assert_array_equal(uncrossed(quantiles), expected)
