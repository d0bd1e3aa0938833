"""The linear map equals a slow regression, and knows what is linear exactly."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.geometry import Geometry
from forecast.panel import Panel, Series
from forecast.ridge import LATE, PENALTIES, fit_linear
from forecast.window import Windows

GEOMETRY = Geometry(segment=3, segments=2, ahead=2, phases=3, season=(3,), reach=2)
LAGS, STEPS = 6, 6


def windows_of(*series: NDArray[np.float64]) -> Windows:
    made = [Series(f"s{i}", np.arange(len(y)), y) for i, y in enumerate(series)]
    return Windows.of(Panel.from_series(made, "1"), 3)


def walk(rows: int, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=rows)
    return np.asarray(steps + 0.8 * np.roll(steps, 1) + np.sin(np.arange(rows) * 2 * np.pi / 3))


def slow_pairs(windows: Windows) -> list[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
    """Every whole window by hand: place among those of its series, lags, targets."""
    found = []
    for start, stop in zip(windows.indptr[:-1], windows.indptr[1:], strict=True):
        y = windows.values[start:stop].astype(float)
        for cutoff in range(LAGS, len(y) - STEPS + 1):
            recent = y[cutoff - LAGS : cutoff]
            level = recent[-3:].mean()
            scale = np.abs(recent - recent.mean()).mean()
            x, future = (recent - level) / scale, (y[cutoff : cutoff + STEPS] - level) / scale
            weight = 1 / max(1.0, np.sqrt((x**2).mean()))
            found.append((cutoff - LAGS, x * weight, future * weight))
    return found


def slow_ridge(
    pairs: Sequence[tuple[int, NDArray[np.float64], NDArray[np.float64]]], penalty: float
) -> NDArray[np.float64]:
    """Least squares with one more row for each lag, which asks it to be zero."""
    x, y = (np.array([pair[part] for pair in pairs]) for part in (1, 2))
    ridge = np.sqrt(penalty * (x**2).sum() / LAGS)
    rows = np.concatenate([x, ridge * np.eye(LAGS)])
    targets = np.concatenate([y, np.zeros((LAGS, STEPS))])
    return np.asarray(np.linalg.lstsq(rows, targets, rcond=None)[0])


@pytest.mark.parametrize("rows", [60, 200])
def test_fit_linear_equals_the_slow_regression(rows: int) -> None:
    """Lags and targets in window units; the penalty that does best on the latest windows."""
    windows = windows_of(walk(rows))
    pairs = slow_pairs(windows)
    border = (1 - LATE) * len(pairs)
    early = [pair for pair in pairs if pair[0] < border - STEPS]
    late = [pair for pair in pairs if pair[0] >= border]

    def error(penalty: float) -> float:
        weights = slow_ridge(early, penalty)
        return float(sum(((x @ weights - y) ** 2).sum() for _, x, y in late))

    expected = slow_ridge(pairs, min(PENALTIES, key=error))
    np.testing.assert_allclose(fit_linear(windows, GEOMETRY), expected, rtol=1e-4, atol=1e-5)


def test_fit_linear_learns_from_every_series() -> None:
    """Windows never reach from one series into the next."""
    windows = windows_of(walk(40), walk(50, seed=1), walk(11, seed=2), walk(4, seed=3))
    pairs = slow_pairs(windows)
    fits = [slow_ridge(pairs, penalty) for penalty in PENALTIES]
    found = fit_linear(windows, GEOMETRY)
    assert len(pairs) == 29 + 39 + 0 + 0
    assert min(float(np.abs(found - fit).max()) for fit in fits) < 1e-5


def test_fit_linear_continues_a_season_exactly() -> None:
    """What repeats itself is a linear map of its lags, up to the penalty."""
    season = np.tile([1.0, 5.0, 3.0], 100)
    weights = fit_linear(windows_of(season), GEOMETRY)
    unit = (season[:LAGS] - 3) / np.abs(season[:LAGS] - 3).mean()
    np.testing.assert_allclose(unit @ weights, unit, atol=0.02)


def test_fit_linear_ignores_the_unit_of_a_series() -> None:
    """Metres or feet, above sea level or below: the same map."""
    y = walk(150)
    found = fit_linear(windows_of(1000 + 3.28 * y), GEOMETRY)
    np.testing.assert_allclose(found, fit_linear(windows_of(y), GEOMETRY), rtol=1e-3, atol=1e-4)


def test_fit_linear_bears_missing_values() -> None:
    """A window with a missing target is left out, a missing lag stands at the level."""
    y = walk(300)
    holes = y.copy()
    holes[100:109] = np.nan
    found, whole = (fit_linear(windows_of(one), GEOMETRY) for one in (holes, y))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, whole, atol=0.15)


def test_fit_linear_bears_a_constant_and_a_typing_error() -> None:
    """One value a million times too large does not rule the map."""
    y = walk(400)
    wrong = y.copy()
    wrong[350] = 1e6
    assert np.isfinite(fit_linear(windows_of(np.full(50, 7.0)), GEOMETRY)).all()
    found = fit_linear(windows_of(wrong), GEOMETRY)
    assert np.abs(found).max() < 3


def test_fit_linear_without_a_whole_window_is_zero() -> None:
    """Then the map says the level, which it takes the place of."""
    found = fit_linear(windows_of(walk(11)), GEOMETRY)
    assert found.shape == (LAGS, STEPS)
    assert not found.any()
