"""AdamW on a one-cycle schedule, as few imports as can be.

The arithmetic is torch's own; its optimiser classes are not used because making
one loads torch's compiler, which takes longer than training on a short series.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.optim.adamw import adamw

WEIGHT_DECAY, EPSILON, BETA2 = 0.01, 1e-8, 0.999
"""As in torch."""

RISE = 0.2
"""Share of the steps in which the learning rate rises."""

FIRST_RATE, LAST_RATE = 1 / 25, 4e-6
"""Learning rates at the ends of the cycle, relative to its peak."""

BETA1 = (0.95, 0.85)
"""Decay of the mean gradient where the learning rate is lowest and highest."""

SHORTEST_CYCLE = 10
"""Steps below which the schedule has no rise and fall."""


class OneCycleAdamW:
    """AdamW (Loshchilov and Hutter 2019) on a one-cycle schedule (Smith and Topin 2018).

    Parameters
    ----------
    parameters : sequence of Tensor
        Changed in place.
    peak : float
        Highest learning rate.
    steps : int
        Of the whole cycle.

    Attributes
    ----------
    taken : int
        Steps taken.
    """

    def __init__(self, parameters: Sequence[Tensor], peak: float, steps: int) -> None:
        self.parameters = list(parameters)
        self.peak, self.length, self.taken = peak, max(steps + 1, SHORTEST_CYCLE), 0
        self._means = [torch.zeros_like(one) for one in self.parameters]
        self._squares = [torch.zeros_like(one) for one in self.parameters]
        self._counts = [torch.zeros((), device=one.device) for one in self.parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Take one step down the gradients and drop them; a parameter without one stays."""
        rate, beta1 = one_cycle(self.taken, self.length, self.peak)
        moved = [number for number, one in enumerate(self.parameters) if one.grad is not None]
        adamw(
            [self.parameters[number] for number in moved],
            [grad for one in self.parameters if (grad := one.grad) is not None],
            [self._means[number] for number in moved],
            [self._squares[number] for number in moved],
            [],
            [self._counts[number] for number in moved],
            fused=True,
            amsgrad=False,
            beta1=beta1,
            beta2=BETA2,
            lr=rate,
            weight_decay=WEIGHT_DECAY,
            eps=EPSILON,
            maximize=False,
        )
        for one in self.parameters:
            one.grad = None
        self.taken += 1

    def clear(self) -> None:
        """Forget the moments: no step will follow."""
        self._means, self._squares, self._counts = [], [], []

    def state(self) -> dict[str, Tensor]:
        """Give the moments of every parameter: its mean, mean square and count of gradients."""
        named = {"mean": self._means, "square": self._squares, "count": self._counts}
        return {
            f"{number}.{name}": tensor
            for name, tensors in named.items()
            for number, tensor in enumerate(tensors)
        }

    @torch.no_grad()
    def restore(self, state: Mapping[str, Tensor], taken: int) -> None:
        """Go on from the moments after so many steps."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])
        self.taken = taken


def one_cycle(step: int, length: int, peak: float) -> tuple[float, float]:
    """Give the learning rate and the decay of the mean gradient of a step.

    Parameters
    ----------
    step : int
        From 0.
    length : int
        Steps of the cycle.
    peak : float
        Highest learning rate.

    Returns
    -------
    rate, beta1 : float
        Half a cosine up to the peak, and another down to the end.

    Examples
    --------
    >>> [round(one_cycle(step, 100, 1.0)[0], 6) for step in (0, 19, 99)]
    [0.04, 1.0, 4e-06]
    """
    top = RISE * length - 1
    if step <= top:
        rise = (1 - math.cos(math.pi * step / top)) / 2
        rate = FIRST_RATE + (1 - FIRST_RATE) * rise
    else:
        rise = (1 + math.cos(math.pi * (step - top) / (length - 1 - top))) / 2
        rate = LAST_RATE + (1 - LAST_RATE) * rise
    return peak * rate, BETA1[0] + (BETA1[1] - BETA1[0]) * rise
