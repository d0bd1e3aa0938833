"""Scores of past forecasts: the sums of slow loops, whatever the file of actual values is like."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import ArtifactError, DataError, NotFoundError
from forecast.ledger.book import append
from forecast.ledger.recalibrate import widened
from forecast.ledger.score import score
from forecast.report.track import counts
from forecast.spec import DataSpec
from forecast.write import forecast_columns
from tests.ledgers import entry

DAYS = [f"2024-01-{day:02d}" for day in range(1, 32)]
rng = np.random.default_rng(1)


def write(path: Path, values: dict[str, list[object]], days: list[str] = DAYS) -> Path:
    """Write actual values in long format."""
    lines = ["day,shop,sales"]
    for shop, column in values.items():
        name = shop.replace('"', '""')
        lines += [f'{day},"{name}",{value}' for day, value in zip(days, column, strict=False)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A week of nightly forecasts of two shops, all 10 with deviation 1."""
    path = tmp_path / "l.db"
    for day in range(7):
        append(path, entry(("a", 'b "😀"'), day, 3))
    return path


def test_score_equals_slow_loops(ledger: Path, tmp_path: Path) -> None:
    """Errors, bias and coverage by step ahead are those of a loop over all forecasts."""
    y = {shop: rng.normal(10.5, 1, 31).round(3) for shop in ("a", 'b "😀"')}
    found = score(ledger, write(tmp_path / "y.csv", {k: v.tolist() for k, v in y.items()}))
    for step in (1, 2, 3):
        actual = np.array([column[day + step] for column in y.values() for day in range(7)])
        one = found.leads[step]
        assert one.values == 14
        assert one.mase == pytest.approx(np.abs(actual - 10).mean() / 2)
        assert one.promised_mase == pytest.approx(np.sqrt(2 / np.pi) / 2, rel=1e-3)
        assert one.wape == pytest.approx(np.abs(actual - 10).sum() / actual.sum())
        assert one.bias == pytest.approx((10 - actual).sum() / actual.sum())
        assert one.coverage == {
            80: pytest.approx((np.abs(actual - 10) <= 1.2816).mean()),
            95: pytest.approx((np.abs(actual - 10) <= 1.96).mean()),
        }
    assert (found.series, found.cutoffs, found.open, found.overall.values) == (2, 7, 0, 42)
    assert found.subject.promise == {"mase": 0.4}


def test_score_leaves_open_what_is_not_known(ledger: Path, tmp_path: Path) -> None:
    """Missing, empty and NaN actual values, and a shop that has none, are open, not errors."""
    path = write(tmp_path / "y.csv", {"a": [10, "", "NaN", 12]})
    found = score(ledger, path)
    assert (found.overall.values, found.open) == (3, 39)
    assert found.overall.mase == 1.0
    assert found.series == 1


@pytest.mark.parametrize("remembered", [False, True])
def test_score_leaves_out_a_last_period_that_is_not_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: bool
) -> None:
    """Half a day is no day to score, whether the forecast was asked to see to that, or score."""
    monkeypatch.setattr(
        "forecast.reading.repairs.now", lambda *, utc: np.datetime64("2024-01-04T12")
    )
    flag = DataSpec(drop_last_incomplete=True)
    append(tmp_path / "l.db", replace(entry(), reading=flag if remembered else DataSpec()))
    path = write(tmp_path / "y.csv", {"a": [10, 10, 10, 5]})
    found = score(tmp_path / "l.db", path, DataSpec() if remembered else flag)
    assert (found.overall.values, found.open, found.overall.wape) == (2, 1, 0.0)


def test_score_counts_missing_days_as_the_history_does(ledger: Path, tmp_path: Path) -> None:
    """A shop without a row has sold nothing where that was said; nothing else is made up."""
    path = write(tmp_path / "y.csv", {"a": [10, 10, 10]}, [DAYS[1], DAYS[3], DAYS[4]])
    assert score(ledger, path).overall.values == 1 + 3 + 3
    zero = score(ledger, path, DataSpec(missing="zero"))
    assert zero.overall.values == 9
    assert zero.overall.bias == pytest.approx(20 / 70)
    with pytest.raises(DataError, match="has no row for 2024-01-03"):
        score(ledger, path, DataSpec(missing="error"))
    with pytest.raises(DataError, match="days ago; allowed: 2d"):
        score(ledger, path, DataSpec(max_age="2d"))


@pytest.mark.parametrize(
    ("freq", "ends", "days"),
    [
        (
            "ME",
            ["2024-01-31", "2024-02-29", "2024-03-31"],
            ["2024-01-31", "2024-02-29", "2024-03-29"],
        ),
        (
            "5min",
            ["2024-01-01 00:05", "2024-01-01 00:10"],
            ["2024-01-01 00:05", "2024-01-01 00:11"],
        ),
    ],
)
def test_score_moves_times_as_the_history_does(
    tmp_path: Path, freq: str, ends: list[str], days: list[str]
) -> None:
    """Last working days are ends of months, and an uneven clock is on its grid."""
    stamps = np.array(ends, "M8[ns]")
    one = entry(horizon=len(ends))
    made = replace(
        one.forecast, timestamps=stamps[None], cutoffs=stamps[:1] - np.timedelta64(1, "m")
    )
    append(tmp_path / "l.db", replace(one, forecast=made, freq=freq))
    if freq == "5min":  # enough for a clock to be uneven rather than one time wrong
        days = [*days, *(f"2024-01-01 00:{minute}" for minute in range(15, 60, 5))]
    path = write(tmp_path / "y.csv", {"a": [10] * len(days)}, days)
    assert score(tmp_path / "l.db", path).overall.values == len(ends)


def test_score_before_anything_has_happened(ledger: Path, tmp_path: Path) -> None:
    """The first night there is nothing to score, which is no error."""
    path = write(tmp_path / "y.csv", {"a": [5, 6]}, ["2023-12-31", "2024-01-01"])
    found = score(ledger, path)
    assert (found.overall.values, found.open, found.leads) == (0, 42, {})
    assert found.to_dict()["overall"]["mase"] is None


def test_score_before_anything_has_happened_to_series_of_other_ends(tmp_path: Path) -> None:
    """A shop that closed years before the others is no reason to refuse their values."""
    path = tmp_path / "l.db"
    append(path, entry(("closed",), 0))
    append(path, entry(("open",), 20))
    actuals = write(tmp_path / "y.csv", {"open": [10] * 20, "closed": [10]})
    found = score(path, actuals)
    assert (found.overall.values, found.open) == (0, 6)


def test_score_takes_the_latest_of_several_models(ledger: Path, tmp_path: Path) -> None:
    """After a retraining the later forecast counts, and each cutoff and step counts once."""
    append(ledger, entry(("a",), 0, 2, point=12.0, sha256="m2"))
    found = score(ledger, write(tmp_path / "y.csv", {"a": [12] * 31, 'b "😀"': [10] * 31}))
    assert found.overall.values == 42
    assert found.leads[1].mase == pytest.approx(6 * 1.0 / 14)
    assert found.leads[3].mase == pytest.approx(7 * 1.0 / 14)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([f"{day} 12:00" for day in DAYS], "none at a time that was"),
        ([f"2024-01-02 {hour:02d}:00" for hour in range(24)], "not a whole number of steps"),
        (DAYS[::7], "7 or more steps apart"),
        ([f"2024-01-02T{hour:02d}:00+02:00" for hour in range(24)], "an offset from UTC"),
        ([str(number) for number in range(31)], "whole numbers"),
    ],
)
def test_score_refuses_other_times(
    ledger: Path, tmp_path: Path, days: list[str], said: str
) -> None:
    """Noon, hours, weeks, other zones and no dates are refused, not compared by chance."""
    with pytest.raises(DataError, match=said):
        score(ledger, write(tmp_path / "y.csv", {"a": [10] * len(days)}, days))


def test_score_refuses_other_series(ledger: Path, tmp_path: Path) -> None:
    """Where none of the names is known, the file or its column is the wrong one."""
    with pytest.raises(DataError, match="none of its series 'A' was forecast"):
        score(ledger, write(tmp_path / "y.csv", {"A": [10] * 31}))


def test_score_names_the_column_that_names_the_series(ledger: Path, tmp_path: Path) -> None:
    """The fix holds a column of the file with names that were forecast, else those names."""
    rows = "".join(f"{day},10,A,a\n" for day in DAYS)
    path = tmp_path / "y.csv"
    path.write_text("day,sales,shop,old shop\n" + rows)
    with pytest.raises(DataError) as refused:
        score(ledger, path)
    assert refused.value.fix == "--id 'old shop'"
    assert score(ledger, path, DataSpec(id="old shop")).overall.values == 21
    path.write_text("day,sales,shop,old shop\n" + rows.replace(",a\n", ",b\n"))
    with pytest.raises(DataError) as refused:
        score(ledger, path)
    assert (refused.value.fix or "").startswith("name the series as the forecasts do: 'a', ")


def test_score_tells_targets_apart(ledger: Path, tmp_path: Path) -> None:
    """One ledger may hold several targets; which one is meant has to be said."""
    other = entry(("a",))
    renamed = vars(other) | {"columns": type(other.columns)("day", "returns", "shop")}
    append(ledger, type(other)(**renamed))
    path = write(tmp_path / "y.csv", {"a": [10] * 31})
    with pytest.raises(NotFoundError, match="'returns', 'sales'"):
        score(ledger, path)
    assert score(ledger, path, DataSpec(target="sales")).overall.values == 21
    with pytest.raises(NotFoundError, match="no forecasts of 'profit'"):
        score(ledger, path, DataSpec(target="profit"))


def test_score_tells_kinds_of_models_apart(ledger: Path, tmp_path: Path) -> None:
    """Forecasts of ARIMA beside the network's are scored where they are asked for."""
    arima = entry(("a",), 0, 2, point=12.0, sha256="b")
    append(ledger, replace(arima, forecast=replace(arima.forecast, model="ARIMA")))
    path = write(tmp_path / "y.csv", {"a": [12] * 31, 'b "😀"': [10] * 31})
    network = score(ledger, path, model="GRU")
    assert (network.overall.values, network.subject.others) == (42, ("ARIMA",))
    newest = score(ledger, path)
    assert (newest.overall.values, newest.overall.mase) == (2, 0.0)
    assert (newest.subject.model, newest.subject.others) == ("ARIMA", ("GRU",))
    assert "; forecasts of ARIMA, not those of GRU, see --of" in counts(newest)
    with pytest.raises(NotFoundError, match="by ETS, only by 'ARIMA', 'GRU'"):
        score(ledger, path, model="ETS")


@pytest.mark.parametrize(
    ("typed", "name"), [("gru", "GRU"), ("arima", "ARIMA"), ("seasonal-naive", "SeasonalNaive")]
)
def test_score_takes_names_as_other_commands_do(tmp_path: Path, typed: str, name: str) -> None:
    """What --cell and --baseline are given names the forecasts that came of it."""
    made = entry()
    append(tmp_path / "l.db", replace(made, forecast=replace(made.forecast, model=name)))
    path = write(tmp_path / "y.csv", {"a": [12] * 31})
    assert score(tmp_path / "l.db", path, model=typed).subject.model == name


def test_score_divides_misses_by_the_values_with_an_interval(tmp_path: Path) -> None:
    """A second shop without a scale, half of the time and just like the first, changes nothing."""
    values = 10 + np.random.default_rng(3).choice([0, 1.5], p=[0.7, 0.3], size=90)
    days = (np.datetime64("2024-01-02") + np.arange(90)).astype(str).tolist()
    path = write(tmp_path / "y.csv", {shop: values.tolist() for shop in "ab"}, days)
    found = []
    for name in ("one", "two"):
        for day in range(90):
            append(tmp_path / name, entry(("a",), day, 1))
            if name == "two" and day % 2:
                append(tmp_path / name, replace(entry(("b",), day, 1), scale=np.zeros(1)))
        found.append(score(tmp_path / name, path))
    one, two = found
    assert two.overall.values == one.overall.values + 45
    assert two.drift == one.drift


@pytest.mark.parametrize("mixed", [False, True])
def test_score_tells_drift_by_what_the_model_promised(tmp_path: Path, mixed: bool) -> None:
    """Intervals handed out wider count as they were, but are no excuse for narrow ones."""
    values = 10 + np.random.default_rng(1).choice([0, 1.5, -1.5], p=[0.5, 0.25, 0.25], size=90)
    days = (np.datetime64("2024-01-02") + np.arange(90)).astype(str).tolist()
    actuals = write(tmp_path / "y.csv", {"a": values.tolist()}, days)
    wider = {level: np.full(1, 1.3) for level in (80, 95)}
    found = []
    for name in ("own", "recalibrated"):
        for day in range(90):
            one = entry(("a",), day, 1)
            if name == "recalibrated" and not (mixed and day % 2):
                moved = widened(one.forecast, wider, stays_positive=False)
                table = forecast_columns(moved, one.columns, (80, 95))
                one = replace(one, table=table, own=one.table)
            append(tmp_path / name, one)
        found.append(score(tmp_path / name, actuals))
    own, recalibrated = found
    assert own.drift.is_drift
    assert recalibrated.drift == own.drift
    assert own.overall.coverage[80] == pytest.approx((values == 10).mean())
    own_days = [bool(mixed and day % 2) for day in range(90)]
    inside = np.where(own_days, values == 10, True).mean()
    assert recalibrated.overall.coverage == {80: pytest.approx(inside), 95: 1.0}


def test_score_refuses_an_empty_ledger(ledger: Path, tmp_path: Path) -> None:
    """A ledger without a run has nothing to say."""
    with sqlite3.connect(ledger) as found:
        found.execute("DELETE FROM runs")
    with pytest.raises(ArtifactError, match="empty"):
        score(ledger, write(tmp_path / "y.csv", {"a": [10]}))
