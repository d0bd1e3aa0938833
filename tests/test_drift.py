"""Drift: found where there is some, and seldom where there is none."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from forecast.ledger.drift import SIGNIFICANCE, WINDOW, Surprises, find_drift, mean_above_zero

rng = np.random.default_rng(0)


def nightly(errors: np.ndarray, horizon: int, wider: float = 1.0) -> Surprises:
    """Forecasts of a random walk of errors from every night, each as wide as the walk goes."""
    nights = len(errors) - horizon
    cutoffs, steps = (one.ravel() for one in np.mgrid[:nights, 1 : horizon + 1])
    walk = np.append(0.0, np.cumsum(errors))
    absolute = np.abs(walk[cutoffs + steps] - walk[cutoffs])
    deviation = np.sqrt(steps) / wider
    expected = deviation * math.sqrt(2 / math.pi)
    misses = (absolute > 1.2816 * deviation) - 0.2
    ones = np.ones(len(steps))
    return Surprises(steps, cutoffs + steps, ones, ones, absolute, expected, misses)


def test_mean_above_zero_is_the_t_test() -> None:
    """The p-value is the one that SciPy gives."""
    values = rng.normal(0.3, 1, 8)
    expected = ttest_1samp(values, 0, alternative="greater").pvalue
    assert mean_above_zero(values) == pytest.approx(expected)
    assert (mean_above_zero(np.ones(4)), mean_above_zero(np.zeros(4))) == (0.0, 1.0)


@pytest.mark.parametrize("horizon", [1, 12])
def test_find_drift_keeps_its_size(horizon: int) -> None:
    """Overlapping forecasts as good as promised are seldom called drift."""
    found = [find_drift(nightly(rng.normal(size=200), horizon)) for _ in range(300)]
    assert all(one.is_tested for one in found)
    assert sum(one.is_drift for one in found) <= 3 * SIGNIFICANCE * 300
    assert abs(np.mean([one.excess for one in found])) < 0.1


def test_find_drift_finds_a_change() -> None:
    """Errors twice as large as promised are found within the window, however good years before."""
    change = np.append(rng.normal(size=1000), 2 * rng.normal(size=WINDOW))
    found = find_drift(nightly(change, 7))
    assert found.is_drift
    assert 0.5 < found.excess < 1.6
    assert found.times <= WINDOW


def test_find_drift_finds_narrow_intervals() -> None:
    """Errors as promised, but more values outside than there should be, are drift, too."""
    plain = nightly(rng.normal(size=120), 1)
    many = Surprises(**{**vars(plain), "misses": plain.misses + 0.3, "errors": plain.promised})
    assert find_drift(many).is_drift
    assert find_drift(many).excess == 0


def test_find_drift_says_when_it_cannot_tell() -> None:
    """One forecast, or three nights, are too little; nothing at all is, too."""
    for nights in (0, 1, 3):
        found = find_drift(nightly(rng.normal(size=nights + 12), 12))
        few = find_drift(nightly(np.ones(nights + 1), 1))
        assert not found.is_tested
        assert not found.is_drift
        assert few.is_tested is False
    assert math.isnan(find_drift(nightly(np.ones(12), 12)).excess)
