"""Open settings are chosen from the data, given ones are kept."""

import numpy as np
import pytest

from forecast.configure import (
    bears_networks,
    choose_log,
    choose_recurrent,
    choose_training,
    geometry_of,
)
from forecast.errors import DataError, UsageError
from forecast.panel import Panel
from forecast.spec import RecurrentSpec, TrainSpec


def panel_of(target: np.ndarray, series: int = 1) -> Panel:
    rows = len(target)
    indptr = np.arange(series + 1, dtype=np.int64) * rows
    ids = tuple(f"s{number}" for number in range(series))
    return Panel(ids, indptr, np.tile(np.arange(rows), series), np.tile(target, series), "1")


def walk(rows: int) -> np.ndarray:
    return 100 + np.random.default_rng(0).normal(size=rows).cumsum()


@pytest.mark.parametrize(
    ("season", "rows", "segment", "segments"),
    [
        ((12,), 144, 12, 5),
        ((24, 168), 1000, 24, 14),
        ((4,), 80, 4, 8),
        ((1,), 40, 1, 12),
        ((24,), 3359, 24, 5),
        ((24,), 3360, 24, 14),
        ((52,), 400, 26, 5),
        ((365,), 2000, 5, 28),
        ((12,), 30, 12, 2),
        ((12,), 8, 12, 1),
    ],
)
def test_choose_recurrent_reads_a_season_a_step(
    season: tuple[int, ...], rows: int, segment: int, segments: int
) -> None:
    """One step reads one season, or an even part of a long one; short series get fewer steps."""
    spec = choose_recurrent(RecurrentSpec(season=season), panel_of(walk(rows)), 6)
    assert (spec.segment, spec.lags) == (segment, segment * segments)
    assert (spec.horizon, spec.season) == (6, season)


def test_choose_recurrent_keeps_what_was_given() -> None:
    """A setting of the user is never changed."""
    given = RecurrentSpec(
        season=(12,), lags=20, segment=4, hidden=7, horizon=3, linear=False, dropout=0.3
    )
    assert choose_recurrent(given, panel_of(walk(100)), 9) == given


@pytest.mark.parametrize(("lags", "segment"), [(1, 1), (7, 1), (18, 6), (24, 12)])
def test_choose_recurrent_cuts_given_lags_evenly(lags: int, segment: int) -> None:
    """The segment divides both the season and the lags that were asked for."""
    spec = choose_recurrent(RecurrentSpec(season=(12,), lags=lags), panel_of(walk(100)), 6)
    assert (spec.lags, spec.segment) == (lags, segment)


@pytest.mark.parametrize(("rows", "hidden"), [(500, 32), (5_000, 64), (50_000, 128)])
def test_choose_recurrent_grows_with_the_data(rows: int, hidden: int) -> None:
    """More rows bear a wider network."""
    assert choose_recurrent(RecurrentSpec(), panel_of(walk(rows)), 6).hidden == hidden


def test_choose_recurrent_maps_the_lags_of_long_series() -> None:
    """Ten windows end to end bear a linear map, which leaves little to be learnt by heart."""
    for rows, linear, dropout in ((239, False, 0.1), (240, True, 0.5)):
        spec = choose_recurrent(
            RecurrentSpec(season=(12,), lags=24), panel_of(walk(rows), series=3), 6
        )
        assert (spec.linear, spec.dropout) == (linear, dropout)
    textbook = RecurrentSpec(season=(12,), lags=24, segment=1, bases=False, level="series")
    assert not choose_recurrent(textbook, panel_of(walk(5000)), 6).linear


@pytest.mark.parametrize(
    ("rows", "series", "linear", "found"),
    [(1999, 1, False, False), (2000, 1, False, True), (500, 4, False, True), (240, 1, True, True)],
)
def test_bears_networks_needs_rows_to_learn_from(
    rows: int, series: int, linear: bool, found: bool
) -> None:
    """In one long series or several short ones; a linear map is there from the start."""
    spec = RecurrentSpec(season=(12,), lags=24, linear=linear)
    assert bears_networks(spec, panel_of(walk(rows), series)) is found


def test_choose_training_is_slow_and_short_around_a_linear_map() -> None:
    """What is left over calls for smaller and fewer steps."""
    plain, linear = (
        choose_training(TrainSpec(), RecurrentSpec(hidden=128, linear=one), 10**5)
        for one in (False, True)
    )
    assert (plain.steps, plain.learning_rate) == (600, 5e-3)
    assert (linear.steps, linear.learning_rate) == (120, 1e-3)


@pytest.mark.parametrize(
    ("windows", "steps"),
    [(3_000, 120), (100_000, 120), (400_000, 240), (2_500_000, 600), (10_000_000, 600)],
)
def test_choose_training_corrects_a_linear_map_the_longer_the_more_there_is(
    windows: int, steps: int
) -> None:
    """With the root of the windows, up to what networks without one take."""
    assert choose_training(TrainSpec(), RecurrentSpec(linear=True), windows).steps == steps


def test_choose_recurrent_refuses_what_is_too_short() -> None:
    """Three rows cannot be learned from."""
    with pytest.raises(DataError, match="the longest series has 3 rows; training needs 4 or more"):
        choose_recurrent(RecurrentSpec(), panel_of(walk(3)), 6)


@pytest.mark.parametrize("lowest", [0.0, -1.0])
def test_choose_recurrent_refuses_logarithms_of_what_has_none(lowest: float) -> None:
    """Zeros have no finite one, and values below would be read as missing."""
    panel = panel_of(walk(40))
    panel.target[20] = lowest
    with pytest.raises(UsageError, match="value of zero or below") as error:
        choose_recurrent(RecurrentSpec(season=(12,), log=True), panel, 12)
    assert error.value.fix == "without --log, or --no-log"


def test_choose_training_fills_everything() -> None:
    """After choosing, nothing is open."""
    spec = choose_training(TrainSpec(), RecurrentSpec(hidden=32), 500)
    assert None not in (spec.steps, spec.batch, spec.learning_rate, spec.members)
    assert spec.max_seconds == 600


@pytest.mark.parametrize(
    ("windows", "batch", "steps"),
    [
        (1_999, 64, 300), (2_000, 64, 600), (19_999, 64, 600), (20_000, 256, 600),
        (200_000, 256, 600), (200_001, 128, 600),
    ],
)  # fmt: skip
def test_choose_training_goes_by_the_number_of_windows(
    windows: int, batch: int, steps: int
) -> None:
    """Few windows want fewer steps and smaller ones; so many that they are long, smaller ones."""
    spec = RecurrentSpec(season=(6,), lags=24, segment=6)
    found = choose_training(TrainSpec(), spec, windows)
    assert (found.batch, found.steps) == (batch, steps)


@pytest.mark.parametrize(
    ("windows", "lags", "bidirectional", "batch"),
    [(900, 60, False, 64), (900, 336, False, 22), (900, 336, True, 64), (5_000, 336, False, 64)],
)
def test_choose_training_learns_from_as_many_ends_of_few_windows(
    windows: int, lags: int, bidirectional: bool, batch: int
) -> None:
    """Few windows of many segments go into a step by their ends, unless one end is learnt from."""
    segment = 24 if lags == 336 else 12
    spec = RecurrentSpec(hidden=32, lags=lags, segment=segment, bidirectional=bidirectional)
    assert choose_training(TrainSpec(), spec, windows).batch == batch


def test_choose_training_counts_epochs_in_steps() -> None:
    """An epoch is as many batches as hold all windows."""
    spec = choose_training(TrainSpec(epochs=3, batch=100), RecurrentSpec(hidden=32), 950)
    assert spec.steps == 30


def test_choose_training_keeps_what_was_given() -> None:
    """A setting of the user is never changed."""
    given = TrainSpec(steps=5, batch=2, learning_rate=0.5, members=1, max_seconds=7)
    assert choose_training(given, RecurrentSpec(hidden=32), 10**6) == given


@pytest.mark.parametrize(("strategy", "ahead"), [("direct", 3), ("recursive", 1)])
def test_geometry_of_looks_ahead_by_strategy(strategy: str, ahead: int) -> None:
    """Direct gives the whole horizon at once, recursive one segment that is fed back."""
    spec = RecurrentSpec.from_dict(
        {"lags": 48, "segment": 12, "season": (12,), "horizon": 30, "strategy": strategy}
    )
    geometry = geometry_of(spec)
    assert (geometry.ahead, geometry.segments, geometry.reach) == (ahead, 4, 4)
    assert (geometry.phases, geometry.season) == (12, (12,))


@pytest.mark.parametrize(("lags", "segment", "reach"), [(1, 1, 2), (9, 1, 8), (12, 12, 1)])
def test_geometry_of_makes_scales_of_two_rows(lags: int, segment: int, reach: int) -> None:
    """The spread of one row is zero: a network of a single lag looks back on two for it."""
    spec = RecurrentSpec(lags=lags, segment=segment, season=(1,), horizon=3, strategy="direct")
    assert geometry_of(spec).reach == reach


def test_choose_log_where_the_spread_follows_the_level() -> None:
    """A season that grows with the level wants logarithms, one that does not wants none."""
    steps = np.arange(120)
    level, season = 100 + 5.0 * steps, np.sin(steps * 2 * np.pi / 12)
    noise = np.random.default_rng(0).normal(size=120)
    assert choose_log(panel_of(level * (1 + 0.3 * season + 0.02 * noise)), 12)
    assert not choose_log(panel_of(level + 30 * season + 2 * noise), 12)


def test_choose_log_never_for_what_has_no_logarithm() -> None:
    """One zero is enough to leave values as they are."""
    target = np.exp(np.linspace(0, 5, 60))
    assert choose_log(panel_of(target), 12)
    target[7] = 0
    assert not choose_log(panel_of(target), 12)


def test_choose_log_is_decided_by_most_series() -> None:
    """Series that are too short to tell do not vote."""
    assert not choose_log(panel_of(walk(8)), 12)
