import numpy as np
import pytest
from scipy import stats

from forecast.models.local import CannotFit
from forecast.models.simple import (
    drift_quantiles,
    fit_drift,
    fit_mean,
    fit_naive,
    fit_seasonal_naive,
    mean_quantiles,
)

LEVELS = (0.1, 0.5, 0.9)
WALK = 5 + np.cumsum(np.random.default_rng(0).normal(0.3, 1.0, size=40))


def test_drift_follows_the_line_through_first_and_last() -> None:
    """The point forecast is that of the textbook, also across gaps."""
    slope = (WALK[-1] - WALK[0]) / 39
    gaps = WALK.copy()
    gaps[[5, 6, 20]] = np.nan
    for values in (WALK, gaps):
        found = drift_quantiles(values, 1, 4, LEVELS)[:, 1]
        np.testing.assert_allclose(found, WALK[-1] + slope * np.arange(1, 5))


def test_drift_interval_is_the_textbook_one() -> None:
    """The deviation is s sqrt(h (1 + h / n)) under Student's t for n - 1 changes."""
    spread = np.diff(WALK).std(ddof=1)
    steps = np.arange(1, 5)
    expected = 2 * stats.t.ppf(0.9, 38) * spread * np.sqrt(steps * (1 + steps / 39))
    found = drift_quantiles(WALK, 1, 4, LEVELS)
    np.testing.assert_allclose(found[:, 2] - found[:, 0], expected)


def test_drift_counts_on_from_the_last_value_seen() -> None:
    """Rows that are missing at the end are steps of the forecast already."""
    longer = np.r_[WALK, np.nan, np.nan]
    np.testing.assert_allclose(
        drift_quantiles(longer, 1, 2, LEVELS), drift_quantiles(WALK, 1, 4, LEVELS)[2:]
    )


def test_mean_interval_is_that_of_one_more_value() -> None:
    """Student's prediction interval of a normal sample, the same at every step."""
    found = mean_quantiles(np.r_[WALK, np.nan], 1, 2, LEVELS)
    expected = stats.t.ppf(LEVELS, 39, WALK.mean(), WALK.std(ddof=1) * np.sqrt(1 + 1 / 40))
    np.testing.assert_allclose(found, [expected, expected])


def test_simple_methods_say_what_they_need() -> None:
    """Too few values are refused in words."""
    with pytest.raises(CannotFit, match="3 values needed, 2 there"):
        fit_drift(np.array([1.0, np.nan, 2.0]), 1)
    with pytest.raises(CannotFit, match="2 values needed, 1 there"):
        fit_mean(np.array([1.0]), 1)


def test_simple_methods_have_a_text() -> None:
    """The form names the method, and its season where it has one."""
    assert str(fit_seasonal_naive(WALK, 12)) == "SeasonalNaive[12]"
    assert str(fit_seasonal_naive(WALK, 1)) == str(fit_naive(WALK, 12)) == "Naive"
