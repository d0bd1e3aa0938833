"""Seasons found in values: known lengths are found, and none where there is none."""

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.panel import Panel
from forecast.season import find_seasons, is_overwhelming, seasons_of
from forecast.season.cycle import CLEAR, best_length, have_echo, season_strength
from forecast.spec import DataSpec
from tests.reference import slow_season_strength

RNG = np.random.default_rng(3)
TIME = np.arange(1200)


def panel_of(*series: NDArray[np.float64], freq: str = "1") -> Panel:
    """Put series of one length into a panel."""
    rows = len(series[0])
    stamps: NDArray[np.generic] = np.tile(np.arange(rows), len(series))
    if freq != "1":
        stamps = np.tile((np.datetime64("1990-01") + np.arange(rows)).astype("M8[ns]"), len(series))
    ids = tuple(f"s{number}" for number in range(len(series)))
    indptr = np.arange(len(series) + 1) * rows
    return Panel(ids, indptr, stamps, np.concatenate(series), freq)


def wave(length: int, noise: float = 0.3) -> NDArray[np.float64]:
    """Give a sharp wave on a trend."""
    shape = np.cos(TIME * 2 * np.pi / length) + 0.5 * np.cos(TIME * 4 * np.pi / length)
    return shape + 0.01 * TIME + RNG.normal(0, noise, len(TIME))


@pytest.mark.parametrize("length", [2, 3, 7, 12])
def test_season_strength_equals_a_loop(length: int) -> None:
    """Each cycle is forecast by the mean of all others."""
    values = wave(12)[:77]
    expected = slow_season_strength(values.tolist(), length)
    assert season_strength(values, length) == pytest.approx(expected)


def test_season_strength_is_one_for_a_perfect_season() -> None:
    """Cycles that are all the same leave nothing over; four are needed."""
    assert season_strength(np.tile([1.0, 2.0, 4.0], 20), 3) == pytest.approx(1, abs=0.02)
    assert np.isnan(season_strength(np.tile([1.0, 2.0, 4.0], 3), 3))
    assert season_strength(np.full(40, 5.0), 4) == 0


@pytest.mark.parametrize("length", [5, 7, 12, 24, 31, 60, 97, 168, 240])
def test_find_seasons_finds_any_length(length: int) -> None:
    """Usual or not, the length is found to the step."""
    (found,) = find_seasons(panel_of(wave(length)))
    assert found.length == length
    assert found.strength > 0.7


def test_find_seasons_finds_the_day_within_the_week() -> None:
    """Where a long season holds a short one, both are named, the shorter first."""
    week, day = np.tile(RNG.normal(size=56), 22), np.tile(2 * RNG.normal(size=8), 154)
    found = find_seasons(panel_of(week + day + RNG.normal(0, 0.3, 1232)))
    assert [one.length for one in found] == [8, 56]
    assert found[0].strength < found[1].strength


def test_find_seasons_finds_none_in_noise_and_wandering() -> None:
    """Of 120 series without a season hardly any seems to have one, and none beyond doubt."""
    found = []
    for rows in [40, 100, 300] * 20:
        noise = RNG.normal(size=rows)
        found += [find_seasons(panel_of(one)) for one in (noise, np.cumsum(noise))]
    assert sum(map(bool, found)) <= 4
    assert not any(is_overwhelming(one) for seasons in found for one in seasons)


def test_find_seasons_judges_the_usual_ones() -> None:
    """A usual season is given with its strength, absent or not; its neighbours are not."""
    none, yes = find_seasons(panel_of(wave(7)), (5, 7))
    assert (none.length, none.strength < 0.05) == (5, True)
    assert (yes.length, yes.strength > 0.8) == (7, True)
    assert [one.length for one in find_seasons(panel_of(wave(14)), (7,))] == [7, 14]
    assert [one.length for one in find_seasons(panel_of(wave(240)), (242,))] == [242]


def test_find_seasons_is_that_of_most_series() -> None:
    """A single series with a season does not speak for the others."""
    noise = [RNG.normal(size=len(TIME)) for _ in range(3)]
    assert find_seasons(panel_of(*noise, wave(9))) == []
    assert [one.length for one in find_seasons(panel_of(noise[0], *[wave(9)] * 3))] == [9]


def test_find_seasons_bears_gaps_and_short_series() -> None:
    """Missing values are bridged; too few values, or none, say nothing."""
    holed = wave(12)
    holed[RNG.random(len(holed)) < 0.2] = np.nan
    assert [one.length for one in find_seasons(panel_of(holed))] == [12]
    assert find_seasons(panel_of(np.arange(5.0))) == []
    assert find_seasons(panel_of(np.full(50, np.nan))) == []
    assert find_seasons(panel_of(np.full(50, 3.0)), (7,))[0].strength == 0


@pytest.mark.parametrize("shift", [1e6, -5.0])
def test_best_length_does_not_depend_on_level_and_unit(shift: float) -> None:
    """Shifting and scaling change nothing."""
    values = wave(31)
    assert best_length(values, 4) == best_length(1000 * values + shift, 4) == 31


def test_seasons_of_trusts_the_table_where_it_has_one() -> None:
    """Months have years unless their values show another season; what was asked for goes first."""
    for values in (RNG.normal(size=1200), wave(7, noise=1.0), np.cumsum(RNG.normal(size=1200))):
        assert seasons_of(panel_of(values, freq="MS"), DataSpec()) == (12,)
    months = panel_of(wave(7), freq="MS")
    assert seasons_of(months, DataSpec()) == (7,)
    assert seasons_of(months, DataSpec(season=(5,))) == (5,)


@pytest.mark.parametrize("length", [9, 23, 37, 62])
def test_seasons_of_takes_one_that_is_far_clearer_than_the_usual_ones(length: int) -> None:
    """Hours that repeat every 37 have no days; it takes 16 cycles, and no days."""
    hours = panel_of(wave(length), freq="h")
    assert seasons_of(hours, DataSpec()) == (length,)
    assert seasons_of(hours.tail(16 * length), DataSpec()) == (length,)
    assert seasons_of(hours.tail(16 * length - 1), DataSpec())[0] == 24
    day = 1.5 * np.cos(TIME * 2 * np.pi / 24)
    assert seasons_of(panel_of(wave(length) + day, freq="h"), DataSpec())[0] == 24


def test_seasons_of_keeps_a_usual_season_that_cannot_be_judged() -> None:
    """Three years of months do not tell how alike they are: nothing is clearer."""
    assert seasons_of(panel_of(wave(2)[:36], freq="MS"), DataSpec()) == (12,)
    assert seasons_of(panel_of(wave(5)[:80], freq="MS"), DataSpec()) == (5,)


def test_seasons_of_takes_what_is_beyond_doubt_elsewhere() -> None:
    """Plain steps have no usual season: a strong one is used, a weak one is not."""
    assert seasons_of(panel_of(wave(9)), DataSpec()) == (9,)
    weak = panel_of(wave(9, noise=1.0))
    assert CLEAR < find_seasons(weak)[0].strength < 0.7
    assert seasons_of(weak, DataSpec()) == (1,)


def test_seasons_of_looks_only_at_the_history_given() -> None:
    """What comes after a cutoff decides nothing."""
    panel = panel_of(np.concatenate([RNG.normal(size=400), wave(9)[:800]]))
    history = panel.head(np.array([400]))
    assert seasons_of(panel, DataSpec(), history) == (1,)
    assert seasons_of(panel, DataSpec(), panel.tail(800)) == (9,)


def test_have_echo_tells_of_each_series_what_it_tells_of_it_alone() -> None:
    """Whatever the lengths of the others; noise, a line and what is too short have none."""
    line, noise = TIME.astype(np.float64), RNG.normal(size=300)
    series = [wave(9), noise, wave(9)[:300], line, wave(40)[:700], wave(9)[:17], wave(37)]
    assert have_echo(series, 16).tolist() == [True, False, True, False, True, False, True]
    assert [bool(have_echo([one], 16)[0]) for one in series] == have_echo(series, 16).tolist()
    assert have_echo([], 16).tolist() == []
