import json
import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import utilsforecast.losses as peer
from utilsforecast.evaluation import evaluate as peer_evaluate

from forecast.errors import NotFoundError
from forecast.evaluation.backtest import Backtest, Fit, backtest
from forecast.evaluation.evaluate import evaluate
from forecast.models.base import Prediction
from forecast.models.baselines import fit_baseline
from forecast.panel import Panel, Series
from forecast.spec import BacktestSpec

SEASON = 4
SPEC = BacktestSpec(horizon=4, windows=3)


@dataclass
class Oracle:
    """Knows the future up to an error of its own making."""

    panel: Panel
    error: float
    name: str = "Oracle"

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        rows = []
        for one in panel:
            future = self.panel[one.id].target[len(one.target) :][:horizon]
            rows.append(future[:, None] + self.error + np.array(levels) - 0.5)
        return Prediction(np.stack(rows), (self.name,) * len(panel))


def make_panel(series: int, rows: int = 40) -> Panel:
    rng = np.random.default_rng(5)
    wave = 3 * np.sin(np.pi / 2 * np.arange(rows))
    return Panel.from_series(
        [
            Series(f"s{i}", np.arange(rows), 20 + wave + rng.normal(size=rows))
            for i in range(series)
        ],
        "1",
    )


def run(panel: Panel, *errors: float, spec: BacktestSpec = SPEC) -> Backtest:
    """Seasonal naive next to oracles with the given errors, called A, B, ..."""
    fits: dict[str, Fit] = {
        "SeasonalNaive": lambda history: fit_baseline("seasonal-naive", history, SEASON)
    }
    for name, error in zip("ABC", errors, strict=False):
        fits[name] = lambda _, error=error: Oracle(panel, error)  # type: ignore[misc]
    return backtest(fits, panel, spec)


def test_evaluate_finds_the_better_model() -> None:
    """A model that is better on every series wins, significantly, by the right amount."""
    result = evaluate(run(make_panel(10), 0.1), reference="A", season=SEASON)
    assert [one.model for one in result.scores] == ["A", "SeasonalNaive"]
    best, naive = result.scores
    assert result.skills[0].percent == pytest.approx(
        100 * (1 - best.measures["mase"] / naive.measures["mase"])
    )
    assert result.skills[0].pvalue < 0.01
    assert result.skills[0].test == "Wilcoxon"
    assert result.verdict.endswith(": use the A.")


@pytest.mark.parametrize("series", [1, 10])
def test_evaluate_of_equal_models_is_a_tie(series: int) -> None:
    """Two models with the same forecasts are a tie, whatever the number of series."""
    result = evaluate(run(make_panel(series), 0.1, 0.1), reference="A", season=SEASON)
    (same,) = (one for one in result.skills if one.baseline == "B")
    assert (same.percent, same.pvalue) == (0, 1)
    assert "have the same error" in result.verdict


def test_evaluate_of_one_cutoff_does_not_judge() -> None:
    """One series with one cutoff cannot tell skill from luck."""
    one = BacktestSpec(horizon=4, windows=1)
    result = evaluate(run(make_panel(1), 0.1, spec=one), reference="A", season=SEASON)
    assert math.isnan(result.skills[0].pvalue)
    assert "too few forecasts" in result.verdict


def test_evaluate_of_overlapping_cutoffs_tests_by_cutoff() -> None:
    """Cutoffs closer than a horizon give one loss each, with overlap counted as dependence."""
    near = BacktestSpec(horizon=4, windows=12, step=1)
    result = evaluate(run(make_panel(1), 0.1, spec=near), reference="A", season=SEASON)
    assert result.forecasts == 12
    assert result.skills[0].test == "Diebold-Mariano"
    assert 0 <= result.skills[0].pvalue < 0.05


def test_evaluate_scores_like_utilsforecast() -> None:
    """With one cutoff, MASE and sMAPE equal those that utilsforecast computes."""
    panel = make_panel(6)
    result = run(panel, 0.5, spec=BacktestSpec(horizon=4, windows=1))
    scores = {one.model: one for one in evaluate(result, reference="A", season=SEASON).scores}
    past = panel.before_last(4)
    history = {
        "unique_id": np.repeat(past.ids, past.lengths),
        "ds": past.timestamps,
        "y": past.target,
    }
    frame = result.to_frame()
    theirs = peer_evaluate(
        frame.drop(columns="cutoff"),
        metrics=[peer.smape, partial(peer.mase, seasonality=SEASON)],
        models=["A", "SeasonalNaive"],
        train_df=type(frame)(history),
    )
    smape = theirs[theirs["metric"] == "smape"].mean(numeric_only=True)
    mase = theirs[theirs["metric"] != "smape"].mean(numeric_only=True)
    for name, score in scores.items():
        assert score.measures["smape"] == pytest.approx(200 * smape[name])
        assert score.measures["mase"] == pytest.approx(mase[name])


def test_evaluate_pools_relative_measures() -> None:
    """WAPE divides sums over all points; coverage counts all points."""
    result = run(make_panel(3), 0.5)
    score = next(
        one for one in evaluate(result, reference="A", season=SEASON).scores if one.model == "A"
    )
    assert score.measures["wape"] == pytest.approx(0.5 / np.abs(result.y).mean())
    assert score.measures["rmse"] == pytest.approx(0.5)
    assert (score.measures["coverage-80"], score.measures["coverage-95"]) == (0, 0)


def test_evaluate_leaves_unscaled_series_out() -> None:
    """A constant history has no scale: the series is counted, not scored as infinite."""
    panel = make_panel(3)
    target = panel.target.copy()
    target[: panel.indptr[1] - 4] = 20.0
    result = evaluate(run(panel.with_target(target), 0.1), reference="A", season=SEASON)
    assert result.undefined == {"mase": 1}
    assert result.series == 3
    assert all(math.isfinite(one.measures["mase"]) for one in result.scores)


def test_evaluate_without_any_scale_uses_absolute_errors() -> None:
    """Where every history is constant, MAE takes the place of MASE, by name."""
    panel = make_panel(10, 14)
    target = panel.target.copy()
    target[np.arange(140) % 14 < 10] = 20.0
    once = BacktestSpec(horizon=4, windows=1)
    result = evaluate(run(panel.with_target(target), 0.1, spec=once), reference="A", season=2)
    assert result.measure == "MAE"
    assert math.isnan(result.scores[0].measures["mase"])
    assert "(MAE 0.10 against " in result.verdict


def test_evaluate_of_less_than_a_season_scales_by_steps() -> None:
    """A history of no more than a season has the scale of season 1, and is counted."""
    made = run(make_panel(10, 14), 0.1)
    result = evaluate(made, reference="A", season=20)
    assert (result.measure, result.undefined) == ("MASE", {})
    assert result.young == result.forecasts == len(made.series)
    assert result.scores == evaluate(made, reference="A", season=1).scores
    assert evaluate(made, reference="A", season=9).young == 0


def test_evaluate_of_missing_actuals_counts_them() -> None:
    """Missing actual values are left out for every model and counted."""
    panel = make_panel(3)
    target = panel.target.copy()
    target[-1] = np.nan
    naive = run(panel).quantiles["SeasonalNaive"]
    result = evaluate(run(panel.with_target(target)), reference="SeasonalNaive", season=SEASON)
    assert (result.points, result.missing) == (35, 1)
    assert np.isfinite(naive).all()
    assert math.isfinite(result.scores[0].measures["mase"])


def test_evaluate_does_not_trust_a_model_with_missing_forecasts() -> None:
    """A model with a NaN forecast is not scored, and the verdict says so."""
    result = run(make_panel(3), 0.0)
    result.quantiles["A"][0, 0] = np.nan
    comparison = evaluate(result, reference="A", season=SEASON)
    assert [one.model for one in comparison.scores] == ["SeasonalNaive", "A"]
    assert comparison.verdict.startswith("The A could not be scored: use SeasonalNaive")


def test_evaluate_gives_json_and_a_frame() -> None:
    """The dictionary is strict JSON with null for NaN; the frame has a row per model."""
    result = run(make_panel(3), 0.0)
    result.quantiles["A"][0, 0] = np.nan
    comparison = evaluate(result, reference="A", season=SEASON)
    plain = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert plain["scores"][1]["mase"] is None
    assert plain["verdict"] == comparison.verdict
    frame = comparison.frame()
    assert frame["model"].tolist() == ["SeasonalNaive", "A"]
    assert {"mase", "wape", "coverage-80", "coverage-95", "seconds", "skill"} <= set(frame.columns)


def test_evaluate_refuses_an_unknown_model() -> None:
    """The message lists the models that there are."""
    with pytest.raises(NotFoundError, match="'GRU' is not in the backtest; there are: SeasonalN"):
        evaluate(run(make_panel(1)), reference="GRU", season=SEASON)


def test_evaluate_scores_companions_without_judging_them() -> None:
    """A companion has its row of scores, but is no baseline: no test, no part in the verdict."""
    result = run(make_panel(10), 0.1)
    comparison = evaluate(result, reference="A", season=SEASON, companions=("SeasonalNaive",))
    assert {one.model for one in comparison.scores} == {"A", "SeasonalNaive"}
    assert comparison.skills == ()
    assert "SeasonalNaive" not in comparison.verdict


def test_evaluate_does_not_recommend_a_model_that_never_forecast() -> None:
    """A baseline that another stood in for everywhere is scored, but the verdict passes it by."""
    result = run(make_panel(10), 0.1, 0.0)
    rows = len(result.source["B"])
    replaced = replace(result, source={**result.source, "B": ("SeasonalNaive",) * rows})
    comparison = evaluate(replaced, reference="A", season=SEASON)
    assert {one.model: one.fallbacks for one in comparison.scores}["B"] == rows
    assert comparison.verdict.endswith(": use the A.")
    once = replace(result, source={**result.source, "B": ("SeasonalNaive",) * (rows - 1) + ("B",)})
    assert "B" in evaluate(once, reference="A", season=SEASON).verdict


def test_evaluate_names_a_series_that_decides_all() -> None:
    """One series with an error beyond all others is told, since a mean hides it."""
    panel = make_panel(5)
    assert evaluate(run(panel, 0.1), reference="SeasonalNaive", season=SEASON).dominant is None
    target = panel.target.copy()
    target[panel.indptr[3] - 1] = 1e9
    odd = panel.with_target(target)
    assert evaluate(run(odd, 0.1), reference="SeasonalNaive", season=SEASON).dominant == "s2"
