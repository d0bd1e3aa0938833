"""Trends of the levels of segments: the rise lately, and the line through all of them.

Works on NumPy arrays and torch tensors alike, as does ``forecast.network.features``, whose
letters are used.
"""

from types import ModuleType

import numpy as np

from forecast.network.arrays import Array, at_least_one, like
from forecast.network.geometry import Geometry

LEAST_LEVELS = 3
"""Fewer levels than this have no line."""


def slope_of(rises: Array, known: Array, g: Geometry, xp: ModuleType) -> Array:
    """Give the rise per step from the earlier levels in reach to the last one.

    Parameters
    ----------
    rises : array of shape (B, E, R)
        Levels in reach above the last one, 0 where unknown.
    known : array of shape (B, E, R)
        1 where a segment has a value, else 0.
    g : Geometry
    xp : module

    Returns
    -------
    array of shape (B, E)
    """
    earlier = at_least_one(known[:, :, :-1].sum(2), xp)
    rise = -rises.sum(2) / earlier  # of the last level above the earlier ones' mean,
    return rise / ((earlier + 1) / 2) / g.segment  # which lies this many segments back


def line_of(levels: Array, counts: Array, g: Geometry, xp: ModuleType) -> tuple[Array, Array]:
    """Fit the straight line of least squares through all levels up to each end.

    Parameters
    ----------
    levels, counts : array of shape (B, N)
        Mean of each segment of the window, and its observed values.
    g : Geometry
    xp : module

    Returns
    -------
    height : array of shape (B, K + 1)
        Of the line at the last segment, from the one before the first recurrent step
        on; the last level where fewer than three are known.
    slope : array of shape (B, K + 1)
        Rise per step; 0 there.
    """
    known = xp.where(counts > 0, xp.ones_like(levels), xp.zeros_like(levels))
    place = like(levels, np.arange(levels.shape[1]) - levels.shape[1] / 2, xp)

    def total(values: Array) -> Array:
        return xp.cumsum(values * known, 1)[:, g.before - 1 :]

    count = total(known)
    mean, centre = total(levels) / at_least_one(count, xp), total(place + 0 * known)
    centre = centre / at_least_one(count, xp)
    spread = total(place**2 + 0 * known) - count * centre**2
    together = total(place * levels) - count * centre * mean
    told = count >= LEAST_LEVELS
    slope = together / xp.where(told, spread, xp.ones_like(spread))
    slope = xp.where(told, slope, xp.zeros_like(slope))
    height = mean + slope * (place[g.before - 1 :] - centre)
    height = xp.where(told, height, levels[:, g.before - 1 :])
    return height, slope / g.segment
