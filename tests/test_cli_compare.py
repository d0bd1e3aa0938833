"""forecast compare, run as a user does."""

import gzip
import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import utilsforecast.losses as peer
from utilsforecast.evaluation import evaluate

from forecast.cli.common import run
from forecast.report.versus import METRICS
from tests.commands import BRIEF, PASSENGERS, forecast


@pytest.fixture(scope="module")
def folder(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold 60 months of passengers, and a model trained on exactly these."""
    folder = tmp_path_factory.mktemp("compare")
    lines = PASSENGERS.read_text().splitlines(keepends=True)
    (folder / "short.csv").write_text("".join(lines[:61]))
    flags = ("--cell", "rnn", "--horizon", "6", "--quiet")
    done = forecast("train", "short.csv", *BRIEF, *flags, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_compare_without_data_uses_what_the_model_remembers(folder: Path) -> None:
    """Path and settings come from the model file, and a changed input is told."""
    done = forecast("compare", "--baseline", "naive", "--windows", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == "settings of forecast.model, trained on short.csv"
    assert "has changed" not in done.stderr
    for word in ("RNN-tanh", "MASE", "WAPE", "sMAPE", "RMSE", "in 95 %", "seconds"):
        assert word in done.stdout
    assert "RNN-tanh against" in done.stdout
    assert "1 series, 2 forecasts, 12 values; MASE with season 12" in done.stdout
    assert done.stdout.splitlines()[-1].endswith(".")


def test_compare_tells_a_changed_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the model was trained on is known by its fingerprint; cutoffs that it lacks are told."""
    monkeypatch.chdir(folder)
    with (folder / "short.csv").open("a") as file:
        file.write("1954-01,204\n")
    assert run(["compare", *BRIEF, "--baseline", "naive", "--windows", "9"]) == 0
    stderr = capfd.readouterr().err
    assert "short.csv has changed since the model was trained" in stderr
    assert "\n5 cutoffs instead of 9: less than half of the rows lie before earlier" in stderr


def test_compare_knows_a_packed_input_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its fingerprint is that of what it holds."""
    monkeypatch.chdir(tmp_path)
    Path("a.csv.gz").write_bytes(gzip.compress(PASSENGERS.read_bytes()))
    assert run(["train", "a.csv.gz", *BRIEF, "-q"]) == 0
    assert run(["compare", *BRIEF, "--baseline", "naive", "--windows", "1"]) == 0
    assert "has changed" not in capfd.readouterr().err


def test_compare_gives_json_and_saves_the_backtest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The envelope holds scores, tests, orders and verdict; the CSV and the chart all models."""
    flags = ("--horizon", "3", "--windows", "2", "--json", "--save", "backtest.csv")
    monkeypatch.chdir(folder)
    assert run(["compare", "short.csv", *BRIEF, *flags, "--plot", "chart.svg"]) == 0
    stdout, stderr = capfd.readouterr()
    assert stderr == ""
    document = json.loads(stdout)
    assert (document["schema"], document["ok"]) == ("forecast.compare/1", True)
    found = document["data"]
    assert found["reference"] == "GRU"
    assert {"GRU", "ARIMA", "SeasonalNaive"} <= {one["model"] for one in found["scores"]}
    assert set(METRICS[:11]) | {"coverage-80", "msis-95"} <= set(found["scores"][0])
    assert found["fits"]["ARIMA"]["passengers"][0]["form"].startswith("ARIMA(")
    assert found["verdict"]
    saved = pd.read_csv(folder / "backtest.csv")
    assert list(saved.columns[:5]) == ["unique_id", "ds", "cutoff", "y", "GRU"]
    assert {"GRU-lo-80", "GRU-hi-95", "ARIMA-lo-80"} <= set(saved.columns)
    assert len(saved) == 6
    y, point = saved["y"].to_numpy(), saved["ARIMA"].to_numpy()
    score = next(one for one in found["scores"] if one["model"] == "ARIMA")
    assert score["wape"] == pytest.approx(abs(y - point).sum() / abs(y).sum())
    drawn = (folder / "chart.svg").read_text()
    assert all(f">{word}</text>" in drawn for word in ("GRU", "ARIMA", "MASE by steps ahead"))


def test_compare_fails_unless_better(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The gate exits with 9 after the result was printed, and says why."""
    flags = ("--no-bases", "--dropout", "0.9", "--level", "series", "--fail-unless-better")
    typed = ["compare", "short.csv", *BRIEF, *flags, "--horizon", "3", "--windows", "2"]
    monkeypatch.chdir(folder)
    assert run([*typed, "--baseline", "naive", "--format", "csv", "--quiet"]) == 9
    stdout, stderr = capfd.readouterr()
    assert stderr.startswith("error: ")
    assert run([*typed, "--baseline", "naive", "--json"]) == 9
    assert json.loads(capfd.readouterr().out)["ok"] is False
    scores = pd.read_csv(io.StringIO(stdout))
    assert list(scores.columns[:3]) == ["model", "mase", "rmsse"]
    assert scores["mase"].is_monotonic_increasing


def test_compare_saves_what_utilsforecast_scores_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The scores printed are those that utilsforecast finds in the file that was saved."""
    rng = np.random.default_rng(3)
    history = pd.DataFrame(
        {
            "unique_id": np.repeat(["a", "b", "c"], 48),
            "ds": np.tile(pd.date_range("2012-01-01", periods=48, freq="QS"), 3),
            "y": 50 + 9 * np.tile([0.0, 1, 2, -3], 36) + rng.normal(size=144),
        }
    )
    history.to_csv(tmp_path / "panel.csv", index=False)
    monkeypatch.chdir(tmp_path)
    shape = ("--horizon", "4", "--windows", "3", "--step", "2", "--format", "csv", "--quiet")
    flags = ("--baseline", "drift", "--baseline", "mean", "--save", "backtest.csv")
    assert run(["compare", "panel.csv", *BRIEF, *shape, *flags]) == 0
    printed = pd.read_csv(io.StringIO(capfd.readouterr().out)).set_index("model")
    saved = pd.read_csv("backtest.csv", parse_dates=["ds", "cutoff"])
    models = list(printed.index)
    each: list[Callable[..., Any]] = [partial(peer.mase, seasonality=4)]
    each += [partial(peer.rmsse, seasonality=4), peer.smape, peer.mape]
    by_series = evaluate(saved, each, models=models, train_df=history)
    alone = saved.drop(columns="cutoff").assign(unique_id="all")
    point = [peer.mae, peer.rmse, peer.bias, peer.nd, peer.coverage, peer.winkler_score]
    pooled = evaluate(alone, point, models=models, level=[80, 95])
    grid = evaluate(alone, [peer.scaled_crps], models=models, level=[20, 40, 60, 80])
    theirs = pd.concat([by_series, pooled, grid]).groupby("metric")[models].mean()
    theirs.loc["wql"] = (8 * theirs.loc["scaled_crps"] + theirs.loc["nd"]) / 9  # with the median
    names = {
        "mase": "mase", "rmsse": "rmsse", "smape": "smape", "mape": "mape", "mae": "mae",
        "rmse": "rmse", "bias": "bias", "nd": "wape", "wql": "wql",
        "coverage_level80": "coverage-80", "coverage_level95": "coverage-95",
        "winkler_score_level80": "winkler-80", "winkler_score_level95": "winkler-95",
    }  # fmt: skip
    for metric, ours in names.items():
        unit = {"smape": 200, "mape": 100}.get(metric, 1)
        np.testing.assert_allclose(
            theirs.loc[metric] * unit, printed[ours], rtol=1e-9, err_msg=metric
        )


@pytest.mark.parametrize(
    ("flags", "fix"),
    [
        (["--baseline", "teta"], "--baseline theta"),
        (["--metric", "mas"], "--metric mase"),
        (["--refit", "0"], "--refit always"),
        (["--workers", "0"], "--workers 1"),
        (["--save", "cv.csv.zst"], "--save cv.csv"),
        (["--save", "cv.parquet"], "--save cv.csv"),
    ],
)
def test_compare_refuses_bad_settings_before_reading(
    flags: list[str], fix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A slip costs no time: the nearest setting that is allowed is named at once."""
    assert run(["compare", "nowhere.csv", *flags]) == 2
    assert capfd.readouterr().err.splitlines()[-1] == f"fix: forecast compare nowhere.csv {fix}"
