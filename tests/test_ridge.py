"""The linear map equals a slow regression, and knows what is linear exactly."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.network.geometry import Geometry
from forecast.network.ridge import CLEARLY, LATE, PENALTIES, RETURN, fit_linear
from forecast.network.window import Windows
from forecast.panel import Panel, Series

GEOMETRY = Geometry(segment=3, segments=2, ahead=2, phases=3, season=(3,), reach=2)
LAGS, STEPS = 6, 6


def windows_of(*series: NDArray[np.float64]) -> Windows:
    made = [Series(f"s{i}", np.arange(len(y)), y) for i, y in enumerate(series)]
    return Windows.of(Panel.from_series(made, "1"), 3)


def walk(rows: int, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=rows)
    return np.asarray(steps + 0.8 * np.roll(steps, 1) + np.sin(np.arange(rows) * 2 * np.pi / 3))


def slow_pairs(
    windows: Windows, known: float = 1.0
) -> list[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
    """Every whole window by hand: place among those of its series, lags and height, targets.

    The height is above the mean of the rows before the last windows, or of all.
    """
    found = []
    for start, stop in zip(windows.indptr[:-1], windows.indptr[1:], strict=True):
        y = windows.values[start:stop].astype(float)
        count = len(y) - LAGS - STEPS + 1
        mean = y.mean() if known == 1 else y[: LAGS + math.ceil(known * count)].mean()
        for cutoff in range(LAGS, LAGS + count):
            recent = y[cutoff - LAGS : cutoff]
            level = recent[-3:].mean()
            scale = np.abs(recent - recent.mean()).mean()
            x, future = (recent - level) / scale, (y[cutoff : cutoff + STEPS] - level) / scale
            height = (level - mean) / scale
            weight = 1 / max(1.0, np.sqrt((x**2).mean()), abs(height))
            found.append((cutoff - LAGS, np.append(x, height) * weight, future * weight))
    return found


def slow_ridge(
    x: NDArray[np.float64], y: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """Least squares with one more row for each lag, which asks it to be zero."""
    ridge = np.sqrt(penalty * (x**2).sum() / LAGS)
    rows = np.concatenate([x, ridge * np.eye(LAGS)])
    targets = np.concatenate([y, np.zeros((LAGS, STEPS))])
    return np.asarray(np.linalg.lstsq(rows, targets, rcond=None)[0])


def slow_map(
    pairs: Sequence[tuple[int, NDArray[np.float64], NDArray[np.float64]]],
    penalty: float,
    returning: float,
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Regress around the level, and around the mean; forecast with a part of each."""
    read, y = (np.array([pair[part] for pair in pairs]) for part in (1, 2))
    lags, height = read[:, :-1], read[:, -1:]
    level = slow_ridge(lags, y, penalty)
    mean = slow_ridge(lags + height, y + height, penalty)

    def forecast(read: NDArray[np.float64]) -> NDArray[np.float64]:
        lags, height = read[:-1], read[-1]
        back = (lags + height) @ mean - height
        return np.asarray((1 - returning) * (lags @ level) + returning * back)

    return forecast


@pytest.mark.parametrize(("rows", "rise"), [(60, 0.0), (200, 0.0), (200, 0.1), (500, 0.0)])
def test_fit_linear_equals_the_slow_regression(rows: int, rise: float) -> None:
    """Lags and targets in window units; what does best on the latest windows."""
    windows = windows_of(walk(rows) + rise * np.arange(rows))
    pairs = slow_pairs(windows, 1 - LATE)
    border = (1 - LATE) * len(pairs)
    early = [pair for pair in pairs if pair[0] < border - STEPS]
    late = [pair for pair in pairs if pair[0] >= border]

    def error(penalty: float, returning: float) -> float:
        forecast = slow_map(early, penalty, returning)
        return float(sum(((forecast(read) - y) ** 2).sum() for _, read, y in late))

    whole = slow_pairs(windows)
    alone, half = (min((error(one, part), one) for one in PENALTIES) for part in (0.0, RETURN))
    chosen = (alone[1], 0.0) if alone[0] < CLEARLY * half[0] else (half[1], RETURN)
    expected = slow_map(whole, *chosen)
    found = fit_linear(windows, GEOMETRY)
    for _, read, _ in whole[::7]:
        np.testing.assert_allclose(read @ found, expected(read), rtol=1e-4, atol=1e-5)


def test_fit_linear_returns_to_the_mean_of_what_comes_back() -> None:
    """What swings around its mean returns there; what never does goes on from where it is."""
    steps = np.random.default_rng(0).normal(size=(4, 800))
    away, back = np.cumsum(steps, 1), steps.copy()
    for row in range(1, 800):
        back[:, row] += 0.9 * back[:, row - 1]
    pulled, free = (fit_linear(windows_of(*some), GEOMETRY)[-1, -1] for some in (back, away))
    assert pulled < -0.2
    assert abs(free) < 0.05


def test_fit_linear_goes_on_from_the_level_where_a_series_rises() -> None:
    """It does not fall back to a mean that it has left behind for good."""
    weights = fit_linear(windows_of(walk(300) + 0.2 * np.arange(300)), GEOMETRY)
    assert not weights[-1].any()


def test_fit_linear_learns_from_every_series() -> None:
    """Windows never reach from one series into the next."""
    windows = windows_of(walk(40), walk(50, seed=1), walk(11, seed=2), walk(4, seed=3))
    pairs = slow_pairs(windows)
    fits = [slow_map(pairs, one, part) for one in PENALTIES for part in (0.0, RETURN)]
    found = fit_linear(windows, GEOMETRY)
    assert len(pairs) == 29 + 39 + 0 + 0
    read = np.array([pair[1] for pair in pairs])
    off = [np.abs(read @ found - [fit(one) for one in read]).max() for fit in fits]
    assert min(off) < 1e-5


def test_fit_linear_continues_a_season_exactly() -> None:
    """What repeats itself is a linear map of its lags, up to the penalty."""
    season = np.tile([1.0, 5.0, 3.0], 100)
    weights = fit_linear(windows_of(season), GEOMETRY)
    unit = (season[:LAGS] - 3) / np.abs(season[:LAGS] - 3).mean()
    np.testing.assert_allclose(unit @ weights[:LAGS], unit, atol=0.02)


def test_fit_linear_ignores_the_unit_of_a_series() -> None:
    """Metres or feet, above sea level or below: the same map."""
    y = walk(150)
    found = fit_linear(windows_of(1000 + 3.28 * y), GEOMETRY)
    np.testing.assert_allclose(found, fit_linear(windows_of(y), GEOMETRY), rtol=1e-3, atol=1e-4)


def test_fit_linear_bears_missing_values() -> None:
    """A window with a missing target is left out, a missing lag stands at the level."""
    y = walk(3000)
    holes = y.copy()
    holes[100:109] = np.nan
    read = np.array([pair[1] for pair in slow_pairs(windows_of(y))])
    found, whole = (read @ fit_linear(windows_of(one), GEOMETRY) for one in (holes, y))
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
    assert found.shape == (LAGS + 1, STEPS)
    assert not found.any()
