"""Errors in units that series of any size share: those of the seasonal naive method.

What a scale may be computed from, the history before a cutoff, is up to the caller.
"""

import numpy as np

from forecast.metrics.averages import Array, mean
from forecast.metrics.point import mae, rmse


def seasonal_scale(history: Array, season: int) -> float:
    """Measure the in-sample absolute error of the seasonal naive method.

    Parameters
    ----------
    history : ndarray of shape (T,)
        Values up to the cutoff; NaN where missing.
    season : int
        Season length m in steps.

    Returns
    -------
    float
        Mean of ``|y[t] - y[t - m]|``; NaN when no such pair was observed. A
        history of no more than m rows has none: there m is 1.

    Notes
    -----
    The denominator of MASE: Hyndman and Koehler (2006), "Another look at
    measures of forecast accuracy", section 3; with m as in Makridakis et al.
    (2020), "The M4 Competition".

    Examples
    --------
    >>> seasonal_scale(np.array([1.0, 2.0, 4.0]), 1)
    1.5
    >>> seasonal_scale(np.array([1.0, 2.0, 4.0]), 2), seasonal_scale(np.array([1.0, 2.0, 4.0]), 3)
    (3.0, 1.5)
    """
    units = units_of(history)
    return units * float(mean(np.abs(_seasonal_differences(history / units, season))))


def root_seasonal_scale(history: Array, season: int) -> float:
    """Measure the in-sample root mean squared error of the seasonal naive method.

    Parameters
    ----------
    history : ndarray of shape (T,)
    season : int

    Returns
    -------
    float
        Root of the mean of ``(y[t] - y[t - m])**2``, the denominator of RMSSE;
        m is 1 where there are no more than m rows.
    """
    units = units_of(history)
    squares = _seasonal_differences(history / units, season) ** 2
    return units * float(np.sqrt(mean(squares)))


def mase(y: Array, yhat: Array, scale: Array) -> Array:
    """Compute the mean absolute scaled error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)
    scale : ndarray of shape (...)
        ``seasonal_scale`` of the history before each cutoff.

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    Hyndman and Koehler (2006), section 3: below 1 beats the in-sample
    one-season-ahead seasonal naive forecast.
    """
    return mae(*in_units(scale, y, yhat))


def rmsse(y: Array, yhat: Array, root_scale: Array) -> Array:
    """Compute the root mean squared scaled error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)
    root_scale : ndarray of shape (...)
        ``root_seasonal_scale`` of the history before each cutoff.

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    Makridakis, Spiliotis and Assimakopoulos (2022), "The M5 accuracy
    competition", equation 1, where m is 1.
    """
    return rmse(*in_units(root_scale, y, yhat))


def owa(smape: float, mase: float, benchmark_smape: float, benchmark_mase: float) -> float:
    """Compute the overall weighted average of two measures relative to a benchmark.

    Parameters
    ----------
    smape, mase : float
        Of the model, averaged over all series.
    benchmark_smape, benchmark_mase : float
        Of Naive 2, see ``forecast.models.naive2``, on the same values.

    Returns
    -------
    float
        Below 1 is better than the benchmark; NaN where one of its errors is
        zero or undefined.

    Notes
    -----
    Makridakis, Spiliotis and Assimakopoulos (2020), "The M4 Competition".

    Examples
    --------
    >>> owa(10.0, 0.8, 20.0, 1.0)
    0.65
    """
    if not (benchmark_smape > 0 and benchmark_mase > 0):
        return float("nan")
    return (smape / benchmark_smape + mase / benchmark_mase) / 2


def in_units(scale: Array, *values: Array) -> tuple[Array, ...]:
    """Divide by a scale before differences are taken, which might overflow.

    Parameters
    ----------
    scale : ndarray of shape (...)
    *values : ndarray of shape (..., H)

    Returns
    -------
    tuple of ndarray of shape (..., H)
        NaN where the scale is zero, but missing values of the first one stay
        the only ones that count as missing.
    """
    known = np.where(scale > 0, scale, np.nan)[..., None]
    first, *rest = values
    unknown = np.isnan(known) & np.isfinite(first)
    return (np.where(unknown, 0.0, first / known), *(one / known for one in rest))


def units_of(values: Array) -> float:
    """Give a power of two next to the largest value: dividing by it rounds nothing.

    Parameters
    ----------
    values : ndarray
        NaN where missing.

    Returns
    -------
    float
        1 where nothing was seen but zeros.

    Examples
    --------
    >>> units_of(np.array([3.0, -5.0, np.nan])), units_of(np.zeros(2))
    (8.0, 1.0)
    """
    seen = np.abs(values[np.isfinite(values)])
    largest = float(seen.max()) if len(seen) else 0.0
    return float(np.ldexp(1.0, np.clip(np.frexp(largest)[1], -1000, 1000)))


def _seasonal_differences(history: Array, season: int) -> Array:
    lag = season if len(history) > season else 1
    return history[lag:] - history[:-lag]
