"""Counts: what is a whole number every day is forecast by whole numbers."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.calibrate import Calibration
from forecast.counts import are_counts, to_whole
from forecast.explain import explain
from forecast.metrics import pinball
from forecast.models.holdout import hold_back
from forecast.models.zero_shot import zero_shot
from forecast.panel import Panel, Series
from forecast.result import DEFAULT_QUANTILES

SERIES, DAYS, HORIZON = 60, 300, 14
MIDDLE = len(DEFAULT_QUANTILES) // 2


def sold(mean: float) -> NDArray[np.float64]:
    """Draw Poisson counts of some series of one mean, (N, T)."""
    return np.random.default_rng(0).poisson(mean, size=(SERIES, DAYS + HORIZON)).astype(float)


def panel_of(values: NDArray[np.float64]) -> Panel:
    """Make a panel of daily series."""
    days = np.datetime64("2020-01-01", "ns") + np.arange(values.shape[1]) * np.timedelta64(1, "D")
    return Panel.from_series([Series(f"s{i}", days, one) for i, one in enumerate(values)], "D")


@pytest.mark.parametrize(
    ("past", "counts"),
    [
        ([0.0, 0.0, 1.0, 0.0], True),
        ([np.nan, 3.0, np.nan, 4.0, 4.0], True),
        ([0.0, 0.5, 1.0, 0.0], False),
        ([10.0, 20.0, 12.0, 9.0], False),
        ([-1.0, 0.0, 1.0, 0.0], True),
        ([1e300, -1e300, 1e300], False),
        ([np.nan, 3.0, np.nan, 4.0], False),
    ],
)
def test_are_counts(past: list[float], counts: bool) -> None:
    """Whole numbers that change by two in the mean at most, as far as neighbours tell."""
    assert are_counts(np.array([past])).tolist() == [counts]


def test_to_whole_rounds_counts_alone() -> None:
    """Zero has no sign, and other series keep their digits."""
    made = to_whole(np.array([[-0.2, 1.6], [-0.2, 1.6]]), np.array([True, False]))
    np.testing.assert_array_equal(made, [[0.0, 2.0], [-0.2, 1.6]])
    assert not np.signbit(made[0]).any()


@pytest.mark.parametrize("mean", [0.3, 1.0, 1.5])
def test_whole_numbers_are_the_better_quantiles_of_counts(mean: float) -> None:
    """Against what follows, which nothing was chosen by."""
    drawn = sold(mean)
    panel = panel_of(drawn[:, :DAYS])
    model = zero_shot(panel, (7,), HORIZON, "gru")
    loss = {}
    for rounds in (True, False):
        made = replace(model, rounds_counts=rounds)
        quantiles = made.predict_quantiles(panel, HORIZON, DEFAULT_QUANTILES).quantiles
        assert (quantiles == np.rint(quantiles)).all() == rounds
        loss[rounds] = pinball(drawn[:, DAYS:], quantiles, DEFAULT_QUANTILES).mean()
    assert loss[True] < loss[False]


def test_other_series_keep_their_fractions() -> None:
    """In one file, halves beside counts, and series of thousands."""
    counts = sold(1.0)[:3, :DAYS] * [[1.0], [1.5], [1000.0]]
    panel = panel_of(counts)
    model = zero_shot(panel, (7,), HORIZON, "gru")
    made = model.predict_quantiles(panel, HORIZON, (0.1, 0.5, 0.9)).quantiles
    whole = (made == np.rint(made)).all((1, 2))
    assert whole.tolist() == [True, False, False]


def test_rows_held_back_are_judged_by_what_the_networks_say() -> None:
    """Rounded quantiles would have no distance from the median left to calibrate."""
    panel = panel_of(sold(0.5)[:5, :DAYS])
    held = hold_back(panel, HORIZON, 7)
    assert held is not None
    model = zero_shot(panel, (7,), HORIZON, "gru")
    said = held.forecast(model)
    assert are_counts(held.past(model.past)).all()
    assert (said[..., MIDDLE] != np.rint(said[..., MIDDLE])).any()


def test_coverage_shown_is_that_of_whole_numbers() -> None:
    """A day without a sale lies inside of an interval that is written as 0 to 1."""
    model = zero_shot(panel_of(sold(0.5)[:, :DAYS]), (7,), HORIZON, "gru")
    assert model.calibration.coverage[80] > 0.9  # P(0 or 1) = .91


def test_parts_of_an_explanation_add_up_to_whole_numbers() -> None:
    """What rounding changed is said as a part of its own."""
    panel = panel_of(sold(1.0)[:1, :DAYS])
    model = zero_shot(panel, (7,), HORIZON, "gru")
    made = explain(model, panel, HORIZON)
    assert (made.forecast == np.rint(made.forecast)).all()
    total = sum(part.values for part in made.parts)
    np.testing.assert_allclose(total, made.forecast, rtol=0, atol=1e-9)
    limit = next(part.values for part in made.parts if part.name == "limit")
    assert 0 < np.abs(limit).max() <= 0.5


def test_intervals_of_what_is_seldom_sold_stay_near_what_was_sold() -> None:
    """One factor widens calm and busy days alike; the wide intervals of busy ones stay as they are.

    Before, the worst of these reached 23 times the span of the whole series.
    """
    for seed in range(10):
        rng = np.random.default_rng(1000 * seed + DAYS)
        sold_at = rng.random(DAYS + 6) < 0.05
        values = np.where(sold_at, rng.integers(1, 9, DAYS + 6), 0).astype(float)[:DAYS]
        panel = Panel(("s",), np.array([0, DAYS]), np.arange(DAYS), values, "1")
        model = zero_shot(panel, (1,), 6, "gru")
        said = replace(model, calibration=Calibration.none())
        made, own = (one.predict_quantiles(panel, 6, (0.025, 0.5, 0.975)) for one in (model, said))
        assert made.quantiles.max() <= max(own.quantiles.max(), 3 * values.max())
