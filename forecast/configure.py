"""Choose every setting that the user left open, from the data alone.

The same rules serve every series: nothing here knows a data set. What was
chosen is written into the model file.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError, UsageError
from forecast.finding import counted
from forecast.network.geometry import LEAST_VALUES, Geometry
from forecast.panel import Panel
from forecast.spec import RecurrentSpec, TrainSpec

LARGEST_SEGMENT = 48
"""Longest season that one recurrent step reads whole; a longer one is cut evenly."""

LARGEST_REACH = 8
"""Most segments that level changes and scale look back on."""

LEAST_PAST = 3
"""Fewest rows to forecast from in training."""

SMALL_PANEL, LARGE_PANEL = 2_000, 20_000
"""Rows below and above which networks are smaller and larger; below the first, those of the
series alone need a linear map."""

FEW_WINDOWS, MANY_WINDOWS, TOO_MANY_WINDOWS = 2_000, 20_000, 200_000
"""Windows below which fewer steps are taken, below which a step draws fewer of them, and above
which it does so again, since they are long then."""

FEWEST_IN_STEP, MOST_IN_STEP, ENDS_IN_STEP = 16, 64, 320
"""Windows of one step where there are few to draw from, and the segment ends that they make
together: each end is learnt from, and those of one series overlap."""

LONGEST_TRAINING = 600.0
"""Seconds that training may take where no limit was given."""

LONG = 10
"""Windows end to end that the typical series must hold to bear a linear map of the lags."""

LONG_SEGMENTS = 14
"""Recurrent steps, at least, of series that are so long."""

DROPOUT, LINEAR_DROPOUT = 0.1, 0.5
"""Without a linear map, and with one: what it leaves over is little, and soon learnt by heart."""

LINEAR_STEPS, FEW_FOR_LINEAR = 120, 100_000
"""Steps around a linear map, and windows above which there are more: with their root."""


def choose_recurrent(spec: RecurrentSpec, panel: Panel, horizon: int) -> RecurrentSpec:
    """Fill in what the specification of a network leaves open.

    Parameters
    ----------
    spec : RecurrentSpec
        With ``season`` filled in.
    panel : Panel
        Training data.
    horizon : int
        Steps to train for where ``spec.horizon`` is None.

    Returns
    -------
    RecurrentSpec
        Every field but ``log`` filled in, see `choose_log`.

    Raises
    ------
    DataError
        When every series is too short for one window.
    UsageError
        When logarithms are wanted of values that have none.
    """
    longest, typical = int(panel.lengths.max()), float(np.median(panel.lengths))
    if longest < LEAST_PAST + 1:
        raise DataError(
            f"the longest series has {counted(longest, 'row')}; "
            f"training needs {LEAST_PAST + 1} or more",
            fix="give a longer history",
        )
    if spec.log and np.nanmin(panel.target) <= 0:
        raise UsageError(
            "log is on, but there is a value of zero or below", fix="without --log, or --no-log"
        )
    season = spec.seasons
    segment = spec.segment or _segment(season[0], spec.lags)
    lags = spec.lags or segment * _segments(segment, season, typical)
    long = typical >= LONG * lags and spec.bases and spec.level == "segment"
    linear = long if spec.linear is None else spec.linear
    rows = len(panel.target)
    hidden = 32 if rows < SMALL_PANEL else 64 if rows < LARGE_PANEL else 128
    return replace(
        spec,
        season=season,
        segment=segment,
        lags=lags,
        hidden=spec.hidden or hidden,
        horizon=spec.horizon or horizon,
        linear=linear,
        dropout=(LINEAR_DROPOUT if linear else DROPOUT) if spec.dropout is None else spec.dropout,
    )


def bears_networks(spec: RecurrentSpec, panel: Panel) -> bool:
    """Tell whether networks that know these series alone can do better than pretrained ones.

    Parameters
    ----------
    spec : RecurrentSpec
        As given by `choose_recurrent`.
    panel : Panel
        Training data.

    Returns
    -------
    bool
        False where what little there is to learn from is soon learnt by heart: below
        `SMALL_PANEL` rows, unless the network begins with a linear map.
    """
    return bool(spec.linear) or len(panel.target) >= SMALL_PANEL


def choose_training(train: TrainSpec, spec: RecurrentSpec, windows: int) -> TrainSpec:
    """Fill in what the training specification leaves open.

    Parameters
    ----------
    train : TrainSpec
    spec : RecurrentSpec
        As given by `choose_recurrent`.
    windows : int
        Number of windows to train on.

    Returns
    -------
    TrainSpec
        With ``steps``, ``batch``, ``learning_rate``, ``members`` and ``max_seconds``
        filled in.
    """
    batch = train.batch or (128 if windows > TOO_MANY_WINDOWS else 256)
    if train.batch is None and windows < MANY_WINDOWS:
        ends = (spec.lags or 1) // (spec.segment or 1)
        few = windows < FEW_WINDOWS and not spec.bidirectional  # which learns from one end only
        batch = int(np.clip(ENDS_IN_STEP // ends, FEWEST_IN_STEP, MOST_IN_STEP)) if few else 64
    if train.epochs:
        steps = train.epochs * -(-windows // batch)
    else:
        steps = train.steps or _steps(spec, windows)
    return replace(
        train,
        batch=batch,
        steps=steps,
        learning_rate=train.learning_rate or _learning_rate(spec),
        members=train.members or 3,
        max_seconds=train.max_seconds or LONGEST_TRAINING,
    )


def geometry_of(spec: RecurrentSpec) -> Geometry:
    """Give the window shape of a complete specification.

    Parameters
    ----------
    spec : RecurrentSpec
        As given by `choose_recurrent`.

    Returns
    -------
    Geometry
    """
    segment, season = spec.segment or 1, spec.seasons
    segments = (spec.lags or 1) // segment
    ahead = -(-(spec.horizon or 1) // segment) if spec.strategy == "direct" else 1
    return Geometry(
        segment=segment,
        segments=segments,
        ahead=ahead,
        phases=segment,
        season=season,
        reach=max(min(segments, LARGEST_REACH), -(-LEAST_VALUES // segment)),
        bases=spec.bases,
        level=spec.level,
    )


def choose_log(panel: Panel, season: int) -> bool:
    """Tell whether the spread of most series grows with their level.

    Parameters
    ----------
    panel : Panel
    season : int
        Rows of one group; at least 4 are used.

    Returns
    -------
    bool
        False whenever a value is zero or negative.

    Notes
    -----
    Guerrero (1993): the transformation for which the spread of groups divided
    by their mean to the power ``1 - lambda`` varies least; here lambda 0 (log)
    against lambda 1 (as it is).
    """
    if not (np.nanmin(panel.target) > 0):
        return False
    votes = [_prefers_log(one.target, max(season, 4)) for one in panel]
    cast = [vote for vote in votes if vote is not None]
    return bool(cast) and float(np.mean(cast)) >= 0.5


def _prefers_log(target: NDArray[np.float64], group: int) -> bool | None:
    cut = len(target) // group
    if cut < 3:
        return None
    groups = target[len(target) - cut * group :].reshape(cut, group)
    groups = groups[~np.isnan(groups).any(1)]
    if len(groups) < 3:
        return None
    mean, spread = groups.mean(1), groups.std(1, ddof=1)
    if not spread.mean() > 0:
        return None
    relative = spread / mean
    return bool(relative.std() / relative.mean() < spread.std() / spread.mean())


def _steps(spec: RecurrentSpec, windows: int) -> int:
    usual = 300 if windows < FEW_WINDOWS else 600
    if not spec.linear:
        return usual
    return min(round(LINEAR_STEPS * math.sqrt(max(windows / FEW_FOR_LINEAR, 1.0))), usual)


def _learning_rate(spec: RecurrentSpec) -> float:
    if spec.linear:
        return 1e-3
    return 5e-3 if (spec.hidden or 0) >= 128 else 3e-3


def _segment(season: int, lags: int | None) -> int:
    """Largest divisor of the season that is short enough and divides the lags."""
    limit = min(LARGEST_SEGMENT, season)
    return max(s for s in range(1, limit + 1) if season % s == 0 and (lags or s) % s == 0)


def _segments(segment: int, season: tuple[int, ...], rows: float) -> int:
    """Recurrent steps: two of the longest season, more where steps are short or series long."""
    wanted = max(
        2 * season[-1] // segment if len(season) > 1 or season[0] > segment else 0,
        12 if segment == 1 else 8 if segment <= 5 else 5,
    )
    if rows >= LONG * LONG_SEGMENTS * segment:
        wanted = max(wanted, LONG_SEGMENTS)
    return int(np.clip(min(wanted, rows // segment), 1, 28))
