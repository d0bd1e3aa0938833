"""Make intervals honest: scale quantiles by what windows held back show.

Letters: C forecasts (series and cutoffs), H steps, Q quantile levels, G groups
of neighbouring steps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.counts import are_counts, to_whole
from forecast.result import interval_quantiles, uncrossed

LEAST_ERRORS = 400
"""Errors that a group of steps needs for factors of its own."""

PRIOR_FORECASTS = 30
"""Weight of the network's own quantiles against narrower ones, in forecasts."""

NARROWEST, WIDEST = 0.5, 100.0
"""Bounds of a factor."""

FARTHEST = 2.0
"""Times the span of what was seen that no quantile is moved beyond: one factor serves all
series and states, and 70 for where nothing sold for long is absurd where something did."""

REPORTED = (80, 95)
"""Intervals whose coverage is measured, in per cent."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far the network's quantiles had to be moved on windows held back.

    Attributes
    ----------
    factors : ndarray of shape (H, Q), or (1, 1) for one of all
        For each calibrated step, the factor on each quantile's distance from
        the median; later steps use the last row.
    growth : float
        Exponent of the growth of errors with the step ahead, measured on the
        same windows: beyond the trained horizon, intervals are at least as
        wide as at its end, and grow by it.
    coverage : dict of int to float
        Measured coverage of the calibrated intervals by nominal per cent.
    """

    factors: NDArray[np.float64]
    growth: float
    coverage: dict[int, float]

    @classmethod
    def none(cls) -> "Calibration":
        """Leave quantiles as the network gave them, errors growing with the root of the step."""
        return cls(np.ones((1, 1)), 0.5, {})

    def apply(
        self, quantiles: NDArray[np.float64], trained: int, past: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Widen or narrow quantiles around their median.

        Parameters
        ----------
        quantiles : ndarray of shape (N, H, Q)
        trained : int
            Steps that were trained directly.
        past : ndarray of shape (N, L)
            What was seen, NaN where missing.

        Returns
        -------
        ndarray of shape (N, H, Q)
        """
        step = np.arange(quantiles.shape[1])
        factors = self.factors[np.minimum(step, len(self.factors) - 1)]
        median = quantiles[..., quantiles.shape[2] // 2][..., None]
        own = quantiles - median
        most = np.maximum(np.abs(own), _reach(past)[:, None, None])
        distance = np.clip(own * factors, -most, most)
        rolled = distance[:, trained:]
        growth = ((step[trained:] + 1) / trained) ** self.growth
        least = distance[:, trained - 1 : trained] * growth[:, None]
        rolled[:] = np.where(np.abs(rolled) > np.abs(least), rolled, least)
        return uncrossed(median + distance)  # factors of neighbouring levels may cross


def calibrate(
    y: NDArray[np.float64],
    quantiles: NDArray[np.float64],
    levels: tuple[float, ...],
    scale: NDArray[np.float64],
    trust: float,
    past: NDArray[np.float64],
) -> Calibration:
    """Measure how far each quantile has to be moved.

    Parameters
    ----------
    y : ndarray of shape (C, H)
        What happened after each forecast, NaN where unknown; rows of one
        series next to each other.
    quantiles : ndarray of shape (C, H, Q)
        What the network said.
    levels : tuple of float, length Q
        The median in the middle.
    scale : ndarray of shape (C,)
        Unit in which the errors of a forecast are compared with those of others; where
        it is not positive they are left out of the growth.
    trust : float
        From 0, the network's own quantiles, to 1, what these forecasts want.
    past : ndarray of shape (C, L)
        What was seen before each forecast, NaN where missing.

    Returns
    -------
    Calibration
        Its coverage is measured across: each half of the rows by the factors
        of the other half.

    Notes
    -----
    After split conformal prediction (Vovk et al. 2005; Lei et al. 2018): of n
    scores, each ``|y - median|`` over the quantile's distance from the median on the
    side of ``y``, the one at the share ``(1 - a) (1 + 1 / n)``, interpolated between
    ranks, and the largest where that is more than 1, in the place of an infinite
    interval. Both sides are pooled, and neighbouring steps until there are enough
    errors. The guarantee of coverage is lost: scores of one time depend on each
    other, factors are bounded and followed as far as ``trust`` says, and few
    forecasts narrow quantiles only a little.
    """
    half = len(y) // 2
    growth = _growth(y - quantiles[..., len(levels) // 2], scale)
    factors = _factors(y, quantiles, levels, trust)
    calibration = Calibration(factors, growth, {})
    if half == 0 or np.isnan(y).all():
        return calibration
    inside: dict[int, list[NDArray[np.bool_]]] = {level: [] for level in REPORTED}
    for fitted, judged in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
        across = _factors(y[fitted], quantiles[fitted], levels, trust)
        other = Calibration(across, growth, {})
        moved = other.apply(quantiles[judged], y.shape[1], past[judged])
        moved = to_whole(moved, are_counts(past[judged]))
        seen = ~np.isnan(y[judged])
        for level in REPORTED:
            low, high = (levels.index(one) for one in interval_quantiles(level))
            hit = (y[judged] >= moved[..., low]) & (y[judged] <= moved[..., high])
            inside[level].append(hit[seen])
    whole = {level: np.concatenate(hits) for level, hits in inside.items()}
    coverage = {level: float(hits.mean()) for level, hits in whole.items() if len(hits)}
    return Calibration(factors, growth, coverage)


def _factors(
    y: NDArray[np.float64],
    quantiles: NDArray[np.float64],
    levels: tuple[float, ...],
    trust: float,
) -> NDArray[np.float64]:
    """Factor of each step and level, (H, Q)."""
    middle = len(levels) // 2
    median = quantiles[..., middle]
    error = y - median
    groups = int(np.clip(np.count_nonzero(~np.isnan(y)) // LEAST_ERRORS, 1, y.shape[1]))
    factors = np.ones((y.shape[1], len(levels)))
    for steps in np.array_split(np.arange(y.shape[1]), groups):
        for level in range(middle):
            mirror = len(levels) - 1 - level
            side = np.where(error < 0, quantiles[..., level], quantiles[..., mirror]) - median
            with np.errstate(divide="ignore", invalid="ignore"):
                score = (np.abs(error) / np.abs(side))[:, steps]
            score = score[np.isfinite(score)]
            if not len(score):
                continue
            wanted = (1 - 2 * levels[level]) * (1 + 1 / len(score))
            measured = float(np.quantile(score, min(wanted, 1.0)))
            factor = float(np.clip(measured, NARROWEST, WIDEST))
            if factor < 1:  # a few lucky forecasts are no reason to be bold
                factor **= len(y) / (len(y) + PRIOR_FORECASTS)
            factors[steps, level] = factors[steps, mirror] = factor**trust
    return factors


def _reach(past: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far quantiles are moved at most, (N,); any way where all that was seen is one value."""
    span = np.fmax.reduce(past, axis=1) - np.fmin.reduce(past, axis=1)
    return np.where(span > 0, FARTHEST * span, np.inf)


def _growth(error: NDArray[np.float64], scale: NDArray[np.float64]) -> float:
    """Exponent b of errors that grow as step ** b, within 0 and 1.

    The unit must not come from the errors themselves: those of one forecast go up and
    down together, and late cutoffs see the first steps only.
    """
    size = np.abs(error) / np.where(scale > 0, scale, np.nan)[:, None]
    known = np.isfinite(size)
    count = known.sum(0)
    mean = np.where(known, size, 0.0).sum(0) / np.maximum(count, 1)
    step = np.flatnonzero(mean > 0)
    if len(step) < 3:
        return 0.5
    weight = np.sqrt(count[step])
    slope = np.polyfit(np.log(step + 1.0), np.log(mean[step]), 1, w=weight)[0]
    return float(np.clip(slope, 0.0, 1.0))
