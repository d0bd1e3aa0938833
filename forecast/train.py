"""The training loop: draw windows, forecast every segment end, step, average.

It knows networks and windows, not files or models; what to train and for how
long is decided in ``forecast.configure`` and ``forecast.models.recurrent``.

Letters: B batch, K recurrent steps, E ends learned from, H horizon, Q quantiles.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from forecast.errors import TrainingError
from forecast.features import blend, extract, resample, with_linear
from forecast.geometry import Geometry
from forecast.networks import SegmentNetwork
from forecast.quantiles import pinball
from forecast.spec import TrainSpec
from forecast.window import Windows

LEAST_ROWS = 1
"""An end with fewer observed values in reach has nothing to forecast from."""

SHORTEST_CYCLE = 10
"""Steps below which the one-cycle schedule has no rise and fall."""

MOST_TARGETS = 200_000
"""Values that one batch learns from: over long horizons, fewer of the segment ends."""

LARGEST_TARGET = 30.0
"""Targets further off than this many scales are cut: one typing error must not rule a batch."""


Watch = Callable[[SegmentNetwork, int], bool | None]
"""Sees the averaged network and the steps taken after each one; ends training by True."""


@dataclass(frozen=True)
class History:
    """What happened in training.

    Attributes
    ----------
    losses : tuple of float
        Mean pinball loss of each tenth of the steps, in window scales.
    gradient_norms : tuple of float
        Median norm before clipping, of each tenth of the steps.
    steps : int
        Steps taken, fewer than asked for when time ran out.
    seconds : float
    """

    losses: tuple[float, ...]
    gradient_norms: tuple[float, ...]
    steps: int
    seconds: float


def train(
    network: SegmentNetwork,
    windows: Windows,
    spec: TrainSpec,
    *,
    levels: tuple[float, ...],
    seconds: float = float("inf"),
    watch: Watch = lambda network, step: None,
) -> History:
    """Train a network in place.

    Parameters
    ----------
    network : SegmentNetwork
        Changed to the averaged weights.
    windows : Windows
        All rows may be trained on: hold back before.
    spec : TrainSpec
        With ``steps``, ``batch`` and ``learning_rate`` filled in.
    levels : tuple of float, length Q
    seconds : float
        Stop after this time and keep what was reached.
    watch : callable
        See `Watch`.

    Returns
    -------
    History

    Raises
    ------
    TrainingError
        When the loss is not finite, or no step could be taken in time.

    Notes
    -----
    Pinball loss (Koenker and Bassett 1978) over all quantiles, segment ends
    and steps ahead; AdamW (Loshchilov and Hutter 2019) on a one-cycle schedule
    (Smith and Topin 2018); gradients clipped (Pascanu et al. 2013); the
    exponential average of the weights is kept (Polyak and Juditsky 1992).
    """
    if spec.steps is None or spec.batch is None or spec.learning_rate is None:
        raise TrainingError("steps, batch and learning rate must be chosen before training")
    started = time.monotonic()
    rng = np.random.default_rng(spec.seed)
    optimiser = torch.optim.AdamW(network.parameters(), lr=spec.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        spec.learning_rate,
        total_steps=max(spec.steps + 1, SHORTEST_CYCLE),
        pct_start=0.2,
    )
    average = deepcopy(network).requires_grad_(False)
    values = torch.as_tensor(windows.values)
    # Kept in one block: tensors kept one by one between large ones break up the heap.
    course = torch.zeros(2, spec.steps, device=values.device)
    taken = 0
    network.train()
    for step in range(spec.steps):
        if time.monotonic() - started > seconds:
            break
        drawn = [torch.as_tensor(part) for part in windows.draw(spec.batch, rng)]
        loss = window_loss(network, gather_rows(values, network, *drawn), network.geometry, levels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(network.parameters(), spec.clip)
        optimiser.step()
        schedule.step()
        update_average(average, network, min(spec.averaging, (1 + step) / (10 + step)))
        course[0, step], course[1, step] = loss.detach(), norm.detach()
        taken = step + 1
        if watch(average, taken):
            break
    if not taken:
        raise TrainingError("no training step fitted into the time", fix="raise --max-seconds")
    losses, norms = course[:, :taken]
    if not torch.isfinite(losses).all():
        raise TrainingError(
            "the loss is not finite: training diverged", fix="lower --learning-rate"
        )
    network.load_state_dict(average.state_dict())
    network.eval()
    return History(
        tuple(float(part.mean()) for part in losses.tensor_split(10) if len(part)),
        tuple(float(part.median()) for part in norms.tensor_split(10) if len(part)),
        taken,
        time.monotonic() - started,
    )


def gather_rows(
    values: Tensor, network: SegmentNetwork, cutoffs: Tensor, starts: Tensor, stops: Tensor
) -> Tensor:
    """Copy windows out of the flat array, on its device; see ``window.gather``."""
    g = network.geometry
    rows = cutoffs[:, None] + torch.arange(-g.past, g.future, device=values.device)
    inside = (rows >= starts[:, None]) & (rows < stops[:, None])
    return torch.where(inside, values[rows.clamp(0, len(values) - 1)], torch.nan)


def window_loss(
    network: SegmentNetwork,
    window: Tensor,
    geometry: Geometry,
    levels: tuple[float, ...],
    ends: int | None = None,
) -> Tensor:
    """Give the pinball loss of the segment ends of a batch of windows.

    Parameters
    ----------
    network : SegmentNetwork
    window : Tensor of shape (B, past + future)
        NaN where missing.
    geometry : Geometry
        Of these windows: the network's own, or one with as many inputs.
    levels : tuple of float, length Q
    ends : int, optional
        Learn from this many last ends only (E); where None from all K, or as many
        as ``MOST_TARGETS`` allows.

    Returns
    -------
    Tensor of shape ()
        In units of each end's scale, twice the pinball loss: the absolute
        error where the level is the median.
    """
    g = geometry
    most = max(1, MOST_TARGETS // (len(window) * g.future))
    ends = 1 if network.bidirectional else ends or min(g.segments, most)
    past = window[:, : g.past]
    features = extract(past, g, ends, torch)
    if network.linear is not None:
        features = with_linear(features, past, network.linear, g, torch)
    gates, correction = network(features.inputs, features.outlook)
    first = g.past - np.arange(ends)[::-1] * g.segment
    target_BEH = window[:, torch.as_tensor(first[:, None] + np.arange(g.future))]
    unit = (target_BEH - features.level[..., None]) / features.scale[..., None]
    known = ~torch.isnan(unit) & (features.rows >= LEAST_ROWS)[..., None]
    unit = torch.where(known, unit.clamp(-LARGEST_TARGET, LARGEST_TARGET), 0.0)
    ahead = unit - blend(features, gates, g, torch)  # what is left to the correction
    return pinball(ahead, resample(correction, g, torch), known, levels)


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the current ones."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)
