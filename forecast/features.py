"""What the network sees at the end of every segment.

One implementation serves training (torch tensors) and prediction (NumPy
arrays): the functions take the array namespace ``xp`` and use only what both
share, and nothing missing takes part in arithmetic that gradients by the values
could come back through. Nothing here is learned; the recurrent part is in
``forecast.networks`` (torch) and ``forecast.infer`` (NumPy), and how its answer
becomes a forecast in ``forecast.answer``.

Letters: B windows, K segment ends, E ends forecast from, S lags in a segment,
O output segments, H = O * S steps, R segments in reach, P phases, M bases,
F inputs.
"""

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.bases import (
    at_least_one,
    forecast_bases,
    lagged,
    like,
    noise_of,
    past_errors,
    slope_of,
)
from forecast.geometry import LAST_VALUES, Geometry, resampling

Array = Any
"""A NumPy array or a torch tensor."""

LARGEST_INPUT = 10.0
"""Inputs are cut to this many scales, so that one outlier cannot saturate the cell."""

SMALLEST_SCALE = 1e-3
"""Least scale of an end, in mean absolute deviations of the series."""


LARGEST_LAG = 30.0
"""Lags of a linear map are cut to this many scales, as targets of training are."""

LEAST_ROUGHNESS = 0.01
"""Changes below this many scales look alike; their logarithms tell which base to trust."""


@dataclass(frozen=True, eq=False)
class Features:
    """Inputs of the network and the frame in which its output is read.

    Attributes
    ----------
    inputs : array of shape (B, K, F)
        For each recurrent step, in units of the step's own level and scale.
    outlook : array of shape (B, E, O, 2 P)
        For each output segment of the last E ends: what the seasonal naive
        forecasts of the shortest and the longest season say.
    bases : array of shape (B, E, M, H)
        Structural forecasts, in the same units.
    slope : array of shape (B, E)
        Rise per step of the levels in reach, in the same units.
    level, scale : array of shape (B, E)
        A forecast f of the network means ``level + scale * f``.
    noise : array of shape (B, E)
        Unit of the correction, in scales; see ``bases.noise_of``.
    rows : array of shape (B, E)
        Observed values in reach of each end; where there are none, there is
        nothing to forecast from.
    """

    inputs: Array
    outlook: Array
    bases: Array
    slope: Array
    level: Array
    scale: Array
    noise: Array
    rows: Array


def extract(past: Array, geometry: Geometry, ends: int, xp: ModuleType) -> Features:
    """Describe every segment end of a batch of windows.

    The values of an end depend on nothing after it, so every end can be
    trained on as if it were the present.

    Parameters
    ----------
    past : array of shape (B, geometry.past)
        Standardised values up to the cutoff; NaN where missing or before the
        series began.
    geometry : Geometry
    ends : int
        For how many of the last ends bases and outlook are needed (E): K when
        training, 1 when predicting.
    xp : module
        ``numpy`` or ``torch``, whichever made ``past``.

    Returns
    -------
    Features
    """
    g = geometry
    # Segments in reach of each end, its own last, and of the one before the first: (K + 1, R)
    reach = g.before - 1 + np.arange(g.segments + 1)[:, None] - np.arange(g.reach)[::-1]
    seen = xp.where(xp.isnan(past), xp.zeros_like(past), xp.ones_like(past))
    values = xp.where(seen > 0, past, xp.zeros_like(past)).reshape(past.shape[0], -1, g.segment)
    seen = seen.reshape(past.shape[0], -1, g.segment)
    recent, seen_recent = values[:, reach], seen[:, reach]  # (B, K + 1, R, S)

    levels, counts = _levels(values, seen, xp)
    level = levels[:, g.before - 1 :]
    scale = _deviation(recent, seen_recent, xp)
    if g.level == "series":
        level, scale = xp.zeros_like(level), xp.ones_like(scale)
    known = xp.where(counts[:, reach] > 0, xp.ones_like(levels[:, reach]), 0.0 * level[..., None])
    rises = (levels[:, reach] - level[..., None]) * known  # (B, K + 1, R)
    slope = slope_of(rises, known, g, xp)
    errors = past_errors(past, (level, scale, slope), (recent, seen_recent), g, xp)

    frame = level[:, 1:, None], scale[:, 1:, None]  # (B, K, 1)
    history = recent[:, 1:], seen_recent[:, 1:]
    current = (history[0][:, :, -1] - frame[0]) / frame[1] * history[1][:, :, -1]
    tail = lagged(past, g, g.segments, -np.arange(1, LAST_VALUES + 1), xp) - frame[0]
    tail = xp.where(xp.isnan(tail), xp.zeros_like(tail), tail) / frame[1]
    down = like(past, resampling(g.segment, g.phases), xp)
    rises = rises[:, 1:] / frame[1]
    inputs = xp.concatenate(
        [
            _cut(current, xp) @ down,
            history[1][:, :, -1] @ down,
            _cut(rises, xp),
            known[:, 1:],
            _cut(tail, xp),
            xp.log(_roughness(past, history, g, xp) / frame[1] + LEAST_ROUGHNESS),
            xp.log(errors + LEAST_ROUGHNESS),
            xp.zeros_like(rises[:, :, :1]) + like(past, _calendar(g), xp),
        ],
        2,
    )
    level, scale = level[:, -ends:], scale[:, -ends:]
    bases = forecast_bases(past, level, g, np.arange(g.future), xp)
    bases = (bases - level[..., None, None]) / scale[..., None, None]
    return Features(
        inputs,
        _outlook(bases, g, xp),
        bases,
        slope[:, -ends:] / scale,
        level,
        scale,
        noise_of(errors, g, xp)[:, -ends:],
        seen_recent[:, -ends:].sum(3).sum(2),
    )


def with_linear(
    features: Features, past: Array, weights: Array, geometry: Geometry, xp: ModuleType
) -> Features:
    """Put a linear map of the lags in the place of the level among the bases.

    Parameters
    ----------
    features : Features
        Of the last E ends.
    past : array of shape (B, geometry.past)
        That they were extracted from.
    weights : array of shape (L, H or more)
        From L lags, the oldest first, to the steps ahead, both in units of an end's
        level and scale; see ``forecast.ridge``.
    geometry : Geometry
    xp : module

    Returns
    -------
    Features
    """
    ends, offsets = features.level.shape[1], np.arange(-len(weights), 0)
    lags = unit_lags(lagged(past, geometry, ends, offsets, xp), features, xp)
    flat = lags.reshape(-1, len(weights)) @ weights[:, : geometry.future]
    line = flat.reshape(-1, ends, geometry.future)
    return replace(features, bases=xp.concatenate([line[:, :, None], features.bases[:, :, 1:]], 2))


def unit_lags(lags: Array, features: Features, xp: ModuleType) -> Array:
    """Bring lags, (B, E, L), to units of their ends, a missing one to the level."""
    above = lags - features.level[..., None]
    above = xp.where(xp.isnan(above), xp.zeros_like(above), above)
    return xp.clip(above / features.scale[..., None], -LARGEST_LAG, LARGEST_LAG)


def _levels(values: Array, seen: Array, xp: ModuleType) -> tuple[Array, Array]:
    """Mean of each segment (an empty one takes over the level before it), and its rows."""
    count = seen.sum(2)
    mean = values.sum(2) / at_least_one(count, xp)
    levels = [mean[:, 0]]
    for k in range(1, mean.shape[1]):
        levels.append(xp.where(count[:, k] > 0, mean[:, k], levels[-1]))
    return xp.stack(levels, 1), count


def _deviation(recent: Array, seen: Array, xp: ModuleType) -> Array:
    """Mean absolute deviation of the rows in reach, (B, K)."""
    count = at_least_one(seen.sum(3).sum(2), xp)
    centre = recent.sum(3).sum(2) / count
    deviation = (xp.abs(recent - centre[:, :, None, None]) * seen).sum(3).sum(2) / count
    return xp.clip(deviation, SMALLEST_SCALE, np.inf)


def _roughness(past: Array, history: tuple[Array, Array], g: Geometry, xp: ModuleType) -> Array:
    """Mean absolute changes in the order of ``ROUGHNESS``, (B, K, 3)."""
    recent, seen = history
    flat = (*recent.shape[:2], -1)
    rows, seen_rows = recent.reshape(flat), seen.reshape(flat)
    newest = -np.arange(1, g.segment + 1)
    season = lagged(past, g, g.segments, newest, xp) - lagged(
        past, g, g.segments, newest - g.season[-1], xp
    )
    missing = xp.isnan(season)
    pairs = [
        (rows[:, :, 1:] - rows[:, :, :-1], seen_rows[:, :, 1:] * seen_rows[:, :, :-1]),
        (
            (recent[:, :, 1:] - recent[:, :, :-1]).reshape(flat),
            (seen[:, :, 1:] * seen[:, :, :-1]).reshape(flat),
        ),
        (
            xp.where(missing, xp.zeros_like(season), season),
            xp.where(missing, xp.zeros_like(season), xp.ones_like(season)),
        ),
    ]
    return xp.stack([(xp.abs(a) * b).sum(2) / at_least_one(b.sum(2), xp) for a, b in pairs], 2)


def _calendar(g: Geometry) -> NDArray[np.float64]:
    """What kind of series this is, in the order of ``CALENDAR``, on log scales."""
    ratios = [np.log1p(season / g.segment) / 4 for season in (g.season[0], g.season[-1])]
    return np.array([np.log(g.segment) / 4, float(g.season[-1] > 1), *ratios])


def _outlook(bases: Array, g: Geometry, xp: ModuleType) -> Array:
    """The seasonal bases by output segment, resampled, (B, E, O, 2 P)."""
    rows, ends = bases.shape[:2]
    down = like(bases, resampling(g.segment, g.phases), xp)
    seasonal = bases[:, :, 3:5].reshape(rows, ends, 2, g.ahead, g.segment)
    both = xp.concatenate([seasonal[:, :, 0] @ down, seasonal[:, :, 1] @ down], 3)
    return _cut(both[..., : g.outlook_count], xp)


def _cut(values: Array, xp: ModuleType) -> Array:
    return xp.clip(values, -LARGEST_INPUT, LARGEST_INPUT)
