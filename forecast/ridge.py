"""The linear map from lags to the steps ahead, by ridge regression, in closed form.

One map serves every series, in the units of level and scale in which the
network reads a window. Long series hold enough windows for it, and it is hard to
beat on them; the network corrects it where it is not enough.

Letters: W windows, L lags, H steps ahead.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast.features import LARGEST_LAG, extract, unit_lags
from forecast.geometry import Geometry
from forecast.window import Windows, gather

PENALTIES = (10.0, 1.0, 0.1, 0.01)
"""Candidates for the ridge penalty, in mean squares of a lag."""

LATE = 0.2
"""Part of the windows, the latest of each series, that the penalty is chosen on."""

MOST_WINDOWS = 20_000
"""Windows that are regressed on, evenly spaced; neighbouring ones say the same."""

CHUNK = 2048
"""Windows gathered at once, which bounds memory."""


@dataclass
class _Sums:
    """Cross products of lags and targets, from which every penalty is solved and judged."""

    lags: int
    steps: int
    lag_lag: NDArray[np.float64] = field(init=False)
    lag_step: NDArray[np.float64] = field(init=False)
    squares: float = 0.0
    windows: int = 0

    def __post_init__(self) -> None:
        self.lag_lag = np.zeros((self.lags, self.lags))
        self.lag_step = np.zeros((self.lags, self.steps))

    def add(self, lags: NDArray[np.float64], steps: NDArray[np.float64]) -> None:
        self.lag_lag += lags.T @ lags
        self.lag_step += lags.T @ steps
        self.squares += float((steps**2).sum())
        self.windows += len(lags)

    def plus(self, other: "_Sums") -> "_Sums":
        total = _Sums(self.lags, self.steps, self.squares + other.squares)
        total.lag_lag, total.lag_step = self.lag_lag + other.lag_lag, self.lag_step + other.lag_step
        total.windows = self.windows + other.windows
        return total

    def solve(self, penalty: float) -> NDArray[np.float64]:
        ridge = penalty * max(float(np.trace(self.lag_lag)) / self.lags, np.finfo(float).tiny)
        weights = np.linalg.solve(self.lag_lag + ridge * np.eye(self.lags), self.lag_step)
        return np.asarray(weights, np.float64)

    def error(self, weights: NDArray[np.float64]) -> float:
        """Sum of squared errors of a map on these windows."""
        fitted = (weights * (self.lag_lag @ weights - 2 * self.lag_step)).sum()
        return self.squares + float(fitted)


def fit_linear(windows: Windows, geometry: Geometry) -> NDArray[np.float32]:
    """Solve for the linear map that forecasts a window best.

    Parameters
    ----------
    windows : Windows
        All rows may be learned from: hold back before.
    geometry : Geometry

    Returns
    -------
    ndarray of shape (L, H), float32
        From the ``geometry.segments * geometry.segment`` last values, the oldest
        first, to ``geometry.future`` steps; all zero where no series holds a
        whole window.

    Notes
    -----
    Hoerl and Kennard (1970); the penalty is the one with the least squared error
    on the latest windows of the series, of those solved for on windows that end
    before these begin. Windows count alike, however far their values lie.
    """
    lags, steps = geometry.segments * geometry.segment, geometry.future
    early, late, between = (_Sums(lags, steps) for _ in range(3))
    for sums, cutoffs in zip((early, between, late), _cutoffs(windows, lags, steps), strict=True):
        for first in range(0, len(cutoffs[0]), CHUNK):
            sums.add(*_pairs(windows, geometry, *(part[first:][:CHUNK] for part in cutoffs)))
    every = early.plus(between).plus(late)
    if not every.windows:
        return np.zeros((lags, steps), np.float32)
    penalty = 1.0
    if early.windows and late.windows:
        penalty = min(PENALTIES, key=lambda one: late.error(early.solve(one)))
    return every.solve(penalty).astype(np.float32)


def _cutoffs(
    windows: Windows, lags: int, steps: int
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], ...]:
    """Cutoffs of whole windows with the bounds of their series: early, between, late."""
    starts, stops = windows.indptr[:-1], windows.indptr[1:]
    count = np.maximum(stops - starts - lags - steps + 1, 0)
    stride = max(1, -(-int(count.sum()) // MOST_WINDOWS))
    parts: list[list[NDArray[np.int64]]] = [[], [], []]
    for start, stop, several in zip(starts, stops, count, strict=True):
        cutoffs = start + lags + np.arange(0, several, stride)
        border = start + lags + (1 - LATE) * several
        late, early = cutoffs >= border, cutoffs < border - steps
        for part, chosen in zip(parts, (early, ~early & ~late, late), strict=True):
            some = cutoffs[chosen]
            part.append(np.stack([some, np.full_like(some, start), np.full_like(some, stop)]))
    return tuple(tuple(np.concatenate(part, 1)) for part in parts)


def _pairs(
    windows: Windows,
    geometry: Geometry,
    cutoffs: NDArray[np.int64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lags and targets of windows in their own units, those without a missing target."""
    lags, steps = geometry.segments * geometry.segment, geometry.future
    present = replace(geometry, segments=1, ahead=1, season=(1,))  # level and scale of the last end
    values = windows.values.astype(np.float64)
    rows = gather(values, cutoffs, (starts, stops), max(lags, present.past), steps)
    rows = rows[~np.isnan(rows[:, -steps:]).any(1)]
    past, future = rows[:, :-steps], rows[:, -steps:]
    features = extract(past[:, -present.past :], present, 1, np)
    x = unit_lags(past[:, None, -lags:], features, np)[:, 0]
    y = np.clip((future - features.level) / features.scale, -LARGEST_LAG, LARGEST_LAG)
    weight = 1 / np.maximum(np.sqrt((x**2).mean(1, keepdims=True)), 1.0)
    seen = features.rows[:, 0] > 0
    return (x * weight)[seen], (y * weight)[seen]
