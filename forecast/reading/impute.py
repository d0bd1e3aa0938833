"""Put values in the place of missing ones: arrays in, arrays out.

Networks mask what is missing, so nothing is filled unless it is asked for.
Where a value is missing is left to ``clean`` and ``rows``.
"""

import numpy as np
from numpy.typing import NDArray

from forecast.interpolate import interpolate

_PASSES = 3  # the pattern is found again with the gaps filled, which bent the mean around them


def fill_missing(
    target: NDArray[np.float64], indptr: NDArray[np.int64], how: str, season: int = 1
) -> NDArray[np.float64]:
    """Fill the missing values of regular series.

    Parameters
    ----------
    target : ndarray of shape (T,), float64
        NaN where missing; each series begins and ends with a value.
    indptr : ndarray of shape (N + 1,), int64
    how : {"zero", "interpolate", "seasonal"}
        Zeros; straight lines between neighbours; or the usual deviation of
        that phase of the season from a straight line between neighbours.
    season : int
        Steps of a season; where fewer than two of them are known, "seasonal"
        is a straight line.

    Returns
    -------
    ndarray of shape (T,), float64
        ``target`` itself when nothing is missing.

    Examples
    --------
    >>> gap = np.array([1.0, np.nan, 3.0])
    >>> fill_missing(gap, np.array([0, 3]), "interpolate")
    array([1., 2., 3.])
    """
    missing = np.isnan(target)
    if not missing.any():
        return target
    if how == "zero":
        return np.where(missing, 0.0, target)
    filled = interpolate(target)  # no line crosses from one series to the next
    if how == "seasonal" and season > 1:
        holed = np.flatnonzero(np.add.reduceat(missing, indptr[:-1]))
        for start, end in zip(indptr[holed].tolist(), indptr[holed + 1].tolist(), strict=True):
            if (~missing[start:end]).sum() < 2 * season:
                continue
            for _ in range(_PASSES):
                pattern = _season_pattern(target[start:end], filled[start:end], season)
                filled[start:end] = pattern + interpolate(target[start:end] - pattern)
    return np.where(missing, filled, target)


def moving_mean(values: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Give the mean of one season around each value.

    Parameters
    ----------
    values : ndarray of shape (..., T), float64
        None missing.
    season : int
        Where even, the two outermost values count half.

    Returns
    -------
    ndarray of shape (..., T), float64
        At the ends over what there is of the season.

    Examples
    --------
    >>> moving_mean(np.array([1.0, 2.0, 6.0]), 3)
    array([1.5, 3. , 4. ])
    """
    totals, counts = (_twice_around(one, season) for one in (values, np.ones(values.shape[-1])))
    return np.asarray(totals / counts)


def _twice_around(values: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Sum of what there is of a season around each value, and of its mirror image."""
    before, after, rows = season // 2, (season - 1) // 2, values.shape[-1]
    sums = np.zeros((*values.shape[:-1], before + 1 + rows + before))  # up to each place
    np.cumsum(values, axis=-1, out=sums[..., before + 1 : before + 1 + rows])
    sums[..., before + 1 + rows :] = sums[..., [before + rows]]

    around = sums[..., before + after + 1 :][..., :rows] - sums[..., :rows]
    mirrored = sums[..., 2 * before + 1 :] - sums[..., before - after :][..., :rows]
    return np.asarray(around + mirrored)


def _season_pattern(
    target: NDArray[np.float64], filled: NDArray[np.float64], season: int
) -> NDArray[np.float64]:
    """Mean deviation from the moving mean by phase, zero for a phase never seen."""
    apart = target - moving_mean(filled, season)
    known = ~np.isnan(apart)
    phase = np.arange(len(apart)) % season
    counts = np.bincount(phase[known], minlength=season)
    sums = np.bincount(phase[known], weights=apart[known], minlength=season)
    means = sums / np.maximum(counts, 1)
    return np.asarray((means - means[counts > 0].mean() * (counts > 0))[phase])
