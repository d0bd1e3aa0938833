"""What the network sees at the end of every segment.

One implementation serves training (torch tensors) and prediction (NumPy
arrays): the functions take the array namespace ``xp`` and use only what both
share, and nothing missing takes part in arithmetic that gradients by the values
could come back through. Nothing here is learned; the recurrent part is in
``forecast.network.segments`` (torch) and ``forecast.network.infer`` (NumPy), and how its answer
becomes a forecast in ``forecast.network.answer``.

Letters: B windows, K segment ends, E ends forecast from, S lags in a segment,
O output segments, H = O * S steps, R segments in reach, P phases, M bases,
F inputs.
"""

from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from forecast.network.arrays import Array, at_least_one, columns, lagged, like
from forecast.network.bases import Frame, forecast_bases, noise_of, past_errors, profile_of
from forecast.network.geometry import LAST_VALUES, LONG_SEASON, SHORT_SEASON, Geometry, resampling
from forecast.network.trends import line_of, slope_of

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
    values = xp.where(seen > 0, past, xp.zeros_like(past))
    by_segment = values.reshape(len(past), -1, g.segment), seen.reshape(len(past), -1, g.segment)

    levels, counts = _levels(*by_segment, xp)
    level = levels[:, g.before - 1 :]
    if g.level == "series":
        level = xp.zeros_like(level)
        scale = xp.ones_like(level)
    else:
        scale = _deviation(*by_segment, reach, xp)
    rows = columns(counts, reach, xp)
    known = xp.where(rows > 0, xp.ones_like(rows), xp.zeros_like(rows))
    rises = (columns(levels, reach, xp) - level[..., None]) * known  # (B, K + 1, R)
    profile = profile_of(values, seen, level, g, xp)
    mean = level + rises.sum(2) / at_least_one(known.sum(2), xp)
    slope, line = slope_of(rises, known, g, xp), line_of(levels, counts, g, xp)
    frame = Frame(level, profile, scale, slope, mean, *line, rows.sum(2))
    own = tuple(one[:, g.before :] for one in by_segment)  # (B, K, S)
    errors = past_errors(past, frame, (own[0], own[1]), g, xp)

    level, scale = frame.level[:, 1:, None], frame.scale[:, 1:, None]  # (B, K, 1)
    tail = lagged(past, g.segment, g.segments, -np.arange(1, LAST_VALUES + 1), xp) - level
    tail = xp.where(xp.isnan(tail), xp.zeros_like(tail), tail) / scale
    down = like(past, resampling(g.segment, g.phases), xp)
    rises = rises[:, 1:] / scale
    inputs = xp.concatenate(
        [
            _cut((own[0] - level) / scale * own[1], xp) @ down,
            own[1] @ down,
            _cut(rises, xp),
            known[:, 1:],
            _cut(tail, xp),
            xp.log(_roughness(*by_segment, reach[1:], g, xp) / scale + LEAST_ROUGHNESS),
            xp.log(errors + LEAST_ROUGHNESS),
            xp.zeros_like(rises[:, :, :1]) + like(past, _calendar(g), xp),
        ],
        2,
    )
    frame = frame.take(slice(-ends, None))
    level, scale = frame.level[..., None, None], frame.scale[..., None, None]
    bases = (forecast_bases(past, frame, g, np.arange(g.future), xp) - level) / scale
    return Features(
        inputs,
        _outlook(bases, g, xp),
        bases,
        frame.slope / frame.scale,
        frame.level,
        frame.scale,
        noise_of(errors, g, xp)[:, -ends:],
        frame.rows,
    )


def upside_down(features: Features, geometry: Geometry) -> Features:
    """Describe the same windows with every value negated.

    Parameters
    ----------
    features : Features
    geometry : Geometry
        Of the windows.

    Returns
    -------
    Features
        As `extract` would give them: scales, noises and what is seen stay.
    """
    g = geometry
    sign = np.ones(g.input_count, features.inputs.dtype)
    rises = 2 * g.phases  # after the values and what is seen of them
    known = rises + g.reach
    tail = known + g.reach
    for odd in (slice(g.phases), slice(rises, known), slice(tail, tail + LAST_VALUES)):
        sign[odd] = -1
    return replace(
        features,
        inputs=features.inputs * sign,
        outlook=-features.outlook,
        bases=-features.bases,
        slope=-features.slope,
        level=-features.level,
    )


def with_linear(
    features: Features,
    past: Array,
    mean: Array,
    weights: Array,
    geometry: Geometry,
    xp: ModuleType,
) -> Features:
    """Put a linear map in the place of the level among the bases.

    Parameters
    ----------
    features : Features
        Of the last E ends.
    past : array of shape (B, geometry.past)
        That they were extracted from.
    mean : array of shape (B,)
        Of each whole series, in the same units; NaN where unknown.
    weights : array of shape (L + 1, H or more)
        From L lags, the oldest first, and the height above the mean to the steps
        ahead, all in units of an end's level and scale; see ``forecast.network.ridge``.
    geometry : Geometry
    xp : module

    Returns
    -------
    Features
    """
    ends, offsets = features.level.shape[1], np.arange(1 - len(weights), 0)
    lags = unit_lags(lagged(past, geometry.segment, ends, offsets, xp), features, xp)
    seen = xp.concatenate([lags, unit_height(mean, features, xp)], 2)
    flat = seen.reshape(-1, len(weights)) @ weights[:, : geometry.future]
    line = flat.reshape(-1, ends, geometry.future)
    return replace(features, bases=xp.concatenate([line[:, :, None], features.bases[:, :, 1:]], 2))


def unit_lags(lags: Array, features: Features, xp: ModuleType) -> Array:
    """Bring lags, (B, E, L), to units of their ends, a missing one to the level."""
    return _units(lags - features.level[..., None], features, xp)


def unit_height(mean: Array, features: Features, xp: ModuleType) -> Array:
    """Tell how far ends are above the mean of their series, (B, E, 1); 0 where unknown."""
    return _units(features.level[..., None] - mean[:, None, None], features, xp)


def _units(above: Array, features: Features, xp: ModuleType) -> Array:
    """Bring differences, (B, E, L), to units of their ends, a missing one to 0."""
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


def _deviation(values: Array, seen: Array, reach: NDArray[np.int64], xp: ModuleType) -> Array:
    """Mean absolute deviation of the rows in reach, (B, K + 1)."""
    recent, seen_recent = _pick(values, reach, xp), _pick(seen, reach, xp)
    count = at_least_one(seen_recent.sum(3).sum(2), xp)
    centre = recent.sum(3).sum(2) / count
    deviation = (xp.abs(recent - centre[:, :, None, None]) * seen_recent).sum(3).sum(2) / count
    return xp.clip(deviation, SMALLEST_SCALE, np.inf)


def _pick(segments: Array, numbers: NDArray[np.int64], xp: ModuleType) -> Array:
    """Give segments of (B, N, S) by number, (B, *numbers.shape, S)."""
    if xp is np:
        return segments[:, numbers]
    flat = xp.as_tensor(numbers.ravel(), device=segments.device)
    return segments.index_select(1, flat).unflatten(1, numbers.shape)


def _roughness(
    values: Array, seen: Array, reach: NDArray[np.int64], g: Geometry, xp: ModuleType
) -> Array:
    """Mean absolute changes in the order of ``ROUGHNESS``, (B, K, 3).

    Every change is made once and summed by segment; an end adds up its reach.
    """
    shape = values.shape
    rows, seen_rows = values.reshape(len(values), -1), seen.reshape(len(values), -1)

    def changes(lag: int) -> tuple[Array, Array]:
        """From so many steps before, (B, N, S), and which are known."""
        lag = min(lag, rows.shape[1])
        none = xp.zeros_like(rows[:, :lag])
        both = xp.concatenate([none, seen_rows[:, lag:] * seen_rows[:, : rows.shape[1] - lag]], 1)
        made = xp.abs(rows[:, lag:] - rows[:, : rows.shape[1] - lag])
        made = xp.concatenate([none, made], 1) * both
        return made.reshape(shape), both.reshape(shape)

    steps, segments, seasons = (changes(lag) for lag in (1, g.segment, g.season[-1]))
    pairs = []
    for step, segment, season in zip(steps, segments, seasons, strict=True):
        within = columns(step[:, :, 1:].sum(2), reach, xp).sum(2)
        across = columns(step[:, :, 0], reach[:, 1:], xp).sum(2)
        between = columns(segment.sum(2), reach[:, 1:], xp).sum(2)
        pairs.append((within + across, between, columns(season.sum(2), reach[:, -1], xp)))
    totals, counts = pairs
    return xp.stack([a / at_least_one(b, xp) for a, b in zip(totals, counts, strict=True)], 2)


def _calendar(g: Geometry) -> NDArray[np.float64]:
    """What kind of series this is, in the order of ``CALENDAR``, on log scales."""
    ratios = [np.log1p(season / g.segment) / 4 for season in (g.season[0], g.season[-1])]
    return np.array([np.log(g.segment) / 4, float(g.season[-1] > 1), *ratios])


def _outlook(bases: Array, g: Geometry, xp: ModuleType) -> Array:
    """The seasonal bases by output segment, resampled, (B, E, O, 2 P)."""
    shape = *bases.shape[:2], g.ahead, g.segment
    down = like(bases, resampling(g.segment, g.phases), xp)
    both = [bases[:, :, one].reshape(shape) @ down for one in (SHORT_SEASON, LONG_SEASON)]
    return _cut(xp.concatenate(both, 3)[..., : g.outlook_count], xp)


def _cut(values: Array, xp: ModuleType) -> Array:
    return xp.clip(values, -LARGEST_INPUT, LARGEST_INPUT)
