"""The benchmark harness measures what it says, shown on small made-up folders."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from forecast import Forecaster
from forecast.panel import Panel, Series
from forecast.read import read_csv
from tests.bench.accuracy import parse
from tests.bench.command import CommandError, Cost, Setting, run_forecast
from tests.bench.etth1 import Errors, standard_deviations
from tests.bench.panels import M3, all_of_m3
from tests.bench.passengers import score_passengers
from tests.bench.published import Reference, references
from tests.bench.rolling import forecasts, histories, targets
from tests.bench.rows import Row, table
from tests.bench.singles import (
    BETTER,
    RATIO,
    Single,
    all_singles,
    list_singles,
    ratio_of,
    scaled_errors,
    score_singles,
)

ROWS = 60


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A benchmark folder with three singles, of which the third has no times."""
    folder = tmp_path / "bench" / "singles"
    (folder / "nixtla").mkdir(parents=True)
    months = pd.date_range("2001-01-01", periods=144, freq="MS").strftime("%Y-%m-%d")
    season = np.sin(np.arange(144) * np.pi / 6)
    rng = np.random.default_rng(0)
    whole = pd.DataFrame({"timestamp": months, "value": 200 + np.arange(144) + 40 * season})
    whole["value"] += rng.normal(size=144)
    whole.to_csv(folder / "nixtla" / "air_passengers.csv", index=False)
    short = whole.iloc[:ROWS].assign(other=rng.normal(size=ROWS))
    short = pd.concat([short, short.iloc[-1:]])
    short.to_csv(folder / "twice.csv", index=False)
    short[["value"]].to_csv(folder / "timeless.csv", index=False)
    entries = [
        {
            "file": name,
            "rows": rows,
            "season_length": 12,
            "kind": kind,
            "value_column": "value",
            "quirks": quirks,
        }
        for name, rows, kind, quirks in (
            ("nixtla/air_passengers.csv", 144, "single", []),
            ("twice.csv", 61, "multivariate", ["1 repeated times"]),
            ("timeless.csv", 61, "single", []),
        )
    ]
    (folder / "index.json").write_text(json.dumps({"index": entries}))
    return folder.parent


def test_parse_takes_options_of_training_after_two_dashes() -> None:
    """What follows -- goes to training, and the setting is named after it."""
    given = parse(["bench", "m3", "--", "--cell", "lstm"])
    assert given.sets == list(M3)
    assert given.settings == [Setting(True, ("--cell", "lstm"))]
    assert given.settings[0].label == "--cell lstm"


def test_parse_gives_every_set_zero_shot_and_trained_by_default() -> None:
    """Without a choice everything is run, without training and with it."""
    given = parse(["bench"])
    assert (given.sets[0], given.sets[-1]) == ("m4_hourly", "singles")
    assert [one.label for one in given.settings] == ["zero-shot", "default"]


def test_parse_sets_every_kind_of_cell_side_by_side() -> None:
    """All cells share the other options of training."""
    given = parse(["bench", "--cells", "--", "--seed", "1"])
    assert [one.label for one in given.settings] == [
        "--seed 1",
        "--cell lstm --seed 1",
        "--cell rnn --nonlinearity tanh --seed 1",
        "--cell rnn --nonlinearity relu --seed 1",
        "--cell rnn --nonlinearity sigmoid --seed 1",
        "--bidirectional --seed 1",
    ]


@pytest.mark.parametrize(
    "typed", [["bench", "m5"], ["bench", "--zero-shot", "--", "--cell", "gru"]]
)
def test_parse_refuses_what_it_cannot_run(typed: list[str]) -> None:
    """Unknown sets, and training options without training, end with a usage error."""
    with pytest.raises(SystemExit):
        parse(typed)


def test_run_forecast_gives_output_and_cost(tmp_path: Path) -> None:
    """The child's own processor seconds and peak memory are measured."""
    output, cost = run_forecast(["--version"], tmp_path)
    assert output.startswith("forecast ")
    assert 0 < cost.cpu_seconds < 60
    assert cost.peak_mb > 5


def test_run_forecast_tells_why_a_command_failed(tmp_path: Path) -> None:
    """The message of the command is kept."""
    with pytest.raises(CommandError, match="no such file"):
        run_forecast(["check", "missing.csv"], tmp_path)


def test_run_forecast_kills_what_takes_too_long(tmp_path: Path) -> None:
    """A command over its time limit ends."""
    with pytest.raises(CommandError, match="killed after at most"):
        run_forecast(["check", "missing.csv"], tmp_path, most_seconds=0.01)


def test_all_of_m3_weighs_points_and_series() -> None:
    """Averages over panels: sMAPE that of all points, MASE that of all series."""
    rng = np.random.default_rng(1)
    errors = {name: rng.random((5 + n, 6 + n)) for n, name in enumerate(M3)}
    rows = {
        name: Row(
            name,
            "s",
            {"sMAPE": float(e.mean()), "MASE": float(e.mean())},
            {"80": float(e.mean())},
            1.0,
            len(e),
            e.size,
        )
        for name, e in errors.items()
    }
    every = np.concatenate([e.ravel() for e in errors.values()])
    by_series = np.concatenate([e.mean(axis=1) for e in errors.values()])
    found = all_of_m3(rows)
    assert found is not None
    assert found.measures["sMAPE"] == pytest.approx(every.mean())
    assert found.measures["MASE"] == pytest.approx(by_series.mean())
    assert found.points == every.size


def test_all_of_m3_needs_all_four() -> None:
    """A missing or failed panel leaves the sum out."""
    rows = {name: Row(name, "s", {"sMAPE": 1.0, "MASE": 1.0}) for name in M3}
    assert all_of_m3({**rows, M3[0]: Row(M3[0], "s", {})}) is None


def _panel(columns: int = 2, rows: int = ROWS) -> Panel:
    rng = np.random.default_rng(2)
    stamps = pd.date_range("2020-01-01", periods=rows, freq="h").to_numpy()
    series = [Series(f"c{n}", stamps, 10 + rng.normal(size=rows).cumsum()) for n in range(columns)]
    return Panel.from_series(series, "h")


def test_histories_end_at_their_origins() -> None:
    """Every history is what was known at its origin, no more, and at most as long as asked."""
    panel = _panel()
    cut = histories(panel, [30, 41], 20)
    assert [one.target.tolist() for one in cut] == [
        panel[n].target[origin - 20 : origin].tolist() for origin in (30, 41) for n in range(2)
    ]
    assert targets(panel, [30, 41], 5)[1, 0].tolist() == panel[0].target[41:46].tolist()


def test_forecasts_are_those_of_the_whole_history(tmp_path: Path) -> None:
    """Short histories in one batch give what each whole history gives alone."""
    panel = _panel(1, 400)
    frame = pd.DataFrame({"ds": panel.timestamps, "y": panel.target})
    frame.to_csv(tmp_path / "all.csv", index=False)
    given = read_csv(tmp_path / "all.csv")
    forecaster = Forecaster().adopt(frame.iloc[:300], 6)
    origins = [300, 333, 380]
    ((_, made),) = forecasts(forecaster, given, origins, 6)
    for origin, median in zip(origins, made.mean, strict=True):
        alone = forecaster.predict(6, frame.iloc[:origin]).mean[0]
        np.testing.assert_allclose(median, alone, rtol=1e-6)


def test_errors_equal_those_of_standardised_values() -> None:
    """Dividing errors by the training rows' deviation is scoring standardised columns."""
    rng = np.random.default_rng(3)
    y, found = rng.normal(size=(4, 2, 3)), rng.normal(size=(4, 2, 3, 5))
    location, scale = np.array([5.0, -2.0]), np.array([2.0, 0.5])
    errors = Errors().plus(y[:1], found[:1], scale).plus(y[1:], found[1:], scale)
    standard_y = (y - location[:, None]) / scale[:, None]
    standard = (found[..., 0] - location[:, None]) / scale[:, None]
    assert errors.squared / errors.count == pytest.approx(((standard_y - standard) ** 2).mean())
    assert errors.absolute / errors.count == pytest.approx(np.abs(standard_y - standard).mean())
    inside = (found[..., 1] <= y) & (y <= found[..., 2])
    assert errors.inside[0] / errors.count == inside.mean()


def test_standard_deviations_divide_by_the_number_of_rows() -> None:
    """The papers standardise with scikit-learn's scaler, whose divisor is T."""
    panel = _panel()
    assert standard_deviations(panel)[0] == pytest.approx(np.std(panel[0].target, ddof=0))


def test_scaled_errors_equal_a_slow_loop() -> None:
    """MASE is averaged over cutoffs, then series; missing values do not count."""
    stamps = pd.date_range("2020-01-01", periods=12, freq="D")
    rng = np.random.default_rng(4)
    histories_of = {name: pd.Series(rng.random(12), stamps) for name in "ab"}
    rows: list[dict[str, Any]] = [
        {"unique_id": name, "cutoff": str(stamps[cutoff]), "y": rng.random(), "M": rng.random()}
        for name, cutoff in (("a", 5), ("a", 8), ("b", 8))
        for _ in range(2)
    ]
    rows[0]["y"] = np.nan
    expected = []
    for name in "ab":
        of_cutoffs = []
        for cutoff in sorted({row["cutoff"] for row in rows if row["unique_id"] == name}):
            known = histories_of[name][: pd.Timestamp(cutoff)].to_numpy()
            scale = np.mean([abs(known[t] - known[t - 3]) for t in range(3, len(known))])
            errors = [
                abs(row["y"] - row["M"])
                for row in rows
                if (row["unique_id"], row["cutoff"]) == (name, cutoff) and row["y"] == row["y"]
            ]
            of_cutoffs.append(np.mean(errors) / scale)
        expected.append(np.mean(of_cutoffs))
    found = scaled_errors(pd.DataFrame(rows), ["M"], histories_of, 3)
    assert found["M"] == pytest.approx(np.mean(expected))


def test_ratio_of_counts_tiny_errors_as_equal() -> None:
    """Rounding errors on constant series neither win nor lose."""
    assert ratio_of(1e-12, 1e-17) == 1.0
    assert np.isnan(ratio_of(float("nan"), 1.0))


def test_all_singles_takes_the_geometric_mean() -> None:
    """A file twice as good and one twice as bad make a draw."""
    parts = [
        Row(f"singles/{n}", "s", {RATIO: ratio}, {"80": 0.8, "95": 0.9}, cost=Cost(1.0, n))
        for n, ratio in enumerate((0.5, 2.0))
    ]
    found = all_singles(parts, "s", ["left out c.csv: no times"])
    assert found.measures == {RATIO: pytest.approx(1.0), BETTER: 0.5}
    assert found.cost == Cost(2.0, 1)
    assert found.remarks[1:] == ("left out c.csv: no times", "ratio 2.00: singles/1")


def test_list_singles_gives_the_flags_that_the_index_asks_for(bench: Path) -> None:
    """The target is named where several columns could be meant, repeats are settled."""
    flags = {one.name: one.flags for one in list_singles(bench)}
    assert flags["twice.csv"] == ["--target", "value", "--duplicates", "last"]
    assert flags["nixtla/air_passengers.csv"] == []


def test_score_singles_scores_what_can_be_read_and_names_the_rest(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is set against an ARIMA whose forecasts are kept for the next run."""
    asked = []

    def compare(
        single: Single, baseline: str, options: tuple[str, ...], most_seconds: float
    ) -> tuple[pd.DataFrame, dict[str, Any], Cost]:
        asked.append((single.name, baseline, options))
        if single.name == "timeless.csv":
            told = '{"message": "/bench/timeless.csv:7: no column can be read as time"}'
            raise CommandError(told)
        y = single.read()[0]
        frame = pd.DataFrame(
            {
                "unique_id": "value",
                "ds": y.timestamps[-2:].astype(str),
                "cutoff": str(y.timestamps[-3]),
                "y": y.target[-2:],
            }
        )
        for ratio, model in ((1.0, "GRU"), (0.5, "GRU pretrained"), (2.0, "ARIMA")):
            frame[model] = frame["y"] + ratio
        scores = [
            {"model": model, "seconds": 1.0, "coverage-80": 0.7, "coverage-95": 0.9}
            for model in ("GRU", "GRU pretrained")
        ]
        found = {"reference": "GRU", "scores": scores, "series": 1, "points": 2}
        return frame, found, Cost(2.0, 3.0)

    monkeypatch.setattr("tests.bench.singles._compare", compare)
    kept = bench.parent / "kept"
    *parts, zero_shot = score_singles(bench, Setting(trained=False), kept, 120)
    *_, trained = score_singles(bench, Setting(trained=True, options=("--seed", "1")), kept, 120)
    assert [one.name for one in parts] == ["singles/twice.csv", "singles/nixtla/air_passengers.csv"]
    assert zero_shot.remarks[1] == "left out timeless.csv: no column can be read as time"
    assert (zero_shot.cost, trained.cost) == (Cost(), Cost(4.0, 3.0))
    assert (zero_shot.measures[RATIO], trained.measures[RATIO]) == pytest.approx((0.25, 0.5))
    of_arima = [one for one in asked if one[1] == "arima" and one[0] != "timeless.csv"]
    assert len(of_arima) == 2
    assert ("twice.csv", "naive", ("--seed", "1")) in asked


@pytest.mark.slow
def test_score_passengers_forecasts_from_every_origin(bench: Path) -> None:
    """A regular series is forecast to within some per cent from 49 origins."""
    row = score_passengers(bench, "air_passengers", Setting(trained=False))
    assert row.points == 49 * 12
    assert 0 < row.measures["MAPE"] < 10


def test_references_are_there_without_published_tables(tmp_path: Path) -> None:
    """A benchmark folder without the tables leaves the bars of the project."""
    found = references(tmp_path)["m4_hourly", "OWA"]
    assert [found.bar(one) for one in ("zero-shot", "default", "--from-scratch")] == [
        0.50,
        0.385,
        0.400,
    ]


def test_references_read_published_tables(tmp_path: Path) -> None:
    """Theta and the best submission are taken from the table of M3."""
    (tmp_path / "published").mkdir()
    table_of_m3 = [
        {"method": method, "group": group, "smape": 9.0, "mase": mase, "mase_series_mean": mase}
        for group in ("yearly", "quarterly", "monthly", "other", "total")
        for method, mase in (("THETA", 2.81), ("RBF", 2.72))
    ]
    pd.DataFrame(table_of_m3).to_csv(tmp_path / "published" / "m3_published.csv", index=False)
    found = references(tmp_path)["m3_yearly", "MASE"].published
    assert found == "Theta 2.810, best of 2 2.720, AutoARIMA 2.890"


def test_table_shows_every_measure_with_a_reference() -> None:
    """The first measure always, another one where there is something to set it beside."""
    row = Row("set", "default", {"A": 0.5, "B": 2.0, "C": 30.0}, {"80": 0.81}, cost=Cost(9, 7))
    known = {("set", "C"): Reference(default=31.0, published="somebody 29")}
    output = io.StringIO()
    Console(width=150, file=output).print(table([row, Row("other", "default", {})], known))
    shown = output.getvalue()
    assert "0.500" in shown and "30.00" in shown and "somebody 29" in shown and "81.0" in shown
    assert "2.000" not in shown
    assert "failed" in shown


def test_keep_appends_rows_as_lines_of_json(tmp_path: Path) -> None:
    """A run that is stopped has kept what was finished."""
    path = tmp_path / "new" / "rows.jsonl"
    for name in ("a", "b"):
        Row(name, "default", {"MASE": 1.0}).keep(path)
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert [one["name"] for one in kept] == ["a", "b"]
    assert kept[0]["measures"] == {"MASE": 1.0}
