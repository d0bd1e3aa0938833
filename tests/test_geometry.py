"""Shape of a window, and resampling that keeps means and order."""

import numpy as np
import pytest

from forecast.network.geometry import CALENDAR, LAST_VALUES, ROUGHNESS, TRIED, Geometry, resampling


@pytest.mark.parametrize(
    ("geometry", "before", "past", "future"),
    [
        (Geometry(24, 14, 2, 24, (24, 168), 8), 8, 528, 48),
        (Geometry(12, 5, 3, 12, (12,), 5), 5, 120, 36),
        (Geometry(5, 6, 1, 5, (365,), 4), 73, 395, 5),
        (Geometry(5, 6, 1, 5, (365,), 4, bases=False), 4, 50, 5),
        (Geometry(1, 12, 8, 1, (1,), 8), 8, 20, 8),
    ],
)
def test_geometry_reaches_back_far_enough(
    geometry: Geometry, before: int, past: int, future: int
) -> None:
    """Before the first step lie the reach, or the longest season where there are bases."""
    assert (geometry.before, geometry.past, geometry.future) == (before, past, future)


def test_geometry_counts_its_inputs() -> None:
    """Values, mask, level changes with mask, last values, roughness, errors and calendar."""
    geometry = Geometry(6, 3, 2, 4, (6,), 3)
    extra = LAST_VALUES + len(ROUGHNESS) + len(TRIED) + len(CALENDAR)
    assert geometry.input_count == 2 * 4 + 2 * 3 + extra
    assert geometry.outlook_count == 8
    assert Geometry(6, 3, 2, 4, (6,), 3, bases=False).outlook_count == 0


@pytest.mark.parametrize(
    ("source", "target"), [(1, 24), (4, 24), (7, 24), (24, 7), (30, 24), (24, 1), (5, 4), (2, 3)]
)
def test_resampling_averages(source: int, target: int) -> None:
    """Each new point is a weighted mean of old ones, so a constant stays one."""
    weights = resampling(source, target)
    assert weights.shape == (source, target)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(0), 1, rtol=1e-6)


@pytest.mark.parametrize("size", [1, 4, 24])
def test_resampling_to_the_same_size_changes_nothing(size: int) -> None:
    """As many phases as lags are the lags themselves."""
    assert (resampling(size, size) == np.eye(size)).all()


@pytest.mark.parametrize(("source", "target"), [(48, 24), (30, 24), (7, 3)])
def test_resampling_to_fewer_points_keeps_the_mean(source: int, target: int) -> None:
    """Every old point weighs the same in all when coarsening."""
    values = np.random.default_rng(0).normal(size=source)
    assert float((values @ resampling(source, target)).mean()) == pytest.approx(values.mean())


def test_resampling_to_more_points_follows_a_line() -> None:
    """Between the middles of old points a straight line stays straight."""
    fine = np.arange(4.0) @ resampling(4, 8)
    assert fine[1:-1].tolist() == pytest.approx([0.25, 0.75, 1.25, 1.75, 2.25, 2.75])
