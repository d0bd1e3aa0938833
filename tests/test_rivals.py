"""The network against its baselines, in miniature."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DataError, UsageError
from forecast.forecaster import Forecaster
from forecast.given import read
from forecast.models.baselines import BASELINES, fit_baseline
from forecast.rivals import Bar, compare
from forecast.spec import BacktestSpec, DataSpec, RecurrentSpec, TrainSpec
from tests.commands import BARE, PASSENGERS

SPEC = BacktestSpec(horizon=6, windows=2, step=3)
TINY = Forecaster(
    RecurrentSpec(hidden=2, cell="rnn", nonlinearity="sigmoid", bidirectional=True),
    TrainSpec(steps=2, members=1, from_scratch=True),
)


def test_compare_adds_seasonal_naive_and_keeps_names_apart() -> None:
    """Every model once, by its name, at the same cutoffs; the reference first among them."""
    made = compare(str(PASSENGERS), ("naive", "seasonal-naive"), SPEC, TINY)
    names = list(made.backtest.quantiles)
    assert names[0] == made.comparison.reference == "BiRNN-sigmoid"
    assert [one for one in names if "pretrained" not in one] == [
        "BiRNN-sigmoid",
        "SeasonalNaive",
        "Naive",
    ]
    assert set(made.orders) == {"Naive", "SeasonalNaive"}
    assert made.backtest.ends.tolist() == [135, 138]
    assert {len(one) for one in made.backtest.quantiles.values()} == {2}


def test_compare_loads_libraries_before_the_clock_starts() -> None:
    """The network's seconds are those of its training: torch is there when they begin."""
    probe = f"""
import sys
from forecast.evaluation import backtest
from forecast.rivals import compare
from forecast.spec import BacktestSpec
def look(*given):
    print("torch" in sys.modules, "forecast.models.fit" in sys.modules)
    sys.exit()
backtest._run_global = look
compare({str(PASSENGERS)!r}, ["naive"], BacktestSpec(horizon=6))
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, env=BARE, check=True
    )
    assert done.stdout == "True True\n"


def test_compare_forecasts_like_the_model_alone() -> None:
    """A baseline's forecast is the one it makes from the history up to the cutoff."""
    made = compare(str(PASSENGERS), ("naive",), SPEC, TINY)
    panel = read(str(PASSENGERS), DataSpec()).panel
    history = panel.head(np.array([135]))
    alone = fit_baseline("seasonal-naive", history, 12)
    said = alone.predict_quantiles(history, 6, made.backtest.levels)
    expected = np.sort(said.quantiles, -1)[0]
    assert np.sort(made.backtest.quantiles["SeasonalNaive"], -1)[0].tolist() == expected.tolist()
    assert made.backtest.y[0].tolist() == panel.target[135:141].tolist()


def test_compare_gives_network_and_baselines_the_same_season(tmp_path: Path) -> None:
    """Of 20 months 14 are known at the cutoff: all take the season that `predict` would."""
    lines = PASSENGERS.read_text().splitlines()[:21]
    (tmp_path / "short.csv").write_text("\n".join(lines))
    made = compare(str(tmp_path / "short.csv"), (), BacktestSpec(6, 1), TINY)
    assert made.comparison.season == 12
    assert [one.spec.season for one in made.models.values()] == [(12,), (12,)]


def test_compare_takes_the_season_that_the_network_was_told() -> None:
    """Baselines repeat it, and MASE is in its units."""
    told = Forecaster(replace(TINY.recurrent, season=(6,)), TINY.training)
    made = compare(str(PASSENGERS), (), SPEC, told)
    assert made.comparison.season == 6
    history = read(str(PASSENGERS), DataSpec()).panel.target[:135]
    found = made.backtest.quantiles["SeasonalNaive"][0][:, made.backtest.levels.index(0.5)]
    assert found.tolist() == history[-6:].tolist()


def test_compare_gives_the_same_twice() -> None:
    """The same settings and seed give the same scores but for the seconds."""
    first, second = (compare(str(PASSENGERS), ("naive",), SPEC, TINY) for _ in range(2))
    for name, quantiles in first.backtest.quantiles.items():
        assert quantiles.tobytes() == second.backtest.quantiles[name].tobytes()
    assert first.comparison.verdict == second.comparison.verdict


@pytest.mark.parametrize(
    ("name", "nearest"), [("ARIMA", "arima"), ("teta", "theta"), ("prophet", "arima")]
)
def test_compare_refuses_unknown_baselines(name: str, nearest: str) -> None:
    """What is allowed is listed and the nearest suggested, before anything is read."""
    with pytest.raises(UsageError, match=", ".join(BASELINES)) as caught:
        compare("nowhere.csv", (name,), SPEC, TINY)
    assert caught.value.fix == f"--baseline {nearest}"


def test_compare_takes_all_baselines_with_fits_recorded() -> None:
    """All of them meet the network at the same cutoffs, and every fit is told."""
    made = compare(str(PASSENGERS), ("all",), BacktestSpec(6, windows=1), TINY, workers=1)
    assert list(made.backtest.records) == list(BASELINES.values())
    assert made.orders["ARIMA"]["passengers"].startswith("ARIMA(")
    assert json.loads(json.dumps(made.to_dict(), allow_nan=False))["reference"] == "BiRNN-sigmoid"
    assert {one.model for one in made.comparison.scores} >= {*BASELINES.values(), "BiRNN-sigmoid"}


def test_bar_is_that_of_what_is_behind() -> None:
    """Training and fits share one progress, which never goes back and arrives with both."""
    seen: list[int] = []
    bar = Bar(lambda done, total: seen.append(round(100 * done / total)), trainings=2)
    bar.train(1, 2)
    bar.fit(1, 10)
    bar.train(2, 2)
    bar.trained += 1
    bar.fit(10, 10)
    bar.train(1, 4)
    bar.train(1, 8)
    bar.train(8, 8)
    assert seen == [25, 25, 25, 50, 62, 62, 100]


@pytest.mark.parametrize(
    ("lengths", "fewer"),
    [
        ((40, 16, 5, 4), None),
        ((16, 5), "2 cutoffs instead of 3: less than half of the rows lie before earlier ones"),
    ],
)
def test_fewer_says_why_cutoffs_are_missing(lengths: tuple[int, ...], fewer: str | None) -> None:
    """One series that is long enough for all of them suffices."""
    rows = [(str(n), step, float(step % 3)) for n in lengths for step in range(n)]
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y"])
    assert compare(frame, (), BacktestSpec(horizon=4), TINY, workers=0).fewer == fewer


def test_compare_refuses_a_horizon_that_leaves_no_history() -> None:
    """The fix is a horizon that fits."""
    with pytest.raises(DataError) as caught:
        compare(str(PASSENGERS), (), BacktestSpec(horizon=144), TINY)
    assert caught.value.fix == "--horizon 48"


def test_compare_names_the_pretrained_network_by_what_it_is() -> None:
    """The shipped simple cell has tanh, whatever the network beside it was asked to have."""
    recurrent = RecurrentSpec(cell="rnn", nonlinearity="relu", hidden=4)
    forecaster = Forecaster(recurrent, TrainSpec(steps=2, members=1))
    made = compare(str(PASSENGERS), (), BacktestSpec(6, windows=1), forecaster)
    assert set(made.backtest.quantiles) == {"RNN-relu", "RNN-tanh pretrained", "SeasonalNaive"}
