"""Rules of forecast.training.device: where networks train, and that all of a step is there."""

import numpy as np
import pytest
import torch

from forecast.errors import DependencyError, TrainingError
from forecast.models.members import train_network
from forecast.network.geometry import Geometry
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows
from forecast.panel import Panel
from forecast.spec import Cell, RecurrentSpec, TrainSpec
from forecast.training import device as devices
from forecast.training.device import choose_device, prepared, random_state, set_random_state
from forecast.training.learner import Learner
from forecast.training.loop import pinball_loss
from forecast.training.practice import Practice

LEVELS = (0.1, 0.5, 0.9)
GEOMETRY = Geometry(4, 3, 1, 4, (4,), 3)
PANEL = Panel(("a", "b"), np.array([0, 30, 60]), np.arange(60), np.sin(np.arange(60.0)), "1")


def test_choose_device_takes_the_processor_where_there_is_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Automatic is the graphics card where one works; what was asked for is never replaced."""
    monkeypatch.setattr(devices, "_trouble", lambda: None)
    assert [choose_device(one) for one in ("auto", "cpu", "cuda")] == ["cuda", "cpu", "cuda"]
    monkeypatch.setattr(devices, "_trouble", lambda: "no graphics card works: driver too old")
    assert [choose_device(one) for one in ("auto", "cpu")] == ["cpu", "cpu"]
    with pytest.raises(DependencyError) as caught:
        choose_device("cuda")
    expected = "device is cuda, but no graphics card works: driver too old"
    assert (caught.value.message, caught.value.fix) == (expected, "--device cpu")


def test_choose_device_tries_the_card_before_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that torch lists but cannot compute on is none; the reason is torch's own."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no kernel image is available\nCompile with TORCH_USE_CUDA_DSA")

    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    monkeypatch.setattr(torch, "ones", fail)
    assert choose_device("auto") == "cpu"
    with pytest.raises(DependencyError, match="works: no kernel image is available\n"):
        choose_device("cuda")


def test_prepared_leaves_torch_as_it_was() -> None:
    """Seed and threads hold inside; outside, the caller's own go on."""
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    drawn = []
    for _ in range(2):
        with prepared(TrainSpec(seed=3, threads=threads + 1, device="cpu")) as device:
            assert (device.type, torch.get_num_threads()) == ("cpu", threads + 1)
            drawn.append(float(torch.rand(())))
    assert drawn[0] == drawn[1]
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads


def test_prepared_names_the_way_out_of_a_full_card() -> None:
    """A card whose memory is too small is an error of the training, not a bug."""
    with pytest.raises(TrainingError) as caught, prepared(TrainSpec(device="cpu")):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
    assert caught.value.fix == "--device cpu"


def test_random_state_goes_on_where_it_was() -> None:
    """What follows a state is drawn again from it."""
    here = torch.device("cpu")
    with prepared(TrainSpec(device="cpu")):
        state = random_state(here)
        first = torch.rand(3)
        set_random_state(state, here)
        assert torch.equal(torch.rand(3), first)


def test_a_step_is_taken_on_the_device_of_the_network() -> None:
    """Values, windows, features, targets, masks, noise and loss are where the weights are.

    The device "meta" has no values, and refuses every operation with what is elsewhere.
    """
    spec = RecurrentSpec(hidden=4, lags=12, linear=True, dropout=0.5)
    network = SegmentNetwork(spec, GEOMETRY, len(LEVELS)).to("meta").train()
    windows = Windows.of(PANEL, 3)
    learner = Learner(network, TrainSpec(steps=2, batch=8, learning_rate=1e-3), windows)
    for draws in (8, 10_000):  # looked at anew; all at once, and kept
        batch = Practice(windows, network, 8, draws).batch(learner.draw(8))
        learner.step(pinball_loss(network, batch, GEOMETRY, LEVELS))
    kept = [*learner.average.parameters(), *learner.optimiser.state().values(), learner.course]
    assert {one.device.type for one in (*kept, batch.target, batch.known)} == {"meta"}


@pytest.mark.gpu
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_a_card_trains_as_the_processor_does(cell: Cell) -> None:
    """Without dropout, the same seed gives the same network but for rounding."""
    spec = RecurrentSpec(
        cell=cell, lags=12, segment=4, season=(4,), horizon=4, hidden=8, dropout=0.0, log=False
    )
    (here, _), (there, history) = (
        train_network(
            PANEL,
            spec,
            TrainSpec(steps=20, batch=8, learning_rate=1e-3, device=device),
        )
        for device in ("cpu", "cuda")
    )
    assert history.steps == 20
    for name, weights in here.weights.items():
        np.testing.assert_allclose(there.weights[name], weights, atol=1e-3, err_msg=name)
