"""Errors of point forecasts in the units of the series, and relative to its values."""

import numpy as np

from forecast.metrics.averages import Array, mean, ratio


def mae(y: Array, yhat: Array) -> Array:
    """Compute the mean absolute error, the mean of ``|y - yhat|``.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)
        Actual values, NaN where missing, and point forecasts.

    Returns
    -------
    ndarray of shape (...)
    """
    return mean(np.abs(y - yhat), np.isfinite(y))


def mse(y: Array, yhat: Array) -> Array:
    """Compute the mean squared error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...)
    """
    return mean((y - yhat) ** 2, np.isfinite(y))


def rmse(y: Array, yhat: Array) -> Array:
    """Compute the root mean squared error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...)
    """
    return np.asarray(np.sqrt(mse(y, yhat)))


def bias(y: Array, yhat: Array) -> Array:
    """Compute the mean error: positive when the forecast is too high.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...)
    """
    return mean(yhat - y, np.isfinite(y))


def mape(y: Array, yhat: Array) -> Array:
    """Compute the mean absolute percentage error; actual zeros are left out.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...), in per cent

    Notes
    -----
    Mean of ``100 |y - yhat| / |y|`` (Hyndman and Koehler 2006, section 2.2,
    who say why it misleads near zero).
    """
    return mean(100 * ratio(np.abs(y - yhat), np.abs(y)), np.isfinite(y) & (y != 0))


def smape(y: Array, yhat: Array) -> Array:
    """Compute the symmetric mean absolute percentage error.

    Parameters
    ----------
    y, yhat : ndarray of shape (..., H)

    Returns
    -------
    ndarray of shape (...), 0 to 200

    Notes
    -----
    Mean of ``200 |y - yhat| / (|y| + |yhat|)`` (Makridakis et al. 2020, "The
    M4 Competition", section 2.2); a zero forecast as zero counts as no error.
    """
    error, size = np.abs(y - yhat), np.abs(y) + np.abs(yhat)
    return mean(np.where(size == 0, 0.0, 200 * ratio(error, size)), np.isfinite(y))
