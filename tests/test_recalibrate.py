"""Recalibration: intervals learn from a ledger, from what had happened and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.ledger.book import append
from forecast.ledger.entry import Maker
from forecast.ledger.recalibrate import recalibrate, widened
from forecast.panel import Panel
from forecast.result import Forecast, interval_quantiles
from forecast.write import forecast_columns
from tests.ledgers import entry

DAYS = 45
START = np.datetime64("2024-01-02", "ns")
rng = np.random.default_rng(7)
VALUES = 10 + 3 * rng.normal(size=DAYS + 20)
"""Three times as far from 10 as the intervals of `entry` say, which are for a deviation of 1."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nightly forecasts of three days each, over six weeks."""
    path = tmp_path_factory.mktemp("ledger") / "l.db"
    for day in range(DAYS):
        append(path, entry(("a",), day))
    return path


def maker(days: int, sha256: str = "m1") -> Maker:
    """Give what is known after some days."""
    one = entry(("a",))
    times = START + np.arange(days).astype("m8[D]")
    panel = Panel(("a",), np.array([0, days]), times, VALUES[:days], "D")
    return Maker(one.columns, one.reading, panel, 7, sha256)


def forecast_of(day: int, levels: tuple[int, ...] = (80, 95)) -> Forecast:
    """Give a forecast as `entry` makes it."""
    return entry(("a",), day, levels=levels).forecast


def widths(made: Forecast, level: int) -> NDArray[np.float64]:
    """Widths of an interval by step."""
    low, high = (made.quantile(one) for one in interval_quantiles(level))
    return np.array(high[0] - low[0])


def test_recalibrate_widens_intervals_that_were_too_narrow(ledger: Path) -> None:
    """By about the three times that the past shows, at each step, the median staying."""
    made = forecast_of(DAYS)
    moved, remark = recalibrate(ledger, made, maker(DAYS), (80, 95))
    for level in (80, 95):
        ratio = widths(moved, level) / widths(made, level)
        assert np.all((ratio > 2) & (ratio < 4.5))
    np.testing.assert_array_equal(moved.quantile(0.5), made.quantile(0.5))
    assert np.all(np.diff(moved.quantiles, axis=-1) >= 0)
    assert f"{DAYS} points in time of {ledger}: 80 % by " in remark


def test_recalibrate_uses_the_past_only(ledger: Path, tmp_path: Path) -> None:
    """Neither later truth nor later forecasts on record change anything."""
    short = tmp_path / "short.db"
    for day in range(30):
        append(short, entry(("a",), day))
    full, _ = recalibrate(ledger, forecast_of(30), maker(30), (80, 95))
    then, _ = recalibrate(short, forecast_of(30), maker(30), (80, 95))
    np.testing.assert_array_equal(full.quantiles, then.quantiles)


def test_recalibrate_leaves_all_as_it_is_while_too_little_is_known(
    ledger: Path, tmp_path: Path
) -> None:
    """With 19 points in time, without a ledger, with an empty one, and for another target."""
    made = forecast_of(0)
    assert recalibrate(ledger, made, maker(19), (80, 95))[0] is made
    assert recalibrate(ledger, made, maker(20), (80, 95))[0] is not made
    (tmp_path / "empty.db").touch()
    other = replace(maker(DAYS), columns=replace(maker(1).columns, target="returns"))
    for path, by in ((tmp_path / "no.db", maker(DAYS)), (tmp_path / "empty.db", maker(DAYS)),
                     (ledger, other)):  # fmt: skip
        same, remark = recalibrate(path, made, by, (80, 95))
        assert same is made
        assert "has 0 points in time that came true, and 20 are needed" in remark


def test_recalibrate_prefers_the_record_of_the_model_itself(ledger: Path, tmp_path: Path) -> None:
    """A new model has the record of its forerunners until it has one of its own."""
    path = tmp_path / "two.db"
    path.write_bytes(ledger.read_bytes())
    made = forecast_of(DAYS)
    forerunners, _ = recalibrate(path, made, maker(DAYS, "m2"), (80,))
    assert widths(forerunners, 80)[0] > 2 * widths(made, 80)[0]
    for day in range(20, DAYS):  # three times as wide, which is right
        append(path, entry(("a",), day, spread=3.0, sha256="m2"))
    own, _ = recalibrate(path, made, maker(DAYS, "m2"), (80,))
    assert widths(own, 80)[0] == pytest.approx(widths(made, 80)[0], rel=0.35)


def test_recalibrate_learns_nothing_of_intervals_without_a_width(tmp_path: Path) -> None:
    """A day that nothing was expected of, and never came as expected, widens no other days."""
    mixed, none = tmp_path / "mixed.db", tmp_path / "none.db"
    for day in range(DAYS):
        append(mixed, entry(("a",), day, spread=0.0 if day % 2 else 3.0))
        append(none, entry(("a",), day, spread=0.0))
    made = forecast_of(DAYS)
    moved, _ = recalibrate(mixed, made, maker(DAYS), (80,))
    assert widths(moved, 80)[0] == pytest.approx(widths(made, 80)[0], rel=0.35)
    same, remark = recalibrate(none, made, maker(DAYS), (80,))
    assert same is made
    assert f"has {DAYS} points in time that came true, and 20 are needed with intervals" in remark


def test_recalibrate_judges_what_models_gave(ledger: Path, tmp_path: Path) -> None:
    """Intervals that were handed out recalibrated are no excuse for narrow ones."""
    path = tmp_path / "recalibrated.db"
    for day in range(DAYS):
        one = entry(("a",), day)
        factors = {level: np.full(3, 3.0) for level in (80, 95)}
        moved = widened(one.forecast, factors, stays_positive=False)
        table = forecast_columns(moved, one.columns, (80, 95))
        append(path, replace(one, table=table, own=one.table))
    plain, _ = recalibrate(ledger, forecast_of(DAYS), maker(DAYS), (80, 95))
    again, _ = recalibrate(path, forecast_of(DAYS), maker(DAYS), (80, 95))
    np.testing.assert_allclose(again.quantiles, plain.quantiles, rtol=1e-4)


def test_widened_keeps_quantiles_in_order_and_positive() -> None:
    """A 95 % interval holds the 80 % one, and what cannot be negative is not."""
    made = forecast_of(0)
    moved = widened(made, {80: np.full(3, 20.0), 95: np.full(3, 0.5)}, stays_positive=True)
    assert np.all(np.diff(moved.quantiles, axis=-1) >= 0)
    assert moved.quantiles.min() == 0
    free = widened(made, {80: np.full(3, 20.0)}, stays_positive=False)
    assert free.quantiles.min() < 0


def test_widened_forecasts_of_counts_stay_whole_numbers() -> None:
    """A tenth of the way from 0 to 1 is no number of things; other forecasts keep theirs."""
    made = forecast_of(30)
    whole = replace(made, quantiles=np.rint(made.quantiles))
    for given, is_whole in ((whole, True), (made, False)):
        moved = widened(given, {80: np.full(3, 0.3)}, stays_positive=True).quantiles
        assert (moved == np.rint(moved)).all() == is_whole
