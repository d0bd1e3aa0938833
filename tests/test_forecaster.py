"""The Python interface: fit, predict, save and load, and the settings chosen on the way."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import forecast
from forecast.errors import NotFoundError, UsageError
from forecast.forecaster import Forecaster, load
from forecast.given import read
from forecast.horizon import default_horizon
from forecast.panel import Panel, Series
from forecast.read import Input
from forecast.season import seasons_of
from forecast.spec import DataSpec, RecurrentSpec, TrainSpec
from tests.commands import PASSENGERS

BRIEF = TrainSpec(steps=2, members=1, from_scratch=True)


def lone(rows: int, freq: str) -> Panel:
    """Build a panel of one series."""
    times = np.datetime64("2000-01-01", "ns") + np.arange(rows)
    return Panel.from_series([Series("a", times, np.arange(1.0, rows + 1))], freq)


def test_forecast_names_are_found_on_first_use() -> None:
    """The package gives its public names, and no others."""
    assert forecast.Forecaster is Forecaster
    assert forecast.load is load
    assert set(forecast.__all__) == {"Forecaster", "compare", "load", "read_csv"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = forecast.nothing


def test_artifact_before_fit() -> None:
    """An untrained forecaster says what to do."""
    with pytest.raises(UsageError, match="has not been trained"):
        _ = Forecaster().artifact


def test_fit_reads_files_streams_frames_and_inputs_alike() -> None:
    """The same rows give the same forecasts, whatever holds them."""
    frame = pd.read_csv(PASSENGERS)
    sources = (
        str(PASSENGERS),
        PASSENGERS,
        io.BytesIO(PASSENGERS.read_bytes()),
        frame,
        read(PASSENGERS, DataSpec()),
    )
    made = [
        Forecaster(RecurrentSpec(hidden=2), BRIEF).fit(source).predict_frame(3)
        for source in sources
    ]
    for other in made[1:]:
        pd.testing.assert_frame_equal(made[0], other)


def test_fit_reports_progress() -> None:
    """The callback sees every step, up to the last."""
    seen: list[tuple[int, int]] = []
    Forecaster(RecurrentSpec(hidden=2), BRIEF).fit(
        str(PASSENGERS), lambda step, steps: seen.append((step, steps))
    )
    done = [step for step, _ in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1]


def test_fit_remembers_what_was_asked_and_what_was_used() -> None:
    """Open settings stay open in the wishes and are filled in the model."""
    forecaster = Forecaster(RecurrentSpec(hidden=2), BRIEF).fit(str(PASSENGERS))
    manifest, model = forecaster.artifact.manifest, forecaster.artifact.model
    assert (manifest.recurrent, manifest.training) == (RecurrentSpec(hidden=2), BRIEF)
    assert (model.spec.lags, model.spec.segment, model.spec.horizon) == (60, 12, 18)
    assert manifest.used.batch is not None
    assert (manifest.source, manifest.rows) == (str(PASSENGERS), 144)


def test_predict_slices_and_rolls(trained: Path) -> None:
    """A shorter horizon is the beginning of a longer one; any length has ordered quantiles."""
    forecaster = load(trained)
    short, trained_horizon, long = (forecaster.predict(h) for h in (1, 18, 100))
    assert short.quantiles.tobytes() == trained_horizon.quantiles[:, :1].tobytes()
    assert long.quantiles.shape[1] == 100
    assert (np.diff(long.quantiles, axis=-1) >= 0).all()
    with pytest.raises(UsageError, match="horizon is 0"):
        forecaster.predict(0)


def test_predict_from_its_own_history_changes_nothing(trained: Path) -> None:
    """The rows kept in the model file are all that a forecast depends on."""
    forecaster = load(trained)
    pd.testing.assert_frame_equal(
        forecaster.predict_frame(5), forecaster.predict_frame(5, str(PASSENGERS))
    )


def test_predict_from_newer_history_moves_the_start(trained: Path) -> None:
    """Newer rows under other column names and with duplicates are read as told."""
    lines = ["when,many", *PASSENGERS.read_text().splitlines()[1:], "1961-01,450", "1961-01,450"]
    newer = io.BytesIO("\n".join(lines).encode())
    forecaster = load(trained)
    reading = DataSpec(time="when", target="many", duplicates="last")
    given = forecaster.read_newer(newer, reading)
    assert forecaster.predict_columns(1, given)["month"].tolist() == ["1961-02"]
    assert given.panel.ids == ("passengers",)  # what the model knows of a series, by its name


def test_read_newer_refuses_other_data(trained: Path, tmp_path: Path) -> None:
    """Another frequency or a missing column is no newer history."""
    forecaster = load(trained)
    years = tmp_path / "years.csv"
    years.write_text("month,passengers\n" + "".join(f"{n}-01,{n}\n" for n in range(1990, 2000)))
    with pytest.raises(NotFoundError, match="month"):
        forecaster.read_newer(PASSENGERS.parent / "macro.csv")
    found = forecaster.read_newer(years)  # months with eleven of twelve missing
    assert found.panel.freq == "MS"


def test_adopt_forecasts_without_training() -> None:
    """The pretrained network beats the seasonal naive method here without a training step."""
    rows = pd.read_csv(PASSENGERS)
    forecaster = Forecaster().adopt(rows.head(132), 12)
    assert forecaster.fitted is None
    error = np.abs(forecaster.predict(12).mean[0] - rows["passengers"].to_numpy()[132:]).mean()
    naive = np.abs(rows["passengers"].to_numpy()[120:132] - rows["passengers"].to_numpy()[132:])
    assert error < naive.mean()


@pytest.mark.parametrize("horizon", [0, -3])
def test_adopt_refuses_a_horizon_that_is_none(horizon: int) -> None:
    """0 is not "not given"."""
    with pytest.raises(UsageError, match=f"horizon is {horizon}; allowed: 1 or more"):
        Forecaster().adopt(PASSENGERS, horizon)


@pytest.mark.parametrize("level", [0.8, 80.0, 100, True])
def test_predict_refuses_levels_that_name_no_column(trained: Path, level: float) -> None:
    """Bounds are called by whole numbers: there is no yhat-lo-80.0."""
    with pytest.raises(UsageError, match=f"level is {level}; allowed: whole numbers from 1 to 99"):
        load(trained).predict_columns(1, levels=(level,))  # type: ignore[arg-type]
    known = load(trained).predict_columns(1, levels=list(np.array([80])))
    assert "yhat-lo-80" in known


def test_save_then_load_forecasts_the_same(trained: Path, tmp_path: Path) -> None:
    """Settings and forecasts survive the file."""
    first = load(trained)
    first.save(tmp_path / "m")
    second = load(tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == trained.read_bytes()
    assert (second.recurrent, second.training, second.reading) == (
        first.recurrent,
        first.training,
        first.reading,
    )
    pd.testing.assert_frame_equal(first.predict_frame(4), second.predict_frame(4))


def test_read_gives_an_input_back(trained: Path) -> None:
    """What was read is not read again."""
    given = read(PASSENGERS, DataSpec())
    assert isinstance(given, Input)
    assert read(given, replace(DataSpec(), wide=True)) is given


@pytest.mark.parametrize(
    ("rows", "freq", "season", "horizon"),
    [
        (100, "YS", (1,), 6),
        (100, "QS", (4,), 8),
        (144, "MS", (12,), 18),
        (1000, "D", (7, 365), 14),
        (2000, "h", (24, 168), 48),
        (30, "MS", (12,), 10),
        (15, "MS", (12,), 5),
        (14, "MS", (1,), 4),
        (4, "MS", (1,), 1),
    ],
)
def test_defaults_follow_the_frequency(
    rows: int, freq: str, season: tuple[int, ...], horizon: int
) -> None:
    """Horizons of the M4 competition, at most a third of the rows; seasons that were seen."""
    panel = lone(rows, freq)
    assert seasons_of(panel, DataSpec()) == season
    assert default_horizon(panel) == horizon


def test_seasons_of_takes_what_was_asked() -> None:
    """Seasons that were given are used as they are."""
    assert seasons_of(lone(100, "D"), DataSpec(season=(5, 20))) == (5, 20)
    assert Forecaster(reading=DataSpec(season=(2, 4, 8))).seasoned(lone(50, "D")).season == (2, 8)


def test_predict_frame_tells_newer_series_apart(trained: Path) -> None:
    """Trained on one series without a name, then fed several: their column is in the result."""
    times = pd.date_range("2024-01-01", periods=12, freq="MS")
    newer = pd.DataFrame(
        {
            "shop": np.repeat(["a", "b"], 12),
            "month": np.tile(times, 2),
            "passengers": np.arange(24.0) + 1,
        }
    )
    frame = load(trained).predict_frame(2, newer)
    assert frame["shop"].tolist() == ["a", "a", "b", "b"]


def test_read_newer_takes_the_frequency_that_was_told(trained: Path) -> None:
    """A stated step that is not the model's is refused, never passed over."""
    days = pd.DataFrame(
        {"month": pd.date_range("2024-01-01", periods=12), "passengers": np.arange(12.0)}
    )
    with pytest.raises(UsageError, match="frequency D; the model was trained on MS"):
        load(trained).read_newer(days, DataSpec(freq="D"))


def test_what_was_below_zero_long_ago_may_be_again(tmp_path: Path) -> None:
    """Autumn is forecast by what last winter was like, though all in reach is above zero."""
    days = np.arange(650)
    wave = 8 - 12 * np.cos(2 * np.pi * days / 365) + np.random.default_rng(0).normal(0, 3, 650)
    cold = pd.DataFrame({"day": pd.date_range("2022-01-15", periods=650), "y": wave})
    warm = cold.assign(y=np.abs(wave))
    autumn, kept = (Forecaster().adopt(one.head(640), 30) for one in (cold, warm))
    reach = autumn.artifact.context.target
    assert reach.min() > 0
    assert autumn.predict(30).quantile(0.025).min() < 0
    assert kept.predict(30).quantile(0.025).min() >= 0
    autumn.save(tmp_path / "m")
    assert not load(tmp_path / "m").artifact.model.never_negative
