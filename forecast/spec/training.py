"""How long and how to train."""

from dataclasses import dataclass
from typing import Literal, get_args

from forecast.errors import UsageError
from forecast.spec.base import Spec, at_least, one_of

Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True)
class TrainSpec(Spec):
    """How long and how to train.

    Parameters
    ----------
    seed : int
        Of every random choice; the same seed gives the same weights.
    epochs : int, optional
        Passes over the windows; a fixed budget of steps where None.
    steps : int, optional
        Optimiser steps of one network; from the data where None.
    max_seconds : float, optional
        Time limit of the whole training; ten minutes where None.
    members : int, optional
        Networks trained with different seeds, combined by their mean.
    batch : int
        Windows in one step.
    learning_rate : float, optional
        Peak of the one-cycle schedule.
    clip : float
        Largest gradient norm.
    averaging : float
        Decay of the exponential average of the weights that is kept.
    from_scratch : bool
        Leave the pretrained network out.
    threads : int
        Processor threads of the training; one gives the same bytes on any number
        of processors of one kind, and is fastest for small networks.
    device : {"auto", "cpu", "cuda"}
        Where to train: "auto" is the graphics card where one works. Processors
        of one kind give the same bytes, with the same versions of libraries and
        where the time limit is not reached; others, and graphics cards, differ by
        rounding, and the latter by random numbers of their own.
    """

    seed: int = 0
    epochs: int | None = None
    steps: int | None = None
    max_seconds: float | None = None
    members: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    clip: float = 1.0
    averaging: float = 0.99
    from_scratch: bool = False
    threads: int = 1
    device: Device = "auto"

    def __post_init__(self) -> None:
        one_of("device", self.device, get_args(Device))
        at_least("seed", self.seed, 0)
        at_least("threads", self.threads, 1)
        for name in ("epochs", "steps", "members", "batch"):
            value = getattr(self, name)
            if value is not None:
                at_least(name, value, 1)
        for name in ("max_seconds", "learning_rate"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name.replace('_', '-')} is {value}; allowed: more than 0")
