"""Rules of forecast.training.optimiser: torch's AdamW and one-cycle schedule, no compiler."""

import subprocess
import sys

import pytest
import torch

from forecast.training.optimiser import OneCycleAdamW, one_cycle


@pytest.mark.parametrize("steps", [9, 40, 41])
def test_optimiser_moves_as_torchs_own(steps: int) -> None:
    """Parameters take the path of torch.optim.AdamW under torch's OneCycleLR."""
    generator = torch.Generator().manual_seed(0)
    ours = [torch.randn(3, 2, generator=generator), torch.randn(2, generator=generator)]
    theirs = [one.clone() for one in ours]
    optimiser = OneCycleAdamW(ours, 0.01, steps)
    reference = torch.optim.AdamW(theirs, lr=0.01, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        reference, 0.01, total_steps=max(steps + 1, 10), pct_start=0.2
    )
    for _ in range(steps):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn(one.shape, generator=generator)
            other.grad = one.grad.clone()
        optimiser.step()
        reference.step()
        schedule.step()
        for one, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_optimiser_leaves_a_parameter_without_gradient() -> None:
    """What the loss does not depend on neither moves nor decays, as in torch."""
    still, moving = torch.ones(2), torch.ones(2)
    moving.grad = torch.ones(2)
    optimiser = OneCycleAdamW([still, moving], 0.1, 10)
    optimiser.step()
    assert (still == 1).all()
    assert (moving < 1).all()
    assert moving.grad is None


def test_one_cycle_rises_to_its_peak_and_falls() -> None:
    """The rate begins at a 25th, reaches the peak after a fifth, and ends near zero."""
    rates = [one_cycle(step, 100, 2.0)[0] for step in range(100)]
    assert rates[0] == pytest.approx(2 / 25)
    assert max(rates) == rates[19] == pytest.approx(2)
    assert rates[-1] == pytest.approx(8e-6)
    assert sorted(rates[:20]) == rates[:20]
    assert sorted(rates[19:], reverse=True) == rates[19:]


def test_training_does_not_load_the_compiler() -> None:
    """Neither torch's compiler nor scipy's distributions are loaded: each takes a second."""
    code = (
        "import sys\n"
        "from forecast import Forecaster\n"
        "from forecast.spec import TrainSpec\n"
        "Forecaster(training=TrainSpec(steps=2, members=1, max_seconds=60)).fit('data/nile.csv')\n"
        "print([name for name in ('torch._dynamo', 'scipy.stats') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
