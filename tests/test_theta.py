import numpy as np
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecast.models.local import CannotFit
from forecast.models.seasonal import Season
from forecast.models.theta import ThetaFit, fit_theta

LEVELS = (0.1, 0.5, 0.9)
NONE = Season(np.zeros(1), False)


def walk(n: int, seed: int = 0) -> np.ndarray:
    return np.asarray(100 + np.cumsum(0.5 + np.random.default_rng(seed).normal(size=n)))


def slow_forecast(values: np.ndarray, alpha: float, horizon: int) -> np.ndarray:
    """Dynamic theta of 2 with a first level of zero, a regression at every row."""
    level, seen = 0.0, list[float]()
    for value in [*values, *[None] * horizon]:
        n = len(seen)
        slope, intercept = 0.0, 0.0
        if n == 1:
            intercept = seen[0]
        if n > 1:
            slope, intercept = np.polyfit(np.arange(1, n + 1), seen, 1)
        share = (1 - alpha) ** n
        pull = share * intercept + (1 - share * (1 - alpha)) / alpha * slope
        mu = level + 0.5 * pull
        observed = mu if value is None else float(value)
        seen.append(observed)
        level += alpha * (observed - level)
    return np.array(seen[-horizon:])


def test_theta_of_two_equals_statsmodels() -> None:
    """With theta 2 and the trend of all rows, the forecast is statsmodels' for the same alpha."""
    values = walk(80)
    theirs = ThetaModel(values, period=1, deseasonalize=False).fit()
    found = ThetaFit(NONE, float(theirs.params["alpha"]), 0.5, False)
    expected = np.asarray(theirs.forecast(6))
    np.testing.assert_allclose(found.forecast(values, 0, 6, LEVELS)[:, 1], expected, rtol=2e-3)


def test_dynamic_theta_equals_a_slow_loop() -> None:
    """After many rows the first level is forgotten, and the recursion is the textbook's."""
    values = walk(60)
    found = ThetaFit(NONE, 0.6, 0.5, True).forecast(values, 0, 5, LEVELS)[:, 1]
    np.testing.assert_allclose(found, slow_forecast(values, 0.6, 5))


def test_fit_theta_finds_the_best_smoothing() -> None:
    """No other smoothing constant gives smaller one-step errors on a grid."""
    from forecast.models.theta import _best_weight, _lines

    values = walk(60)
    fit = fit_theta(values, 1)
    line = _lines(values, dynamic=fit.dynamic)
    least = min(_best_weight(values, line, alpha)[0] for alpha in np.linspace(0.06, 0.98, 50))
    assert _best_weight(values, line, fit.alpha)[0] <= least * 1.001


def test_fit_theta_puts_the_season_back() -> None:
    """A season that multiplies the level returns at its phase, also after dropped rows."""
    wave = np.tile([1.3, 0.9, 0.7, 1.1], 15)
    values = (50 + np.arange(60)) * wave
    fit = fit_theta(values[:48], 4)
    assert "multiplicative[4]" in str(fit)
    for first in (0, 5):
        found = fit.forecast(values[first:48], first, 12, LEVELS)[:, 1]
        np.testing.assert_allclose(found, values[48:], rtol=0.05)


def test_theta_intervals_widen() -> None:
    """What is further away is less certain."""
    quantiles = fit_theta(walk(40), 1).forecast(walk(40), 0, 8, LEVELS)
    assert (np.diff(quantiles[:, 2] - quantiles[:, 0]) > 0).all()


def test_fit_theta_needs_four_values() -> None:
    """Fewer values than parameters are refused in words."""
    with pytest.raises(CannotFit, match="4 values needed, 3 there"):
        fit_theta(np.array([1.0, np.nan, 2.0, 3.0]), 1)
