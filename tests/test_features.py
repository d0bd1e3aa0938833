"""Features equal slow loops, agree between torch and NumPy, and see no future."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from forecast.network.features import LARGEST_INPUT, Features, extract, upside_down, with_linear
from forecast.network.geometry import BASES, CALENDAR, TRIED, Geometry
from tests import reference

GEOMETRIES = {
    "two seasons": Geometry(4, 3, 2, 4, (4, 8), 2, unit="noise"),
    "one season": Geometry(6, 4, 2, 6, (6,), 4),
    "phases": Geometry(6, 3, 2, 4, (6,), 3),
    "long season": Geometry(3, 4, 3, 3, (12,), 2),
    "no season": Geometry(1, 6, 4, 1, (1,), 5, unit="noise"),
}
NAMES = ("inputs", "outlook", "bases", "slope", "level", "scale", "noise", "rows")


def windows(geometry: Geometry, count: int = 6) -> NDArray[np.float64]:
    """Random walks: whole, with gaps, beginning late, and with an empty segment."""
    rng = np.random.default_rng(0)
    past = rng.normal(size=(count, geometry.past)).cumsum(1)
    past[1][rng.random(geometry.past) < 0.3] = np.nan
    past[2, : geometry.past // 2] = np.nan
    past[3, -2 * geometry.segment : -geometry.segment] = np.nan
    past[4, -geometry.segment :] = np.nan
    return past


def as_numpy(features: Features) -> dict[str, NDArray[Any]]:
    return {name: np.asarray(getattr(features, name)) for name in NAMES}


@pytest.mark.parametrize("name", GEOMETRIES)
def test_extract_equals_the_slow_loop(name: str) -> None:
    """Level, scale, bases and slope of every end are what a loop over values gives."""
    g = GEOMETRIES[name]
    past = windows(g)
    found = as_numpy(extract(past, g, g.segments, np))
    for row, end in np.ndindex(len(past), g.segments):
        slow = reference.slow_features(past[row].tolist(), g, end)
        assert found["level"][row, end] == pytest.approx(slow["level"][0])
        assert found["scale"][row, end] == pytest.approx(slow["scale"][0])
        assert [found["slope"][row, end]] == pytest.approx(slow["slope"])
        for base, place in zip(BASES, range(len(BASES)), strict=True):
            key = "flat" if base == "level" else base
            assert found["bases"][row, end, place].tolist() == pytest.approx(slow[key]), base


@pytest.mark.parametrize("name", GEOMETRIES)
def test_upside_down_is_what_negated_values_give(name: str) -> None:
    """Mirrored features are those of the mirrored windows, to the bit."""
    g = GEOMETRIES[name]
    past = windows(g).astype(np.float32)
    found = as_numpy(upside_down(extract(past, g, 1, np), g))
    for part, expected in as_numpy(extract(-past, g, 1, np)).items():
        np.testing.assert_array_equal(found[part], expected, part)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_extract_agrees_between_torch_and_numpy(name: str) -> None:
    """Training and prediction see the same numbers in single precision."""
    g = GEOMETRIES[name]
    past = windows(g).astype(np.float32)
    in_numpy = as_numpy(extract(past, g, g.segments, np))
    in_torch = as_numpy(extract(torch.as_tensor(past), g, g.segments, torch))
    for key in NAMES:
        np.testing.assert_allclose(in_torch[key], in_numpy[key], rtol=2e-6, atol=2e-6, err_msg=key)
        assert in_torch[key].dtype == in_numpy[key].dtype == np.float32


@pytest.mark.parametrize("name", GEOMETRIES)
def test_extract_sees_nothing_after_an_end(name: str) -> None:
    """Changing the last segment changes no byte of what earlier ends say."""
    g = GEOMETRIES[name]
    past = windows(g)
    changed = past.copy()
    changed[:, -g.segment :] = 1e3
    before, after = (as_numpy(extract(one, g, g.segments, np)) for one in (past, changed))
    for key in NAMES:
        assert before[key][:, :-1].tobytes() == after[key][:, :-1].tobytes(), key
    assert (before["level"][:, -1] != after["level"][:, -1]).all()


@pytest.mark.parametrize("name", GEOMETRIES)
def test_extract_ignores_shift_and_scale(name: str) -> None:
    """The network sees the same inputs whatever the unit and origin of a series."""
    g = GEOMETRIES[name]
    past = windows(g)
    found, moved = (as_numpy(extract(one, g, 1, np)) for one in (past, 50 * past - 7000))
    for key in ("inputs", "outlook", "bases", "slope", "noise", "rows"):
        np.testing.assert_allclose(moved[key], found[key], atol=1e-9, err_msg=key)
    np.testing.assert_allclose(moved["level"], 50 * found["level"] - 7000)
    np.testing.assert_allclose(moved["scale"], 50 * found["scale"])


def test_extract_masks_what_is_missing() -> None:
    """A missing value is a zero whose mask is zero, and counts in no mean."""
    g = GEOMETRIES["one season"]
    past = windows(g, 5)[:1]
    past[0, -2] = np.nan
    inputs = extract(past, g, 1, np).inputs[0, -1]
    assert inputs[4] == 0
    assert inputs[6:12].tolist() == [1, 1, 1, 1, 0, 1]
    assert extract(past, g, 1, np).level[0, 0] == pytest.approx(np.nanmean(past[0, -6:]))


def test_extract_is_finite_without_any_value() -> None:
    """An empty window gives zeros and says that nothing was observed."""
    g = GEOMETRIES["two seasons"]
    found = as_numpy(extract(np.full((1, g.past), np.nan), g, g.segments, np))
    assert all(np.isfinite(values).all() for values in found.values())
    assert (found["rows"] == 0).all()


def test_extract_cuts_outliers() -> None:
    """One wild value cannot give an input beyond the limit."""
    g = Geometry(4, 3, 1, 4, (4,), 3)
    past = windows(g, 5)[:1]
    past[0, -1] = 1e9
    assert np.abs(extract(past, g, 1, np).inputs).max() <= LARGEST_INPUT


def test_extract_takes_the_series_as_standardised() -> None:
    """With the level of the series, each end is centred on zero in steps of one."""
    g = Geometry(4, 3, 1, 4, (4,), 3, level="series")
    found = extract(windows(g), g, 2, np)
    assert (found.level == 0).all()
    assert (found.scale == 1).all()


def test_extract_tells_which_forecast_was_right() -> None:
    """On a season that rises along a line, only what repeats it with its rise had no error."""
    g = Geometry(4, 6, 1, 4, (4,), 4)
    step = np.arange(g.past)
    past = (0.5 * step + np.array([3.0, -1.0, 0.5, 2.0])[step % 4])[None]
    errors = extract(past, g, 1, np).inputs[0, :, -len(CALENDAR) - len(TRIED) : -len(CALENDAR)]
    rising = "short season with drift", "trend line", "rising profile"
    right = [TRIED.index(name) for name in rising]
    right += [TRIED.index("shifted short season"), TRIED.index("shifted long season")]
    assert np.allclose(errors[:, right], np.log(0.01))
    assert (np.delete(errors, right, 1) > np.log(0.02)).all()


@pytest.mark.parametrize("name", ["two seasons", "no season"])
def test_extract_takes_the_least_error_in_reach_as_noise(name: str) -> None:
    """It is the mean of the last errors of the forecast that had the least, in limits."""
    g = GEOMETRIES[name]
    found = extract(windows(g), g, g.segments, np)
    errors = np.exp(found.inputs[:, :, -len(CALENDAR) - len(TRIED) : -len(CALENDAR)]) - 0.01
    for row, end in np.ndindex(found.noise.shape):
        reached = errors[row, max(0, end - g.reach + 1) : end + 1]
        means = [sum(some) / len(some) for some in reached.T.tolist()]
        assert found.noise[row, end] == pytest.approx(min(max(min(means), 0.02), 2.0))
    in_scales = extract(windows(g), replace(g, unit="scale"), g.segments, np)
    assert (in_scales.noise == 1).all()


@pytest.mark.parametrize("name", GEOMETRIES)
def test_with_linear_equals_the_slow_loop(name: str) -> None:
    """The first base of every end is the map of its own lags and its height above the mean.

    Missing lags stand at the level, and a series of unknown mean at its mean.
    """
    g = GEOMETRIES[name]
    past = windows(g).astype(np.float32)
    lags = g.segments * g.segment
    weights = np.random.default_rng(1).normal(size=(lags + 1, g.future)).astype(np.float32)
    mean = np.random.default_rng(2).normal(size=len(past)).astype(np.float32)
    mean[1] = np.nan
    plain = extract(past, g, g.segments, np)
    found = with_linear(plain, past, mean, weights, g, np)
    for row, end in np.ndindex(len(past), g.segments):
        stop = (g.before + end + 1) * g.segment
        height = (plain.level[row, end] - mean[row]) / plain.scale[row, end]
        height = 0.0 if np.isnan(height) else min(max(height, -30.0), 30.0)
        line = [height * weight for weight in weights[-1]]
        for lag in range(lags):
            place = stop - lags + lag
            if place < 0 or np.isnan(past[row, place]):
                continue
            unit = (past[row, place] - plain.level[row, end]) / plain.scale[row, end]
            unit = min(max(unit, -30.0), 30.0)
            line = [total + unit * weights[lag, step] for step, total in enumerate(line)]
        np.testing.assert_allclose(found.bases[row, end, 0], line, rtol=1e-3, atol=1e-3)
    assert np.array_equal(found.bases[:, :, 1:], plain.bases[:, :, 1:])
    rows = torch.as_tensor(past)
    given = rows, torch.as_tensor(mean), torch.as_tensor(weights)
    in_torch = with_linear(extract(rows, g, 2, torch), *given, g, torch)
    np.testing.assert_allclose(in_torch.bases.numpy(), found.bases[:, -2:], rtol=1e-4, atol=1e-3)


def test_with_linear_maps_to_as_many_steps_as_are_wanted() -> None:
    """A shorter horizon takes the first columns."""
    g = GEOMETRIES["one season"]
    past, short = windows(g), Geometry(6, 4, 1, 6, (6,), 4)
    weights, mean = np.random.default_rng(1).normal(size=(25, g.future)), np.zeros(len(past))
    whole = with_linear(extract(past, g, 1, np), past, mean, weights, g, np)
    first = with_linear(extract(past, short, 1, np), past, mean, weights, short, np)
    np.testing.assert_allclose(first.bases[:, :, 0], whole.bases[:, :, 0, :6])


@pytest.mark.parametrize("name", GEOMETRIES)
def test_extract_has_finite_gradients_by_the_values(name: str) -> None:
    """What is missing spoils no slope by what is there: the frame adds up to one value moved."""
    g = GEOMETRIES[name]
    past = torch.tensor(windows(g)[:4], requires_grad=True)
    weights = torch.ones((2 * g.segment + 1, g.future)).double()
    mean = torch.tensor([0.5, -0.5, torch.nan, 0.0]).double()
    features = with_linear(extract(past, g, 1, torch), past, mean, weights, g, torch)
    total = sum(getattr(features, name).sum() for name in NAMES[:-1])
    assert isinstance(total, torch.Tensor)
    total.backward()
    assert past.grad is not None
    assert bool(torch.isfinite(past.grad).all())
