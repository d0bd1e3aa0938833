import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
import utilsforecast.losses as peer
from utilsforecast.evaluation import evaluate

from forecast import metrics
from forecast.evaluation.backtest import Backtest, Baselines, Fit, backtest
from forecast.evaluation.folds import folds
from forecast.models.base import Prediction
from forecast.models.baselines import fit_baseline
from forecast.models.local import LocalModel
from forecast.panel import Panel, Series
from forecast.spec import BacktestSpec

SPEC = BacktestSpec(horizon=4, windows=3)


@dataclass
class Recorder:
    """Repeats the mean of what it was fitted on; remembers what it was shown."""

    mean: float
    shown: list[tuple[np.generic, ...]]
    name: str = "Recorder"

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        self.shown.append(tuple(panel.cutoffs))
        z = np.array(levels) - 0.5
        return Prediction(
            np.broadcast_to(self.mean + z, (len(panel), horizon, len(levels))).copy(),
            (self.name,) * len(panel),
        )


def make_panel(*lengths: int, seed: int = 0) -> Panel:
    rng = np.random.default_rng(seed)
    days = np.arange("2024-01-01", "2024-12-31", dtype="datetime64[D]").astype("datetime64[ns]")
    return Panel.from_series(
        [
            Series(f"s{i}", days[:length], 20 + rng.normal(size=length))
            for i, length in enumerate(lengths)
        ],
        "D",
    )


def naive(history: Panel) -> LocalModel:
    return fit_baseline("seasonal-naive", history, 2)


def test_backtest_shows_every_model_the_same_history() -> None:
    """Cutoffs are identical for all models, and only the past is shown."""
    panel = make_panel(40, 30)
    shown: dict[str, list[tuple[np.generic, ...]]] = {"A": [], "B": []}
    one, other = (Recorder(0.0, calls) for calls in shown.values())
    backtest({"A": lambda _: one, "B": lambda _: other}, panel, SPEC)
    days = [tuple(fold.history(panel).cutoffs) for fold in folds(panel, SPEC)]
    assert shown == {"A": days, "B": days}


def test_backtest_fits_before_the_first_cutoff() -> None:
    """A model is fitted once on the rows before its first cutoff, or at each with refit."""
    panel = make_panel(40)
    seen: list[int] = []

    def fit(history: Panel) -> Recorder:
        seen.append(len(history.target))
        return Recorder(float(history.target.mean()), [])

    backtest({"A": fit}, panel, SPEC)
    assert seen == [28]
    seen.clear()
    backtest({"A": fit}, panel, replace(SPEC, refit=1))
    assert seen == [28, 32, 36]
    seen.clear()
    backtest({"A": fit}, panel, replace(SPEC, refit=2))
    assert seen == [28, 36]


@pytest.mark.parametrize("refit", [None, 1, 2])
def test_backtest_ignores_the_future(refit: int | None) -> None:
    """Changing values after a cutoff changes no byte of the forecasts made at it."""
    panel = make_panel(40, 30)
    fits: dict[str, Fit] = {
        "Naive": naive,
        "Mean": lambda history: Recorder(float(history.target.mean()), []),
    }
    spec, rivals = replace(SPEC, refit=refit), Baselines(("drift", "mean"), 2)
    before = backtest(fits, panel, spec, rivals)
    for cutoff in range(3):
        target = panel.target.copy()
        fold = folds(panel, SPEC)[cutoff]
        for series, end in zip(fold.series, fold.ends, strict=True):
            target[panel.indptr[series] + end : panel.indptr[series + 1]] = 1e6
        after = backtest(fits, panel.with_target(target), spec, rivals)
        rows = slice(0, 2 * (cutoff + 1))
        for name in before.quantiles:
            assert after.quantiles[name][rows].tobytes() == before.quantiles[name][rows].tobytes()


def test_backtest_lines_up_actual_values() -> None:
    """Actual values and timestamps are the rows after each cutoff."""
    panel = make_panel(40, 30)
    result = backtest({"Naive": naive}, panel, SPEC)
    assert result.y.shape == (6, 4)
    for row, (series, end) in enumerate(zip(result.series, result.ends, strict=True)):
        one = panel[int(series)]
        assert result.y[row].tolist() == one.target[end : end + 4].tolist()
        assert (result.timestamps[row] == one.timestamps[end : end + 4]).all()


def test_backtest_charges_nobody_for_loading() -> None:
    """What is loaded before the fits counts for no model, and is there when they begin."""
    done = []

    def load() -> None:
        end = time.process_time() + 0.5
        while time.process_time() < end:
            pass
        done.append("loaded")

    def fit(history: Panel) -> LocalModel:
        done.append("fitted")
        return naive(history)

    result = backtest({"Naive": fit}, make_panel(40, 30), SPEC, load=load)
    assert done == ["loaded", "fitted"]
    assert result.seconds["Naive"] < 0.5


def test_to_frame_scores_like_utilsforecast() -> None:
    """Utilsforecast reads the frame and finds the same scores."""
    result = backtest({"Naive": naive}, make_panel(40, 30), SPEC)
    frame = result.to_frame()
    assert frame.columns[:6].tolist() == [
        "unique_id", "ds", "cutoff", "y", "Naive", "Naive-lo-20",
    ]  # fmt: skip
    assert {"Naive-lo-80", "Naive-hi-80", "Naive-lo-95", "Naive-hi-95"} <= set(frame.columns)
    scores = evaluate(
        frame, metrics=[peer.mae, peer.rmse, peer.coverage, peer.scaled_crps], level=[80]
    )
    by_metric = scores.groupby("metric")["Naive"].mean()
    q = result.quantiles["Naive"]
    at = result.levels.index
    # utilsforecast scores each series over all cutoffs: 3 cutoffs of 2 series
    y = result.y.reshape(3, 2, 4).transpose(1, 0, 2).reshape(2, 12)
    by_series = q.reshape(3, 2, 4, -1).transpose(1, 0, 2, 3).reshape(2, 12, -1)
    point = by_series[..., at(0.5)]
    per_cutoff = metrics.mae(y.reshape(2, 3, 4), point.reshape(2, 3, 4)).mean()
    assert by_metric["mae"] == pytest.approx(float(per_cutoff))
    inside = metrics.coverage(y, by_series[..., at(0.1)], by_series[..., at(0.9)]).mean()
    assert by_metric["coverage_level80"] == pytest.approx(float(inside))


def test_to_frame_keeps_timestamps() -> None:
    """Cutoffs and dates stay dates, one row per series, cutoff and step."""
    frame = backtest({"Naive": naive}, make_panel(40, 30), SPEC).to_frame()
    assert len(frame) == 24
    assert pd.api.types.is_datetime64_any_dtype(frame["cutoff"])
    assert (frame["ds"] > frame["cutoff"]).all()


def test_backtest_does_not_depend_on_workers() -> None:
    """One worker and two give the same bytes and records, and count every fit."""
    panel, spec = make_panel(40, 30), replace(SPEC, refit=2)
    seen: list[tuple[int, int]] = []

    def run(workers: int) -> Backtest:
        rivals = Baselines(("theta", "drift"), 1, workers)
        return backtest({}, panel, spec, rivals, lambda *one: seen.append(one))

    first, second = run(1), run(2)
    assert list(first.quantiles) == ["Theta", "Drift"]
    for name, quantiles in first.quantiles.items():
        assert quantiles.tobytes() == second.quantiles[name].tobytes(), name
        forms = [
            {series: [one.form for one in fits] for series, fits in made.records[name].items()}
            for made in (first, second)
        ]
        assert forms[0] == forms[1]
        assert {len(one) for one in forms[0].values()} == {2}
    assert seen == 2 * [(done, 8) for done in range(1, 9)]


def test_backtest_goes_on_without_a_fit_that_takes_too_long() -> None:
    """A fit over its limit is the seasonal naive method's, marked with the reason."""
    panel, spec = make_panel(40), replace(SPEC, fit_seconds=1e-4)
    made = backtest({}, panel, spec, Baselines(("theta",), 2, workers=1))
    expected = backtest({"SeasonalNaive": naive}, panel, SPEC).quantiles["SeasonalNaive"]
    assert made.quantiles["Theta"].tolist() == expected.tolist()
    assert made.source["Theta"] == ("SeasonalNaive",) * 3
    (record,) = made.records["Theta"]["s0"]
    assert (record.fallback, record.warnings) == ("SeasonalNaive", ("no result in 0.0001 s",))
