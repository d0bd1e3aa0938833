"""Train the recurrent forecaster on a panel: hold back, train, calibrate, train on all.

Letters: N series, H horizon, C held-back forecasts, Q quantile levels.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from forecast.calibrate import Calibration, calibrate
from forecast.configure import (
    LEAST_PAST,
    choose_log,
    choose_recurrent,
    choose_training,
    geometry_of,
)
from forecast.models.holdout import Holdout, hold_back
from forecast.models.recurrent import Member, RecurrentModel
from forecast.models.zero_shot import pretrained_model
from forecast.networks import SegmentNetwork
from forecast.panel import Panel
from forecast.pretrained import has_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.train import History, train
from forecast.window import Windows

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Candidates for the part of the forecast that networks trained on the file give."""

LEAST_GAIN, CHANCE_GAIN = 0.01, 0.2
"""Relative gain that a larger share of trained networks has to bring: at least the
first, and for N series the second over the root of N, which chance alone can give."""

NEGLIGIBLE_HOLDOUT = 0.1
"""Share of the rows that may stay unseen; a larger holdout is trained on in the end."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Fitted:
    """A trained model and what is worth telling about its training.

    Attributes
    ----------
    model : RecurrentModel
    train_spec : TrainSpec
        As used.
    windows : int
        Training windows.
    histories : tuple of History
        One for each network trained, the validation network first.
    scores : dict of str to float
        MASE of the model ("mase") and of the seasonal naive method
        ("naive_mase") on the rows held back, where there were any; and the
        share of the networks trained on the file ("trained_share"), the rest
        being the pretrained network's.
    seconds : float
    """

    model: RecurrentModel
    train_spec: TrainSpec
    windows: int
    histories: tuple[History, ...]
    scores: dict[str, float]
    seconds: float


def fit_recurrent(
    panel: Panel,
    spec: RecurrentSpec,
    train_spec: TrainSpec,
    horizon: int,
    progress: Progress = lambda step, steps: None,
) -> Fitted:
    """Train a forecaster whose open settings are chosen from the data.

    Parameters
    ----------
    panel : Panel
    spec : RecurrentSpec
        With ``season`` filled in.
    train_spec : TrainSpec
    horizon : int
        Steps to train for where ``spec.horizon`` is None.
    progress : callable
        Called with steps done and steps in all.

    Returns
    -------
    Fitted

    Raises
    ------
    DataError
        When the series are too short.
    TrainingError
        When training diverged, or the time did not suffice for one step.

    Notes
    -----
    The last horizon of every series is held back. Networks trained without
    it are blended with the pretrained one, scored and calibrated on it. Where
    it is a small part of the rows these networks are kept; otherwise one of
    them stands for all, and the members are then trained on all rows.
    """
    started = time.monotonic()
    start = None if train_spec.from_scratch else _pretrained(panel, spec, horizon)
    spec = choose_recurrent(spec, panel, horizon)
    season = (spec.season or (1,))[0]
    held = hold_back(panel, spec.horizon or horizon, season)
    known = panel if held is None else panel.before_last(held.horizon)
    windows = Windows.of(panel, LEAST_PAST)
    train_spec = choose_training(train_spec, spec, len(windows))
    unseen = len(panel.target) - len(known.target)
    keeps_holdout = unseen <= NEGLIGIBLE_HOLDOUT * len(panel.target)
    course = _Course(spec, train_spec, _log_choices(panel, spec, season), progress)
    course.plan(course.wanted if keeps_holdout else course.wanted + 1)

    first = course.members(known, course.wanted if keeps_holdout else 1)
    model = RecurrentModel(spec, panel.freq, first, DEFAULT_QUANTILES, Calibration.none())
    grid = None if held is None else held.forecast(model, model.levels)
    share = 1.0
    if start is not None and held is not None and grid is not None:
        base = held.forecast(start, model.levels)
        share = trained_share(held, base, grid, model.levels)
        grid = (1 - share) * base + share * grid
    if share > 0 and not keeps_holdout:
        first = course.members(panel, course.wanted)
    members = tuple(replace(one, share=share / len(first)) for one in first) if share else ()
    if start is not None and share < 1:
        rest = (1 - share) / len(start.members)
        members += tuple(replace(one, share=rest) for one in start.members)
    scores: dict[str, float] = {}
    calibration = Calibration.none()
    if held is not None and grid is not None:
        calibration = calibrate(held.y, grid, model.levels)
        scores = held.scores(grid[..., len(model.levels) // 2])
    return Fitted(
        replace(model, members=members, calibration=calibration),
        train_spec,
        len(windows),
        tuple(course.histories),
        {**scores, "trained_share": share},
        time.monotonic() - started,
    )


def train_network(
    panel: Panel,
    spec: RecurrentSpec,
    train_spec: TrainSpec,
    *,
    seconds: float = float("inf"),
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
    seconds : float
        Time limit.
    progress : callable
        Called with the step and the number of steps.

    Returns
    -------
    Member, History
    """
    geometry = geometry_of(spec)
    windows = Windows.of(panel.with_target(np.log(panel.target)) if spec.log else panel, LEAST_PAST)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(train_spec.seed)
        network = SegmentNetwork(spec, geometry, len(DEFAULT_QUANTILES))
        history = train(
            network,
            windows,
            train_spec,
            levels=DEFAULT_QUANTILES,
            seconds=seconds,
            progress=progress,
        )
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return Member(spec, geometry, weights), history


def trained_share(
    held: Holdout,
    pretrained: NDArray[np.float64],
    trained: NDArray[np.float64],
    levels: tuple[float, ...],
) -> float:
    """Choose how much of the forecast the networks trained on the file give.

    Parameters
    ----------
    held : Holdout
    pretrained, trained : ndarray of shape (C, H, Q)
        What both say about the rows held back.
    levels : tuple of float, length Q

    Returns
    -------
    float
        Of ``SHARES``, the smallest that is about as good as the best.
    """
    losses = [held.loss((1 - share) * pretrained + share * trained, levels) for share in SHARES]
    if not np.isfinite(losses).any():
        return SHARES[0]
    gain = max(LEAST_GAIN, CHANCE_GAIN / len(held.histories[0]) ** 0.5)
    good = np.array(losses) <= (1 + gain) * np.nanmin(losses)
    return SHARES[int(np.argmax(good))]


class _Course:
    """Networks trained one after another within one time limit."""

    def __init__(
        self,
        spec: RecurrentSpec,
        train_spec: TrainSpec,
        logs: tuple[bool, ...],
        progress: Progress,
    ) -> None:
        self.spec, self.train_spec, self.logs, self.progress = spec, train_spec, logs, progress
        self.wanted = train_spec.members or 1
        self.deadline = time.monotonic() + (train_spec.max_seconds or np.inf)
        self.histories: list[History] = []
        self.planned = 0

    def plan(self, networks: int) -> None:
        """Say how many networks share the time, for the limit and the progress bar."""
        self.planned = networks

    def members(self, panel: Panel, count: int) -> tuple[Member, ...]:
        """Train networks with different seeds, taking turns with logarithms."""
        return tuple(self._member(panel, number) for number in range(count))

    def _member(self, panel: Panel, number: int) -> Member:
        steps = self.train_spec.steps or 0
        done = len(self.histories) * steps
        left = max(self.planned - len(self.histories), 1)
        member, history = train_network(
            panel,
            replace(self.spec, log=self.logs[number % len(self.logs)]),
            replace(self.train_spec, seed=self.train_spec.seed + number),
            seconds=(self.deadline - time.monotonic()) / left,
            progress=lambda step, _: self.progress(done + step, self.planned * steps),
        )
        self.histories.append(history)
        return member


def _pretrained(panel: Panel, spec: RecurrentSpec, horizon: int) -> RecurrentModel | None:
    """Give the shipped network, unless the user asked for a network of another kind."""
    season = spec.season or (1,)
    usual = RecurrentSpec(
        cell=spec.cell, season=spec.season, horizon=spec.horizon, log=spec.log, dropout=spec.dropout
    )
    if spec != usual or not has_weights(spec.cell):
        return None
    held = hold_back(panel, spec.horizon or horizon, season[0])
    return pretrained_model(panel, held, season, spec.cell)


def _log_choices(panel: Panel, spec: RecurrentSpec, season: int) -> tuple[bool, ...]:
    """Members take turns: what the data prefer first, then the other."""
    if spec.log is not None:
        return (spec.log,)
    if not np.nanmin(panel.target) > 0:
        return (False,)
    preferred = choose_log(panel, season)
    return preferred, not preferred
