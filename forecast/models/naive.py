"""Seasonal naive: the value one season ago, with intervals from its past errors.

The baseline that every other model has to beat, and what a series falls back
to when another model cannot be fitted to it. NumPy only.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecast.metrics.scaled import units_of

_LARGEST = float(np.finfo(np.float64).max)


def naive_name(season: int) -> str:
    """Name the method as it is shown.

    Parameters
    ----------
    season : int
        Season length in steps; where it is 1, the seasonal naive method is the naive one.

    Returns
    -------
    str
    """
    return "SeasonalNaive" if season > 1 else "Naive"


def naive_quantiles(
    target: NDArray[np.float64], season: int, horizon: int, levels: tuple[float, ...]
) -> NDArray[np.float64]:
    """Forecast one series by its last season.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int
        Season length m in steps; 1 means none.
    horizon : int
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (H, Q)

    Notes
    -----
    The spread is that of the in-sample errors y[t] - y[t - m] times
    sqrt(k + 1), with k = floor((h - 1) / m) whole seasons ahead (Hyndman and
    Athanasopoulos 2021, Forecasting: Principles and Practice, 3rd ed.,
    table 5.2). Of less than two seasons there are few such errors, which may be
    small by chance: there it is at least that of y[t] - y[t - 1]. A phase of the
    season that was never observed takes the last observed value.
    """
    units, steps = units_of(target), np.arange(horizon)
    target = target / units
    point = last_season(target, season)[steps % season]
    errors = target[season:] - target[:-season] if len(target) > season else np.empty(0)
    errors = errors[np.isfinite(errors)]
    spread = _root_mean_square(errors)
    if len(errors) < season:  # less than two seasons: no narrower than the naive method
        spread = max(spread, _root_mean_square(np.diff(target[np.isfinite(target)])))
    deviation = spread * np.sqrt(steps // season + 1)
    z = np.array([NormalDist().inv_cdf(level) for level in levels])
    return out_of_units(point[:, None] + deviation[:, None] * z, units)


def out_of_units(quantiles: NDArray[np.float64], units: float) -> NDArray[np.float64]:
    """Return to the units of a series; what would overflow is the largest number.

    Parameters
    ----------
    quantiles : ndarray
    units : float
        See ``metrics.scaled.units_of``.

    Returns
    -------
    ndarray
        NaN where a quantile is not finite.
    """
    finite = np.isfinite(quantiles)
    with np.errstate(over="ignore"):
        out = np.where(finite, np.clip(quantiles * units, -_LARGEST, _LARGEST), np.nan)
    return np.asarray(out)


def _root_mean_square(errors: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else 0.0


def last_season(target: NDArray[np.float64], season: int) -> NDArray[np.float64]:
    """Give the last observed value of each phase, in the order of the next season.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int

    Returns
    -------
    ndarray of shape (season,)
        Entry i belongs to the steps i + 1, i + 1 + season, ... ahead; zeros
        when nothing was observed.
    """
    reach = 2 * season
    while reach < len(target) and not np.isfinite(target[-reach:].reshape(-1, season)).any(0).all():
        reach *= 8  # mostly the end has every phase, however long the history is
    recent = target[-reach:]
    rows = np.flatnonzero(np.isfinite(recent))
    if not len(rows):
        return np.zeros(season)
    latest = np.full(season, recent[rows[-1]])
    latest[(rows - len(recent)) % season] = recent[rows]  # later rows overwrite earlier ones
    return latest
