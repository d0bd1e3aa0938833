import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.models.baselines import BASELINES, fit_baseline
from forecast.models.local import CannotFit, LocalModel
from forecast.models.simple import SimpleFit, fit_drift, fit_naive
from forecast.panel import Panel, Series
from forecast.timeline.calendar import next_timestamps
from tests.odd import KINDS, odd_series

Array = NDArray[np.float64]
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
MOST_SECONDS = 60.0


def panel_of(*targets: np.ndarray) -> Panel:
    return Panel.from_series(
        [Series(f"s{i}", np.arange(len(y)), y) for i, y in enumerate(targets)], "1"
    )


def survive(name: str, seed: int) -> float:
    """Fit and forecast, also from newer history; give the processor seconds of the fit."""
    kind, target, season = odd_series(seed)
    cut = max(1, 2 * len(target) // 3)
    with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        model = fit_baseline(name, panel_of(target[:cut]), season)
        for history in (target[:cut], target):
            prediction = model.predict_quantiles(panel_of(history), 6, LEVELS)
            assert np.isfinite(prediction.quantiles).all(), (name, kind, seed)
            lower, upper = prediction.quantiles[..., :-1], prediction.quantiles[..., 1:]
            assert (lower <= upper).all(), (name, kind, seed)
    record = model.records["s0"]
    assert record.form, (name, kind, seed)
    assert (record.fallback is None) == ("s0" in model.fits)
    return record.seconds


@pytest.mark.parametrize("name", [name for name in BASELINES if name not in {"arima", "ets"}])
def test_baselines_survive_every_kind_of_odd_series(name: str) -> None:
    """Nothing raises, nothing is infinite, quantiles never cross."""
    for seed in range(len(KINDS)):
        survive(name, seed)


@pytest.mark.parametrize("name", ["arima", "ets"])
def test_costly_baselines_survive_odd_series(name: str) -> None:
    """The same for those that search, on every third kind."""
    for seed in range(0, len(KINDS), 3):
        survive(name, seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", BASELINES)
def test_baselines_survive_ten_thousand_odd_series(name: str) -> None:
    """10,000 series: no exception, nothing infinite, all within the time limit."""
    assert max(survive(name, seed) for seed in range(10_000)) < MOST_SECONDS


def test_fit_keeps_warnings_and_reasons_as_fields() -> None:
    """What a method raises or warns of is in the record, not on the screen."""

    def warn(target: np.ndarray, season: int) -> SimpleFit:
        warnings.warn("starting values are poor\nand more", stacklevel=1)
        return fit_naive(target, season)

    def refuse(target: np.ndarray, season: int) -> SimpleFit:
        raise CannotFit("all values are equal")

    def break_down(target: np.ndarray, season: int) -> SimpleFit:
        raise np.linalg.LinAlgError("Singular matrix")

    panel = panel_of(np.arange(9.0))
    warned = LocalModel.fit("Warn", warn, panel, 1)
    assert warned.records["s0"].warnings == ("starting values are poor",)
    assert warned.records["s0"].fallback is None
    for method, reason in ((refuse, "all values are equal"), (break_down, "Singular matrix")):
        model = LocalModel.fit("Broken", method, panel, 4)
        assert model.records["s0"].warnings == (reason,)
        assert model.records["s0"].fallback == "SeasonalNaive"
        assert model.predict_quantiles(panel, 3, LEVELS).source == ("SeasonalNaive",)


def test_one_bad_series_does_not_stop_the_others() -> None:
    """Only the series that cannot be modelled is marked."""
    panel = panel_of(np.arange(9.0), np.array([1.0]), np.arange(9.0))
    model = LocalModel.fit("Drift", fit_drift, panel, 1)
    assert model.predict_quantiles(panel, 3, LEVELS).source == ("Drift", "Naive", "Drift")


@pytest.mark.parametrize("name", BASELINES)
def test_fit_does_not_depend_on_the_power_of_two_of_the_units(name: str) -> None:
    """Measuring in units of 2^100 changes a forecast by exactly that factor."""
    y = 10 + np.cumsum(np.random.default_rng(0).normal(size=30))
    forecasts = []
    for factor in (1.0, 2.0**100):
        panel = panel_of(y * factor)
        found = fit_baseline(name, panel, 4).predict_quantiles(panel, 5, LEVELS)
        forecasts.append(found.quantiles / factor)
    np.testing.assert_array_equal(forecasts[0], forecasts[1])


@pytest.mark.parametrize("freq", ["MS", "ME", "QS", "YS", "B", "2h", "W-FRI", "B-1111110"])
@pytest.mark.parametrize("rows", [1, 60])
def test_phases_count_steps_of_the_frequency(freq: str, rows: int) -> None:
    """A history that begins 100 steps later has phase 100, however long months are."""
    phases = []

    class Telling:
        converged = True

        def forecast(
            self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]
        ) -> Array:
            phases.append(phase)
            return np.zeros((horizon, len(levels)))

    first = np.array(["2001-01-05"], "M8[ns]")
    if freq in ("MS", "QS", "YS"):
        first = np.array(["2001-01-01"], "M8[ns]")
    if freq == "ME":
        first = np.array(["2001-01-31"], "M8[ns]")
    times = np.concatenate([first, next_timestamps(first, freq, 200)[0]])
    values = np.arange(201.0)
    whole = Panel.from_series([Series("a", times, values)], freq)
    later = Panel.from_series([Series("a", times[100:][:rows], values[100:][:rows])], freq)
    model = LocalModel.fit("Telling", lambda target, season: Telling(), whole, 12)
    for panel in (whole, later):
        assert model.predict_quantiles(panel, 1, (0.5,)).source == ("Telling",)
    assert phases == [0, 100]


def test_seasons_keep_their_months_where_a_history_begins_later() -> None:
    """The end of a long monthly history is forecast as the whole of it is."""
    times = np.arange("1990-01", "2010-01", dtype="M8[M]").astype("M8[ns]")
    values = 100 + 10.0 * (np.arange(240) % 12) + np.random.default_rng(0).normal(size=240) / 10
    whole = Panel.from_series([Series("a", times, values)], "MS")
    model = fit_baseline("theta", whole, 12)
    said = [model.predict_quantiles(one, 12, (0.5,)).quantiles for one in (whole, whole.tail(120))]
    np.testing.assert_allclose(said[0], said[1], atol=1)


@pytest.mark.parametrize("name", ["arima", "ets", "theta"])
def test_seasons_keep_their_months_where_a_history_begins_after_the_fit(name: str) -> None:
    """Years that nobody knows lie between what was fitted and what is forecast from."""
    times = np.arange("1990-01", "2010-01", dtype="M8[M]").astype("M8[ns]")
    noise = np.random.default_rng(0).normal(size=240) / 10
    values = 100 + 10.0 * (np.arange(240) % 12) + noise
    whole = Panel.from_series([Series("a", times[:228], values[:228])], "MS")
    model = fit_baseline(name, whole.head(np.array([120])), 12)
    said = model.predict_quantiles(whole.tail(77), 12, (0.5,))
    assert said.source == (model.name,)
    np.testing.assert_allclose(said.quantiles[0, :, 0], values[228:], atol=2)
