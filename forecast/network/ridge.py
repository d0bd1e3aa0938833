"""The linear map from lags to the steps ahead, by ridge regression, in closed form.

One map serves every series, in the units of level and scale in which the
network reads a window. Long series hold enough windows for it, and it is hard to
beat on them; the network corrects it where it is not enough. Besides the lags it
reads how high a series is above its mean over all rows, to which many return.

Letters: W windows, L lags, H steps ahead.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast.network.features import LARGEST_LAG, extract, unit_height, unit_lags
from forecast.network.geometry import Geometry
from forecast.network.window import Windows, gather, location_and_spread

PENALTIES = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)
"""Candidates for the ridge penalty, in mean squares of a lag."""

LATE = 0.2
"""Part of the windows, the latest of each series, that the penalty is chosen on."""

RETURN, CLEARLY = 0.5, 0.95
"""Part of the map that is around the mean of the series, and below which part of its error
on the latest windows a map around the level alone is taken: for what rises, or drifts away."""

MOST_WINDOWS = 20_000
"""Windows that are regressed on, evenly spaced; neighbouring ones say the same."""

CHUNK = 2048
"""Windows gathered at once, which bounds memory."""


@dataclass
class _Sums:
    """Cross products of what is read and of targets, from which every map is solved and judged."""

    lags: int
    steps: int
    read_read: NDArray[np.float64] = field(init=False)
    read_step: NDArray[np.float64] = field(init=False)
    squares: float = 0.0
    windows: int = 0

    def __post_init__(self) -> None:
        self.read_read = np.zeros((self.lags + 1, self.lags + 1))
        self.read_step = np.zeros((self.lags + 1, self.steps))

    def add(self, read: NDArray[np.float64], steps: NDArray[np.float64]) -> None:
        self.read_read += read.T @ read
        self.read_step += read.T @ steps
        self.squares += float((steps**2).sum())
        self.windows += len(read)

    def solve(self, penalty: float, returning: float) -> NDArray[np.float64]:
        """Give the map from lags and height to the steps."""
        lags, height = self.read_read[:-1], self.read_read[-1]
        level = _ridge(lags[:, :-1], self.read_step[:-1], penalty)
        # Around the mean, every lag and every step is higher by the height.
        risen = lags[:, :-1] + lags[:, -1:] + height[:-1] + height[-1]
        steps = self.read_step[:-1] + self.read_step[-1] + lags[:, -1:] + height[-1]
        mean = _ridge(risen, steps, penalty)
        both = (1 - returning) * level + returning * mean
        return np.concatenate([both, returning * (mean.sum(0, keepdims=True) - 1)])

    def error(self, weights: NDArray[np.float64]) -> float:
        """Sum of squared errors of a map on these windows."""
        fitted = (weights * (self.read_read @ weights - 2 * self.read_step)).sum()
        return self.squares + float(fitted)


def _ridge(
    lag_lag: NDArray[np.float64], lag_step: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    lags = len(lag_lag)
    ridge = penalty * max(float(np.trace(lag_lag)) / lags, np.finfo(float).tiny)
    return np.asarray(np.linalg.solve(lag_lag + ridge * np.eye(lags), lag_step), np.float64)


def fit_linear(windows: Windows, geometry: Geometry) -> NDArray[np.float32]:
    """Solve for the linear map that forecasts a window best.

    Parameters
    ----------
    windows : Windows
        All rows may be learned from: hold back before.
    geometry : Geometry

    Returns
    -------
    ndarray of shape (L + 1, H), float32
        From the ``geometry.segments * geometry.segment`` last values, the oldest
        first, and the height of the level above the mean of the series, to
        ``geometry.future`` steps; all zero where no series holds a whole window.

    Notes
    -----
    Hoerl and Kennard (1970), half of a map around the level of a window and half of
    one around the mean of its series: many series return to where they were, and
    the mean of both errs less than the better of them as earlier windows tell it;
    unless they speak clearly for the level alone. The penalty is the one with the
    least squared error on the latest windows of the series, of those solved for on
    windows that end before these begin, around the mean of what came before them.
    Windows count alike, however far their values lie.
    """
    lags, steps = geometry.segments * geometry.segment, geometry.future
    early, late, every = (_Sums(lags, steps) for _ in range(3))
    for sums, cutoffs in zip((early, late, every), _cutoffs(windows, lags, steps), strict=True):
        for first in range(0, cutoffs.shape[1], CHUNK):
            sums.add(*_pairs(windows, geometry, cutoffs[:, first:][:, :CHUNK]))
    if not every.windows:
        return np.zeros((lags + 1, steps), np.float32)
    if not (early.windows and late.windows):
        return every.solve(1.0, 0.0).astype(np.float32)

    def judged(returning: float) -> tuple[float, float]:
        """Give the least error on the latest windows, and the penalty that has it."""
        return min((late.error(early.solve(one, returning)), one) for one in PENALTIES)

    (alone, free), (both, penalty) = judged(0.0), judged(RETURN)
    if alone < CLEARLY * both:
        return every.solve(free, 0.0).astype(np.float32)
    return every.solve(penalty, RETURN).astype(np.float32)


def _cutoffs(windows: Windows, lags: int, steps: int) -> tuple[NDArray[np.float64], ...]:
    """Cutoffs of early, late and all whole windows, each (4, W).

    With them, the bounds of their series, and its mean as it is known there.
    """
    starts, stops = windows.indptr[:-1], windows.indptr[1:]
    count = np.maximum(stops - starts - lags - steps + 1, 0)
    stride = max(1, -(-int(count.sum()) // MOST_WINDOWS))
    parts: list[list[NDArray[np.float64]]] = [[], [], []]
    for start, stop, several in zip(starts, stops, count, strict=True):
        cutoffs = start + lags + np.arange(0, several, stride)
        border = start + lags + int(np.ceil((1 - LATE) * several))
        before, whole = (_mean(windows.values[start:end]) for end in (border, stop))
        early, late = cutoffs[cutoffs < border - steps], cutoffs[cutoffs >= border]
        for part, some, mean in zip(
            parts, (early, late, cutoffs), (before, before, whole), strict=True
        ):
            part.append(np.stack([some, *(np.full(len(some), one) for one in (start, stop, mean))]))
    return tuple(np.concatenate(part, 1) for part in parts)


def _mean(values: NDArray[np.float32]) -> float:
    return float(location_and_spread(values[None].astype(np.float64))[0][0, 0])


def _pairs(
    windows: Windows, geometry: Geometry, cutoffs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What is read of windows, and targets, in their own units; those with every target."""
    lags, steps = geometry.segments * geometry.segment, geometry.future
    present = replace(geometry, segments=1, ahead=1, season=(1,))  # level and scale of the last end
    values = windows.values.astype(np.float64)
    at, starts, stops = cutoffs[:3].astype(np.int64)
    rows = gather(values, at, (starts, stops), max(lags, present.past), steps)
    whole = ~np.isnan(rows[:, -steps:]).any(1)
    rows, mean = rows[whole], cutoffs[3, whole]
    past, future = rows[:, :-steps], rows[:, -steps:]
    features = extract(past[:, -present.past :], present, 1, np)
    x = unit_lags(past[:, None, -lags:], features, np)[:, 0]
    height = unit_height(mean, features, np)[:, 0]
    y = np.clip((future - features.level) / features.scale, -LARGEST_LAG, LARGEST_LAG)
    size = np.maximum(np.sqrt((x**2).mean(1, keepdims=True)), np.abs(height))
    weight = 1 / np.maximum(size, 1.0)
    seen = features.rows[:, 0] > 0
    return (np.concatenate([x, height], 1) * weight)[seen], (y * weight)[seen]
