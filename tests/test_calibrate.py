"""Calibration: intervals cover what they promise, on data whose distribution is known."""

from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.calibrate import NARROWEST, WIDEST, Calibration, calibrate
from forecast.models.holdout import hold_back
from forecast.panel import Panel, Series
from forecast.result import DEFAULT_QUANTILES

LEVELS = DEFAULT_QUANTILES
NORMAL = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
MEDIAN = len(LEVELS) // 2
SEEN, SEEN_COUNTS = np.array([-1e9, 0.5, 1e9]), np.array([1.0, 1.0, 1.0])
"""Pasts of which any distance is within reach."""


def normal_case(
    rows: int, spread: float, horizon: int = 6
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give normal truth of a spread, and quantiles that claim a spread of one."""
    centre = np.random.default_rng(1).normal(size=(rows, horizon))
    y = centre + spread * np.random.default_rng(0).normal(size=(rows, horizon))
    return y, centre[..., None] + NORMAL


def measured(
    y: NDArray[np.float64],
    quantiles: NDArray[np.float64],
    trust: float = 1.0,
    *,
    counts: bool = False,
) -> Calibration:
    """Calibrate where all errors are in one unit."""
    past = SEEN_COUNTS if counts else SEEN
    return calibrate(y, quantiles, LEVELS, np.ones(len(y)), trust, np.tile(past, (len(y), 1)))


def test_calibrate_leaves_perfect_quantiles_alone() -> None:
    """With many rows whose quantiles are right, every factor is one within noise."""
    found = measured(*normal_case(2000, 1.0))
    factors = np.delete(found.factors, MEDIAN, axis=1)
    np.testing.assert_allclose(factors, 1, atol=0.15)
    assert factors.mean() == pytest.approx(1, abs=0.02)
    assert (found.factors[:, MEDIAN] == 1).all()


@pytest.mark.parametrize("spread", [0.7, 1.0, 2.0])
def test_calibrate_covers_new_data(spread: float) -> None:
    """Intervals that were too narrow or too wide cover 80 % and 95 % of data not seen."""
    y, quantiles = normal_case(2000, spread)
    found = measured(y[:1000], quantiles[:1000])
    moved = found.apply(quantiles[1000:], 6, np.tile(SEEN, (1000, 1)))
    for low, high, wanted in ((1, -2, 0.80), (0, -1, 0.95)):
        inside = (y[1000:] >= moved[..., low]) & (y[1000:] <= moved[..., high])
        assert inside.mean() == pytest.approx(wanted, abs=0.03)
    assert found.coverage[80] == pytest.approx(0.80, abs=0.03)
    assert found.coverage[95] == pytest.approx(0.95, abs=0.03)


def test_calibrate_narrows_little_on_few_rows() -> None:
    """Three rows narrow the quantiles less than three hundred do; both widen them at once."""
    few, many = (measured(*normal_case(rows, 0.6)).factors[0, 1] for rows in (3, 300))
    assert many < few < 1
    few, many = (measured(*normal_case(rows, 2.0)).factors[0, 1] for rows in (3, 300))
    assert few > 1.3
    assert many > 1.3


def test_calibrate_follows_as_far_as_it_trusts() -> None:
    """Without trust the network's own quantiles remain; with half of it, the way is half gone."""
    y, quantiles = normal_case(500, 2.0)
    none, half, full = (measured(y, quantiles, trust).factors for trust in (0, 0.5, 1))
    np.testing.assert_array_equal(none, 1)
    np.testing.assert_allclose(half**2, full)


def test_calibrate_keeps_factors_within_bounds() -> None:
    """Nothing measured makes intervals absurdly narrow or wide."""
    for spread in (1e-6, 1e6):
        factors = measured(*normal_case(500, spread)).factors
        assert factors.min() >= NARROWEST
        assert factors.max() <= WIDEST


def test_calibrate_counts_only_what_is_known() -> None:
    """Missing truth changes nothing, even where a whole forecast has none."""
    y, quantiles = normal_case(200, 1.5)
    gaps = np.concatenate([y, np.full((1, 6), np.nan)])
    wider = np.concatenate([quantiles, quantiles[:1]])
    found, whole = measured(gaps, wider), measured(y, quantiles)
    np.testing.assert_allclose(found.factors, whole.factors, rtol=0.01)
    assert found.growth == pytest.approx(whole.growth)


def test_calibrate_without_any_truth_changes_nothing() -> None:
    """Where nothing is known the network is taken at its word, and no coverage is claimed."""
    _, quantiles = normal_case(4, 1.0)
    found = measured(np.full((4, 6), np.nan), quantiles)
    assert (found.factors == 1).all()
    assert (found.growth, found.coverage) == (0.5, {})


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_calibrate_measures_the_growth_of_errors(power: float) -> None:
    """Errors that grow as a power of the step show that power."""
    steps = np.arange(1, 25.0)
    y = np.random.default_rng(0).normal(size=(2000, 24)) * steps**power
    quantiles = np.zeros((2000, 24, 1)) + steps[:, None] ** power * NORMAL
    assert measured(y, quantiles).growth == pytest.approx(power, abs=0.03)


def test_calibrate_measures_the_growth_of_a_random_walk() -> None:
    """Errors of one path go up and down together, late cutoffs see the first steps, units differ.

    The errors of a walk grow with the root of the step (Hyndman and Athanasopoulos 2021, 5.5).
    """
    rows, horizon = 144, 12
    rng = np.random.default_rng(0)
    root = np.sqrt(np.arange(1, horizon + 1.0))[:, None]
    found = []
    for _ in range(30):
        walks = rng.normal(size=(2, rows)).cumsum(1) * [[1e-3], [1e3]]
        series = [Series(f"s{i}", np.arange(rows), walk) for i, walk in enumerate(walks)]
        held = hold_back(Panel.from_series(series, "1"), horizon, 1)
        assert held is not None
        quantiles = held.panel.target[held.ends - 1][:, None, None] + root * NORMAL
        past = held.past(rows)
        found.append(calibrate(held.y, quantiles, LEVELS, held.scale, 1.0, past).growth)
    assert np.mean(found) == pytest.approx(0.5, abs=0.07)


def test_apply_never_lets_quantiles_cross() -> None:
    """Factors that differ wildly between levels still give ordered quantiles."""
    factors = np.random.default_rng(0).uniform(NARROWEST, WIDEST, size=(6, len(LEVELS)))
    _, quantiles = normal_case(50, 1.0)
    moved = Calibration(factors, 0.5, {}).apply(quantiles, 6, SEEN[None])
    assert (np.diff(moved, axis=-1) >= 0).all()
    assert np.isfinite(moved).all()


def test_apply_moves_quantiles_no_further_than_what_was_seen_allows() -> None:
    """Twice the span of the past, or as far as the network said; all the way where it is one."""
    quantiles = np.array([-1.0, 0.0, 3.0]) * np.ones((3, 1, 1))
    past = np.array([[4.0, np.nan, 5.0], [-50.0, 0.0, 50.0], [7.0, 7.0, 7.0]])
    moved = Calibration(np.full((1, 3), 10.0), 0.5, {}).apply(quantiles, 1, past)
    np.testing.assert_array_equal(moved[:, 0], [[-2, 0, 3], [-10, 0, 30], [-10, 0, 30]])


def test_apply_without_calibration_keeps_the_trained_steps() -> None:
    """An uncalibrated network is left as it is, up to its trained horizon."""
    _, quantiles = normal_case(5, 1.0)
    np.testing.assert_allclose(Calibration.none().apply(quantiles, 6, SEEN[None]), quantiles)


def test_apply_beyond_the_trained_horizon_never_narrows() -> None:
    """Rolled intervals begin at the width of the last trained step and grow by the exponent."""
    distance = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0])  # three blocks of three
    quantiles = distance[None, :, None] * np.array([-1.0, 0.0, 1.0])
    for growth in (0.0, 0.5):
        moved = Calibration(np.ones((1, 3)), growth, {}).apply(quantiles, 3, SEEN[None])
        expected = [1.0, 2.0, 3.0, *(3 * (step / 3) ** growth for step in range(4, 10))]
        np.testing.assert_allclose(moved[0, :, 2], expected)
        np.testing.assert_allclose(moved[0, :, 0], -np.array(expected))
        np.testing.assert_allclose(moved[..., 1], quantiles[..., 1])


def test_coverage_of_counts_is_that_of_whole_numbers() -> None:
    """Bounds between whole numbers leave out values that the rounded interval has."""
    y = np.random.default_rng(0).poisson(0.5, size=(400, 6)).astype(float)
    quantiles = np.broadcast_to(0.3 + NORMAL / 2, (*y.shape, len(LEVELS)))
    plain, rounded = (measured(y, quantiles, 0.0, counts=counts) for counts in (False, True))
    low, high = LEVELS.index(0.1), LEVELS.index(0.9)
    made = np.rint(rounded.apply(quantiles, 6, SEEN_COUNTS[None]))
    hit = (y >= made[..., low]) & (y <= made[..., high])
    assert rounded.coverage[80] == pytest.approx(hit.mean(), abs=0.02)
    assert plain.coverage[80] < rounded.coverage[80] - 0.05
