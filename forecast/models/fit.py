"""Train the recurrent forecaster on a panel: hold back, train, calibrate, train on all.

Letters: N series, H horizon, C held-back forecasts, Q quantile levels.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.calibrate import Calibration, calibrate
from forecast.configure import LEAST_PAST, choose_recurrent, choose_training
from forecast.models.holdout import Holdout, hold_back
from forecast.models.members import Course, Progress
from forecast.models.recurrent import Member, RecurrentModel
from forecast.models.zero_shot import pretrained_model
from forecast.panel import Panel
from forecast.pretrained import has_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.train import History
from forecast.window import Windows

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Candidates for the part of the forecast that networks trained on the file give."""

LEAST_GAIN, CHANCE_GAIN = 0.01, 0.2
"""Relative gain that a larger share of trained networks has to bring: at least the
first, and for N series the second over the root of N, which chance alone can give."""

NEGLIGIBLE_HOLDOUT = 0.1
"""Share of the rows that may stay unseen; a larger holdout is trained on in the end."""


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
    The last horizon of every series is held back. A network trained without
    it is blended with the pretrained one and scored on it; where the
    pretrained one does as well alone, no other is trained. Otherwise, where
    the horizon is a small part of the rows, the other members are trained
    without it too; else all members are trained on all rows.
    """
    started = time.monotonic()
    asked, spec = spec, choose_recurrent(spec, panel, horizon)
    held = hold_back(panel, spec.horizon or horizon, (spec.season or (1,))[0])
    start = None if train_spec.from_scratch else _pretrained(panel, asked, held)
    base = held.forecast(start, DEFAULT_QUANTILES) if held and start else None
    known = panel if held is None else panel.before_last(held.horizon)
    unseen = len(panel.target) - len(known.target)
    windows = len(Windows.of(panel, LEAST_PAST))
    train_spec = choose_training(train_spec, spec, windows)
    course = Course(spec, train_spec, panel, progress)

    keeps_known = unseen <= NEGLIGIBLE_HOLDOUT * len(panel.target)
    course.planned += not keeps_known
    members = course.members(known, 1)
    share, grid = _weigh(members, base, held)
    if share > 0 and keeps_known and course.wanted > 1:
        members += course.members(known, course.wanted - 1, first=1)
        share, grid = _weigh(members, base, held)
    elif share > 0 and not keeps_known:
        members = course.members(panel, course.wanted)
    course.finish()
    scores: dict[str, float] = {}
    calibration = Calibration.none()
    if held is not None:
        calibration = calibrate(held.y, grid, DEFAULT_QUANTILES)
        scores = held.scores(grid[..., len(DEFAULT_QUANTILES) // 2])
    model = RecurrentModel(
        spec, panel.freq, _blend(members, start, share), DEFAULT_QUANTILES, calibration
    )
    return Fitted(
        model,
        train_spec,
        windows,
        tuple(course.histories),
        {**scores, "trained_share": share},
        time.monotonic() - started,
    )


def _weigh(
    members: tuple[Member, ...], base: NDArray[np.float64] | None, held: Holdout | None
) -> tuple[float, NDArray[np.float64]]:
    """Share of the trained members, and what the blend says about the rows held back."""
    if held is None:
        return 1.0, np.empty(0)
    first = members[0]
    trained = RecurrentModel(first.spec, "", members, DEFAULT_QUANTILES, Calibration.none())
    grid = held.forecast(trained, DEFAULT_QUANTILES)
    if base is None:
        return 1.0, grid
    share = trained_share(held, base, grid, DEFAULT_QUANTILES)
    return share, (1 - share) * base + share * grid


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


def _pretrained(panel: Panel, spec: RecurrentSpec, held: Holdout | None) -> RecurrentModel | None:
    """Give the shipped network, unless the user asked for a network of another kind."""
    usual = RecurrentSpec(
        cell=spec.cell, season=spec.season, horizon=spec.horizon, log=spec.log, dropout=spec.dropout
    )
    if spec != usual or not has_weights(spec.cell):
        return None
    return pretrained_model(panel, held, spec.season or (1,), spec.cell)


def _blend(
    trained: tuple[Member, ...], start: RecurrentModel | None, share: float
) -> tuple[Member, ...]:
    """Members of both origins with their shares; those without a share are left out."""
    pretrained = start.members if start is not None else ()
    return tuple(
        replace(one, share=part / len(group))
        for group, part in ((trained, share), (pretrained, 1 - share))
        for one in group
        if part > 0
    )
