"""Estimate the coefficients of a seasonal ARMA quickly, by conditional sum of squares.

A thousandth of the cost of maximum likelihood, which lets an order search
look at dozens of models. Letters: n rows, k coefficients. Choosing orders is
left to ``arima_order``, maximum likelihood to ``arima``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import leastsq
from scipy.signal import lfilter

Array = NDArray[np.float64]

_START = 0.1  # of every partial autocorrelation: at 0 the AR and MA gradients cancel
_EVALUATIONS = 25  # of the residuals per coefficient; a search needs no more precision


@dataclass(frozen=True)
class Arma:
    """The lags of a multiplicative seasonal ARMA for a series already differenced.

    Parameters
    ----------
    p, q : int
        Autoregressive and moving-average order.
    P, Q : int
        The same at multiples of the season.
    season : int
        Season length in steps; 1 means none.
    constant : bool
        The series has a mean to estimate.
    """

    p: int
    q: int
    P: int
    Q: int
    season: int
    constant: bool

    @property
    def size(self) -> int:
        """Number of coefficients, the mean included, the variance not."""
        return self.p + self.q + self.P + self.Q + self.constant


def fit_css(values: Array, arma: Arma) -> tuple[float, Array]:
    """Minimise the sum of squared one-step errors.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Differenced series without missing values.
    arma : Arma

    Returns
    -------
    mean : float
        Of the series; 0 without a constant.
    coefficients : ndarray of shape (k - constant,)
        AR, MA, seasonal AR, seasonal MA, in statsmodels' order and signs;
        stationary and invertible.

    Notes
    -----
    Values and errors before the first row count as their means (Box, Jenkins,
    Reinsel and Ljung 2015, section 7.1.2), so that models of all orders are
    fitted to the same rows.
    """
    if not arma.size:
        return 0.0, np.empty(0)
    start = np.full(arma.size, _START)
    if arma.constant:
        start[0] = values.mean()

    def errors(x: Array) -> Array:
        mean = x[0] if arma.constant else 0.0
        return arma_errors(values - mean, arma, _coefficients(x[arma.constant :], arma))

    calls = _EVALUATIONS * (arma.size + 1)
    found = leastsq(errors, start, maxfev=calls, ftol=1e-5, xtol=1e-4, full_output=True)[0]
    mean = float(found[0]) if arma.constant else 0.0
    return mean, _coefficients(found[arma.constant :], arma)


def arma_errors(values: Array, arma: Arma, coefficients: Array) -> Array:
    """Compute the one-step errors of a seasonal ARMA with given coefficients.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Series with its mean subtracted.
    arma : Arma
    coefficients : ndarray of shape (k - constant,)

    Returns
    -------
    ndarray of shape (n,)
    """
    ar, ma, seasonal_ar, seasonal_ma = split(coefficients, arma)
    above = np.convolve(_polynomial(-ar, 1), _polynomial(-seasonal_ar, arma.season))
    below = np.convolve(_polynomial(ma, 1), _polynomial(seasonal_ma, arma.season))
    return np.asarray(lfilter(above, below, values))


def smallest_root(coefficients: Array, arma: Arma) -> float:
    """Give the smallest modulus among the roots of the four lag polynomials.

    Parameters
    ----------
    coefficients : ndarray of shape (k - constant,)
    arma : Arma

    Returns
    -------
    float
        Near 1 means almost not stationary or not invertible; infinite
        without lags.
    """
    ar, ma, seasonal_ar, seasonal_ma = split(coefficients, arma)
    inverse = [np.abs(np.roots(np.r_[1.0, lags])) for lags in (-ar, ma, -seasonal_ar, seasonal_ma)]
    largest = max((float(one.max()) for one in inverse if len(one)), default=0.0)
    return 1 / largest if largest else np.inf


def split(coefficients: Array, arma: Arma) -> list[Array]:
    """Cut a coefficient vector into AR, MA, seasonal AR and seasonal MA.

    Parameters
    ----------
    coefficients : ndarray of shape (k - constant,)
    arma : Arma

    Returns
    -------
    list of four ndarray
    """
    ma, seasonal_ar = arma.p, arma.p + arma.q
    seasonal_ma = seasonal_ar + arma.P
    return [
        coefficients[:ma],
        coefficients[ma:seasonal_ar],
        coefficients[seasonal_ar:seasonal_ma],
        coefficients[seasonal_ma:],
    ]


def _coefficients(free: Array, arma: Arma) -> Array:
    """Map any numbers to stationary and invertible coefficients."""
    ar, ma, seasonal_ar, seasonal_ma = split(free, arma)
    return np.concatenate(
        [_stationary(ar), -_stationary(ma), _stationary(seasonal_ar), -_stationary(seasonal_ma)]
    )


def _stationary(free: Array) -> Array:
    """Monahan (1984), "A note on enforcing stationarity": via partial autocorrelations."""
    partial = free / np.sqrt(1 + free**2)
    lags = partial[:1]
    for one in partial[1:]:
        lags = np.append(lags - one * lags[::-1], one)
    return lags


def _polynomial(lags: Array, distance: int) -> Array:
    out = np.zeros(len(lags) * distance + 1)
    out[0] = 1.0
    out[distance::distance] = lags
    return out
