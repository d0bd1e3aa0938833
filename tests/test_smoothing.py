import tracemalloc

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecast.models.ets_fit import estimate
from forecast.models.ets_states import EtsForm, Kind, States, Weights, run, simulate
from forecast.models.smoothing import candidates, fit_ets

LEVELS = (0.1, 0.5, 0.9)
NAMES = {"A": "add", "M": "mul", "N": None}


def sales(n: int = 60, season: int = 4, seed: int = 0) -> np.ndarray:
    """A trend and a season that grows with it."""
    rng = np.random.default_rng(seed)
    wave = 1 + 0.3 * np.sin(2 * np.pi * np.arange(n) / season + 0.3)
    return np.asarray((2 + 0.05 * np.arange(n)) * wave * np.exp(0.04 * rng.normal(size=n)))


def theirs(form: EtsForm, values: np.ndarray) -> ETSModel:
    """The same form in statsmodels."""
    return ETSModel(
        values,
        error=NAMES[form.error],
        trend="add" if form.trend != "N" else None,
        damped_trend=form.trend == "Ad",
        seasonal=NAMES[form.seasonal],
        seasonal_periods=form.season if form.season > 1 else None,
    )


@pytest.mark.parametrize("seasonal", ["N", "A"])
@pytest.mark.parametrize("error", ["A", "M"])
def test_run_equals_statsmodels(error: Kind, seasonal: Kind) -> None:
    """One-step forecasts equal statsmodels' for the same parameters and first states."""
    values, first = sales(), np.array([0.2, -0.1, 0.3, -0.4])
    form = EtsForm(error, "Ad", seasonal, 4 if seasonal != "N" else 1)
    given = [0.4, 0.1, 0.2, 0.9] if seasonal != "N" else [0.4, 0.1, 0.9]
    states = [2.0, 0.1, *(first[::-1] if seasonal != "N" else [])]
    expected = theirs(form, values).smooth([*given, *states]).fittedvalues
    weights = Weights(*(np.array([one]) for one in (0.4, 0.1, 0.2 * (seasonal != "N"), 0.9)))
    begin = States(np.array([2.0]), np.array([0.1]), np.zeros((1, 1)))
    if seasonal != "N":
        begin = States(begin.level, begin.trend, first[:, None])
    found, _ = run(values, seasonal, weights, begin)
    np.testing.assert_allclose(found[:, 0], expected)


def test_run_multiplies_a_season_as_in_the_book() -> None:
    """The recursion for ETS(M,Ad,M) is that of Hyndman et al. (2008), table 2.3."""
    values = sales()
    weights = Weights(*(np.array([one]) for one in (0.4, 0.1, 0.2, 0.9)))
    season = [1.2, 0.9, 1.3, 0.6]
    begin = States(np.array([2.0]), np.array([0.1]), np.array(season)[:, None])
    level, trend, expected = 2.0, 0.1, []
    for y in values:
        smooth = level + 0.9 * trend
        expected.append(smooth * season[-4])
        relative = (y - expected[-1]) / expected[-1]
        level, trend = smooth * (1 + 0.4 * relative), 0.9 * trend + 0.1 * smooth * relative
        season.append(season[-4] * (1 + 0.2 * relative))
    np.testing.assert_allclose(run(values, "M", weights, begin)[0][:, 0], expected)


def test_run_passes_over_missing_values() -> None:
    """A gap moves the states on as if the forecast had come true."""
    values = sales(12)
    weights = Weights(*(np.array([one]) for one in (0.4, 0.1, 0.2, 0.9)))
    begin = States(np.array([2.0]), np.array([0.1]), np.array([[1.2], [0.9], [1.0], [0.9]]))
    mu, _ = run(values, "M", weights, begin)
    filled, gaps = values.copy(), values.copy()
    filled[7], gaps[7] = mu[7, 0], np.nan
    np.testing.assert_allclose(
        run(gaps, "M", weights, begin)[0], run(filled, "M", weights, begin)[0]
    )


@pytest.mark.parametrize(
    "form",
    [EtsForm("A", "N", "N", 1), EtsForm("M", "N", "M", 4), EtsForm("A", "N", "A", 4)],
    ids=str,
)
def test_estimate_is_as_likely_as_statsmodels(form: EtsForm) -> None:
    """Where nothing is bounded otherwise, the AICc is at most that of statsmodels' fit."""
    values = sales()
    n, count = len(values), form.count + 1
    full = theirs(form, values).fit(disp=0, maxiter=500)
    aicc = -2 * full.llf + 2 * count * n / (n - count - 1)
    constant = n * (np.log(2 * np.pi) + 1)
    assert estimate(values, form).aicc <= aicc - constant + 0.05


def test_simulate_without_errors_continues_trend_and_season() -> None:
    """The path of no errors is level plus trend, times the season."""
    weights = Weights(*(np.array([one]) for one in (0.4, 0.1, 0.2, 1.0)))
    states = States(np.array([10.0]), np.array([1.0]), np.array([[2.0], [0.5]]))
    paths = simulate(EtsForm("M", "A", "M", 2), weights, states, np.zeros((4, 1)))
    assert [step.tolist() for step in paths] == [[22], [6], [26], [7]]


def test_ets_forecasts_far_ahead_in_little_memory() -> None:
    """The 2,000 paths are held at one step, not at all of them."""
    fit = fit_ets(sales(), 4)
    tracemalloc.start()
    fit.forecast(sales(), 0, 3000, LEVELS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6


def test_candidates_are_stable_forms() -> None:
    """Positive seasonal data have R's fifteen forms, others only additive ones."""
    forms = [str(form).partition("[")[0] for form in candidates(sales(), 4)]
    assert len(forms) == 15
    assert not {"ETS(A,N,M)", "ETS(A,A,M)", "ETS(A,Ad,M)"} & set(forms)
    assert {str(form)[4] for form in candidates(sales() - 3, 4)} == {"A"}


def test_fit_ets_recognises_a_multiplicative_season() -> None:
    """A season that grows with the level is multiplied."""
    assert str(fit_ets(sales(), 4)) == "ETS(M,A,M)[4]"


def test_ets_forecast_is_that_of_statsmodels() -> None:
    """The median is statsmodels' point forecast of the chosen form, fitted anew."""
    values = sales(80)
    fit = fit_ets(values, 4)
    expected = theirs(fit.found.form, values).fit(disp=0).forecast(8)
    found = fit.forecast(values, 0, 8, LEVELS)[:, 1]
    np.testing.assert_allclose(found, expected, rtol=0.02)


def test_ets_follows_newer_history_without_another_fit() -> None:
    """Newer rows are run through, whether older ones are still there or not."""
    values = sales(80)
    fit = fit_ets(values[:60], 4)
    whole = fit.forecast(values, 0, 6, LEVELS)
    np.testing.assert_allclose(fit.forecast(values[30:], 30, 6, LEVELS), whole)
    raised = fit.forecast(np.r_[values[:-4], values[-4:] * 1.3], 0, 6, LEVELS)
    assert (raised[:, 1] > whole[:, 1]).all()


def test_ets_takes_a_long_season_out() -> None:
    """A season of more than 24 steps is a profile beside the states."""
    values = sales(200, season=52) + 1
    fit = fit_ets(values, 52)
    assert str(fit).endswith("multiplicative[52]")
    truth = sales(252, season=52)[200:] + 1
    assert np.abs(fit.forecast(values, 0, 52, LEVELS)[:, 1] / truth - 1).mean() < 0.1
