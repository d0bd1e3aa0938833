"""The network: it starts at its bases, its quantiles never cross, its cells are what they say."""

from typing import Any

import numpy as np
import pytest
import torch

from forecast.network.answer import combine
from forecast.network.features import extract
from forecast.network.geometry import BASES, Geometry
from forecast.network.segments import Dropout, SegmentNetwork, SigmoidRNN
from forecast.spec import RecurrentSpec
from tests import reference

GEOMETRY = Geometry(4, 3, 2, 4, (4, 8), 3)


def network_of(seed: int = 0, **settings: Any) -> SegmentNetwork:
    torch.manual_seed(seed)
    spec = RecurrentSpec.from_dict({"hidden": 8, "dropout": 0.0, **settings})
    return SegmentNetwork(spec, GEOMETRY, 5).eval()


def random_past(rows: int = 5) -> torch.Tensor:
    rng = np.random.default_rng(0)
    return torch.as_tensor(rng.normal(size=(rows, GEOMETRY.past)).astype(np.float32))


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_network_starts_as_the_blend_of_its_bases(cell: str) -> None:
    """Untrained, every median is the same weighted mean of naive forecasts, whatever the input."""
    features = extract(random_past(), GEOMETRY, 3, torch)
    gates, correction = network_of(cell=cell)(features.inputs, features.outlook)
    found = combine(features, gates, correction, GEOMETRY, torch)[2]
    weights = np.ones(len(BASES))
    weights[BASES.index("long season")] = np.e
    blend = np.einsum("m,bemh->beh", weights / weights.sum(), features.bases.numpy())
    advance = np.array([reference.slow_advance(GEOMETRY, base) for base in BASES])
    drift = features.slope.numpy()[..., None] * (weights / weights.sum() @ advance)
    expected = blend + drift / (1 + np.exp(2.0))
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_network_with_a_linear_map_starts_with_it() -> None:
    """Untrained, the first base, which is that map, has the blend almost for itself."""
    network = network_of(linear=True, lags=12)
    features = extract(random_past(), GEOMETRY, 3, torch)
    gates, _ = network(features.inputs, features.outlook)
    share = torch.softmax(gates[..., :-1], -1)[..., 0]
    assert float(share.min().detach()) > 0.95
    assert network.linear is not None and network.linear.shape == (13, GEOMETRY.future)
    assert "linear" in network.state_dict()
    assert "linear" not in network_of().state_dict()


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("cell", "nonlinearity"),
    [("rnn", "tanh"), ("rnn", "relu"), ("rnn", "sigmoid"), ("gru", "tanh"), ("lstm", "tanh")],
)
def test_network_quantiles_never_cross(
    cell: str, nonlinearity: str, bidirectional: bool, layers: int
) -> None:
    """Whatever the weights, every cell gives ordered quantiles of the promised shape."""
    network = network_of(
        cell=cell, nonlinearity=nonlinearity, bidirectional=bidirectional, layers=layers
    )
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(torch.randn_like(weights))
    ends = 1 if bidirectional else 3
    features = extract(random_past(), GEOMETRY, ends, torch)
    gates, correction = network(features.inputs, features.outlook)
    assert gates.shape == (5, ends, 2, len(BASES) + 1)
    assert correction.shape == (5, 5, ends, 2, 4)
    assert (correction.diff(dim=0) >= 0).all()


def test_network_reads_the_future_of_no_end() -> None:
    """One direction only: an end's answer is the same whatever comes after it."""
    past = random_past()
    changed = past.clone()
    changed[:, -4:] += 100
    network = network_of()
    with torch.no_grad():
        network.head.weight.normal_()
        answers = []
        for window in (past, changed):
            features = extract(window, GEOMETRY, 3, torch)
            answers.append(network(features.inputs, features.outlook)[1])
    assert torch.equal(answers[0][:, :, :2], answers[1][:, :, :2])
    assert not torch.equal(answers[0][:, :, 2], answers[1][:, :, 2])


def test_network_has_orthogonal_recurrent_weights() -> None:
    """Each gate's recurrent matrix neither stretches nor shrinks the state."""
    stacked = dict(network_of(cell="gru").encoder.named_parameters())["weight_hh_l0"]
    for gate in stacked.detach().split(8):
        np.testing.assert_allclose((gate @ gate.T).numpy(), np.eye(8), atol=1e-5)


def test_network_repeats_with_the_seed() -> None:
    """The same seed starts from the same weights, another from others."""
    first, same, other = (
        network_of(seed).state_dict()["encoder.weight_ih_l0"] for seed in (1, 1, 2)
    )
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def slow_states(cell: SigmoidRNN, inputs: torch.Tensor, name: str) -> list[list[float]]:
    """Run one sequence through the loop with one layer's weights."""
    found = {key.removesuffix(f"_{name}"): one.tolist() for key, one in cell.named_parameters()}
    bias = [a + b for a, b in zip(found["bias_ih"], found["bias_hh"], strict=True)]
    weights = {"input": found["weight_ih"], "hidden": found["weight_hh"]}
    return reference.slow_sigmoid_rnn(inputs.tolist(), weights, bias)


def test_sigmoid_rnn_equals_the_slow_loop() -> None:
    """Every state is the logistic function of the weighted input and the state before."""
    torch.manual_seed(0)
    cell = SigmoidRNN(3, 4, batch_first=True)
    inputs = torch.randn(2, 6, 3)
    states, last = cell(inputs)
    for row in range(2):
        slow = slow_states(cell, inputs[row], "l0")
        np.testing.assert_allclose(states[row].detach().numpy(), slow, rtol=1e-5)
        np.testing.assert_allclose(last[row].detach().numpy(), slow[-1], rtol=1e-5)


def test_sigmoid_rnn_reads_backwards_too() -> None:
    """The second half of a bidirectional state is the cell run from the end."""
    torch.manual_seed(0)
    cell = SigmoidRNN(3, 4, batch_first=True, bidirectional=True)
    inputs = torch.randn(1, 6, 3)
    slow = slow_states(cell, inputs[0].flip(0), "l0_reverse")
    np.testing.assert_allclose(cell(inputs)[0][0, :, 4:].detach().numpy(), slow[::-1], rtol=1e-5)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_dropout_drops_its_share_and_scales_up_the_rest(share: float) -> None:
    """Of a million units about the share is zero, the mean stays, and gradients pass alike."""
    torch.manual_seed(0)
    units = torch.ones(1_000, 1_001, requires_grad=True)
    found = Dropout(share)(units)
    found.sum().backward()
    assert float((found == 0).float().mean()) == pytest.approx(share, abs=0.002)
    assert float(found.detach().mean()) == pytest.approx(1, abs=0.005)
    assert units.grad is not None
    assert torch.equal(units.grad, found.detach())


def test_dropout_leaves_networks_that_forecast_alone() -> None:
    """Only training drops units."""
    units = torch.ones(7)
    assert torch.equal(Dropout(0.5).eval()(units), units)
