"""The orthogonal steps of matrices."""

import pytest
import torch

from forecast.pretrain.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(1, 40, 24), (1, 24, 40), (3, 32, 32)])
def test_orthogonal_keeps_the_vectors_and_evens_the_values(shape: tuple[int, int, int]) -> None:
    """Beside a singular value decomposition: the same vectors, values near one."""
    blocks = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
    left, values, right = torch.linalg.svd(blocks, full_matrices=False)
    inside = left.mT @ orthogonal(blocks) @ right.mT
    evened = inside.diagonal(dim1=1, dim2=2)
    torch.testing.assert_close(inside, torch.diag_embed(evened), rtol=0, atol=1e-4)
    large = values > 0.02 * values.norm(dim=1, keepdim=True)
    assert ((evened > 0.65) & (evened < 1.25))[large].all()


def test_orthogonal_of_nothing_is_nothing() -> None:
    """A matrix whose gradient is zero stays where it is."""
    assert not orthogonal(torch.zeros(2, 5, 4)).any()


def test_step_moves_each_gate_alike() -> None:
    """Gates above each other are stepped one by one, each as far as the rate says."""
    generator = torch.Generator().manual_seed(1)
    gates = torch.zeros(3 * 16, 48)
    gates.grad = torch.randn(3 * 16, 48, generator=generator)
    gates.grad[:16] *= 1000  # would drown the others in one matrix
    muon = Muon([gates], rows=16, momentum=0.8, weight_decay=0.0)
    muon.step(0.01)
    for gate, gradient in zip(gates.split(16), gates.grad.split(16), strict=True):
        assert float(gate.square().mean().sqrt()) == pytest.approx(0.01, rel=0.25)
        assert float((gate * gradient).sum()) < 0


def test_step_decays_and_forgets() -> None:
    """Weights shrink by rate and decay; the mean gradient by momentum."""
    matrix = torch.ones(8, 8)
    matrix.grad = torch.zeros(8, 8)
    muon = Muon([matrix], rows=8, momentum=0.5, weight_decay=0.1)
    muon.step(0.01)
    torch.testing.assert_close(matrix, torch.full((8, 8), 0.999))
    matrix.grad = torch.ones(8, 8)
    muon.step(0.0)
    torch.testing.assert_close(muon.state()["0"], torch.full((8, 8), 0.5))
