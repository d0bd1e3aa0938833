from dataclasses import replace

import numpy as np
import pytest
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.models.arima import fit_arima
from forecast.models.baselines import fit_baseline
from forecast.models.local import LocalModel
from forecast.panel import Panel, Series

LEVELS = (0.1, 0.5, 0.9)


def fit(panel: Panel, season: int = 12) -> LocalModel:
    return fit_baseline("arima", panel, season)


def panel_of(*targets: np.ndarray) -> Panel:
    return Panel.from_series(
        [Series(f"s{i}", np.arange(len(y)), y) for i, y in enumerate(targets)], "1"
    )


def sales(n: int, seed: int = 3) -> np.ndarray:
    """Airline model on logs: a random walk with a slowly changing multiplicative season."""
    rng = np.random.default_rng(seed)
    noise = 0.04 * rng.normal(size=n)
    change = noise.copy()
    change[1:] -= 0.4 * noise[:-1]
    change[12:] -= 0.6 * noise[:-12]
    change[13:] += 0.24 * noise[:-13]
    logs = 5 + 0.01 * np.arange(n) + 0.2 * np.sin(2 * np.pi * np.arange(n) / 12)
    for t in range(13, n):
        logs[t] = logs[t - 1] + logs[t - 12] - logs[t - 13] + change[t]
    return np.exp(logs)


@pytest.fixture(scope="module")
def fitted() -> LocalModel:
    return fit(panel_of(sales(120)))


def test_arima_recognises_the_airline_model(fitted: LocalModel) -> None:
    """A multiplicative season with a stochastic trend is modelled in logs with D = 1."""
    assert fitted.records["s0"].form == "ARIMA(0,1,1)(0,1,1)[12] log"
    assert fitted.records["s0"].converged


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ModelWarning")
def test_arima_forecasts_like_statsmodels(fitted: LocalModel) -> None:
    """The forecast is statsmodels' own for the chosen order, on the original scale."""
    y = sales(120)
    exact = SARIMAX(np.log(y), order=(0, 1, 1), seasonal_order=(0, 1, 1, 12)).fit(disp=0)
    expected = np.exp(exact.forecast(12))
    found = fitted.predict_quantiles(panel_of(y), 12, LEVELS).quantiles[0, :, 1]
    np.testing.assert_allclose(found, expected, rtol=0.01)


def test_arima_follows_newer_history_without_another_fit(fitted: LocalModel) -> None:
    """New rows move the forecast; the parameters stay as they were."""
    y = sales(132)
    later = fitted.predict_quantiles(panel_of(y), 12, LEVELS).quantiles[0]
    raised = fitted.predict_quantiles(panel_of(np.r_[y[:-6], y[-6:] * 1.5]), 12, LEVELS)
    assert (raised.quantiles[0, :, 1] > later[:, 1]).all()
    again = fitted.predict_quantiles(panel_of(y), 12, LEVELS).quantiles[0]
    np.testing.assert_array_equal(again, later)


def test_arima_bridges_missing_values() -> None:
    """Gaps are left to the Kalman filter: fitted, finite, and near the full forecast."""
    y = sales(120)
    gaps = y.copy()
    gaps[[3, 40, 41, 42, 77, 100]] = np.nan
    model = fit(panel_of(gaps))
    prediction = model.predict_quantiles(panel_of(gaps), 12, LEVELS)
    assert prediction.source == ("ARIMA",)
    whole = fit(panel_of(y)).predict_quantiles(panel_of(y), 12, LEVELS)
    np.testing.assert_allclose(prediction.quantiles[0, :, 1], whole.quantiles[0, :, 1], rtol=0.1)


@pytest.mark.parametrize(
    "target",
    [np.ones(30), np.arange(5.0), np.r_[np.full(20, np.nan), 1.0, 2.0], np.array([3.0])],
    ids=["constant", "short", "hardly-observed", "single"],
)
def test_arima_falls_back_and_says_so(target: np.ndarray) -> None:
    """Where nothing can be fitted, seasonal naive answers under its own name."""
    model = fit(panel_of(target))
    prediction = model.predict_quantiles(panel_of(target), 6, LEVELS)
    assert model.records["s0"].fallback == "SeasonalNaive"
    assert prediction.source == ("SeasonalNaive",)
    assert np.isfinite(prediction.quantiles).all()


@pytest.mark.parametrize("wave", [0.0, 4.0], ids=["line", "line-with-season"])
def test_arima_continues_a_line(wave: float) -> None:
    """Without noise, the line and its season go on exactly."""
    steps = np.arange(72)
    truth = steps + wave * np.sin(2 * np.pi * steps / 12)
    panel = panel_of(truth[:60])
    prediction = fit(panel).predict_quantiles(panel, 12, LEVELS)
    assert prediction.source == ("ARIMA",)
    np.testing.assert_allclose(prediction.quantiles[0, :, 1], truth[60:], atol=1e-3)


@pytest.mark.parametrize("noise", [0.0, 0.1], ids=["line", "noise"])
def test_arima_counts_the_values_that_it_was_estimated_from(noise: float) -> None:
    """Missing ones are none, on an exact line as elsewhere."""
    target = np.arange(60.0) + noise * np.random.default_rng(1).normal(size=60)
    target[20:30] = np.nan
    assert fit_arima(target, 1).rows == 50


def test_arima_falls_back_for_an_unknown_series(fitted: LocalModel) -> None:
    """A series that was not there at fit time is forecast by seasonal naive."""
    panel = replace(panel_of(sales(60)), ids=("new",))
    assert fitted.predict_quantiles(panel, 3, LEVELS).source == ("SeasonalNaive",)


@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_arima_is_free_of_units(factor: float) -> None:
    """Measuring in other units changes the forecast by just that factor."""
    y = np.cumsum(np.random.default_rng(2).normal(size=60))
    one, other = panel_of(y), panel_of(y * factor)
    plain = fit(one, 1).predict_quantiles(one, 6, LEVELS).quantiles
    scaled = fit(other, 1).predict_quantiles(other, 6, LEVELS).quantiles
    np.testing.assert_allclose(scaled / factor, plain, rtol=1e-4, atol=1e-6)


def test_arima_keeps_the_phase_of_a_long_season() -> None:
    """Forecasts of a yearly season in weeks are the same when old history is dropped."""
    rng = np.random.default_rng(0)
    y = 50 + 10 * np.cos(2 * np.pi * np.arange(260) / 52) + rng.normal(size=260)
    panel = panel_of(y)
    model = fit(panel, 52)
    assert "Fourier" in model.records["s0"].form
    full = model.predict_quantiles(panel, 26, LEVELS).quantiles
    recent = model.predict_quantiles(panel.tail(150), 26, LEVELS).quantiles
    np.testing.assert_allclose(recent, full, rtol=0.01)
    truth = 50 + 10 * np.cos(2 * np.pi * np.arange(260, 286) / 52)
    assert np.abs(full[0, :, 1] - truth).max() < 3


def test_arima_keeps_the_phase_after_leading_gaps() -> None:
    """Rows that are missing at the start do not shift a long season."""
    rng = np.random.default_rng(0)
    wave = 50 + 10 * np.cos(2 * np.pi * np.arange(286) / 52)
    y = wave[:260] + rng.normal(size=260)
    y[:17] = np.nan
    model = fit(panel_of(y), 52)
    found = model.predict_quantiles(panel_of(y), 26, LEVELS).quantiles[0, :, 1]
    assert np.abs(found - wave[260:]).max() < 3
