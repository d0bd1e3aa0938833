"""The training loop: it learns, repeats, keeps time, and refuses what diverged."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from forecast.errors import TrainingError
from forecast.network.answer import combine
from forecast.network.features import extract
from forecast.network.geometry import Geometry
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows
from forecast.panel import Panel
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.training.learner import update_average
from forecast.training.loop import History, pinball_loss, train
from forecast.training.practice import look
from forecast.training.run import Run
from tests import reference

LEVELS = (0.1, 0.5, 0.9)
GEOMETRY = Geometry(4, 3, 1, 4, (4,), 3)


def sines() -> Panel:
    """Three series whose season no base knows: its length is no whole number of segments."""
    steps = np.arange(80)
    target = np.concatenate([np.sin(steps * 2 * np.pi / 5.3 + phase) for phase in (0, 1, 2)])
    return Panel(("a", "b", "c"), np.array([0, 80, 160, 240]), np.tile(steps, 3), target, "1")


def fitted(seed: int = 0, **settings: Any) -> tuple[SegmentNetwork, History]:
    torch.manual_seed(seed)
    network = SegmentNetwork(RecurrentSpec(hidden=16, dropout=0.0), GEOMETRY, len(LEVELS))
    chosen = {"steps": 60, "batch": 16, "learning_rate": 1e-2, "seed": seed, "averaging": 0.9}
    seconds = settings.pop("seconds", math.inf)
    spec = TrainSpec.from_dict({**chosen, **settings})
    history = train(
        network, Windows.of(sines(), 3), spec, levels=LEVELS, stage=Run().stage("network", seconds)
    )
    return network, history


def loss(network: SegmentNetwork, window: torch.Tensor) -> torch.Tensor:
    """Loss of all ends of some windows."""
    batch = look(window, network, GEOMETRY, GEOMETRY.segments)
    return pinball_loss(network, batch, GEOMETRY, LEVELS)


def test_train_lowers_the_loss() -> None:
    """On plain sines the loss at the end is less than half of that at the start."""
    _, history = fitted()
    assert (len(history.losses), len(history.gradient_norms), history.steps) == (10, 10, 60)
    assert history.losses[-1] < 0.5 * history.losses[0]
    assert all(norm > 0 for norm in history.gradient_norms)


def test_train_repeats_to_the_byte() -> None:
    """The same seed gives the same weights, another seed others."""
    first, same, other = (fitted(seed, steps=5)[0].state_dict() for seed in (1, 1, 2))
    for name, weights in first.items():
        assert weights.numpy().tobytes() == same[name].numpy().tobytes(), name
    assert any(not torch.equal(weights, other[name]) for name, weights in first.items())


def test_train_stops_in_time() -> None:
    """A time limit ends training early and keeps what was reached."""
    network, history = fitted(steps=100_000, seconds=1.0)
    assert 0 < history.steps < 100_000
    assert all(torch.isfinite(weights).all() for weights in network.parameters())


def test_train_refuses_to_end_before_the_first_step() -> None:
    """No step at all is an error that names the flag."""
    with pytest.raises(TrainingError, match="no training step fitted into the time") as caught:
        fitted(seconds=-1.0)
    assert caught.value.fix == "raise --max-seconds"


def test_train_refuses_a_loss_that_is_not_finite() -> None:
    """A diverged network is never returned."""
    with pytest.raises(TrainingError, match="the loss is not finite") as caught:
        fitted(steps=20, learning_rate=1e30)
    assert caught.value.fix == "lower --learning-rate"


def test_train_wants_its_settings_chosen() -> None:
    """Open settings are filled in before training, not in it."""
    network = SegmentNetwork(RecurrentSpec(hidden=4), GEOMETRY, len(LEVELS))
    with pytest.raises(TrainingError, match="must be chosen before training"):
        train(network, Windows.of(sines(), 3), TrainSpec(), levels=LEVELS)


def test_train_reports_every_step() -> None:
    """Steps count from one; training ends where it is told to."""
    network = SegmentNetwork(RecurrentSpec(hidden=4), GEOMETRY, len(LEVELS))
    seen: list[int] = []
    spec = TrainSpec(steps=9, batch=4, learning_rate=1e-3)

    def watch(average: SegmentNetwork, step: int) -> bool:
        seen.append(step)
        return step == 3

    history = train(network, Windows.of(sines(), 3), spec, levels=LEVELS, watch=watch)
    assert seen == [1, 2, 3]
    assert history.steps == 3
    assert not network.training


def test_pinball_loss_equals_the_slow_loop() -> None:
    """Twice the pinball loss of every known step after every end, midway to the end's noise."""
    torch.manual_seed(0)
    network = SegmentNetwork(RecurrentSpec(hidden=4, dropout=0.0), GEOMETRY, len(LEVELS)).eval()
    window = torch.randn(3, GEOMETRY.past + GEOMETRY.future)
    window[0, -2:] = torch.nan
    window[1, 5:9] = torch.nan
    found = loss(network, window)

    features = extract(window[:, : GEOMETRY.past], GEOMETRY, 3, torch)
    gates, correction = network(features.inputs, features.outlook)
    forecast = combine(features, gates, correction, GEOMETRY, torch).detach().numpy()
    truth: list[float] = []
    said: list[list[float]] = []
    for row, end in np.ndindex(3, 3):
        first = (GEOMETRY.before + end + 1) * GEOMETRY.segment
        level, scale = features.level[row, end], features.scale[row, end]
        unit = features.noise[row, end].sqrt()
        ahead = (window[row, first : first + GEOMETRY.future] - level) / scale
        truth += (ahead / unit).tolist()
        said += (forecast[:, row, end].T / float(unit)).tolist()
    expected = reference.slow_pinball(truth, said, list(LEVELS))
    assert float(found.detach()) == pytest.approx(expected, rel=1e-5)


def test_train_leaves_the_linear_map_as_it_was_solved_for() -> None:
    """The loss sees the map, no step changes it."""
    torch.manual_seed(0)
    spec = RecurrentSpec(hidden=4, linear=True, lags=12)
    network = SegmentNetwork(spec, GEOMETRY, len(LEVELS))
    window = torch.randn(3, GEOMETRY.past + GEOMETRY.future)
    without = loss(network, window)
    assert network.linear is not None
    network.linear.copy_(torch.randn(network.linear.shape))
    assert not torch.isclose(loss(network, window), without, rtol=0.01)
    before = network.linear.clone()
    chosen = TrainSpec(steps=3, batch=8, learning_rate=1e-2)
    train(network, Windows.of(sines(), 3), chosen, levels=LEVELS)
    assert torch.equal(network.linear, before)


def test_update_average_moves_towards_the_current_weights() -> None:
    """The average keeps its share of itself and takes the rest from the network."""
    average, network = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    expected = 0.9 * average.weight.detach() + 0.1 * network.weight.detach()
    update_average([*average.parameters()], [*network.parameters()], 0.9)
    np.testing.assert_allclose(average.weight.detach().numpy(), expected.numpy(), rtol=1e-6)
