"""Rules of forecast.models.holdout and forecast.models.zero_shot."""

import numpy as np
import pytest

from forecast.models.holdout import WANTED, hold_back
from forecast.models.naive import SeasonalNaive
from forecast.models.zero_shot import pretrained_model, zero_shot
from forecast.panel import Panel, Series
from forecast.spec import NaiveSpec


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
    """Every history ends before the rows that judge it."""
    panel = make_panel(30, 40)
    held = hold_back(panel, 6, 1)
    assert held is not None
    at = 0
    for history in held.histories:
        for one in history:
            whole = panel[one.id].target
            dropped = len(whole) - len(one.target)
            assert 1 <= dropped <= 6
            np.testing.assert_array_equal(one.target, whole[:-dropped])
            np.testing.assert_array_equal(held.y[at][:dropped], whole[-dropped:])
            assert np.isnan(held.y[at][dropped:]).all()
            at += 1
    assert at == len(held.y) == len(held.scale)


def test_hold_back_uses_more_cutoffs_for_fewer_series() -> None:
    """One series is forecast from every held-back row, many series only once."""
    one, many = hold_back(make_panel(60), 10, 1), hold_back(make_panel(*[30] * WANTED), 10, 1)
    assert one is not None and many is not None
    assert (len(one.histories), len(many.histories)) == (10, 1)


def test_hold_back_leaves_out_series_that_are_too_short() -> None:
    """A series needs history before the held-back rows; without any there is no holdout."""
    held = hold_back(make_panel(8, 30), 6, 1)
    assert held is not None
    assert held.histories[0].ids == ("s1",)
    assert hold_back(make_panel(3), 6, 1) is None


def test_scores_of_the_naive_method_are_equal_on_both_sides() -> None:
    """The naive method scored as the model has the naive method's MASE."""
    held = hold_back(make_panel(*[40] * 5), 6, 4)
    assert held is not None
    naive = SeasonalNaive(NaiveSpec(4))
    said = [naive.predict_quantiles(one, held.horizon, (0.5,)) for one in held.histories]
    scores = held.scores(np.concatenate([one.quantiles[..., 0] for one in said]))
    assert scores["mase"] == pytest.approx(scores["naive_mase"])


def test_forecast_from_all_histories_is_that_from_each() -> None:
    """Forecasts made at once from all cutoffs are those made from one after the other."""
    panel = make_panel(60, 400)
    held = hold_back(panel, 10, 4)
    assert held is not None
    model = pretrained_model(panel, None, (4,), "gru")
    each = [model.predict_quantiles(one, 10, model.levels).quantiles for one in held.histories]
    np.testing.assert_allclose(
        held.forecast(model, model.levels), np.concatenate(each), rtol=1e-4, atol=1e-4
    )


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
