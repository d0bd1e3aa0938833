"""The measures that a comparison reports: a table of them, and averages over forecasts.

Letters: R forecasts (one per series and cutoff), H steps, Q quantile levels, G groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from forecast.metrics.averages import Array, ratio
from forecast.metrics.interval import coverage, crps, msis, winkler
from forecast.metrics.point import bias, mae, mape, mse, smape
from forecast.metrics.scaled import mase, rmsse
from forecast.result import interval_quantiles

Index = NDArray[np.int64]

DECILES = tuple(tenth / 10 for tenth in range(1, 10))
"""Levels of the quantile loss and CRPS: even ones, as other programs take them."""

INTERVALS = (80, 95)
"""Coverages, in per cent, of the intervals that are judged."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Forecasts next to what happened: the input of every measure.

    Attributes
    ----------
    y : ndarray of shape (R, H)
        Actual values; NaN where missing.
    quantiles : ndarray of shape (R, H, Q)
    levels : tuple of float, length Q
        0.5 among them: the median is the point forecast.
    scale, root_scale : ndarray of shape (R,)
        ``seasonal_scale`` and ``root_seasonal_scale`` of the history
        before each cutoff.
    """

    y: Array
    quantiles: Array
    levels: tuple[float, ...]
    scale: Array
    root_scale: Array

    @property
    def point(self) -> Array:
        """The point forecast, shape (R, H)."""
        return self.quantiles[..., self.levels.index(0.5)]

    @property
    def crps(self) -> Array:
        """The score of the distribution over `DECILES`, shape (R,); over all levels without them.

        Bounds of wide intervals among the levels, where the loss is small, would lower it.
        """
        if not set(DECILES) <= set(self.levels):
            return crps(self.y, self.quantiles, self.levels)
        places = [self.levels.index(one) for one in DECILES]
        return crps(self.y, self.quantiles[..., places], DECILES)

    def bounds(self, level: int) -> tuple[Array, Array]:
        """Give the bounds of the interval of a coverage in per cent, each (R, H)."""
        low, high = (self.levels.index(bound) for bound in interval_quantiles(level))
        return self.quantiles[..., low], self.quantiles[..., high]

    def by_step(self) -> "Judged":
        """Take every step as a forecast of its own, shape (R * H, 1): steps vary fastest."""
        steps = self.y.shape[1]
        return Judged(
            self.y.reshape(-1, 1),
            self.quantiles.reshape(-1, 1, len(self.levels)),
            self.levels,
            np.repeat(self.scale, steps),
            np.repeat(self.root_scale, steps),
        )

    def exact(self) -> "Judged":
        """Give the forecasts of somebody who knew what would happen."""
        known = np.repeat(self.y[..., None], len(self.levels), axis=-1)
        return Judged(self.y, known, self.levels, self.scale, self.root_scale)


@dataclass(frozen=True, eq=False)
class Measure:
    """One measure and how forecasts are averaged.

    Attributes
    ----------
    title : str
        As people write it.
    of : callable
        From R forecasts to R values; NaN where the measure is undefined.
    over : callable, optional
        For a ratio of sums over everything, such as WAPE, its denominator.
    by_series : bool
        Whether each series counts the same (mean over its cutoffs first), or
        each value.
    root : bool
        Whether the square root is taken in the end.
    share : bool
        Whether it is shown in per cent.
    """

    title: str
    of: Callable[[Judged], Array]
    over: Callable[[Judged], Array] | None = None
    by_series: bool = False
    root: bool = False
    share: bool = False

    def average(self, judged: Judged, series: Index, group: Index) -> Array:
        """Average over the forecasts of each group.

        Parameters
        ----------
        judged : Judged
            R forecasts.
        series, group : ndarray of shape (R,), int64
            Which series and which of the groups 0 to G - 1 each belongs to.

        Returns
        -------
        ndarray of shape (G,)
            NaN where the measure is undefined for all of a group.
        """
        groups = int(group.max()) + 1
        values = self.of(judged)
        if self.by_series:
            kept = self.defined(judged)
            values, group, series = values[kept], group[kept], series[kept]
            pairs, where = np.unique(np.stack([group, series]), axis=1, return_inverse=True)
            each = _mean_by(where.ravel(), values, np.ones(len(values)), pairs.shape[1])
            return _mean_by(pairs[0], each, np.ones(len(each)), groups)
        seen = np.isfinite(judged.y).sum(axis=1).astype(np.float64)
        values = _mean_by(group, values, seen, groups)
        if self.over is not None:
            values = ratio(values, _mean_by(group, self.over(judged), seen, groups))
        return np.sqrt(values) if self.root else values

    def defined(self, judged: Judged) -> NDArray[np.bool_]:
        """Tell for which forecasts, whatever they say, the measure exists; shape (R,)."""
        return np.isfinite(self.of(judged.exact()))


def measures(levels: tuple[float, ...]) -> Mapping[str, Measure]:
    """Give the measures that can be computed from some quantiles.

    Parameters
    ----------
    levels : tuple of float

    Returns
    -------
    mapping of str to Measure
        By name: `MEASURES`, then for each of `INTERVALS` whose bounds are
        among the levels "coverage-80", "winkler-80" and "msis-80".
    """
    found = dict(MEASURES)
    for level in INTERVALS:
        if set(interval_quantiles(level)) <= set(levels):
            found |= _of_interval(level)
    return found


def _of_interval(level: int) -> dict[str, Measure]:
    return {
        f"coverage-{level}": Measure(
            f"in {level} %", lambda one: coverage(one.y, *one.bounds(level)), share=True
        ),
        f"winkler-{level}": Measure(
            f"Winkler {level} %", lambda one: winkler(one.y, *one.bounds(level), level)
        ),
        f"msis-{level}": Measure(
            f"MSIS {level} %",
            lambda one: msis(one.y, *one.bounds(level), level, one.scale),
            by_series=True,
        ),
    }


def _size(judged: Judged) -> Array:
    return mae(judged.y, np.zeros_like(judged.y))


def _mean_by(group: Index, values: Array, weights: Array, groups: int) -> Array:
    counted = weights > 0
    group, values, weights = group[counted], values[counted], weights[counted]
    total = np.bincount(group, values * weights, groups).astype(np.float64)
    return ratio(total, np.bincount(group, weights, groups).astype(np.float64))


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "mase": Measure("MASE", lambda one: mase(one.y, one.point, one.scale), by_series=True),
        "rmsse": Measure(
            "RMSSE", lambda one: rmsse(one.y, one.point, one.root_scale), by_series=True
        ),
        # Sum of absolute errors over that of values: Kolassa and Schuetz (2007), "Advantages of
        # the MAD/mean ratio over the MAPE".
        "wape": Measure("WAPE", lambda one: mae(one.y, one.point), over=_size, share=True),
        "smape": Measure("sMAPE", lambda one: smape(one.y, one.point), by_series=True),
        "mape": Measure("MAPE", lambda one: mape(one.y, one.point), by_series=True),
        "mae": Measure("MAE", lambda one: mae(one.y, one.point)),
        "rmse": Measure("RMSE", lambda one: mse(one.y, one.point), root=True),
        "bias": Measure("bias", lambda one: bias(one.y, one.point)),
        # The rho-risk of Salinas et al. (2020), "DeepAR", mean over levels.
        "wql": Measure("wQL", lambda one: one.crps, over=_size),
        "crps": Measure("CRPS", lambda one: one.crps),
    }
)
"""Measures that need no interval, by name."""
