"""The training loop: draw windows, forecast every segment end, step, average.

It knows networks and windows, not files or models; what is learnt from a window is
in ``forecast.training.practice``, what to train and for how long is decided in
``forecast.configure``, ``forecast.models.fit`` and ``forecast.models.fine_tune``.

Letters: Q quantile levels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from forecast.errors import TrainingError
from forecast.network.answer import blend, resample
from forecast.network.geometry import Geometry
from forecast.network.quantiles import pinball
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows
from forecast.spec import TrainSpec
from forecast.training.learner import Learner
from forecast.training.practice import Batch, Practice
from forecast.training.run import Run, Stage

Watch = Callable[[SegmentNetwork, int], bool | None]
"""Sees the averaged network and the steps taken after each one; ends training by True."""


class LateError(TrainingError):
    """Not one step could be taken in time."""


@dataclass(frozen=True)
class History:
    """What happened in training.

    Attributes
    ----------
    losses : tuple of float
        Mean of each tenth of the steps, see `pinball_loss`.
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
        Changed to the averaged weights, on the device where it is.
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
    LateError
        When no step could be taken in time.
    TrainingError
        When the loss is not finite.

    Notes
    -----
    Pinball loss (Koenker and Bassett 1978) over all quantiles, segment ends
    and steps ahead; AdamW (Loshchilov and Hutter 2019) on a one-cycle schedule
    (Smith and Topin 2018); gradients clipped (Pascanu et al. 2013); the
    exponential average of the weights is kept (Polyak and Juditsky 1992).
    """
    if spec.steps is None or spec.batch is None or spec.learning_rate is None:
        raise TrainingError("steps, batch and learning rate must be chosen before training")
    stage = stage or Run().stage("network")
    learner = stage.follow("learner", Learner(network, spec, windows))
    practice = Practice(windows, network, spec.batch, spec.batch * spec.steps)
    network.train()
    while learner.taken < spec.steps and not stage.finished:
        late = stage.is_late if learner.taken else stage.is_too_late
        if late:
            break
        batch = practice.batch(learner.draw(spec.batch))
        learner.step(pinball_loss(network, batch, network.geometry, levels))
        if watch(learner.average, learner.taken):
            break
        stage.keep()
    if not learner.taken:
        stage.skip()
        raise LateError("no training step fitted into the time", fix="raise --max-seconds")
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


def pinball_loss(
    network: SegmentNetwork, batch: Batch, geometry: Geometry, levels: tuple[float, ...]
) -> Tensor:
    """Give the pinball loss of a batch.

    Parameters
    ----------
    network : SegmentNetwork
    batch : Batch
    geometry : Geometry
        Of its windows.
    levels : tuple of float, length Q

    Returns
    -------
    Tensor of shape ()
        Twice the pinball loss, the absolute error where the level is the median,
        in units midway between the scale and the noise of each end: neither wild nor
        clean series have the loss for themselves.
    """
    features = batch.features
    gates, correction = network(features.inputs, features.outlook)
    # What the blend leaves over is all that the correction has to say.
    ahead = batch.target - blend(features, gates, geometry, torch)
    unit = features.noise[..., None].sqrt()
    quantiles = resample(correction, geometry, torch) * unit  # noise / unit = unit
    return pinball(ahead / unit, quantiles, batch.known, levels)
