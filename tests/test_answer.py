"""The answer of the network is read by its gates, in torch and NumPy alike."""

import numpy as np
import pytest
import torch

from forecast.network.answer import blend, combine, drift, trust
from forecast.network.features import extract
from forecast.network.geometry import BASES, Geometry
from tests import reference
from tests.test_features import GEOMETRIES, windows


@pytest.mark.parametrize("base", range(len(BASES)))
def test_combine_follows_the_gates(base: int) -> None:
    """A gate that is certain gives its base; drift and noises of the correction are added."""
    g = GEOMETRIES["two seasons"]
    features = extract(windows(g), g, 1, np)
    gates = np.full((6, 1, g.ahead, len(BASES) + 1), -100.0)
    gates[..., base], gates[..., -1] = 100.0, 0.0
    quantiles = np.array([-1.0, 0.0, 2.0])
    correction = np.zeros((3, 6, 1, g.ahead, g.phases)) + quantiles[:, None, None, None, None]
    found = combine(features, gates, correction, g, np)
    advance = np.array(reference.slow_advance(g, BASES[base]))
    expected = features.bases[:, :, base] + features.slope[..., None] * advance / 2
    corrected = quantiles[:, None, None, None] * features.noise[..., None]
    np.testing.assert_allclose(found, expected + corrected, atol=1e-9)


@pytest.mark.parametrize("name", ["two seasons", "one season", "no season"])
def test_combine_continues_a_line_with_a_season(name: str) -> None:
    """The last season with all of its drift is exact where a season rises along a line."""
    g = GEOMETRIES[name]
    step = np.arange(g.past + g.future)
    rng = np.random.default_rng(2)
    series = (0.3 * step + rng.normal(size=g.season[0])[step % g.season[0]])[None]
    features = extract(series[:, : g.past], g, 1, np)
    gates = np.full((1, 1, g.ahead, len(BASES) + 1), -100.0)
    gates[..., BASES.index("short season")] = gates[..., -1] = 100.0
    found = combine(features, gates, np.zeros((1, 1, 1, g.ahead, g.phases)), g, np)[0, 0, 0]
    values = features.level[0, 0] + features.scale[0, 0] * found
    np.testing.assert_allclose(values, series[0, g.past :], atol=1e-6)


def test_combine_has_finite_gradients_at_certain_gates() -> None:
    """A share of drift that is certain is learned from no further, not broken off."""
    g = GEOMETRIES["two seasons"]
    past = torch.as_tensor(windows(g), dtype=torch.float32)
    gates = torch.full((6, 1, g.ahead, len(BASES) + 1), -95.0, requires_grad=True)
    correction = torch.zeros(3, 6, 1, g.ahead, g.phases)
    combine(extract(past, g, 1, torch), gates, correction, g, torch).sum().backward()
    assert gates.grad is not None
    assert torch.isfinite(gates.grad).all()


def test_combine_without_bases_is_the_correction() -> None:
    """The textbook network's answer is not blended with anything."""
    g = Geometry(4, 3, 2, 4, (4,), 3, bases=False)
    correction = np.random.default_rng(0).normal(size=(3, 6, 1, 2, 4))
    gates = np.ones((6, 1, 2, len(BASES) + 1))
    found = combine(extract(windows(g), g, 1, np), gates, correction, g, np)
    np.testing.assert_allclose(found, correction.reshape(3, 6, 1, 8))


@pytest.mark.parametrize("name", GEOMETRIES)
def test_blend_is_the_trusted_bases_and_their_drift(name: str) -> None:
    """Gates are read as weights of the bases, summing to one, and a part of the rise."""
    g = GEOMETRIES[name]
    features = extract(windows(g), g, 1, np)
    gates = np.random.default_rng(1).normal(size=(6, 1, g.ahead, len(BASES) + 1))
    choice, share = trust(gates, np)
    np.testing.assert_allclose(choice.sum(-1), 1.0)
    assert ((share > 0) & (share < 1)).all()
    by_step = choice[:, 0].repeat(g.segment, axis=1)  # (B, H, M)
    expected = (by_step * np.moveaxis(features.bases[:, 0], 1, 2)).sum(2)
    expected += drift(features, choice, share, g, np)[:, 0]
    np.testing.assert_allclose(blend(features, gates, g, np)[:, 0], expected)
