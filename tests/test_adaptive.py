"""Adaptive factors: the quantile that conformal prediction names, and coverage that comes back."""

import numpy as np
import pytest

from forecast.ledger.adaptive import LEAST, WINDOW, adaptive_factor, conformity, least_times

rng = np.random.default_rng(6)


def test_conformity_is_one_at_the_bounds() -> None:
    """On each side in widths of that side; one without a width says nothing of a factor on it."""
    y, yhat = np.array([4.0, 10.0, 18.0, 11.0, 10.0]), np.full(5, 10.0)
    low, high = np.array([7.0, 7.0, 7.0, 10.0, 10.0]), np.array([14.0, 14.0, 14.0, 10.0, 10.0])
    np.testing.assert_array_equal(conformity(y, yhat, low, high), [2, 0, 2, np.nan, np.nan])


@pytest.mark.parametrize(("coverage", "least"), [(0.5, LEAST), (0.95, LEAST), (0.98, 49)])
def test_adaptive_factor_needs_enough_points(coverage: float, least: int) -> None:
    """No number of series makes up for too few points in time."""
    assert least_times(coverage) == least
    scores = [np.ones(500)] * least
    known = np.arange(least)
    assert adaptive_factor(scores[1:], known[1:], coverage) is None
    assert adaptive_factor(scores, known, coverage) == 1.0


def test_adaptive_factor_is_the_conformal_quantile_before_any_feedback() -> None:
    """Of n scores the ceil((n + 1) * coverage)-th, as long as no forecast knew of another."""
    scores = rng.exponential(size=WINDOW)
    found = adaptive_factor([np.array([one]) for one in scores], np.zeros(WINDOW, int), 0.8)
    assert found == np.sort(scores)[int(np.ceil((WINDOW + 1) * 0.8)) - 1]


@pytest.mark.parametrize(("change", "ahead"), [(3.0, 1), (3.0, 6), (1 / 3, 1)])
def test_adaptive_factor_brings_coverage_back(change: float, ahead: int) -> None:
    """After errors have changed, plain 80 % intervals cover 33 or 100 %, these 80 % in all."""
    times, series, begins = 220, 20, 100
    spread = np.where(np.arange(times) < begins, 1.0, change)
    scores = np.abs(rng.normal(size=(times, series)) * spread[:, None]) / 1.2816
    known = np.maximum(np.arange(times) - ahead + 1, 0)
    covered = []
    for at in range(begins, times, 4):
        past = list(scores[: known[at]])
        factor = adaptive_factor(past, known[: known[at]], 0.8)
        assert factor is not None
        covered.append((scores[at] <= factor).mean())
    plain = (scores[begins:] <= 1).mean()
    assert abs(plain - 0.8) > 0.15
    assert np.mean(covered) == pytest.approx(0.8, abs=0.06)


def test_adaptive_factor_leaves_good_intervals_alone() -> None:
    """Where intervals cover what they say, the factor stays near 1."""
    scores = list(np.abs(rng.normal(size=(150, 20))) / 1.2816)
    factor = adaptive_factor(scores, np.arange(150), 0.8)
    assert factor == pytest.approx(1, abs=0.15)
