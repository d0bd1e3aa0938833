"""Series that repeat by seasons of their own: found, forecast as if alone, kept in the file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import Forecaster
from forecast.artifact import from_bytes, to_bytes
from forecast.baseline import forecast_baseline
from forecast.cli.common import run
from forecast.evaluation.backtest import Baselines
from forecast.given import read
from forecast.page.study import study
from forecast.page.subject import Asked, Subject
from forecast.panel import Panel
from forecast.read import Input
from forecast.reading.columns import Columns
from forecast.result import DEFAULT_QUANTILES
from forecast.rivals import compare_pretrained
from forecast.season import own_seasons
from forecast.spec import BacktestSpec, DataSpec, RecurrentSpec, TrainSpec

ROWS, HORIZON = 300, 14
MIDDLE = len(DEFAULT_QUANTILES) // 2
OWN = {"odd": (9,)}


def wave(length: int, seed: int) -> np.ndarray:
    """Give a season of any shape with noise, above zero."""
    rng = np.random.default_rng(seed)
    return 50 + 10 * np.resize(rng.normal(size=length), ROWS) + rng.normal(size=ROWS)


def frame(*names: str) -> pd.DataFrame:
    """Give days of series with weeks, but for the odd one."""
    days = pd.date_range("2024-01-01", periods=ROWS)
    seasons = {"odd": 9}
    parts = [
        pd.DataFrame({"id": name, "day": days, "y": wave(seasons.get(name, 7), ord(name[0]))})
        for name in names
    ]
    return pd.concat(parts)


def quantiles(forecaster: Forecaster) -> dict[str, np.ndarray]:
    """Forecast every series of a model, by name; the median is in the middle."""
    made = forecaster.predict(HORIZON)
    return dict(zip(made.ids, made.quantiles, strict=True))


@pytest.fixture(scope="module")
def adopted() -> Forecaster:
    """The pretrained network for two series with weeks and one between them with another season."""
    return Forecaster().adopt(frame("a", "odd", "b"), HORIZON)


def test_own_seasons_are_found() -> None:
    """Of long series only, unless they are alone: then the season is the panel's."""
    panel = read(frame("a", "odd", "b"), DataSpec()).panel
    assert own_seasons(panel, DataSpec(), (7,)) == OWN
    assert own_seasons(panel, DataSpec(), (9,)) == {"a": (7,), "b": (7,)}
    assert own_seasons(panel, DataSpec(), (1,)) == {"a": (7,), "odd": (9,), "b": (7,)}
    assert own_seasons(panel.tail(16 * 7 - 1), DataSpec(), (7,)) == {}
    assert own_seasons(panel.select([1]), DataSpec(), (7,)) == {}


def test_series_that_wander_have_none() -> None:
    """Of 200 random walks and 200 series of noise not one seems to repeat."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(400, ROWS))
    noise[:200] = noise[:200].cumsum(1)
    ids, indptr = tuple(map(str, range(400))), np.arange(401) * ROWS
    panel = Panel(ids, indptr, np.tile(np.arange(ROWS), 400), noise.ravel(), "1")
    assert own_seasons(panel, DataSpec(), (7,)) == {}


def test_each_is_forecast_as_if_the_others_were_not_there(adopted: Forecaster) -> None:
    """The odd one as one file with its season told, the others as a panel without it."""
    found = quantiles(adopted)
    told = DataSpec(season=(9,))
    alone = quantiles(Forecaster(reading=told).adopt(frame("odd"), HORIZON))
    others = quantiles(Forecaster().adopt(frame("a", "b"), HORIZON))
    for name, expected in {**alone, **others}.items():
        np.testing.assert_array_equal(found[name], expected)
    unlike = quantiles(Forecaster(reading=DataSpec(season=(7,))).adopt(frame("odd"), HORIZON))
    actual = 50 + 10 * np.resize(np.random.default_rng(ord("o")).normal(size=9), 2 * ROWS)
    actual = actual[ROWS:][:HORIZON]
    errors = [np.abs(one["odd"][:, MIDDLE] - actual).mean() for one in (found, unlike)]
    assert errors[0] < 0.3 * errors[1]


def test_seasons_that_were_told_are_everybodys() -> None:
    """Whoever names a season is not corrected."""
    for forecaster in (
        Forecaster(reading=DataSpec(season=(7,))),
        Forecaster(RecurrentSpec(season=(7,))),
    ):
        assert not forecaster.adopt(frame("a", "odd", "b"), HORIZON).artifact.model.apart


def test_model_file_keeps_them(adopted: Forecaster) -> None:
    """Forecasts and the file's bytes survive; a model of the old seasons reads newer rows."""
    content = to_bytes(adopted.artifact)
    found = from_bytes(content, "m")
    assert to_bytes(found) == content
    assert found.model.own_seasons == OWN
    before = adopted.artifact.model.predict_quantiles(adopted.artifact.context, 40, (0.1, 0.5))
    after = found.model.predict_quantiles(found.context, 40, (0.1, 0.5))
    np.testing.assert_array_equal(after.quantiles, before.quantiles)
    assert after.source == before.source


def test_renamed_and_single_models_keep_them(adopted: Forecaster) -> None:
    """Histories under other names are forecast as their series are."""
    model, panel = adopted.artifact.model, adopted.artifact.context
    expected = model.predict_quantiles(panel, HORIZON, (0.5,)).quantiles
    moved = model.renamed({"1": "a", "2": "odd", "3": "b"})
    made = moved.predict_quantiles(replace(panel, ids=("1", "2", "3")), HORIZON, (0.5,))
    np.testing.assert_array_equal(made.quantiles, expected)
    one = replace(panel.select([1]), ids=("history",))
    made = model.only("odd").predict_quantiles(one, HORIZON, (0.5,))
    np.testing.assert_array_equal(made.quantiles, expected[1:2])


def test_explanation_is_of_the_series_own_network(adopted: Forecaster) -> None:
    """It explains the forecast that is made, by cycles of its season."""
    found = adopted.explain(HORIZON, series="odd")
    np.testing.assert_allclose(found.forecast, quantiles(adopted)["odd"][:, MIDDLE], rtol=1e-9)
    assert found.lags.segment == 9


def test_training_learns_from_them_but_does_not_forecast_them(adopted: Forecaster) -> None:
    """The others are forecast as if all had the panel's season; from scratch the odd one, too."""
    train = TrainSpec(steps=2, members=1)
    fitted = Forecaster(training=train).fit(frame("a", "odd", "b"))
    told = Forecaster(training=train, reading=DataSpec(season=(7,)))
    others = quantiles(told.fit(frame("a", "odd", "b")))
    expected = {**others, "odd": quantiles(adopted)["odd"]}
    for name, values in quantiles(fitted).items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-5)
    scratch = Forecaster(training=replace(train, from_scratch=True)).fit(frame("a", "odd", "b"))
    assert not scratch.artifact.model.apart


def test_user_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By predict, check, train and info."""
    path, model = tmp_path / "days.csv", tmp_path / "m"
    frame("a", "odd", "b").to_csv(path, index=False)
    words = "seasons of their own: 9 steps (1 series)"
    monkeypatch.chdir(tmp_path)
    assert run(["predict", str(path), "--horizon", "7"]) == 0
    assert words in capsys.readouterr().err
    assert run(["check", str(path)]) == 0
    assert words in " ".join(capsys.readouterr().out.split())
    assert run(["train", str(path), "--model", str(model), "--steps", "2"]) == 0
    assert f"{words}, forecast by the pretrained network" in capsys.readouterr().err
    assert run(["info", str(model)]) == 0
    assert words in capsys.readouterr().out


def test_baselines_know_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Compared on the same cutoffs, and asked alone, they forecast by the cycle that is there."""
    compared = compare_pretrained(frame("a", "odd", "b"), ["ets"], workers=0)
    alone = compare_pretrained(
        frame("odd"), ["ets"], forecaster=Forecaster(reading=DataSpec(season=(9,))), workers=0
    )
    rows = [at for at, one in enumerate(compared.backtest.series) if one == 1]
    for name in ("SeasonalNaive", "ETS"):
        found = compared.backtest.quantiles[name][rows]
        np.testing.assert_array_equal(found, alone.backtest.quantiles[name])
    assert compared.orders["ETS"]["odd"].endswith("[9]")
    assert compared.orders["ETS"]["a"].endswith("[7]")
    path = tmp_path / "days.csv"
    frame("a", "odd", "b").to_csv(path, index=False)
    typed = ["predict", str(path), "--baseline", "seasonal-naive", "--horizon", "9"]
    assert run(typed) == 0
    said = capsys.readouterr()
    assert "seasons of their own: 9 steps (1 series)" in said.err
    last = frame("odd")["y"].to_numpy()[-9:]
    made = [line.split(",")[2] for line in said.out.splitlines() if line.startswith("odd,")]
    np.testing.assert_allclose(np.array(made, float), last, atol=1e-3)


def test_seasonal_naive_knows_them_where_the_others_have_no_season() -> None:
    """Of numbered rows, which have no usual season, it repeats the cycle, and nothing fell back."""
    rows = frame("odd").assign(day=range(ROWS))
    walk = np.random.default_rng(0).normal(size=ROWS).cumsum()
    panel = read(pd.concat([rows, rows.assign(id="walk", y=walk)]), DataSpec()).panel
    method = Baselines(("seasonal-naive",), 1, 0, own_seasons(panel, DataSpec(), (1,)))
    assert method.own == OWN
    made = forecast_baseline(method, panel, 9)[0]
    assert made.model == "SeasonalNaive"
    assert made.source == ("SeasonalNaive",) * 2
    given = Input(panel, Columns(), "", "", None)
    found = compare_pretrained(given, [], BacktestSpec(9, 1), workers=0).backtest
    assert set(found.source["SeasonalNaive"]) == {"SeasonalNaive"}
    medians = found.quantiles["SeasonalNaive"][..., found.levels.index(0.5)]
    cycle = rows["y"].to_numpy(float)[-18:-9]
    np.testing.assert_allclose(medians, np.stack([cycle, np.full(9, walk[-10])]))


def test_report_takes_them_apart_by_their_own_seasons() -> None:
    """The season that a page draws is the one that the series has."""
    given = read(frame("a", "odd", "b"), DataSpec())
    asked = Asked(baselines=("naive",), windows=1, workers=0)
    found = study(Subject(given, given, Forecaster(), HORIZON, trained=False), asked)
    assert set(found.parts[1].seasons) == {9}
    assert set(found.parts[0].seasons) == {7}
