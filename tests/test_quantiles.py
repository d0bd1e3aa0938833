"""Rules of forecast.network.quantiles."""

import numpy as np
import pytest
import torch

from forecast.network.quantiles import pinball, spread
from tests import reference

LEVELS = (0.1, 0.3, 0.5, 0.8, 0.9)


def test_spread_adds_distances_outwards() -> None:
    """Each quantile lies a softplus beyond its neighbour nearer the median."""
    raw = torch.tensor([0.5, -1.0, 3.0, 0.0, 2.0])
    distance = np.log1p(np.exp(raw.numpy()))
    expected = [
        3 - distance[1] - distance[0], 3 - distance[1], 3, 3 + distance[3],
        3 + distance[3] + distance[4],
    ]  # fmt: skip
    np.testing.assert_allclose(spread(raw).numpy(), expected, rtol=1e-6)


def test_spread_is_torchs_softplus_and_finite() -> None:
    """Distances are the softplus of what the network says, and end where it says far too much."""
    raw = torch.linspace(-30, 60, 91)
    found = spread(torch.stack([raw, torch.zeros(91), raw]))
    expected = torch.nn.functional.softplus(raw)
    assert torch.allclose(found[2], expected, rtol=1e-5, atol=1e-6)
    assert torch.equal(found[0], -found[2])
    assert torch.isfinite(spread(torch.full((3, 1), 1e4))).all()


def test_pinball_equals_the_slow_loop() -> None:
    """Twice the mean loss over what is known."""
    rng = np.random.default_rng(0)
    target, known = rng.normal(size=(4, 6)), rng.random((4, 6)) < 0.7
    said = np.sort(rng.normal(size=(len(LEVELS), 4, 6)), axis=0)
    found = pinball(torch.tensor(target), torch.tensor(said), torch.tensor(known), LEVELS)
    expected = reference.slow_pinball(
        target[known].tolist(), said[:, known].T.tolist(), list(LEVELS)
    )
    assert float(found) == pytest.approx(expected, rel=1e-9)


def test_pinball_of_nothing_known_is_zero() -> None:
    """A batch without a known target teaches nothing, and breaks nothing."""
    said = torch.zeros(len(LEVELS), 3, requires_grad=True)
    loss = pinball(torch.zeros(3), said, torch.zeros(3, dtype=torch.bool), LEVELS)
    loss.backward()
    assert float(loss.detach()) == 0
    assert said.grad is not None
    assert not said.grad.any()


@pytest.mark.parametrize("seed", range(3))
def test_gradients_equal_finite_differences(seed: int) -> None:
    """The gradients by hand are those of torch's numerical check."""
    generator = torch.Generator().manual_seed(seed)
    raw = torch.randn(len(LEVELS), 2, 3, dtype=torch.float64, generator=generator)
    target = torch.randn(2, 3, dtype=torch.float64, generator=generator)
    known = torch.rand(2, 3, generator=generator) < 0.8
    raw.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(spread, (raw,))
    assert torch.autograd.gradcheck(
        lambda target, said: pinball(target, said, known, LEVELS), (target, raw)
    )
