"""A network on its way: what one optimiser step does, and all that the next depends on.

What is learnt from and for how long is decided in ``forecast.training.loop``.

Letters: B batch.
"""

from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from forecast.files.checkpoint import State
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows
from forecast.spec import TrainSpec
from forecast.training.device import random_state, set_random_state
from forecast.training.optimiser import OneCycleAdamW


class Learner:
    """A network on its way: optimiser, schedule, averaged weights, random numbers.

    Parameters
    ----------
    network : SegmentNetwork
        Changed in place, on the device where its weights are.
    spec : TrainSpec
        Complete.
    windows : Windows

    Attributes
    ----------
    average : SegmentNetwork
        The exponential average of the weights.
    course : Tensor of shape (2, steps)
        Loss and gradient norm of every step.
    """

    def __init__(self, network: SegmentNetwork, spec: TrainSpec, windows: Windows) -> None:
        steps, rate = spec.steps or 0, spec.learning_rate or 0.0
        self.network, self.spec, self.windows = network, spec, windows
        self.rng = np.random.default_rng(spec.seed)
        self.device = network.position.device
        self.optimiser = OneCycleAdamW(list(network.parameters()), rate, steps)
        self.average = deepcopy(network).requires_grad_(False)
        self._averaged: list[Tensor] = list(self.average.parameters())
        # Kept in one block: tensors kept one by one between large ones break up the heap.
        self.course = torch.zeros(2, steps, device=self.device)

    @property
    def taken(self) -> int:
        """Steps taken."""
        return self.optimiser.taken

    def draw(self, batch: int) -> tuple[NDArray[np.int64], ...]:
        """Choose the next batch of windows."""
        return self.windows.draw(batch, self.rng)

    def step(self, loss: Tensor) -> None:
        """Take one step down a loss."""
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.optimiser.parameters, self.spec.clip)
        taken = self.taken
        self.optimiser.step()
        decay = min(self.spec.averaging, (1 + taken) / (10 + taken))
        update_average(self._averaged, self.optimiser.parameters, decay)
        self.course[0, taken], self.course[1, taken] = loss.detach(), norm.detach()

    def conclude(self) -> None:
        """Forget what only further steps need: the state of a finished network is small."""
        self.optimiser.clear()

    def state(self) -> State:
        """Give all that the next step depends on, or the result after the last."""
        tensors = {f"average.{name}": t for name, t in self.average.state_dict().items()}
        moments = self.optimiser.state()
        if moments:
            tensors |= {f"network.{name}": t for name, t in self.network.state_dict().items()}
        tensors |= {f"moments.{name}": t for name, t in moments.items()}
        tensors |= {"course": self.course[:, : self.taken], "random": random_state(self.device)}
        return State(
            {name: tensor.numpy(force=True).copy() for name, tensor in tensors.items()},
            {
                "taken": self.taken,
                "random": self.rng.bit_generator.state,
                "device": self.device.type,
            },
        )

    def restore(self, state: State) -> None:
        """Go on from a state; on another device, with other random numbers."""
        groups: dict[str, dict[str, Tensor]] = {"average": {}, "network": {}, "moments": {}}
        for name, values in state.tensors.items():
            owner, _, rest = name.partition(".")
            if owner in groups:
                groups[owner][rest] = torch.tensor(values)
        self.average.load_state_dict(groups["average"])
        self.network.load_state_dict(groups["network"] or groups["average"])
        if not groups["moments"]:
            self.optimiser.clear()
        self.optimiser.restore(groups["moments"], int(state.facts["taken"]))
        self.rng.bit_generator.state = state.facts["random"]
        self.course[:, : self.taken] = torch.tensor(state.tensors["course"])
        if state.facts["device"] == self.device.type:
            set_random_state(torch.tensor(state.tensors["random"]), self.device)


@torch.no_grad()
def update_average(averaged: list[Tensor], current: list[Tensor], decay: float) -> None:
    """Move averaged weights towards the current ones."""
    torch._foreach_lerp_(averaged, current, 1 - decay)
