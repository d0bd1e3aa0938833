"""Rules of forecast.network.gru."""

import pytest
import torch
from torch import Tensor, nn

from forecast.network.gru import GRU


def gradients(cell: nn.GRU, inputs: Tensor, weights: Tensor) -> list[Tensor]:
    """Give the states, and the gradients of a sum of them by parameters and inputs."""
    inputs = inputs.clone().requires_grad_()
    states, last = cell(inputs)
    (states * weights).sum().backward()
    every = [one.grad for one in (*cell.parameters(), inputs) if one.grad is not None]
    return [states.detach(), last.detach(), *every]


@pytest.mark.parametrize("steps", [1, 7])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2}, {"bidirectional": True}])
@pytest.mark.parametrize("training", [True, False])
def test_gru_equals_torch(training: bool, options: dict[str, int], steps: int) -> None:
    """States and all gradients are those of torch's cell, in training and afterwards."""
    torch.manual_seed(0)
    mine, theirs = (one(5, 4, batch_first=True, **options).double() for one in (GRU, nn.GRU))
    mine.load_state_dict(theirs.state_dict())
    inputs = torch.randn(3, steps, 5, dtype=torch.float64)
    weights = torch.randn(theirs(inputs)[0].shape, dtype=torch.float64)
    found = gradients(mine.train(training), inputs, weights)
    expected = gradients(theirs.train(training), inputs, weights)
    for one, two in zip(found, expected, strict=True):
        torch.testing.assert_close(one, two)
