"""Pretrain the universal network on synthetic series: loop, schedule, checkpoints.

What is practised is in ``forecast.pretrain.curriculum``, the loss in
``forecast.training.loop``; the weights that come out are written by
``forecast.pretrained``. No real series enters.
"""

import hashlib
import shlex
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from forecast.errors import ArtifactError, TrainingError
from forecast.network.segments import SegmentNetwork
from forecast.network.universal import POSITIONS
from forecast.pretrain.curriculum import draw_windows, practice_batch, shape
from forecast.pretrain.muon import Muon
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import Cell, RecurrentSpec
from forecast.training.learner import update_average
from forecast.training.loop import pinball_loss
from forecast.training.practice import look

WARM_UP = 300
"""Steps in which the learning rate rises."""

LEAST_SIDE = 32
"""Rows and columns from which on a matrix is one for Muon."""

EXAMINATION = (
    ((1,), 20, 6), ((4,), 8, 2), ((12,), 8, 2), ((7,), 8, 4), ((24, 168), 14, 2), ((52,), 8, 2),
)  # fmt: skip
"""Season, recurrent steps and output segments of the validation windows."""

EXAMINATION_SEED, EXAMINATION_WINDOWS = 2**40, 512
"""A seed that no training batch has, and the windows of each setting."""


@dataclass(frozen=True)
class PretrainSpec:
    """How the universal network is pretrained.

    Parameters
    ----------
    cell : {"gru", "lstm", "rnn"}
    seed : int
    steps : int
    hidden : int
    learning_rate : float
        Of vectors and small matrices, by AdamW, on the plateau.
    matrix_rate : float
        Of matrices, by Muon, as a multiple of it.
    momentum : float
        Decay of Muon's mean gradient; short, as batches of different seasons have
        different gradients.
    cooldown : float
        Share of the steps in which the learning rate falls to zero.
    memory : float
        Decay of AdamW's mean square gradient; short for the same reason.
    averaging : float
        Decay of the exponential average of the weights that is kept.
    clip : float
        Largest gradient norm.
    weight_decay : float
    """

    cell: Cell = "gru"
    seed: int = 0
    steps: int = 10_000
    hidden: int = 256
    learning_rate: float = 3e-3
    matrix_rate: float = 0.4
    momentum: float = 0.8
    cooldown: float = 0.8
    memory: float = 0.95
    averaging: float = 0.999
    clip: float = 1.0
    weight_decay: float = 0.01

    def rate(self, step: int) -> float:
        """Give the learning rate of a step: rise, plateau, linear fall.

        Notes
        -----
        Up to the fall it does not depend on ``steps``: a run stopped on the
        plateau can be resumed with another length (Hu et al., 2024, WSD).
        """
        rise = min((step + 1) / WARM_UP, 1.0)
        fall = min((self.steps - step) / max(self.cooldown * self.steps, 1.0), 1.0)
        return self.learning_rate * min(rise, fall)


def build_network(cell: Cell, hidden: int) -> SegmentNetwork:
    """Make an untrained universal network.

    Parameters
    ----------
    cell : {"gru", "lstm", "rnn"}
    hidden : int

    Returns
    -------
    SegmentNetwork
        Its weights fit every shape that ``universal_geometry`` gives.
    """
    spec = RecurrentSpec(cell=cell, hidden=hidden, dropout=0.0)
    return SegmentNetwork(spec, shape((1,), 1, POSITIONS), len(DEFAULT_QUANTILES))


def pretrain(
    spec: PretrainSpec,
    checkpoint: Path,
    *,
    start: Mapping[str, NDArray[np.float32]] | None = None,
    device: str = "cpu",
    every: int = 500,
    progress: Callable[[int, float, dict[str, float]], None] = lambda step, loss, exam: None,
) -> tuple[SegmentNetwork, dict[str, float]]:
    """Train until the last step, from a checkpoint where there is one.

    Parameters
    ----------
    spec : PretrainSpec
    checkpoint : Path
        Written every so often; read first if it exists. Whoever keeps the weights
        removes it.
    start : mapping of str to ndarray, optional
        Weights to begin with, of another cell for example: those that fit
        are taken over.
    device : str
    every : int
        Steps between checkpoints and examinations.
    progress : callable
        Called with the step, the mean training loss since the last call, and
        the validation loss by season.

    Returns
    -------
    network : SegmentNetwork
        With averaged weights.
    summary : dict of str to float
        Seconds of all parts of the run, and the validation loss by season.

    Raises
    ------
    ArtifactError
        When the checkpoint is of other settings or began with other weights; the
        number of steps may differ.
    TrainingError
        When the loss is not finite.
    """
    torch.manual_seed(spec.seed)
    network = build_network(spec.cell, spec.hidden)
    take_over(network, start or {})
    settings = asdict(spec) | {"start": _digest(start)}
    network.to(device)
    average = deepcopy(network).requires_grad_(False)
    adam, muon = optimisers(network, spec)
    first, before = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        _refuse_others(state["spec"], settings, checkpoint)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        adam.load_state_dict(state["adam"])
        muon.restore(state["muon"])
        first, before = state["step"], state["seconds"]
    started, losses = time.monotonic(), []
    network.train()
    for step in range(first, spec.steps):
        adam.param_groups[0]["lr"] = spec.rate(step)
        windows, geometry, ends = practice_batch(spec.seed, step, device)
        batch = look(windows, network, geometry, ends)
        loss = pinball_loss(network, batch, geometry, DEFAULT_QUANTILES)
        network.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), spec.clip)
        adam.step()
        muon.step(spec.rate(step) * spec.matrix_rate)
        decay = min(spec.averaging, (1 + step) / (10 + step))
        update_average([*average.parameters()], [*network.parameters()], decay)
        losses.append(loss.detach())
        if (step + 1) % every == 0 or step + 1 == spec.steps:
            mean = float(torch.stack(losses).mean())
            if mean != mean:
                raise TrainingError("the loss is not finite: pretraining diverged")
            state = {
                "network": network.state_dict(),
                "average": average.state_dict(),
                "adam": adam.state_dict(),
                "muon": muon.state(),
                "step": step + 1,
                "seconds": before + time.monotonic() - started,
                "spec": settings,
            }
            replacement = checkpoint.with_suffix(".new")
            torch.save(state, replacement)
            replacement.replace(checkpoint)
            progress(step + 1, mean, examine(average, device))
            losses.clear()
    average.eval()
    summary = {"seconds": before + time.monotonic() - started}
    return average, summary | examine(average, device)


def _digest(weights: Mapping[str, NDArray[np.float32]] | None) -> str | None:
    """Give the beginning of the SHA-256 of some weights, None for none."""
    if weights is None:
        return None
    content = b"".join(name.encode() + weights[name].tobytes() for name in sorted(weights))
    return hashlib.sha256(content).hexdigest()[:12]


def _refuse_others(
    begun: Mapping[str, object], wanted: Mapping[str, object], checkpoint: Path
) -> None:
    """Refuse to go on with a run that was begun with other settings or weights."""
    for name in {**wanted, **begun}:
        if name != "steps" and begun.get(name) != wanted.get(name):
            raise ArtifactError(
                f"the run was begun with {name} {begun.get(name)}, not {wanted.get(name)}",
                where=str(checkpoint),
                fix=f"rm {shlex.quote(str(checkpoint))}",
            )


def optimisers(network: SegmentNetwork, spec: PretrainSpec) -> tuple[torch.optim.AdamW, Muon]:
    """Give AdamW for the vectors and small matrices of a network, Muon for the others.

    Parameters
    ----------
    network : SegmentNetwork
    spec : PretrainSpec

    Returns
    -------
    adam : torch.optim.AdamW
    muon : Muon
    """
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for parameter in network.parameters():
        large = parameter.ndim == 2 and min(parameter.shape) >= LEAST_SIDE
        (matrices if large else others).append(parameter)
    adam = torch.optim.AdamW(
        others, spec.learning_rate, betas=(0.9, spec.memory), weight_decay=spec.weight_decay
    )
    return adam, Muon(
        matrices, rows=spec.hidden, momentum=spec.momentum, weight_decay=spec.weight_decay
    )


@torch.no_grad()
def take_over(network: SegmentNetwork, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Copy the weights whose names and shapes fit into a network.

    Parameters
    ----------
    network : SegmentNetwork
    weights : mapping of str to ndarray
    """
    for name, parameter in network.named_parameters():
        if name in weights and weights[name].shape == tuple(parameter.shape):
            parameter.copy_(torch.as_tensor(weights[name]))


@torch.no_grad()
def examine(network: SegmentNetwork, device: str = "cpu") -> dict[str, float]:
    """Give the loss on fixed synthetic windows that no training batch contains.

    Parameters
    ----------
    network : SegmentNetwork
    device : str

    Returns
    -------
    dict of str to float
        Pinball loss of the last end by season, for example ``"24-168"``, and
        their ``"mean"``.
    """
    found = {}
    for number, (season, segments, ahead) in enumerate(EXAMINATION):
        generator = torch.Generator(device).manual_seed(EXAMINATION_SEED + number)
        geometry = shape(season, segments, ahead)
        windows = draw_windows(geometry, EXAMINATION_WINDOWS, generator, device)
        batch = look(windows, network, geometry, 1)
        loss = pinball_loss(network, batch, geometry, DEFAULT_QUANTILES)
        found["-".join(map(str, season))] = float(loss)
    return found | {"mean": sum(found.values()) / len(found)}
