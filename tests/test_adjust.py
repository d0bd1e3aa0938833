"""A long season taken out beforehand: what it is, what is left alone, what it brings."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from forecast.calibrate import Calibration
from forecast.models.adjust import CYCLES, WAVES, rows_needed, season_beyond, season_in
from forecast.models.member import Member
from forecast.models.members import read_as
from forecast.models.recurrent import RecurrentModel
from forecast.models.zero_shot import shipped_member, zero_shot
from forecast.panel import Panel, Series
from forecast.pretrained import load_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec
from tests.commands import forecast

Array = NDArray[np.float64]

YEAR, TRUTH = 365, np.array([3.0, -1.0, 0.5])


def year_of_days(rows: int, phase: float = 0.0) -> Array:
    angle = 2 * np.pi * (np.arange(rows)[:, None] + phase) / YEAR * np.arange(1, len(TRUTH) + 1)
    return np.asarray(np.sin(angle) @ TRUTH)


def walks(series: int, rows: int) -> Array:
    return np.random.default_rng(0).normal(size=(series, rows)).cumsum(1)


def season_of_one(values: Array, season: int, ahead: int) -> Array:
    """The same by loops: ridge regression as least squares with further rows."""
    recent = values[-rows_needed(season) :]
    rows, known = len(recent), ~np.isnan(recent)
    location = np.nanmean(recent)
    spread = max(np.nanmean(np.abs(recent - location)), 1e-9 * abs(location))
    time = np.arange(-rows, ahead) / season
    lines = [np.ones(len(time)), time]
    lines += [np.maximum(time + bend, 0) for bend in range(1, CYCLES)]
    waves = []
    for shape in (np.cos, np.sin):
        waves += [shape(2 * np.pi * k * time) for k in range(1, WAVES + 1)]
    terms = np.column_stack(lines + waves)
    trend = len(lines)

    def fit(rows_taken: Array) -> Array:
        pull = np.array([1e-6 * rows_needed(season)] * trend + [0.1 * season] * len(waves)) ** 0.5
        left = np.concatenate([terms[:rows][rows_taken], np.diag(pull)])
        right = np.concatenate([(recent[rows_taken] - location) / spread, np.zeros(len(pull))])
        return np.asarray(np.linalg.lstsq(left, right, rcond=None)[0])

    whole = fit(known)
    age = (rows - 1 - np.arange(rows)) // season
    told, size = [], []
    for one in range(age.max() + 1):
        there, others = known & (age == one), known & (age != one)
        if min(there.sum(), others.sum()) < 0.9 * season:
            continue
        guess = terms[:rows][there, trend:] @ fit(others)[trend:]
        truth = (recent[there] - location) / spread - terms[:rows][there, :trend] @ whole[:trend]
        guess, truth = guess - guess.mean(), truth - truth.mean()
        told.append(guess @ truth)
        size.append(guess @ guess)
    shrunk = min(max(sum(told) / sum(size), 0), 1) if sum(size) else 0.0
    if len(told) > 1 and shrunk:
        shrunk *= max(1 - np.var(told, ddof=1) / len(told) / np.mean(told) ** 2, 0)
    every = 2 * np.pi * np.arange(-len(values), ahead)[:, None] / season * np.arange(1, WAVES + 1)
    return spread * shrunk * (np.hstack([np.cos(every), np.sin(every)]) @ whole[trend:])


@pytest.mark.parametrize(("season", "rows"), [(40, 85), (40, 200), (60, 500)])
def test_season_is_that_of_a_regression_series_by_series(season: int, rows: int) -> None:
    """With gaps, without, and begun late: as loops and another solver find it."""
    values = walks(5, rows) + 8 * np.sin(2 * np.pi * np.arange(rows) / season)
    values[1, 30:50] = np.nan
    values[2, : rows // 3] = np.nan
    values[3] = 7.0
    found = season_in(values, season, 25)
    for one, expected in zip(found, values, strict=True):
        np.testing.assert_allclose(one, season_of_one(expected, season, 25), atol=1e-5)
    by_torch = season_in(torch.as_tensor(values), season, 25, torch)
    np.testing.assert_allclose(by_torch.numpy(), found, atol=1e-9)


def test_year_on_a_line_is_found_and_goes_on() -> None:
    """A season of a few waves, on a line that bends, is known to a twentieth of its size."""
    rows, ahead = 5 * YEAR, YEAR
    truth = year_of_days(rows + ahead)
    time = np.arange(rows)
    values = truth[:rows] + 0.01 * time + 0.02 * np.maximum(time - 3 * YEAR, 0)
    found = season_in(values[None], YEAR, ahead)[0]
    assert np.abs(found - truth).max() < 0.05 * np.abs(truth).max()


def test_units_do_not_matter() -> None:
    """What is three times as large, and higher, has three times the season."""
    values = walks(3, 1000) + year_of_days(1000)
    found = season_in(values, YEAR, 9)
    np.testing.assert_allclose(season_in(3 * values + 50, YEAR, 9), 3 * found, atol=1e-9)
    np.testing.assert_allclose(season_in(-values, YEAR, 9), -found, atol=1e-9)


def test_wandering_series_are_nearly_left_alone() -> None:
    """Of 100 random walks the season found is a tenth of their variation, in the median."""
    values = walks(100, 4 * YEAR)
    size = season_in(values, YEAR, 0).std(1) / values.std(1)
    assert np.median(size) < 0.1


def test_less_than_two_cycles_say_nothing() -> None:
    """A year seen once, or twice with half a year missing, may be a trend."""
    values = np.repeat(year_of_days(2 * YEAR)[None], 3, 0)
    values[0, : YEAR // 2] = np.nan
    values[1] = np.nan
    assert not season_in(values[:2], YEAR, 30).any()
    assert season_in(values[2:], YEAR, 30).any()
    assert not season_in(values[:, : YEAR + 100], YEAR, 30).any()


def test_long_seasons_take_little_memory() -> None:
    """Weeks of minutes, fitted to 65,520 rows: a few copies of the terms, not all products."""
    values = walks(1, rows_needed(10_080))
    tracemalloc.start()
    season_in(values, 10_080, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6


@pytest.mark.parametrize(
    ("season", "segment", "lags", "expected"),
    [
        ((7, 365), 7, 196, 365), ((52,), 13, 130, 52), ((24, 168), 24, 336, 1),
        ((48, 336), 24, 672, 1), ((12,), 12, 120, 1), ((2,), 4, 40, 1), ((1,), 1, 24, 1),
        ((1,), 4, 96, 1),
    ],
)  # fmt: skip
def test_season_beyond_what_networks_read_whole(
    season: tuple[int, ...], segment: int, lags: int, expected: int
) -> None:
    """Only what networks read in parts, or not at all, is taken out."""
    assert season_beyond(RecurrentSpec(season=season, segment=segment, lags=lags)) == expected


def panel_of_days(rows: int, series: int = 3) -> Panel:
    rng, days = np.random.default_rng(1), np.arange(rows)
    week = np.array([0.0, 1.0, 0.5, 0.0, -1.0, 2.0, 1.0])[days % 7]
    return Panel.from_series(
        [
            Series(f"s{one}", days, 50 + year_of_days(rows, 90.0 * one) + week + noise)
            for one, noise in enumerate(rng.normal(0, 0.5, (series, rows)))
        ],
        "1",
    )


def test_zero_shot_takes_the_year_out_where_that_is_better() -> None:
    """A year of days is forecast a quarter of a year ahead with little more than the noise."""
    whole, horizon = panel_of_days(4 * YEAR), 90
    panel = whole.before_last(horizon)
    model = zero_shot(panel, (7, YEAR), horizon, "gru")
    assert {member.spec.adjust for member in model.members} == {YEAR}
    assert model.past == rows_needed(YEAR)
    truth = np.stack([one.target[-horizon:] for one in whole])
    plain = replace(
        model, members=tuple(replace(m, spec=replace(m.spec, adjust=1)) for m in model.members)
    )
    error, before = (
        np.abs(one.predict_quantiles(panel, horizon, (0.5,)).quantiles[..., 0] - truth).mean()
        for one in (model, plain)
    )
    assert error < 0.6
    assert error < 0.7 * before


def test_member_forecasts_what_is_left_and_adds_the_season() -> None:
    """An adjusted network says of the series what it says of the rest, and the season."""
    plain = shipped_member((7,), load_weights("gru"), log=False)
    member = replace(plain, spec=replace(plain.spec, adjust=YEAR))
    past = panel_of_days(3 * YEAR).target.reshape(3, -1)
    season = season_in(past, YEAR, 28)
    rest = plain.forecast(past - season[:, :-28], 28)
    np.testing.assert_allclose(member.forecast(past, 28), rest + season[:, -28:, None])
    logs: Member = replace(member, spec=replace(member.spec, log=True))
    np.testing.assert_allclose(
        logs.forecast(np.exp(past / 50), 28), np.exp(member.forecast(past / 50, 28)), rtol=1e-5
    )


def test_counts_are_what_networks_see_now() -> None:
    """What sold by dozens years ago, and by ones now, is forecast in whole numbers."""
    rng = np.random.default_rng(0)
    sales = np.concatenate([rng.poisson(60, 900), rng.poisson(1.0, 900)]).astype(float)
    panel = Panel.from_series([Series("a", np.arange(len(sales)), sales)], "1")
    plain = shipped_member((7,), load_weights("gru"), log=False)
    member = replace(plain, spec=replace(plain.spec, adjust=YEAR))
    model = RecurrentModel(member.spec, "1", (member,), DEFAULT_QUANTILES, Calibration.none())
    found = model.predict_quantiles(panel, 28, (0.1, 0.5, 0.9)).quantiles
    np.testing.assert_array_equal(found, np.rint(found))


def test_training_reads_what_is_left() -> None:
    """Every series of a panel, whatever its length, without its own season."""
    panel = panel_of_days(900)
    panel = Panel.from_series(
        [replace(one, timestamps=one.timestamps[cut:], target=one.target[cut:])
         for cut, one in zip((0, 40, 300), panel, strict=True)], "1"
    )  # fmt: skip
    read = read_as(panel, RecurrentSpec(adjust=YEAR))
    for one, left in zip(panel, read, strict=True):
        np.testing.assert_allclose(
            left.target, one.target - season_in(one.target[None], YEAR, 0)[0]
        )
    assert read_as(panel, RecurrentSpec()) is panel


def test_predict_tells_of_a_history_too_short_for_the_season(tmp_path: Path) -> None:
    """A year and a bit of a series whose model takes the year out has lost it."""
    days = np.datetime64("2020-01-01") + np.arange(3 * YEAR)
    values = panel_of_days(3 * YEAR, 1).target
    for name, first in (("whole", 0), ("short", 2 * YEAR - 35)):
        rows = [f"{day},{value:.3f}\n" for day, value in zip(days, values, strict=True)]
        (tmp_path / f"{name}.csv").write_text("day,y\n" + "".join(rows[first:]))
    made = forecast("train", "whole.csv", "--horizon", "60", "--max-seconds", "0.01", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    remark = "the season of 365 steps shows in two cycles only: 400 rows tell the model nothing"
    for name, told in (("whole", False), ("short", True)):
        done = forecast("predict", f"{name}.csv", "--horizon", "3", cwd=tmp_path)
        assert done.returncode == 0
        assert (remark in done.stderr) == told
