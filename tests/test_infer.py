"""The network in NumPy gives what the network in torch gives."""

import numpy as np
import pytest
import torch

from forecast.network.features import extract
from forecast.network.geometry import Geometry
from forecast.network.infer import forward
from forecast.network.segments import SegmentNetwork
from forecast.spec import RecurrentSpec

QUANTILES = 5
GEOMETRIES = [
    Geometry(4, 3, 2, 4, (4, 8), 3),
    Geometry(6, 3, 1, 4, (6,), 3, bases=False),
]


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=["bases", "textbook"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("cell", "nonlinearity"),
    [("rnn", "tanh"), ("rnn", "relu"), ("rnn", "sigmoid"), ("gru", "tanh"), ("lstm", "tanh")],
)
def test_forward_equals_torch(
    cell: str, nonlinearity: str, bidirectional: bool, layers: int, geometry: Geometry
) -> None:
    """Every cell, direction and depth agrees within single precision, with random weights."""
    spec = RecurrentSpec.from_dict(
        {
            "cell": cell,
            "nonlinearity": nonlinearity,
            "bidirectional": bidirectional,
            "layers": layers,
            "hidden": 8,
        }
    )
    torch.manual_seed(0)
    network = SegmentNetwork(spec, geometry, QUANTILES).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    past = np.random.default_rng(0).normal(size=(7, geometry.past)).astype(np.float32)
    past[0, :9] = np.nan
    features = extract(past, geometry, 1, np)
    with torch.no_grad():
        expected = network(torch.as_tensor(features.inputs), torch.as_tensor(features.outlook))
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    found = forward(weights, spec, features, geometry.phases)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-5, atol=1e-5)


def test_forward_stays_finite_far_outside() -> None:
    """Saturated gates and very wide quantiles overflow nothing."""
    spec = RecurrentSpec(cell="lstm", hidden=4)
    torch.manual_seed(0)
    network = SegmentNetwork(spec, GEOMETRIES[0], QUANTILES)
    weights = {name: 1e3 * tensor.numpy() for name, tensor in network.state_dict().items()}
    past = np.random.default_rng(0).normal(size=(3, GEOMETRIES[0].past)).astype(np.float32)
    gates, correction = forward(weights, spec, extract(past, GEOMETRIES[0], 1, np), 4)
    assert np.isfinite(gates).all()
    assert np.isfinite(correction).all()
