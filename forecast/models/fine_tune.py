"""Adapt the pretrained networks to a panel: few steps, small rate, stopped in time.

What comes out is a candidate for the forecast; how much of it is taken is
decided in ``forecast.models.shares``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from forecast.configure import LEAST_PAST
from forecast.files.checkpoint import State
from forecast.models.base import Progress
from forecast.models.holdout import Holdout
from forecast.models.member import Member
from forecast.models.members import network_of, read_as, weights_of
from forecast.models.recurrent import RecurrentModel
from forecast.network.infer import Weights
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows, count_windows
from forecast.panel import Panel
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import TrainSpec
from forecast.training.device import prepared
from forecast.training.loop import History, Watch, train
from forecast.training.run import Run, Stage

LEAST_STEPS, MOST_STEPS, LEARNING_RATE = 24, 240, 5e-4
"""Steps of one network where no fewer are asked for, and the peak of their schedule."""

MOST_PASSES = 20
"""How often the segment ends of the windows of a short series are gone through, where these
are not the least steps: windows overlap, and each learns at as many ends."""

MOST_DECODED = 4096
"""Output segments decoded in one step, windows x ends x ahead, which bounds its time."""

TUNING_TIME = 0.3
"""Part of a time limit after which fine-tuning gives way to training from scratch."""

AVERAGING = 0.98
"""Decay of the exponential average of the weights."""

EXAMINATIONS, PATIENCE = 6, 2
"""How often the rows held back are looked at, and after how many examinations in a row
without a gain training ends."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """One network that was trained on.

    Attributes
    ----------
    before, after : Member
        As it was pretrained and as it did best, with the same weights where nothing was
        gained.
    steps : int
        After which it was best; 0 where nothing was gained.
    history : History
    """

    before: Member
    after: Member
    steps: int
    history: History


def fine_tune(
    start: RecurrentModel,
    panel: Panel,
    held: Holdout,
    train_spec: TrainSpec,
    run: Run | None = None,
    progress: Progress = lambda step, steps: None,
) -> tuple[Tuned, ...]:
    """Train networks on, and keep them as they were when they did best on rows held back.

    Parameters
    ----------
    start : RecurrentModel
        Of pretrained members.
    panel : Panel
        Without the rows held back.
    held : Holdout
    train_spec : TrainSpec
        Complete; its rate and averaging give way to those of this module, and
        `TUNING_TIME` of its time limit is the limit.
    run : Run, optional
    progress : callable
        Called with steps done and in all.

    Returns
    -------
    tuple of Tuned
        One for each member of ``start``.

    Notes
    -----
    What has learnt from series as they are reads them worse upside down: the mean with
    that reading stays only where it does clearly better on the rows held back.
    """
    run = run or Run()
    deadline = TUNING_TIME * (train_spec.max_seconds or np.inf)
    tuned = []
    planned = planned_steps(start, panel, train_spec)
    for number, member in enumerate(start.members):

        def loss(weights: Weights, member: Member = member, *, mirror: bool = False) -> float:
            model = replace(start, members=(replace(member, weights=weights, mirror=mirror),))
            return held.loss(held.forecast(model), model.levels)

        stage = run.stage(f"fine-tuned {number}")
        examiner = stage.follow("examiner", Examiner(loss, loss(member.weights)))

        def watch(
            network: SegmentNetwork,
            step: int,
            examiner: Examiner = examiner,
            done: int = sum(planned[:number]),
            every: int = -(-planned[number] // EXAMINATIONS),
        ) -> bool:
            progress(done + step, sum(planned))
            finished = step % every == 0 and examiner(network, step)
            return finished or run.seconds > deadline

        adapted, history = adapt(member, panel, held.horizon, train_spec, watch, stage)
        best = replace(adapted, weights=examiner.weights or member.weights)
        clear = (1 - held.least_gain) * examiner.best
        if examiner.step and not loss(best.weights, mirror=True) < clear:
            best = replace(best, mirror=False)
        tuned.append(Tuned(member, best, examiner.step, history))
    return tuple(tuned)


def tune_again(
    tuned: Sequence[Tuned],
    panel: Panel,
    horizon: int,
    train_spec: TrainSpec,
    run: Run | None = None,
) -> tuple[Member, ...]:
    """Take as many steps once more, on all rows, as far as there is time for it.

    Parameters
    ----------
    tuned : sequence of Tuned
    panel : Panel
    horizon : int
    train_spec : TrainSpec
        Complete.
    run : Run, optional

    Returns
    -------
    tuple of Member
        Those that would not be done within the time limit, if they take as long as
        at first, remain as they are.
    """
    run = run or Run()
    limit, members = train_spec.max_seconds or np.inf, []
    for number, one in enumerate(tuned):
        wanted, member = one.history.seconds * one.steps / one.history.steps, one.after
        stage = run.stage(f"fine-tuned {number} again")
        if one.steps and stage.began + wanted <= limit:
            whole, _ = adapt(one.before, panel, horizon, train_spec, _until(one.steps), stage)
            member = replace(whole, mirror=member.mirror)
        members.append(member)
    return tuple(members)


def planned_steps(start: RecurrentModel, panel: Panel, train_spec: TrainSpec) -> list[int]:
    """Give the most steps that each network is trained on.

    Parameters
    ----------
    start : RecurrentModel
        Of pretrained members.
    panel : Panel
        To train on.
    train_spec : TrainSpec
        Complete.

    Returns
    -------
    list of int
    """
    windows = int(count_windows(panel, LEAST_PAST).sum())
    return [steps_of(member, train_spec, windows) for member in start.members]


def steps_of(member: Member, train_spec: TrainSpec, windows: int) -> int:
    """Give the most steps that one network is trained on.

    Parameters
    ----------
    member : Member
        Pretrained.
    train_spec : TrainSpec
        Complete.
    windows : int
        To train on.

    Returns
    -------
    int
    """
    ends = (train_spec.batch or 1) * member.geometry.segments
    passes = -(-MOST_PASSES * windows // ends)
    return min(train_spec.steps or MOST_STEPS, MOST_STEPS, max(LEAST_STEPS, passes))


@dataclass
class Examiner:
    """Remember the weights that did best; tell when to stop.

    Parameters
    ----------
    loss : callable
        Of weights, on rows that they were not trained on.
    best : float
        Loss to be beaten.
    step : int
        Of the best weights; 0 before any gain.
    weights : mapping of str to ndarray
        The best; empty before any gain.
    missed : int
        Examinations since then.
    """

    loss: Callable[[Weights], float]
    best: float
    step: int = 0
    weights: Weights = field(default_factory=dict)
    missed: int = 0

    def __call__(self, network: SegmentNetwork, step: int) -> bool:
        """Examine a network; true when there has been no gain for long."""
        weights = weights_of(network)
        loss = self.loss(weights)
        self.missed += 1
        if loss < self.best:
            self.best, self.step, self.weights, self.missed = loss, step, weights, 0
        return self.missed >= PATIENCE

    def state(self) -> State:
        """Give what has been found so far."""
        tensors = {f"weights.{name}": values for name, values in self.weights.items()}
        facts = {"step": self.step, "missed": self.missed}
        return State({"best": np.array(self.best), **tensors}, facts)

    def restore(self, state: State) -> None:
        """Go on from what had been found."""
        self.best = float(state.tensors["best"])
        self.step, self.missed = int(state.facts["step"]), int(state.facts["missed"])
        self.weights = {
            name.removeprefix("weights."): values
            for name, values in state.tensors.items()
            if name != "best"
        }


def adapt(
    member: Member,
    panel: Panel,
    horizon: int,
    train_spec: TrainSpec,
    watch: Watch,
    stage: Stage | None = None,
) -> tuple[Member, History]:
    """Train one pretrained network on.

    Parameters
    ----------
    member : Member
    panel : Panel
    horizon : int
        Steps ahead to learn; the network keeps those that it knows beyond.
    train_spec : TrainSpec
    watch : callable
        See `forecast.training.loop.Watch`.
    stage : Stage, optional
        Remembers what an earlier attempt reached.

    Returns
    -------
    Member, History
        The network after its last step.
    """
    learnt = replace(
        member.geometry, ahead=min(-(-horizon // member.geometry.segment), member.geometry.ahead)
    )
    windows = Windows.of(read_as(panel, member.spec), LEAST_PAST)
    spec = replace(
        train_spec,
        steps=steps_of(member, train_spec, len(windows)),
        batch=min(train_spec.batch or 1, MOST_DECODED // (learnt.segments * learnt.ahead)),
        learning_rate=LEARNING_RATE,
        averaging=AVERAGING,
        epochs=None,
    )
    with prepared(spec) as device:
        network = network_of(member).to(device)
        network.geometry = learnt
        history = train(network, windows, spec, levels=DEFAULT_QUANTILES, stage=stage, watch=watch)
    return replace(member, weights=weights_of(network), origin="fine-tuned"), history


def _until(steps: int) -> Watch:
    return lambda network, taken: taken >= steps
