"""Structural forecasts that the network starts from, and how far off they were.

Naive forecasts of several kinds, their drift, and their errors on every segment
of the past. Works on NumPy arrays and torch tensors alike, as does
``forecast.network.features``, whose letters are used.
"""

from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.network.arrays import Array, at_ends, at_least_one, columns, lagged, like
from forecast.network.geometry import BASES, FORMER_COUNTS, SHORT_SEASON, Geometry

LARGEST_ERROR = 10.0
"""Errors are cut to this many scales."""

LEAST_NOISE, MOST_NOISE = 0.02, 2.0
"""Limits of the noise, in scales."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Where segment ends stand, from what is in their reach.

    Attributes
    ----------
    level : array of shape (B, E)
        Mean of the last segment.
    profile : array of shape (B, E, season) or None
        See `profile_of`.
    scale : array of shape (B, E)
        Mean absolute deviation.
    slope : array of shape (B, E)
        Rise per step lately; see ``trends.slope_of``.
    mean : array of shape (B, E)
        Of the levels in reach.
    line, rise : array of shape (B, E)
        Height at the last segment, and rise per step, of the line through all levels;
        see ``trends.line_of``.
    rows : array of shape (B, E)
        Observed values.
    """

    level: Array
    profile: Array
    scale: Array
    slope: Array
    mean: Array
    line: Array
    rise: Array
    rows: Array

    def take(self, ends: slice) -> "Frame":
        """Give the frame of some of the ends."""
        every = (getattr(self, one.name) for one in fields(self))
        return Frame(*(None if one is None else one[:, ends] for one in every))


def forecast_bases(
    past: Array, frame: Frame, g: Geometry, steps: NDArray[Any], xp: ModuleType
) -> Array:
    """Give the structural forecasts of some ends, in the order of ``geometry.BASES``.

    Parameters
    ----------
    past : array of shape (B, L)
        NaN where missing; its last value belongs to the last end.
    frame : Frame
        Of the last E ends.
    g : Geometry
    steps : ndarray of int
        Steps ahead, from 0 (H).
    xp : module
        ``numpy`` or ``torch``.

    Returns
    -------
    array of shape (B, E, M, H)
        In the units of ``past``.
    """
    level, ends = frame.level[:, :, None], frame.level.shape[1]
    flat = level + like(past, np.zeros(len(steps)), xp)
    if not g.bases:
        return xp.stack([flat] * g.base_count, 2)

    def naive(season: int, otherwise: Array) -> Array:
        found = lagged(past, g.segment, ends, steps % season - season, xp)
        return xp.where(xp.isnan(found), otherwise, found)

    last = naive(1, flat)
    if frame.profile is None:
        mean = xp.zeros_like(flat) + frame.mean[:, :, None] if g.lines else flat
        bases = [flat, last, mean, *[last] * 5, *_lines(last, frame, g, steps, xp)]
        return xp.stack(bases[: g.base_count], 2)
    profile = columns(frame.profile, steps % g.season[0], xp)
    short = naive(g.season[0], profile)
    long = naive(g.season[-1], short)
    known = lagged(past, g.segment, ends, np.array([-1, -1 - g.season[0]]), xp)
    newest, before = known[:, :, :1], known[:, :, 1:]
    shifted = [
        profile + _risen(newest - frame.profile[:, :, -1:], xp),
        short + _risen(newest - before, xp),
        long,
    ]
    if g.level == "segment":
        shifted[2] = long + _risen(level - _level_before(past, ends, g, xp), xp)
    bases = [flat, last, profile, short, long, *shifted, *_lines(profile, frame, g, steps, xp)]
    return xp.stack(bases[: g.base_count], 2)


def _lines(
    now: Array, frame: Frame, g: Geometry, steps: NDArray[Any], xp: ModuleType
) -> tuple[Array, Array]:
    """The line through all levels with the profile on it, and the profile rising as it does.

    Both go up from season to season: a profile has its own rise within it.
    """
    season = g.season[0]
    cycle = steps // season * season
    rise = frame.rise[:, :, None]
    line = frame.line[:, :, None] + rise * like(now, cycle + (season + g.segment) / 2, xp)
    if frame.profile is not None:
        line = line + now - frame.profile.mean(2)[:, :, None]
    return line, now + rise * like(now, cycle + float(season), xp)


def _level_before(past: Array, ends: int, g: Geometry, xp: ModuleType) -> Array:
    """Mean of the segment one long season before the last one, (B, E, 1); NaN if not seen."""
    found = lagged(past, g.segment, ends, np.arange(-g.segment, 0) - g.season[-1], xp)
    seen = xp.where(xp.isnan(found), xp.zeros_like(found), xp.ones_like(found))
    total = xp.where(seen > 0, found, xp.zeros_like(found)).sum(2)
    mean = total / at_least_one(seen.sum(2), xp)
    return xp.where(seen.sum(2) > 0, mean, xp.zeros_like(mean) + xp.nan)[:, :, None]


def _risen(change: Array, xp: ModuleType) -> Array:
    """Nothing where the change is not known."""
    return xp.where(xp.isnan(change), xp.zeros_like(change), change)


def profile_of(values: Array, seen: Array, level: Array, g: Geometry, xp: ModuleType) -> Array:
    """Give the mean of the latest seasons before some ends, at the height of the newest one.

    Parameters
    ----------
    values, seen : array of shape (B, L)
        Values, 0 where missing, and 1 where there is one, else 0.
    level : array of shape (B, E)
        Of each of the last E ends.
    g : Geometry
    xp : module

    Returns
    -------
    array of shape (B, E, season) or None
        From the step after each end on; None where there is no season.
    """
    season = g.season[0]
    if season == 1 or not g.bases:
        return None
    cycles = max(g.cycles, g.reach * g.segment // season)
    lags = np.arange(season)[None, :] - season * np.arange(1, cycles + 1)[:, None]
    index = at_ends(values.shape[1], g.segment, level.shape[1], lags.ravel())
    inside = like(values, index >= 0, xp)
    index = np.maximum(index, 0).reshape(-1, cycles, season)
    known = columns(seen, index, xp) * inside.reshape(index.shape)
    phases = (columns(values, index, xp) - level[:, :, None, None]) * known
    profile = phases.sum(2) / at_least_one(known.sum(2), xp)
    newest = phases[:, :, 0].sum(2) / at_least_one(known[:, :, 0].sum(2), xp)
    return profile - profile.mean(2)[:, :, None] + newest[:, :, None] + level[:, :, None]


def advance(g: Geometry, steps: NDArray[Any]) -> NDArray[np.float64]:
    """Count the steps from what each base repeats to what it forecasts.

    Parameters
    ----------
    g : Geometry
    steps : ndarray of int
        Steps ahead, from 0 (H).

    Returns
    -------
    ndarray of shape (M, H)

    Notes
    -----
    A season repeated brings its own rise within it: with drift it goes up
    from season to season, not once more from step to step. A season that was
    shifted to where the series is now has risen once already. Lines and a mean
    of levels have no drift.
    """
    middle, last = steps + (g.segment + 1) / 2, steps + 1.0
    still = [0 * last] * (len(BASES) - FORMER_COUNTS[-1])
    if g.season[0] == 1:
        mean = still[0] if g.lines else middle
        return np.stack([middle, last, mean, *[last] * 5, *still][: g.base_count])
    short, long = (season * (steps // season + 1.0) for season in (g.season[0], g.season[-1]))
    again = (season * (steps // season) * 1.0 for season in (g.season[0], g.season[-1]))
    return np.stack([middle, last, short, short, long, short, *again, *still][: g.base_count])


def past_errors(
    past: Array, frame: Frame, segments: tuple[Array, Array], g: Geometry, xp: ModuleType
) -> Array:
    """Give the mean absolute errors on each segment of forecasts made at its start.

    Parameters
    ----------
    past : array of shape (B, L)
    frame : Frame
        Of the end before the first segment and the ends of all, K + 1.
    segments : tuple of two arrays of shape (B, K, S)
        What happened, 0 where missing, and 1 where there is a value, else 0.
    g : Geometry
    xp : module

    Returns
    -------
    array of shape (B, K, M + 1)
        In scales, in the order of ``geometry.TRIED``; one scale where there is
        nothing to forecast from or to compare with.
    """
    before = frame.take(slice(None, -1))
    truth, seen = (one[:, :, None] for one in segments)
    steps = np.arange(g.segment)
    bases = forecast_bases(past[:, : past.shape[1] - g.segment], before, g, steps, xp)
    rise = before.slope[..., None] * like(past, advance(g, steps)[SHORT_SEASON], xp)
    tried = xp.concatenate([bases, (bases[:, :, SHORT_SEASON] + rise)[:, :, None]], 2)
    count = seen.sum(3)
    error = (xp.abs(truth - tried) * seen).sum(3) / at_least_one(count, xp)
    error = xp.clip(error / frame.scale[:, 1:, None], 0, LARGEST_ERROR)
    judged = (count > 0) & (before.rows > 0)[:, :, None]
    return xp.where(judged, error, xp.ones_like(error))


def noise_of(errors: Array, g: Geometry, xp: ModuleType) -> Array:
    """Give the mean error, over the segments in reach, of the forecast that had the least.

    Parameters
    ----------
    errors : array of shape (B, K, M + 1)
        See `past_errors`.
    g : Geometry
    xp : module

    Returns
    -------
    array of shape (B, K)
        In scales, from .02 to 2; 1 where the scale is the unit.
    """
    if g.unit == "scale":
        return xp.ones_like(errors[:, :, 0])
    step = np.arange(errors.shape[1])
    back = step[:, None] - step
    near = ((back >= 0) & (back < g.reach)) * 1.0
    mean = xp.einsum("kj,bjm->bkm", like(errors, near / near.sum(1, keepdims=True), xp), errors)
    return xp.clip(xp.amin(mean, 2), LEAST_NOISE, MOST_NOISE)
