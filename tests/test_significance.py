import numpy as np
import pytest
from scipy import stats

from forecast.evaluation.significance import diebold_mariano, holm, wilcoxon
from tests import reference


@pytest.mark.parametrize("horizon", [1, 4, 12])
def test_diebold_mariano_equals_slow_loop(horizon: int) -> None:
    """The corrected statistic is that of Harvey, Leybourne and Newbold, point by point."""
    rng = np.random.default_rng(horizon)
    first, second = rng.gamma(2.0, size=(2, 36))
    statistic = reference.slow_diebold_mariano(first.tolist(), second.tolist(), horizon)
    expected = 2 * stats.t.sf(abs(statistic), df=35)
    result = diebold_mariano(first, second, horizon)
    assert result.pvalue == pytest.approx(expected)
    assert result.direction == np.sign(statistic)


def test_diebold_mariano_of_equal_losses_finds_nothing() -> None:
    """Two identical models are never different."""
    loss = np.arange(24.0)
    assert diebold_mariano(loss, loss, 12).pvalue == 1
    assert diebold_mariano(loss, loss, 12).direction == 0


def test_diebold_mariano_of_a_constant_difference_is_certain() -> None:
    """A model that is better by the same amount every time is better."""
    result = diebold_mariano(np.ones(24), np.full(24, 2.0), 12)
    assert (result.pvalue, result.direction) == (0, -1)


def test_diebold_mariano_needs_more_than_one_cutoff() -> None:
    """One cutoff, or a missing loss, gives NaN instead of a guess."""
    assert np.isnan(diebold_mariano(np.arange(12.0), np.ones(12), 12).pvalue)
    assert np.isnan(diebold_mariano(np.full(24, np.nan), np.ones(24), 2).pvalue)


def test_wilcoxon_sees_a_consistent_difference() -> None:
    """A small advantage on every series is significant, and its direction is told."""
    rng = np.random.default_rng(0)
    loss = rng.gamma(2.0, size=20)
    result = wilcoxon(loss, loss + 0.01 + 0.001 * rng.random(20))
    assert result.pvalue < 0.001
    assert result.direction == -1


def test_wilcoxon_is_not_decided_by_one_series() -> None:
    """One huge error does not turn the direction that all other series show."""
    first = np.linspace(1, 2, 20)
    second = first + 0.1 + np.linspace(0, 0.01, 20)
    first[0] = 1000
    assert wilcoxon(first, second).direction == -1


def test_wilcoxon_of_ties_and_of_nothing() -> None:
    """Ties find nothing; no series, or a missing loss, cannot be tested."""
    assert wilcoxon(np.ones(9), np.ones(9)).pvalue == 1
    assert np.isnan(wilcoxon(np.empty(0), np.empty(0)).pvalue)
    assert np.isnan(wilcoxon(np.array([1.0, np.nan]), np.ones(2)).pvalue)


def test_holm_equals_slow_loop() -> None:
    """The correction equals the step-down definition, in the order given."""
    pvalues = np.array([0.04, 0.001, 0.9, 0.02, 0.02])
    np.testing.assert_allclose(holm(pvalues), reference.slow_holm(pvalues.tolist()))


def test_holm_leaves_missing_tests_out() -> None:
    """A test that could not be made does not make the others stricter."""
    np.testing.assert_allclose(holm(np.array([0.03, np.nan])), [0.03, np.nan])
