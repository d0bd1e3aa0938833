"""Naive 2: the last value, seasonally adjusted where a test finds a season.

The benchmark that M4's overall weighted average is relative to. NumPy only.
"""

import numpy as np
from numpy.typing import NDArray

from forecast.interpolate import interpolate
from forecast.models.autocorrelation import repeats
from forecast.reading.impute import moving_mean

Array = NDArray[np.float64]


def naive2(history: Array, season: int, horizon: int) -> Array:
    """Forecast one series.

    Parameters
    ----------
    history : ndarray of shape (T,)
        NaN where missing.
    season : int
        Season length m in steps; 1 means none.
    horizon : int

    Returns
    -------
    ndarray of shape (H,)
        Zeros where nothing was observed.

    Notes
    -----
    Makridakis, Spiliotis and Assimakopoulos (2020), "The M4 Competition":
    classical multiplicative decomposition where the
    autocorrelation at lag m is significant at 90 per cent. Missing values are
    interpolated for it, and a series that is not positive is left as it is.
    """
    observed = np.flatnonzero(np.isfinite(history))
    if not len(observed):
        return np.zeros(horizon)
    steps = np.arange(len(history), len(history) + horizon)
    last = history[observed[-1]]
    complete = interpolate(history)
    if not _is_seasonal(complete, season) or complete.min() <= 0:
        return np.full(horizon, last)
    indices = _indices(complete, season)
    return np.asarray(last / indices[observed[-1] % season] * indices[steps % season])


def _is_seasonal(values: Array, season: int) -> bool:
    """Test values as they are, as the benchmark does: a trend may hide their season."""
    if season < 2 or len(values) < 3 * season:
        return False
    centred = values - values.mean()
    power = centred @ centred
    if not power > 0 or not np.isfinite(power):
        return False
    return repeats(centred, season)


def _indices(values: Array, season: int) -> Array:
    """Seasonal indices by phase, their mean one: ratios to the centred moving average."""
    inner = np.arange(season // 2, len(values) - season // 2)
    ratios, phases = (values / moving_mean(values, season))[inner], inner % season
    indices = np.bincount(phases, ratios, season) / np.bincount(phases, minlength=season)
    return np.asarray(indices / indices.mean())
