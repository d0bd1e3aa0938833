"""Train the member networks, one after another, within one time limit."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from forecast.configure import LEAST_PAST, choose_log, geometry_of
from forecast.models.adjust import season_in
from forecast.models.base import Progress
from forecast.models.means import Means
from forecast.models.member import Member
from forecast.models.recurrent import CHUNK
from forecast.network.infer import Weights
from forecast.network.ridge import fit_linear
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows, gather, location_and_spread
from forecast.panel import Panel
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.training.device import prepared
from forecast.training.loop import History, LateError, train
from forecast.training.run import Run, Stage


class Course:
    """Networks that share a specification, a time limit and a progress bar.

    Parameters
    ----------
    spec : RecurrentSpec
        Complete but for ``log``, which members take turns with where None.
    train_spec : TrainSpec
        Complete.
    panel : Panel
        Decides which way to read the first member takes.
    progress : callable
        Called with steps done and steps in all.
    run : Run
    planned : int
        Networks that share the time limit, those trained a second time among them.
    """

    def __init__(
        self,
        spec: RecurrentSpec,
        train_spec: TrainSpec,
        panel: Panel,
        progress: Progress,
        run: Run,
        planned: int,
    ) -> None:
        self.spec, self.train_spec, self.progress, self.run = spec, train_spec, progress, run
        self.logs = _log_choices(panel, spec)
        self.planned, self.wanted = planned, train_spec.members or 1
        self.deadline = train_spec.max_seconds or np.inf
        self.histories: list[History] = []

    def members(
        self, panel: Panel, count: int, first: int = 0, *, spare: bool = False
    ) -> tuple[Member, ...]:
        """Train networks with different seeds on every row of a panel.

        Parameters
        ----------
        panel : Panel
        count : int
        first : int
            Number of the first one, which is added to the seed.
        spare : bool
            Whether other networks can take the place of these.

        Returns
        -------
        tuple of Member
            As many as there was time for; none only where there are others.

        Raises
        ------
        LateError
            When there was no time for the only one.
        TrainingError
            When training diverged.
        """
        made: tuple[Member, ...] = ()
        for number in range(first, first + count):
            try:
                made += (self._member(panel, number, needed=not (made or spare)),)
            except LateError:
                if not (made or spare):
                    raise
                break
        return made

    def finish(self) -> None:
        """Tell the progress bar that no network will follow."""
        done = sum(history.steps for history in self.histories)
        self.progress(done, done)

    def _member(self, panel: Panel, number: int, *, needed: bool) -> Member:
        """Train one network; one that is needed takes a step as long as there is any time."""
        steps, name = self.train_spec.steps or 0, f"trained {number} on {len(panel.target)} rows"
        done = len(self.histories) * steps
        left, rest = max(self.planned - len(self.histories), 1), self.deadline - self.run.seconds
        member, history = train_network(
            panel,
            replace(self.spec, log=self.logs[number % len(self.logs)]),
            replace(self.train_spec, seed=self.train_spec.seed + number),
            stage=self.run.stage(name, rest / left, rest if needed else None),
            progress=lambda step, _: self.progress(done + step, self.planned * steps),
        )
        self.histories.append(history)
        return member


def train_network(
    panel: Panel,
    spec: RecurrentSpec,
    train_spec: TrainSpec,
    *,
    stage: Stage | None = None,
    progress: Progress = lambda step, steps: None,
) -> tuple[Member, History]:
    """Train one network on every row of a panel.

    Parameters
    ----------
    panel : Panel
    spec : RecurrentSpec
        Complete.
    train_spec : TrainSpec
        Complete.
    stage : Stage, optional
        Limits the time, and remembers what an earlier attempt reached.
    progress : callable
        Called with the step and the number of steps.

    Returns
    -------
    Member, History
    """
    geometry = geometry_of(spec)
    read = read_as(panel, spec)
    windows = Windows.of(read, LEAST_PAST)
    means = _means(read) if spec.linear else Means()
    del read  # as large as the panel
    with prepared(train_spec) as device:
        network = SegmentNetwork(spec, geometry, len(DEFAULT_QUANTILES))
        if network.linear is not None:
            network.linear.copy_(torch.as_tensor(fit_linear(windows, geometry)))
        history = train(
            network.to(device),
            windows,
            train_spec,
            levels=DEFAULT_QUANTILES,
            stage=stage,
            watch=lambda _, step: progress(step, train_spec.steps or step),
        )
    return Member(spec, geometry, weights_of(network), means=means), history


def network_of(member: Member) -> SegmentNetwork:
    """Give a network in torch that has a member's weights.

    Parameters
    ----------
    member : Member

    Returns
    -------
    SegmentNetwork
        In single precision; its geometry is as far ahead as it knows positions.
    """
    geometry = replace(member.geometry, ahead=len(member.weights["position"]))
    quantiles = len(member.weights["head.bias"]) // geometry.phases
    network = SegmentNetwork(member.spec, geometry, quantiles)
    network.load_state_dict({name: torch.tensor(one) for name, one in member.weights.items()})
    return network


def weights_of(network: SegmentNetwork) -> Weights:
    """Give a copy of the weights of a network in torch, as a member has them."""
    return {name: one.numpy(force=True).copy() for name, one in network.state_dict().items()}


def read_as(panel: Panel, spec: RecurrentSpec) -> Panel:
    """Give the values as a network reads them: as they are, or their logarithms, less a season."""
    if spec.log:
        panel = panel.with_target(np.log(panel.target))
    if spec.adjusted == 1:
        return panel
    return panel.with_target(np.concatenate([*_adjusted(panel, spec.adjusted)]))


def _adjusted(panel: Panel, season: int) -> Iterator[NDArray[np.float64]]:
    """Take a season out of every series, some series at a time."""
    for first in range(0, len(panel), CHUNK):
        starts, stops = panel.indptr[:-1][first:][:CHUNK], panel.indptr[1:][first:][:CHUNK]
        lengths = stops - starts
        longest = int(lengths.max())
        values = gather(panel.target, stops, (starts, stops), longest, 0)
        inside = np.arange(longest) >= longest - lengths[:, None]
        yield (values - season_in(values, season, 0))[inside]


def _means(panel: Panel) -> Means:
    found = {one.id: float(location_and_spread(one.target[None])[0][0, 0]) for one in panel}
    return Means(found)


def _log_choices(panel: Panel, spec: RecurrentSpec) -> tuple[bool, ...]:
    """Members take turns: what the data prefer first, then the other."""
    if spec.log is not None:
        return (spec.log,)
    if not np.nanmin(panel.target) > 0:
        return (False,)
    preferred = choose_log(panel, spec.seasons[0])
    return preferred, not preferred
