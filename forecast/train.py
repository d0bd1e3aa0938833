"""The training loop: draw windows, forecast every segment end, step, average.

It knows networks and windows, not files or models; what to train and for how
long is decided in ``forecast.configure`` and ``forecast.models.recurrent``.

Letters: B batch, K recurrent steps, E ends learned from, H horizon, Q quantiles.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from forecast.answer import blend, resample
from forecast.errors import TrainingError
from forecast.features import extract, with_linear
from forecast.geometry import Geometry
from forecast.learner import Learner
from forecast.networks import SegmentNetwork
from forecast.quantiles import pinball
from forecast.run import Run, Stage
from forecast.spec import TrainSpec
from forecast.window import Windows

LEAST_ROWS = 1
"""An end with fewer observed values in reach has nothing to forecast from."""

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
    stage: Stage | None = None,
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
    stage : Stage, optional
        Limits the time, and remembers what an earlier attempt reached.
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
    stage = stage or Run().stage()
    learner = stage.follow("learner", Learner(network, spec, windows))
    network.train()
    while learner.taken < spec.steps and not (stage.finished or stage.is_late):
        loss = window_loss(network, learner.draw(spec.batch), network.geometry, levels)
        learner.step(loss)
        if watch(learner.average, learner.taken):
            break
        stage.keep()
    if not learner.taken:
        raise TrainingError("no training step fitted into the time", fix="raise --max-seconds")
    losses, norms = learner.course[:, : learner.taken]
    if not torch.isfinite(losses).all():
        raise TrainingError(
            "the loss is not finite: training diverged", fix="lower --learning-rate"
        )
    learner.conclude()
    stage.finish()
    network.load_state_dict(learner.average.state_dict())
    network.eval()
    return History(
        tuple(float(part.mean()) for part in losses.tensor_split(10) if len(part)),
        tuple(float(part.median()) for part in norms.tensor_split(10) if len(part)),
        learner.taken,
        stage.seconds,
    )


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
