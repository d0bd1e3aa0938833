"""A network on its way: what one optimiser step does, and all that the next depends on.

What is learnt from and for how long is decided in ``forecast.train``.

Letters: B batch.
"""

from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn

from forecast.files.checkpoint import State
from forecast.networks import SegmentNetwork
from forecast.spec import TrainSpec
from forecast.window import Windows

SHORTEST_CYCLE = 10
"""Steps below which the one-cycle schedule has no rise and fall."""


class Learner:
    """A network on its way: optimiser, schedule, averaged weights, random numbers.

    Parameters
    ----------
    network : SegmentNetwork
        Changed in place.
    spec : TrainSpec
        Complete.
    windows : Windows

    Attributes
    ----------
    average : SegmentNetwork
        The exponential average of the weights.
    course : Tensor of shape (2, steps)
        Loss and gradient norm of every step.
    taken : int
        Steps taken.
    """

    def __init__(self, network: SegmentNetwork, spec: TrainSpec, windows: Windows) -> None:
        steps, rate = spec.steps or 0, spec.learning_rate or 0.0
        self.network, self.spec, self.windows = network, spec, windows
        self.rng = np.random.default_rng(spec.seed)
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, rate, total_steps=max(steps + 1, SHORTEST_CYCLE), pct_start=0.2
        )
        self.average = deepcopy(network).requires_grad_(False)
        self.values = torch.as_tensor(windows.values)
        # Kept in one block: tensors kept one by one between large ones break up the heap.
        self.course = torch.zeros(2, steps, device=self.values.device)
        self.taken = 0

    def draw(self, batch: int) -> Tensor:
        """Give the next batch of windows, (B, past + future)."""
        drawn = [torch.as_tensor(part) for part in self.windows.draw(batch, self.rng)]
        return gather_rows(self.values, self.network, *drawn)

    def step(self, loss: Tensor) -> None:
        """Take one step down a loss."""
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.spec.clip)
        self.optimiser.step()
        self.schedule.step()
        decay = min(self.spec.averaging, (1 + self.taken) / (10 + self.taken))
        update_average(self.average, self.network, decay)
        self.course[0, self.taken], self.course[1, self.taken] = loss.detach(), norm.detach()
        self.taken += 1

    def conclude(self) -> None:
        """Forget what only further steps need: the state of a finished network is small."""
        self.optimiser.state.clear()

    def state(self) -> State:
        """Give all that the next step depends on, or the result after the last."""
        tensors = {f"average.{name}": t for name, t in self.average.state_dict().items()}
        moments = self.optimiser.state_dict()["state"]
        if moments:
            tensors |= {f"network.{name}": t for name, t in self.network.state_dict().items()}
        for number, those in moments.items():
            tensors |= {f"moments.{number}.{name}": t for name, t in those.items()}
        tensors |= {"course": self.course[:, : self.taken], "random": torch.get_rng_state()}
        group = self.optimiser.param_groups[0]
        return State(
            {name: tensor.numpy(force=True).copy() for name, tensor in tensors.items()},
            {
                "taken": self.taken,
                "rate": group["lr"],
                "betas": group["betas"],
                "random": self.rng.bit_generator.state,
            },
        )

    def restore(self, state: State) -> None:
        """Go on from a state."""
        groups: dict[str, dict[str, Tensor]] = {"average": {}, "network": {}}
        moments: dict[int, dict[str, Tensor]] = {}
        for name, values in state.tensors.items():
            owner, _, rest = name.partition(".")
            if owner == "moments":
                number, _, kind = rest.partition(".")
                moments.setdefault(int(number), {})[kind] = torch.tensor(values)
            elif owner in groups:
                groups[owner][rest] = torch.tensor(values)
        self.average.load_state_dict(groups["average"])
        self.network.load_state_dict(groups["network"] or groups["average"])
        whole = self.optimiser.state_dict()
        whole["state"] = moments
        whole["param_groups"][0] |= {"lr": state.facts["rate"], "betas": state.facts["betas"]}
        self.optimiser.load_state_dict(whole)
        self.taken = self.schedule.last_epoch = int(state.facts["taken"])
        self.rng.bit_generator.state = state.facts["random"]
        self.course[:, : self.taken] = torch.tensor(state.tensors["course"])
        torch.set_rng_state(torch.tensor(state.tensors["random"]))


def gather_rows(
    values: Tensor, network: SegmentNetwork, cutoffs: Tensor, starts: Tensor, stops: Tensor
) -> Tensor:
    """Copy windows out of the flat array, on its device; see ``window.gather``."""
    g = network.geometry
    rows = cutoffs[:, None] + torch.arange(-g.past, g.future, device=values.device)
    inside = (rows >= starts[:, None]) & (rows < stops[:, None])
    return torch.where(inside, values[rows.clamp(0, len(values) - 1)], torch.nan)


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the current ones."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)
