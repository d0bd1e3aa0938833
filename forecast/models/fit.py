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
from forecast.metrics import mase, seasonal_scale
from forecast.models.naive import SeasonalNaive
from forecast.models.recurrent import Member, RecurrentModel
from forecast.networks import SegmentNetwork
from forecast.panel import Panel
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import NaiveSpec, RecurrentSpec, TrainSpec
from forecast.train import History, train
from forecast.window import Windows

HELD_BACK = 100
"""Forecasts that calibration aims for; few series are forecast from several cutoffs."""

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
        MASE of the network ("mase") and of the seasonal naive method
        ("naive_mase") on the rows held back; empty when none could be.
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
    The last horizon of every series is held back. A network trained without
    it is scored and calibrated on it. Where it is a small part of the rows,
    the same network is kept as the first member; otherwise all members are
    trained on all rows with the calibration of the first.
    """
    started = time.monotonic()
    spec = choose_recurrent(spec, panel, horizon)
    steps_ahead = spec.horizon or horizon
    known = panel.before_last(min(steps_ahead, int(panel.lengths.max()) // 3))
    season = (spec.season or (1,))[0]
    logs = _log_choices(panel, spec, season)
    windows = Windows.of(panel, LEAST_PAST)
    train_spec = choose_training(train_spec, spec, len(windows))
    members_wanted = train_spec.members or 1
    keeps_holdout = len(panel.target) - len(known.target) <= NEGLIGIBLE_HOLDOUT * len(panel.target)
    runs = members_wanted + (0 if keeps_holdout else 1)
    deadline = started + (train_spec.max_seconds or np.inf)
    total = runs * (train_spec.steps or 0)
    histories: list[History] = []

    def train_member(rows: Panel, number: int) -> Member:
        done = len(histories) * (train_spec.steps or 0)
        member, history = train_network(
            rows,
            replace(spec, log=logs[number % len(logs)]),
            replace(train_spec, seed=train_spec.seed + number),
            seconds=(deadline - time.monotonic()) / (runs - len(histories)),
            progress=lambda step, _: progress(done + step, total),
        )
        histories.append(history)
        return member

    validated = members_wanted if keeps_holdout else 1
    members = tuple(train_member(known, number) for number in range(validated))
    model = RecurrentModel(spec, panel.freq, members, DEFAULT_QUANTILES, Calibration.none())
    calibration, scores = validate(model, panel, steps_ahead)
    if not keeps_holdout:
        members = tuple(train_member(panel, number) for number in range(members_wanted))
    model = replace(model, members=members, calibration=calibration)
    seconds = time.monotonic() - started
    return Fitted(model, train_spec, len(windows), tuple(histories), scores, seconds)


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


def validate(
    model: RecurrentModel, panel: Panel, horizon: int
) -> tuple[Calibration, dict[str, float]]:
    """Forecast the rows held back and learn from the errors.

    Parameters
    ----------
    model : RecurrentModel
        Trained without the last ``horizon`` rows.
    panel : Panel
    horizon : int

    Returns
    -------
    Calibration
    dict of str to float
        "mase" and "naive_mase"; empty where no series has a scale.
    """
    held = min(horizon, int(panel.lengths.max()) // 3)
    cutoffs = 1 if len(panel) >= HELD_BACK else min(held, -(-HELD_BACK // len(panel)))
    season = (model.spec.season or (1,))[0]
    naive = SeasonalNaive(NaiveSpec(season))
    y, grid, ratios = [], [], []
    for cutoff in range(cutoffs):
        drop = held - cutoff * held // cutoffs
        usable = np.flatnonzero(panel.lengths > drop + LEAST_PAST)
        if not len(usable):
            continue
        whole = panel.select(usable)
        history = whole.before_last(drop)
        actual = _padded([one.target[-drop:] for one in whole], held)
        quantiles = model.predict_quantiles(history, held, model.levels).quantiles
        y.append(actual)
        grid.append(quantiles)
        if cutoff == 0:
            scale = np.array([seasonal_scale(one.target, season) for one in history])
            guess = naive.predict_quantiles(history, held, (0.5,)).quantiles[..., 0]
            middle = len(model.levels) // 2
            ratios = [mase(actual, quantiles[..., middle], scale), mase(actual, guess, scale)]
    if not y:
        return Calibration.none(), {}
    scores = {
        name: float(np.nanmean(each))
        for name, each in zip(("mase", "naive_mase"), ratios, strict=True)
        if np.isfinite(each).any()
    }
    return calibrate(np.concatenate(y), np.concatenate(grid), model.levels), scores


def _log_choices(panel: Panel, spec: RecurrentSpec, season: int) -> tuple[bool, ...]:
    """Members take turns: what the data prefer first, then the other."""
    if spec.log is not None:
        return (spec.log,)
    if not np.nanmin(panel.target) > 0:
        return (False,)
    preferred = choose_log(panel, season)
    return preferred, not preferred


def _padded(rows: list[NDArray[np.float64]], width: int) -> NDArray[np.float64]:
    found = np.full((len(rows), width), np.nan)
    for index, values in enumerate(rows):
        found[index, : len(values)] = values
    return found
