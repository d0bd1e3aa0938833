import numpy as np

from forecast.models.widen import widen, widening


def test_widening_vanishes_with_length() -> None:
    """A long history leaves a model's own spread nearly as it is."""
    assert widening(4, 100_000, 10).max() < 1.001
    assert (np.diff(widening(4, 20, 10)) > 0).all()


def test_widening_is_finite_without_values() -> None:
    """No values at all still give a factor."""
    assert np.isfinite(widening(4, 0, 3)).all()


def test_widen_moves_away_from_the_middle() -> None:
    """Each step has its own factor, and the middle stays."""
    quantiles = np.array([[1.0, 2.0, 4.0], [1.0, 2.0, 4.0]])
    found = widen(quantiles, np.array([2.0, 2.0]), np.array([1.0, 2.0]))
    assert found.tolist() == [[1, 2, 4], [0, 2, 6]]
