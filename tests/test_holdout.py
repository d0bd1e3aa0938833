"""Rules of forecast.models.holdout, judgement and zero_shot."""

from dataclasses import replace

import numpy as np
import pytest

from forecast.models.holdout import WANTED, hold_back
from forecast.models.naive import naive_name
from forecast.models.zero_shot import pretrained_model, zero_shot
from forecast.panel import Panel, Series


def make_panel(*lengths: int) -> Panel:
    rng = np.random.default_rng(3)
    return Panel.from_series(
        [
            Series(f"s{i}", np.arange(n), 10 + rng.normal(size=n).cumsum())
            for i, n in enumerate(lengths)
        ],
        "1",
    )


def test_hold_back_hides_the_end() -> None:
    """Every history ends before the rows that judge it, and begins where its series does."""
    panel = make_panel(60, 70)
    held = hold_back(panel, 6, 1)
    assert held is not None
    history = held.history(1000)
    assert len(history) == len(held.y) == len(held.scale)
    for one, start, y in zip(history, held.starts, held.y, strict=True):
        whole = panel[int(start > 0)].target
        known = len(one.target)
        assert 1 <= len(whole) - known <= held.rows
        np.testing.assert_array_equal(one.target, whole[:known])
        after = whole[known : known + 6]
        np.testing.assert_array_equal(y[: len(after)], after)
        assert np.isnan(y[len(after) :]).all()


def test_history_keeps_the_last_rows() -> None:
    """No more rows are copied than asked for."""
    held = hold_back(make_panel(30, 40), 6, 1)
    assert held is not None
    for one, two in zip(held.history(1000), held.history(5), strict=True):
        np.testing.assert_array_equal(one.target[-5:], two.target)


@pytest.mark.parametrize(
    ("lengths", "rows", "cutoffs"),
    [
        ((60,), 20, 20),
        ((200,), 40, 40),
        ((2000,), 200, 100),
        ((9000,), 360, 100),
        ((30,) * WANTED, 10, 1),
    ],
)
def test_hold_back_uses_more_of_fewer_series(
    lengths: tuple[int, ...], rows: int, cutoffs: int
) -> None:
    """One series gives four horizons, more if long, and many cutoffs; many series one of each."""
    held = hold_back(make_panel(*lengths), 10, 1)
    assert held is not None
    assert (held.horizon, held.rows, len(held.y)) == (10, rows, cutoffs * len(lengths))
    assert held.paths == len(lengths) * rows / 10
    assert held.trust == pytest.approx(rows / (rows + 10))


def test_hold_back_leaves_out_series_that_are_too_short() -> None:
    """A series needs history before the held-back rows; without any there is no holdout."""
    held = hold_back(make_panel(8, 30), 6, 1)
    assert held is not None
    assert held.panel.ids == ("s1",)
    assert hold_back(make_panel(3), 6, 1) is None


@pytest.mark.parametrize(
    ("lengths", "count"), [((60, 70, 80, 90, 65), 8), ((60,), 36), ((30,) * 250, 125)]
)
def test_part_is_what_is_held_back_of_its_series(lengths: tuple[int, ...], count: int) -> None:
    """Fewer series and cutoffs, evenly spread, keep their histories, truth and scales."""
    held = hold_back(make_panel(*lengths), 6, 4)
    assert held is not None
    taken = held.spread(max(len(lengths) // 2, 1), count)
    part = held.part(taken)
    assert part.panel.ids == held.panel.ids[:: 3 if len(lengths) == 5 else 2]
    cutoffs, apart = np.bincount(held.series[taken]), np.diff(taken)
    assert count / 2 <= cutoffs.sum() <= count and len(set(cutoffs[cutoffs > 0])) == 1
    assert len(set(apart[held.series[taken][1:] == held.series[taken][:-1]])) <= 1
    np.testing.assert_array_equal(part.y, held.y[taken])
    np.testing.assert_array_equal(part.scale, held.scale[taken])
    whole = list(held.history(1000))
    for number, one in zip(taken, part.history(1000), strict=True):
        np.testing.assert_array_equal(one.target, whole[number].target)


@pytest.mark.parametrize(("horizon", "season"), [(6, 1), (6, 4), (3, 12), (1, 4)])
def test_hold_back_knows_nothing_after_a_gap(horizon: int, season: int) -> None:
    """A forecast is judged where about as much was seen before it as before the series' end."""
    gaps = np.random.default_rng(3).random(150) < 0.4
    gaps[134:147], gaps[147:] = True, False
    panel = make_panel(60, 90)
    panel = panel.with_target(np.where(gaps, np.nan, panel.target))
    held = hold_back(panel, horizon, season)
    assert held is not None
    blind = []
    for y, start, end in zip(held.y, held.starts.tolist(), held.ends.tolist(), strict=True):
        stop = 60 if start == 0 else 150
        shorter, longer = sorted((horizon, season))
        before = panel.target[max(start, end - shorter) : end]
        lately = panel.target[max(start, end - longer) : end]
        usual = panel.target[max(start, stop - longer) : stop]
        after = panel.target[end : min(end + horizon, stop)]
        expected = np.full(horizon, np.nan)
        known, least = np.isfinite(lately).sum(), np.isfinite(usual).sum() / 2
        blind.append(np.isnan(before).all() or known < least)
        if not blind[-1]:
            expected[: len(after)] = after
        np.testing.assert_array_equal(y, expected)
    assert 0 < sum(blind) < len(blind)


def test_intervals_are_not_those_of_forecasts_from_within_a_gap() -> None:
    """Years that are missing do not widen what is said of series that go on."""
    rows = np.arange(500)
    noise = np.random.default_rng(0).normal(size=500)
    whole = 1000 + 100 * np.sin(rows * np.pi / 6) + 20 * noise
    gap = np.where((rows >= 330) & (rows < 480), np.nan, whole)
    widths = []
    for values in (whole, gap):
        panel = Panel.from_series([Series("a", rows, values)], "1")
        model = zero_shot(panel, (12,), 12, "gru")
        made = model.predict_quantiles(panel, 12, (0.1, 0.5, 0.9)).quantiles
        widths.append((made[..., 2] - made[..., 0]).mean())
    assert widths[1] < 2 * widths[0]


def test_scores_are_those_of_the_slow_way() -> None:
    """The naive method has the MASE of repeating the last season by hand."""
    panel = make_panel(*[40] * WANTED)
    held = hold_back(panel, 6, 4)
    assert held is not None
    errors = []
    for one in panel:
        guess = one.target[30:34][np.arange(6) % 4]
        scale = np.abs(one.target[4:34] - one.target[:30]).mean()
        errors.append(np.abs(one.target[34:] - guess).mean() / scale)
    found = held.scores(np.zeros_like(held.y))["naive_mase"]
    assert found == pytest.approx(np.mean(errors))


@pytest.mark.parametrize("season", [1, 4])
def test_scores_repeat_what_was_last_seen_of_each_phase(season: int) -> None:
    """Where the last season has gaps, the seasonal naive method looks further back."""
    panel = make_panel(60, 90)
    panel = panel.with_target(np.where(np.arange(150) % 7 < 2, np.nan, panel.target))
    held = hold_back(panel, 6, season)
    assert held is not None
    errors = []
    for y, start, end, scale in zip(held.y, held.starts, held.ends, held.scale, strict=True):
        for step, value in enumerate(y.tolist()):
            row = end + step - season * (step // season + 1)
            while np.isnan(panel.target[row]) and row - season >= start:
                row -= season
            errors += [abs(value - panel.target[row]) / scale] if value == value else []
    found = held.scores(np.zeros_like(held.y))["naive_mase"]
    assert found == pytest.approx(np.mean(errors))


def test_scores_give_every_known_value_the_same_weight() -> None:
    """A forecast of which one step is known yet says no more than that step does."""
    panel = make_panel(60, 90)
    panel = panel.with_target(np.where(np.arange(150) % 11 == 0, np.nan, panel.target))
    held = hold_back(panel, 6, 4)
    assert held is not None
    counts = (~np.isnan(held.y)).sum(1)
    assert counts.min() <= 1 and counts.max() == 6
    said = np.random.default_rng(0).normal(10, 2, size=held.y.shape)
    errors = [
        abs(value - point) / scale
        for y, row, scale in zip(held.y, said, held.scale, strict=True)
        for value, point in zip(y, row, strict=True)
        if not np.isnan(value)
    ]
    assert held.scores(said)["mase"] == pytest.approx(np.mean(errors))
    median = np.repeat(said[..., None], 3, -1)
    assert held.scores(said)["mase"] == pytest.approx(2 * held.loss(median, (0.5,) * 3))


def test_balanced_loss_equals_the_slow_loop() -> None:
    """Neither the unit of a series nor its changes alone say how much it counts."""
    held = hold_back(make_panel(60, 90), 6, 1)
    assert held is not None
    said = np.sort(np.random.default_rng(0).normal(10, 2, size=(*held.y.shape, 3)), -1)
    levels = (0.1, 0.5, 0.9)
    scaled, relative = [], []
    for y, quantiles, scale in zip(held.y, said, held.scale, strict=True):
        size = np.mean([abs(value) for value in y if not np.isnan(value)])
        for value, some in zip(y, quantiles, strict=True):
            for level, quantile in zip(levels, some, strict=True):
                if not np.isnan(value):
                    loss = max(level * (value - quantile), (level - 1) * (value - quantile))
                    scaled.append(loss / scale)
                    relative.append(loss / size)
    assert held.loss(said, levels) == pytest.approx(np.mean(scaled))
    found = held.balanced_loss(said, levels)
    assert found == pytest.approx((np.mean(scaled) * np.mean(relative)) ** 0.5)


def test_forecast_is_that_of_each_history_alone() -> None:
    """All cutoffs are forecast in one batch, as if each were the only one."""
    panel = make_panel(60)
    held = hold_back(panel, 6, 1)
    assert held is not None
    model = zero_shot(panel, (1,), 6, "gru")
    together = held.forecast(model)
    for number, one in enumerate(held.history(1000)):
        alone = Panel.from_series([one], "1")
        made = model.predict_quantiles(alone, 6, model.levels).quantiles[0]
        np.testing.assert_allclose(together[number], made, rtol=1e-4)


def test_zero_shot_does_not_see_the_future() -> None:
    """A model adopted on a history is the same whatever comes later."""
    panel = make_panel(60, 50)
    later = panel.with_target(np.where(np.arange(110) % 7 == 0, 1e6, panel.target))
    past = panel.before_last(10)
    changed = Panel.from_series(
        [
            Series(one.id, two.timestamps, np.concatenate([one.target, two.target[-10:]]))
            for one, two in zip(past, later, strict=True)
        ],
        "1",
    )
    one = zero_shot(panel.before_last(10), (1,), 6, "gru")
    two = zero_shot(changed.before_last(10), (1,), 6, "gru")
    quantiles = [m.predict_quantiles(past, 6, (0.1, 0.5, 0.9)).quantiles for m in (one, two)]
    assert quantiles[0].tobytes() == quantiles[1].tobytes()


@pytest.mark.parametrize("season", [(1,), (4,), (12,), (7, 365), (24, 168), (52,), (365,)])
def test_zero_shot_serves_any_season_and_length(season: tuple[int, ...]) -> None:
    """Any season, histories from one value up, and any horizon give finite ordered quantiles."""
    for lengths in ((1,), (3, 9), (400, 5)):
        panel = make_panel(*lengths)
        model = zero_shot(panel, season, 6, "gru")
        made = model.predict_quantiles(panel, 40, (0.025, 0.5, 0.975)).quantiles
        assert np.isfinite(made).all()
        assert (np.diff(made, axis=-1) >= 0).all()


def test_zero_shot_reads_a_clear_season_with_it() -> None:
    """Where the season is plain to see, nothing is gained by a reading without it."""
    step = np.arange(84)
    rng = np.random.default_rng(0)
    panel = Panel.from_series(
        [
            Series(f"s{i}", step, 50 + 10 * np.sin(step * np.pi / 6 + i) + rng.normal(0, 0.5, 84))
            for i in range(12)
        ],
        "1",
    )
    members = zero_shot(panel, (12,), 12, "gru").members
    assert {member.geometry.season for member in members} == {(12,)}


def test_zero_shot_takes_a_year_of_days_out_for_a_year_ahead() -> None:
    """What weeks forecast from half a year, and feed back, has forgotten the year."""
    days = np.arange(6 * 365)
    year = 15 + 8 * np.sin(2 * np.pi * days / 365)
    noise = np.random.default_rng(0).normal(0, 2, len(days))
    start = np.datetime64("2015-01-01") + days
    panel = Panel.from_series([Series("a", start.astype("datetime64[ns]"), year + noise)], "D")
    past = panel.before_last(365)
    model = zero_shot(past, (7, 365), 365, "gru")
    assert {member.spec.adjust for member in model.members} == {365}
    found = model.predict_quantiles(past, 365, (0.5,)).quantiles[0, :, 0]
    assert np.abs(found - year[-365:]).mean() < 0.12 * np.abs(year[-365:] - 15).mean()


@pytest.mark.parametrize(("rows", "by_fours"), [(5, False), (7, False), (8, True), (30, True)])
def test_zero_shot_reads_series_without_a_season_by_fours_as_well(
    rows: int, by_fours: bool
) -> None:
    """Where the typical one has eight rows; as many networks read logarithms, if any do."""
    walks = np.random.default_rng(0).normal(10, 1, size=(30, rows)).cumsum(1)
    walks = np.abs(walks) + 1
    panel = Panel.from_series(
        [Series(f"s{i}", np.arange(rows), one) for i, one in enumerate(walks)], "1"
    )
    members = zero_shot(panel, (1,), 3, "gru").members
    assert {one.spec.season for one in members} == ({(1,), (4,)} if by_fours else {(1,)})
    logs = [[one.spec.log for one in members if one.spec.season == kind] for kind in ((1,), (4,))]
    assert logs[0] == logs[1] or not by_fours


@pytest.mark.parametrize(("rows", "season"), [(200, {(12,)}), (45, {(1,), (4,)})])
def test_zero_shot_tells_a_level_from_much_noise_by_twelves(
    rows: int, season: set[tuple[int, ...]]
) -> None:
    """Where series are long enough; what is read value by value remembers 24 of them."""
    values = np.random.default_rng(0).normal(size=(40, rows + 12))
    series = [Series(f"s{i}", np.arange(rows + 12), one) for i, one in enumerate(values)]
    past = Panel.from_series(series, "1").before_last(12)
    model = zero_shot(past, (1,), 12, "gru")
    assert {one.spec.season for one in model.members} == season
    found = model.predict_quantiles(past, 12, (0.5,)).quantiles[..., 0]
    single = replace(model, members=pretrained_model(past, None, (1,), "gru").members[:1])
    alone = single.predict_quantiles(past, 12, (0.5,)).quantiles[..., 0]
    assert np.abs(found - values[:, rows:]).mean() < np.abs(alone - values[:, rows:]).mean()


@pytest.mark.parametrize(
    ("wander", "horizon", "season", "doubted", "least", "most"),
    [(2, 12, 12, True, 0.0, 0.95), (1, 3, 24, False, 0.95, 1.0), (1, 1, 12, False, 1.0, 2.0)],
)
def test_zero_shot_doubts_a_season_that_is_not_there(
    wander: int, horizon: int, season: int, doubted: bool, least: float, most: float
) -> None:
    """The mean with a reading without it is taken where it gains more than a trifle."""
    rng = np.random.default_rng(1)
    rows = [rng.normal(size=96) for _ in range(40)]
    for _ in range(wander):  # a random walk, or one of its slope, which looks far less seasonal
        rows = [one.cumsum() for one in rows]
    panel = Panel.from_series(
        [Series(f"s{i}", np.arange(96), one) for i, one in enumerate(rows)], "1"
    )
    held = hold_back(panel, horizon, season)
    assert held is not None
    alone, without = (pretrained_model(panel, None, one, "gru") for one in ((season,), (1,)))
    single = [one for one in without.members if one.geometry.season == (1,)]  # not by fours
    both = replace(alone, members=(*alone.members, *single))
    said = {one: held.forecast(one) for one in (alone, both)}
    losses = {one: held.loss(quantiles, one.levels) for one, quantiles in said.items()}
    assert least < losses[both] / losses[alone] < most
    chosen = pretrained_model(panel, held, (season,), "gru")
    seasons = {(season,), (1,)} if doubted else {(season,)}
    assert {member.geometry.season for member in chosen.members} == seasons
    np.testing.assert_allclose(held.forecast(chosen), said[both if doubted else alone], rtol=1e-5)


def test_zero_shot_takes_fewer_seasons_only_where_all_rows_held_back_gain() -> None:
    """A few forecasts that look better without the season, as at noon, do not decide alone."""
    rng, hours = np.random.default_rng(16), np.arange(480)
    clouds = np.repeat(rng.random(20), 24)
    light = np.maximum(np.sin(2 * np.pi * (hours / 24 - 0.25)), 0) * clouds
    roofs = np.round(np.outer(rng.uniform(5, 60, 20), light), 1)
    panel = Panel.from_series([Series(f"s{i}", hours, one) for i, one in enumerate(roofs)], "1")
    held = hold_back(panel, 24, 24)
    assert held is not None
    plain = pretrained_model(panel, None, (24,), "gru")
    chosen = pretrained_model(panel, held, (24,), "gru")
    plain_loss, loss = (held.loss(held.forecast(one), one.levels) for one in (plain, chosen))
    assert loss <= plain_loss


@pytest.mark.parametrize("power", [1, 2])
def test_path_errors_equal_the_slow_loop(power: int) -> None:
    """The mean over the forecasts made within each stretch of each series."""
    held = hold_back(make_panel(60, 90), 6, 1)
    assert held is not None
    said = np.random.default_rng(0).normal(10, 2, size=held.y.shape)
    expected: dict[tuple[int, int], list[float]] = {}
    for c, (start, end) in enumerate(zip(held.starts, held.ends, strict=True)):
        series = int(start > 0)
        stretch = (held.panel.indptr[series + 1] - end - 1) // 6
        for y, point in zip(held.y[c], said[c], strict=True):
            if not np.isnan(y):
                error = abs(y - point) / held.scale[c]
                expected.setdefault((series, int(stretch)), []).append(error**power)
    slow = [np.mean(errors) ** (1 / power) for _, errors in sorted(expected.items())]
    np.testing.assert_allclose(held.path_errors(said, power), np.array(slow), rtol=1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308])
def test_errors_that_are_no_numbers_count(value: float) -> None:
    """Where something is known, no forecast gets out of being judged; elsewhere none is."""
    panel = make_panel(60, 90)
    panel = panel.with_target(np.where(np.arange(150) >= 130, np.nan, panel.target))
    held = hold_back(panel, 6, 1)
    assert held is not None
    scale = np.where(held.series == 0, -1e-9, held.scale)  # below zero: no scale
    levels = (0.1, 0.5, 0.9)
    sound, broken = np.full((*held.y.shape, 3), 10.0), np.full((*held.y.shape, 3), value)
    for power in (1, 2):
        errors = held.path_errors(broken[..., 1], power)
        known = ~np.isnan(held.path_errors(sound[..., 1], power))
        assert 0 < known.sum() < len(known)
        np.testing.assert_array_equal(~np.isnan(errors), known)
        assert (errors[known] > 1e300).all()
    for loss in (held.loss, held.balanced_loss):
        assert loss(sound, levels) < 1e3
        assert loss(broken, levels) > 1e150
        some = sound.copy()
        some[0, 0, 2] = value
        assert loss(some, levels) > 1e150
    nothing = replace(held, scale=scale, y=np.where(held.series[:, None], np.nan, held.y))
    assert np.isnan(nothing.loss(broken, levels))
    assert np.isnan(nothing.path_errors(broken[..., 1], 1)).all()


@pytest.mark.parametrize(("season", "gap"), [((7,), 60), ((7, 365), 60), ((1,), 12)])
@pytest.mark.parametrize("known", [0, 1])
def test_intervals_have_a_width_after_a_long_gap(
    season: tuple[int, ...], gap: int, known: int
) -> None:
    """Where networks have no scale for lack of values, seasonal naive takes their place."""
    values = 50 + np.random.default_rng(0).normal(0, 2, 1500)
    values[len(values) - gap - known : len(values) - known] = np.nan
    panel = Panel.from_series([Series("a", np.arange(len(values)), values)], "1")
    model = zero_shot(panel, season, 7, "gru")
    made = model.predict_quantiles(panel, 7, (0.1, 0.9))
    assert made.source == (naive_name(season[0]) if gap > 50 else "GRU",)
    assert int(model.needed(panel)[0]) == (1500 if gap > 50 else model.past)
    low, high = made.quantiles[0].T
    assert (high - low > 2).all()
    assert (high - low < 20).all()
