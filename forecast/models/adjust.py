"""Take out of values a season that networks read in parts, or not at all: the year of days.

The season is a sum of waves, fitted beside a trend of straight lines, one a cycle, and
shrunk by how well the other cycles foretell each: what only looks like a season in a
wandering series is nearly left alone.

Letters: N series, L past values, H steps ahead, R rows fitted to, K terms of which the
first T are the trend's.
"""

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from forecast.network.arrays import Array
from forecast.network.window import location_and_spread
from forecast.spec import RecurrentSpec

CYCLES = 6
"""Latest cycles that a season is fitted to, with the half before them."""

WAVES = 10
"""Harmonics: the shortest wave of a year has five weeks."""

_PULL, _FIRM = 0.1, 1e-6  # ridges: of the waves, in cycles; of lines, some of them without rows
_WHOLE = 0.9  # share of a cycle's values that must be known for it to count


def season_beyond(spec: RecurrentSpec) -> int:
    """Give the season that a network reads in parts, or not at all, if it has one.

    Parameters
    ----------
    spec : RecurrentSpec
        With seasons, segment and lags.

    Returns
    -------
    int
        The longest one where the lags do not hold it, as the year of days, or where it is
        the only one and longer than a segment, as the year of weeks; else 1.
    """
    longest = spec.seasons[-1]
    in_parts = len(spec.seasons) == 1 and longest > (spec.segment or 1)
    return longest if in_parts or longest > (spec.lags or 0) else 1


def rows_needed(season: int) -> int:
    """Count the past values that a season is fitted to.

    Parameters
    ----------
    season : int
        Steps; 1 for none.

    Returns
    -------
    int
        0 for none.
    """
    return CYCLES * season + season // 2 if season > 1 else 0


def season_in(past: Array, season: int, ahead: int, xp: ModuleType = np) -> Array:
    """Give what a season adds to past values and to those ahead.

    Parameters
    ----------
    past : array of shape (N, L), double precision
        NaN where missing; the last `rows_needed` columns are looked at.
    season : int
        Steps, at least 2.
    ahead : int
        Steps after the last column (H).
    xp : module
        ``numpy`` or ``torch``, whichever made ``past``.

    Returns
    -------
    array of shape (N, L + H)
        Zeros where two cycles are not nearly whole.

    Notes
    -----
    Waves and lines together by ridge regression, after the harmonic regressions of Hyndman
    and Athanasopoulos (2021, section 7.4). The shrinkage is the slope, from 0 to 1, of each
    cycle without its trend on what the waves of the others say of it, times one less the
    squared relative error of that, after James and Stein (1961): cycles may disagree.
    """
    rows = min(past.shape[1], rows_needed(season))
    recent = past[:, past.shape[1] - rows :]
    location, spread = location_and_spread(recent, xp)
    seen = ~xp.isnan(recent)
    lines = _lines(rows, season)
    terms = np.concatenate([lines, _waves(np.arange(-rows, 0), season)], 1)
    values = (xp.where(seen, recent, location) - location) / spread
    fit = _Fit(xp.asarray(terms), lines.shape[1], values, xp.ones_like(recent) * seen, season, xp)
    found, sure = fit.found_and_shrinkage()
    waves = xp.asarray(_waves(np.arange(-past.shape[1], ahead), season))
    return spread * sure[:, None] * (found[:, fit.trend :] @ waves.T)


@dataclass(frozen=True, eq=False)
class _Fit:
    """Least squares of every series on the same terms.

    Attributes
    ----------
    terms : array of shape (R, K)
    trend : int
        Terms that are lines (T).
    values, seen : array of shape (N, R)
        Zero, and 0 instead of 1, where missing.
    season : int
    xp : module
        ``numpy`` or ``torch``.
    """

    terms: Array
    trend: int
    values: Array
    seen: Array
    season: int
    xp: ModuleType

    def sums(self, rows: slice) -> tuple[Array, Array]:
        """Products of terms with each other, (N, K, K), and with values, (N, K), over some rows."""
        terms, seen = self.terms[rows], self.seen[:, rows]
        if seen.all():  # those of one series are those of all
            seen = seen[:1]
        squares = self.xp.stack([(terms.T * one) @ terms for one in seen])
        return squares, self.values[:, rows] @ terms

    def solve(self, squares: Array, products: Array) -> Array:
        """Give the weights of the terms, (N, K)."""
        ridge = np.full(self.terms.shape[1], _PULL * self.season)
        ridge[: self.trend] = _FIRM * rows_needed(self.season)
        inverse = self.xp.linalg.inv(squares + self.xp.asarray(np.diag(ridge)))
        return (inverse @ products[:, :, None])[:, :, 0]

    def found_and_shrinkage(self) -> tuple[Array, Array]:
        """Give the weights, and how far the waves of other cycles foretell each, (N,), 0 to 1."""
        ends = range(len(self.terms), 0, -self.season)
        cycles = [slice(max(end - self.season, 0), end) for end in ends]
        sums = [self.sums(rows) for rows in cycles]
        every = sum(one for one, _ in sums), sum(one for _, one in sums)
        found = self.solve(*every)
        left = self.values - found[:, : self.trend] @ self.terms[:, : self.trend].T
        known = self.seen.sum(1)
        told, size = [], []
        for rows, (squares, products) in zip(cycles, sums, strict=True):
            others = self.solve(every[0] - squares, every[1] - products)
            seen = self.seen[:, rows]
            count = seen.sum(1)
            whole = self.xp.minimum(count, known - count) >= _WHOLE * self.season
            seen = seen * whole[:, None]
            waves = _centred(
                others[:, self.trend :] @ self.terms[rows, self.trend :].T, seen, self.xp
            )
            told.append((waves * _centred(left[:, rows], seen, self.xp)).sum(1))
            size.append((waves**2).sum(1))
        return found, _sure(self.xp.stack(told), self.xp.stack(size), self.xp)


def _sure(told: Array, size: Array, xp: ModuleType) -> Array:
    """Give the slope that products and squares, (C, N), tell, as far as cycles agree on it."""
    count = (size > 0).sum(0)
    mean = told.sum(0) / xp.clip(count, 1, None)
    apart = xp.where(size > 0, told - mean, 0.0)
    doubt = (apart**2).sum(0) / xp.clip(count * (count - 1), 1, None)  # variance of the mean
    slope = told.sum(0) / xp.where(count > 0, size.sum(0), 1.0)
    agreed = 1.0 - doubt / xp.where(mean > 0, mean**2, 1.0)
    return xp.where(mean > 0, xp.clip(slope, 0.0, 1.0) * xp.clip(agreed, 0.0, 1.0), 0.0)


def _centred(values: Array, seen: Array, xp: ModuleType) -> Array:
    """Take the mean of what is seen away; zero elsewhere."""
    count = xp.clip(seen.sum(1), 1.0, None)[:, None]
    return seen * (values - (seen * values).sum(1)[:, None] / count)


def _waves(time: NDArray[np.int64], season: int) -> NDArray[np.float64]:
    """Harmonics of a season, (R, 2 waves)."""
    angle = 2 * np.pi * np.outer(time, np.arange(1, min(WAVES, season // 4) + 1)) / season
    return np.asarray(np.concatenate([np.cos(angle), np.sin(angle)], 1))


def _lines(rows: int, season: int) -> NDArray[np.float64]:
    """A constant and lines that bend once a cycle, counted from the end, (R, T)."""
    back = np.arange(-rows, 0)[:, None] / season
    bends = np.maximum(back + np.arange(1, CYCLES), 0)
    return np.asarray(np.concatenate([np.ones((rows, 1)), back, bends], 1))
