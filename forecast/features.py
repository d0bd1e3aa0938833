"""What the network sees at the end of every segment, and how its answer becomes a forecast.

One implementation serves training (torch tensors) and prediction (NumPy
arrays): the functions take the array namespace ``xp`` and use only what both
share. Nothing here is learned; the recurrent part is in ``forecast.networks``
(torch) and ``forecast.infer`` (NumPy).

Letters: B windows, K segment ends, E ends forecast from, S lags in a segment,
O output segments, H = O * S steps, R segments in reach, P phases, M bases,
Q quantiles, F inputs.
"""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.geometry import BASES, LAST_VALUES, Geometry, resampling

Array = Any
"""A NumPy array or a torch tensor."""

LARGEST_INPUT = 10.0
"""Inputs are cut to this many scales, so that one outlier cannot saturate the cell."""

SMALLEST_SCALE = 1e-3
"""Least scale of an end, in mean absolute deviations of the series."""


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
    drift : array of shape (B, E, H)
        Straight line through the levels in reach, zero at the last segment's middle.
    level, scale : array of shape (B, E)
        A forecast f of the network means ``level + scale * f``.
    rows : array of shape (B, E)
        Observed values in reach of each end; where there are none, there is
        nothing to forecast from.
    """

    inputs: Array
    outlook: Array
    bases: Array
    drift: Array
    level: Array
    scale: Array
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
    # Segments in reach of each end, the end's own last: (K, R)
    reach = g.before + np.arange(g.segments)[:, None] - np.arange(g.reach)[::-1][None, :]
    seen = xp.where(xp.isnan(past), xp.zeros_like(past), xp.ones_like(past))
    values = xp.where(seen > 0, past, xp.zeros_like(past)).reshape(past.shape[0], -1, g.segment)
    seen = seen.reshape(past.shape[0], -1, g.segment)
    recent, seen_recent = values[:, reach], seen[:, reach]  # (B, K, R, S)

    levels, counts = _levels(values, seen, xp)
    level = levels[:, g.before :]
    scale = _deviation(recent, seen_recent, xp)
    if g.level == "series":
        level, scale = xp.zeros_like(level), xp.ones_like(scale)
    frame = level[:, :, None], scale[:, :, None]  # (B, K, 1)

    known = xp.where(counts[:, reach] > 0, xp.ones_like(frame[0]), xp.zeros_like(frame[0]))
    slopes = (levels[:, reach] - frame[0]) / frame[1] * known  # (B, K, R)
    current = (recent[:, :, -1] - frame[0]) / frame[1] * seen_recent[:, :, -1]
    tail = (_lagged(past, g, g.segments, -np.arange(1, LAST_VALUES + 1), xp) - frame[0]) / frame[1]
    down = _like(past, resampling(g.segment, g.phases), xp)
    inputs = xp.concatenate(
        [
            _cut(current, xp) @ down,
            seen_recent[:, :, -1] @ down,
            _cut(slopes, xp),
            known,
            _cut(xp.where(xp.isnan(tail), xp.zeros_like(tail), tail), xp),
            xp.log(_roughness(past, (recent, seen_recent), g, xp) / frame[1] + LEAST_ROUGHNESS),
            xp.zeros_like(slopes[:, :, :1]) + _like(past, _calendar(g), xp),
        ],
        2,
    )
    last_frame = level[:, -ends:], scale[:, -ends:]
    bases = _bases(past, last_frame, g, xp)
    return Features(
        inputs,
        _outlook(bases, g, xp),
        bases,
        _drift(slopes[:, -ends:], known[:, -ends:], g, xp),
        *last_frame,
        seen_recent[:, -ends:].sum(3).sum(2),
    )


def combine(
    features: Features, gates: Array, correction: Array, geometry: Geometry, xp: ModuleType
) -> Array:
    """Blend the bases by the gates and add the correction.

    Parameters
    ----------
    features : Features
    gates : array of shape (B, E, O, M + 1)
        Logits of the bases, then of the share of drift.
    correction : array of shape (B, E, O, P, Q)
        Quantiles around the blend, non-decreasing along Q.
    geometry : Geometry
    xp : module

    Returns
    -------
    array of shape (B, E, H, Q)
        In units of the end's level and scale.
    """
    g = geometry
    rows, ends = gates.shape[:2]
    up = _like(correction, resampling(g.phases, g.segment), xp)
    fine = xp.einsum("beopq,ps->beosq", correction, up).reshape(rows, ends, g.future, -1)
    if not g.bases:
        return fine
    choice = gates[..., :-1]
    choice = xp.exp(choice - xp.amax(choice, -1)[..., None])
    choice = choice / choice.sum(-1)[..., None]
    bases = features.bases.reshape(rows, ends, len(BASES), g.ahead, g.segment)
    blend = xp.einsum("beom,bemos->beos", choice, bases)
    share = 0.5 + 0.5 * xp.tanh(0.5 * gates[..., -1])  # a logistic whose gradient stays finite
    drift = features.drift.reshape(rows, ends, g.ahead, g.segment)
    point = (blend + share[..., None] * drift).reshape(rows, ends, g.future)
    return fine + point[..., None]


def _levels(values: Array, seen: Array, xp: ModuleType) -> tuple[Array, Array]:
    """Mean of each segment (an empty one takes over the level before it), and its rows."""
    count = seen.sum(2)
    mean = values.sum(2) / _at_least_one(count, xp)
    levels = [mean[:, 0]]
    for k in range(1, mean.shape[1]):
        levels.append(xp.where(count[:, k] > 0, mean[:, k], levels[-1]))
    return xp.stack(levels, 1), count


def _deviation(recent: Array, seen: Array, xp: ModuleType) -> Array:
    """Mean absolute deviation of the rows in reach, (B, K)."""
    count = _at_least_one(seen.sum(3).sum(2), xp)
    centre = recent.sum(3).sum(2) / count
    deviation = (xp.abs(recent - centre[:, :, None, None]) * seen).sum(3).sum(2) / count
    return xp.clip(deviation, SMALLEST_SCALE, np.inf)


def _roughness(past: Array, history: tuple[Array, Array], g: Geometry, xp: ModuleType) -> Array:
    """Mean absolute changes in the order of ``ROUGHNESS``, (B, K, 3)."""
    recent, seen = history
    flat = (*recent.shape[:2], -1)
    rows, seen_rows = recent.reshape(flat), seen.reshape(flat)
    newest = -np.arange(1, g.segment + 1)
    season = _lagged(past, g, g.segments, newest, xp) - _lagged(
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
    return xp.stack([(xp.abs(a) * b).sum(2) / _at_least_one(b.sum(2), xp) for a, b in pairs], 2)


def _calendar(g: Geometry) -> NDArray[np.float64]:
    """What kind of series this is, in the order of ``CALENDAR``, on log scales."""
    ratios = [np.log1p(season / g.segment) / 4 for season in (g.season[0], g.season[-1])]
    return np.array([np.log(g.segment) / 4, float(g.season[-1] > 1), *ratios])


def _bases(past: Array, frame: tuple[Array, Array], g: Geometry, xp: ModuleType) -> Array:
    """Structural forecasts in the order of ``BASES``, (B, E, M, H)."""
    level, scale = frame[0][:, :, None], frame[1][:, :, None]
    ends, step = level.shape[1], np.arange(g.future)
    flat = xp.zeros_like(level) + _like(past, np.zeros(g.future), xp)
    if not g.bases:
        return xp.stack([flat] * len(BASES), 2)

    def naive(season: int, otherwise: Array) -> Array:
        found = (_lagged(past, g, ends, step % season - season, xp) - level) / scale
        return xp.where(xp.isnan(found), otherwise, found)

    last = naive(1, flat)
    season = g.season[0]
    if season == 1:
        return xp.stack([flat, last, flat, last, last], 2)
    cycles = max(1, g.reach * g.segment // season)
    lags = np.arange(season)[None, :] - season * np.arange(1, cycles + 1)[:, None]
    phases = _lagged(past, g, ends, lags.ravel(), xp).reshape(*flat.shape[:2], cycles, season)
    seen = xp.where(xp.isnan(phases), xp.zeros_like(phases), xp.ones_like(phases))
    phases = xp.where(seen > 0, phases - level[..., None], xp.zeros_like(phases))
    profile = phases.sum(2) / _at_least_one(seen.sum(2), xp)
    profile = (profile - profile.mean(2)[:, :, None])[:, :, step % season] / scale
    short = naive(season, profile)
    return xp.stack([flat, last, profile, short, naive(g.season[-1], short)], 2)


def _outlook(bases: Array, g: Geometry, xp: ModuleType) -> Array:
    """The seasonal bases by output segment, resampled, (B, E, O, 2 P)."""
    rows, ends = bases.shape[:2]
    down = _like(bases, resampling(g.segment, g.phases), xp)
    seasonal = bases[:, :, 3:].reshape(rows, ends, 2, g.ahead, g.segment)
    both = xp.concatenate([seasonal[:, :, 0] @ down, seasonal[:, :, 1] @ down], 3)
    return _cut(both[..., : g.outlook_count], xp)


def _drift(slopes: Array, known: Array, g: Geometry, xp: ModuleType) -> Array:
    """Line from the earlier levels in reach through the last one, (B, E, H)."""
    earlier = _at_least_one(known.sum(2) - 1, xp)
    rise = -slopes.sum(2) / earlier  # of the last level above the earlier ones' mean,
    slope = rise / ((earlier + 1) / 2) / g.segment  # which lies this many segments back
    return slope[:, :, None] * _like(slopes, np.arange(g.future) + (g.segment + 1) / 2, xp)


def _lagged(past: Array, g: Geometry, ends: int, offsets: NDArray[Any], xp: ModuleType) -> Array:
    """Values at offsets from the row after each of the last ends, (B, E, len(offsets))."""
    after = past.shape[1] - np.arange(ends)[::-1] * g.segment
    index = after[:, None] + offsets[None, :]
    found = past[:, np.maximum(index, 0)]
    return xp.where(_like(past, index >= 0, xp) > 0, found, xp.zeros_like(found) + xp.nan)


def _at_least_one(count: Array, xp: ModuleType) -> Array:
    return xp.clip(count, 1, np.inf)


def _like(reference: Array, constants: NDArray[Any], xp: ModuleType) -> Array:
    return xp.asarray(constants, dtype=reference.dtype, device=reference.device)


def _cut(values: Array, xp: ModuleType) -> Array:
    return xp.clip(values, -LARGEST_INPUT, LARGEST_INPUT)
