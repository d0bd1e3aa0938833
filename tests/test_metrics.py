import re
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
import utilsforecast.losses as peer
from numpy.typing import NDArray

from forecast import metrics
from forecast.metrics import INTERVALS, MEASURES, Judged, measures
from tests import reference

LEVELS = (0.1, 0.5, 0.9)
SEASON = 4


@pytest.fixture
def case() -> dict[str, NDArray[np.float64]]:
    """Five series of 40 past and 12 future values, with quantile forecasts."""
    rng = np.random.default_rng(1)
    values = 50 + 10 * rng.normal(size=(5, 52))
    y, history = values[:, 40:], values[:, :40]
    point = y + rng.normal(size=y.shape) * 5
    quantiles = point[..., None] + np.array([-6.0, 0, 6])
    return {"y": y, "history": history, "point": point, "quantiles": quantiles}


def frame(case: dict[str, NDArray[np.float64]]) -> pd.DataFrame:
    """The same case as utilsforecast wants it."""
    rows, steps = case["y"].shape
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(rows), steps),
            "ds": np.tile(np.arange(40, 40 + steps), rows),
            "y": case["y"].ravel(),
            "M": case["point"].ravel(),
            "M-lo-80": case["quantiles"][..., 0].ravel(),
            "M-hi-80": case["quantiles"][..., 2].ravel(),
        }
    )


def each_series(
    name: str, y: NDArray[np.float64], quantiles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give a measure of each series alone."""
    series, scale = np.arange(len(y)), np.ones(len(y))
    judged = Judged(y, quantiles, LEVELS, scale, scale)
    return MEASURES[name].average(judged, series, series)


@pytest.mark.parametrize("name", ["mae", "rmse", "bias", "mape", "smape"])
def test_point_metrics_equal_utilsforecast(name: str, case: dict[str, NDArray[np.float64]]) -> None:
    """Error measures per series equal those of utilsforecast, in our units."""
    unit = {"mape": 100, "smape": 200}.get(name, 1)
    theirs = unit * getattr(peer, name)(frame(case), models=["M"])["M"].to_numpy()
    np.testing.assert_allclose(getattr(metrics, name)(case["y"], case["point"]), theirs, rtol=1e-12)


def test_scaled_metrics_equal_utilsforecast(case: dict[str, NDArray[np.float64]]) -> None:
    """MASE and RMSSE equal those of utilsforecast with the same season."""
    past = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(5), 40),
            "ds": np.tile(np.arange(40), 5),
            "y": case["history"].ravel(),
        }
    )
    scale = np.array([metrics.seasonal_scale(row, SEASON) for row in case["history"]])
    root = np.array([metrics.root_seasonal_scale(row, SEASON) for row in case["history"]])
    theirs = peer.mase(frame(case), models=["M"], seasonality=SEASON, train_df=past)["M"]
    np.testing.assert_allclose(metrics.mase(case["y"], case["point"], scale), theirs, rtol=1e-12)
    theirs = peer.rmsse(frame(case), models=["M"], seasonality=SEASON, train_df=past)["M"]
    np.testing.assert_allclose(metrics.rmsse(case["y"], case["point"], root), theirs, rtol=1e-12)


def test_coverage_equals_utilsforecast(case: dict[str, NDArray[np.float64]]) -> None:
    """Measured coverage counts the bounds as inside."""
    theirs = peer.coverage(frame(case), models=["M"], level=80)["M"]
    low, high = case["quantiles"][..., 0], case["quantiles"][..., 2]
    np.testing.assert_allclose(metrics.coverage(case["y"], low, high), theirs)
    assert metrics.coverage(np.array([1.0]), np.array([1.0]), np.array([1.0])) == 1


def test_pinball_equals_scikit_learn(case: dict[str, NDArray[np.float64]]) -> None:
    """The mean quantile loss equals scikit-learn's for each level."""
    ours = metrics.pinball(case["y"], case["quantiles"], LEVELS)
    for index, level in enumerate(LEVELS):
        theirs = sklearn.metrics.mean_pinball_loss(
            case["y"].ravel(), case["quantiles"][..., index].ravel(), alpha=level
        )
        assert ours[..., index].mean() == pytest.approx(theirs)


def test_metrics_equal_slow_loops(case: dict[str, NDArray[np.float64]]) -> None:
    """MASE, sMAPE, weighted quantile loss and interval score equal obvious loops."""
    y, point, quantiles = (case[name][0].tolist() for name in ("y", "point", "quantiles"))
    history = case["history"][0]
    scale = np.array(metrics.seasonal_scale(history, SEASON))
    assert metrics.mase(case["y"][0], case["point"][0], scale) == pytest.approx(
        reference.slow_mase(y, point, history.tolist(), SEASON)
    )
    assert metrics.smape(case["y"][0], case["point"][0]) == pytest.approx(
        reference.slow_smape(y, point)
    )
    assert each_series("wql", case["y"], case["quantiles"])[0] == pytest.approx(
        reference.slow_quantile_loss(y, quantiles, list(LEVELS))
    )
    low, high = case["quantiles"][0, :, 0], case["quantiles"][0, :, 2]
    assert metrics.winkler(case["y"][0], low, high, 80) == pytest.approx(
        reference.slow_winkler(y, low.tolist(), high.tolist(), 80)
    )


def test_metrics_leave_missing_actuals_out(case: dict[str, NDArray[np.float64]]) -> None:
    """A missing actual value scores like a horizon without that step."""
    gap = case["y"].copy()
    gap[:, 3] = np.nan
    scale = np.ones(5)
    with_gap = Judged(gap, case["quantiles"], LEVELS, scale, scale)
    without = Judged(
        np.delete(gap, 3, axis=1), np.delete(case["quantiles"], 3, axis=1), LEVELS, scale, scale
    )
    for name, measure in MEASURES.items():
        np.testing.assert_allclose(measure.of(with_gap), measure.of(without), err_msg=name)
    low, high = case["quantiles"][..., 0], case["quantiles"][..., 2]
    assert np.isfinite(metrics.winkler(gap, low, high, 80)).all()
    assert np.isfinite(metrics.coverage(gap, low, high)).all()


def test_metrics_without_actuals_are_nan() -> None:
    """Nothing to score gives NaN for every measure, without a warning."""
    nothing = Judged(np.full((2, 3), np.nan), np.zeros((2, 3, 3)), LEVELS, np.ones(2), np.ones(2))
    for name, measure in MEASURES.items():
        assert np.isnan(measure.of(nothing)).all(), name


def test_zero_denominators_are_nan() -> None:
    """A zero scale or all-zero actuals give NaN, never infinity."""
    y, yhat = np.zeros((1, 3)), np.ones((1, 3))
    assert np.isnan(metrics.mase(y, yhat, np.zeros(1)))
    assert np.isnan(each_series("wape", y, np.ones((1, 3, 3))))
    assert np.isnan(each_series("wql", y, np.ones((1, 3, 3))))
    assert np.isnan(metrics.mape(y, yhat))
    assert np.isnan(metrics.seasonal_scale(np.ones(1), 4))


def test_seasonal_scale_of_less_than_a_season_is_that_of_steps() -> None:
    """Where no value has one a season before it, errors are in units of the steps between rows."""
    history = np.array([1.0, 2.0, 4.0, 8.0])
    assert metrics.seasonal_scale(history, 4) == metrics.seasonal_scale(history, 1)
    assert metrics.seasonal_scale(history, 3) == 7
    assert metrics.root_seasonal_scale(history, 4) == metrics.root_seasonal_scale(history, 1)
    assert np.isnan(metrics.seasonal_scale(np.array([1.0, np.nan, np.nan, 4.0]), 2))


def test_smape_of_zero_forecast_as_zero_is_zero() -> None:
    """0/0 counts as no error, and a sign error as the full 200."""
    assert metrics.smape(np.array([0.0]), np.array([0.0])) == 0
    assert metrics.smape(np.array([1.0]), np.array([-1.0])) == 200


def test_crps_is_absolute_error_of_a_certain_forecast() -> None:
    """When all quantiles agree, CRPS over symmetric levels is the absolute error."""
    y = np.array([3.0, 5.0])
    assert metrics.crps(y, np.full((2, 3), 4.0), LEVELS) == pytest.approx(1.0)


def test_wql_and_crps_are_over_deciles(case: dict[str, NDArray[np.float64]]) -> None:
    """Bounds of wide intervals do not count; all levels do where a decile is missing."""
    shape = NormalDist(0, 6)
    deciles = tuple(tenth / 10 for tenth in range(1, 10))
    one = np.ones(5)

    def judged(*levels: float) -> Judged:
        away = np.array([shape.inv_cdf(level) for level in levels])
        return Judged(case["y"], case["point"][..., None] + away, levels, one, one)

    expected = judged(*deciles)
    wider = judged(0.025, *deciles, 0.975)
    few = judged(0.025, 0.5, 0.975)
    for name in ("wql", "crps"):
        of = MEASURES[name].of
        np.testing.assert_array_equal(of(wider), of(expected))
        np.testing.assert_array_equal(of(few), metrics.crps(few.y, few.quantiles, few.levels))


def test_mase_is_free_of_scale_and_shift(case: dict[str, NDArray[np.float64]]) -> None:
    """Changing the unit or origin of a series does not change its MASE."""
    y, point, history = case["y"][0], case["point"][0], case["history"][0]
    one = metrics.mase(y, point, np.array(metrics.seasonal_scale(history, SEASON)))
    moved = np.array(metrics.seasonal_scale(history * 7 - 3, SEASON))
    assert metrics.mase(y * 7 - 3, point * 7 - 3, moved) == pytest.approx(float(one))


def test_missing_forecast_is_nan(case: dict[str, NDArray[np.float64]]) -> None:
    """A forecast that is missing where a value was observed spoils the score."""
    quantiles = case["quantiles"].copy()
    quantiles[0, 3] = np.nan
    judged = Judged(case["y"], quantiles, LEVELS, np.ones(5), np.ones(5))
    for name, measure in MEASURES.items():
        assert np.isnan(measure.of(judged)).tolist() == [True] + [False] * 4, name
    low, high = quantiles[..., 0], quantiles[..., 2]
    assert np.isnan(metrics.coverage(case["y"], low, high)[0])
    assert np.isnan(metrics.winkler(case["y"], low, high, 80)[0])


def test_relative_errors_equal_scikit_learn(case: dict[str, NDArray[np.float64]]) -> None:
    """MAPE and MSE of a series equal scikit-learn's."""
    y, point = case["y"][0], case["point"][0]
    theirs = 100 * sklearn.metrics.mean_absolute_percentage_error(y, point)
    assert metrics.mape(y, point) == pytest.approx(theirs)
    assert metrics.mse(y, point) == pytest.approx(sklearn.metrics.mean_squared_error(y, point))


def test_interval_scores_equal_utilsforecast(case: dict[str, NDArray[np.float64]]) -> None:
    """Winkler's score, and MSIS with the scale of the history, equal those of utilsforecast."""
    low, high = case["quantiles"][..., 0], case["quantiles"][..., 2]
    theirs = peer.winkler_score(frame(case), models=["M"], level=80)["M"]
    np.testing.assert_allclose(metrics.winkler(case["y"], low, high, 80), theirs, rtol=1e-12)
    scale = np.array([metrics.seasonal_scale(row, SEASON) for row in case["history"]])
    ours = metrics.msis(case["y"], low, high, 80, scale)
    np.testing.assert_allclose(ours, theirs / scale, rtol=1e-12)


def test_wape_equals_utilsforecast(case: dict[str, NDArray[np.float64]]) -> None:
    """The ratio of sums is what utilsforecast calls nd, for a single series."""
    theirs = peer.nd(frame(case), models=["M"])["M"].to_numpy()
    found = each_series("wape", case["y"], case["quantiles"])
    np.testing.assert_allclose(found, theirs, rtol=1e-12)


def test_owa_of_the_benchmark_is_one() -> None:
    """A model as good as the benchmark scores 1; half its errors, one half; no errors, unknown."""
    assert metrics.owa(12.0, 0.9, 12.0, 0.9) == 1
    assert metrics.owa(6.0, 0.45, 12.0, 0.9) == pytest.approx(0.5)
    assert np.isnan(metrics.owa(6.0, 0.45, 0.0, 0.9))


def judged(case: dict[str, NDArray[np.float64]]) -> Judged:
    """Forecasts of five series with gaps, a zero scale, and a zero actual value."""
    y = case["y"].copy()
    y[0, :7] = np.nan
    y[1, 2] = 0.0
    scale = np.array([metrics.seasonal_scale(row, SEASON) for row in case["history"]])
    scale[4] = 0.0
    outer = case["point"][..., None] + np.array([-9.0, -6, 0, 6, 9])
    return Judged(y, outer, (0.025, 0.1, 0.5, 0.9, 0.975), scale, 2 * scale)


GROUP, OF = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2])


@pytest.mark.parametrize("name", measures((0.025, 0.1, 0.5, 0.9, 0.975)))
def test_average_equals_slow_loop(name: str, case: dict[str, NDArray[np.float64]]) -> None:
    """Averages over groups equal obvious loops: over series first, or over values."""
    given, measure = judged(case), measures((0.025, 0.1, 0.5, 0.9, 0.975))[name]
    expected = [reference.slow_average(given, measure, GROUP, OF, group) for group in (0, 1)]
    np.testing.assert_allclose(measure.average(given, OF, GROUP), expected, rtol=1e-12)


def test_average_by_step_is_over_one_step(case: dict[str, NDArray[np.float64]]) -> None:
    """Steps taken as forecasts of their own give the measure of that step alone."""
    given, (rows, steps) = judged(case), case["y"].shape
    series, group = np.repeat(np.arange(rows), steps), np.tile(np.arange(steps), rows)
    for name in ("mase", "rmse", "wape"):
        found = MEASURES[name].average(given.by_step(), series, group)
        y, quantiles = given.y[:, 3:4], given.quantiles[:, 3:4]
        alone = Judged(y, quantiles, given.levels, given.scale, given.root_scale)
        expected = MEASURES[name].average(alone, np.arange(rows), np.zeros(rows, dtype=np.int64))
        assert found[3] == pytest.approx(float(expected[0]))


def test_measures_need_their_interval() -> None:
    """Without the bounds of an interval there is no measure of it."""
    assert f"coverage-{INTERVALS[1]}" not in measures((0.1, 0.5, 0.9))
    assert "coverage-80" in measures((0.1, 0.5, 0.9))


def test_measures_state_their_formula() -> None:
    """The function of a measure says who defined it, and when."""
    for name in ("mape", "smape", "mase", "rmsse", "owa", "crps", "winkler", "msis"):
        assert re.search(r"\b(19|20)\d\d\b", getattr(metrics, name).__doc__ or ""), name


@pytest.mark.parametrize("exponent", [-300, 0, 305])
def test_scaled_metrics_neither_overflow_nor_vanish(
    case: dict[str, NDArray[np.float64]], exponent: int
) -> None:
    """The unit of a series, however large or small, changes none of its scaled errors."""
    unit = 10.0**exponent
    y, point, history = case["y"][0], case["point"][0], case["history"][0]
    scale, moved = (np.array(metrics.seasonal_scale(history * u, SEASON)) for u in (1, unit))
    found = metrics.mase(y * unit, point * unit, moved)
    assert found == pytest.approx(float(metrics.mase(y, point, scale)))
    root, moved = (np.array(metrics.root_seasonal_scale(history * u, SEASON)) for u in (1, unit))
    found = metrics.rmsse(y * unit, point * unit, moved)
    assert found == pytest.approx(float(metrics.rmsse(y, point, root)))
