"""Choose the orders of a seasonal ARIMA from the data.

Differences by tests, lags by a stepwise search over AICc, as in Hyndman and
Khandakar (2008), "Automatic time series forecasting: the forecast package for
R", section 3. Works on complete series; estimation of the chosen model and
forecasting are left to ``arima``.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.models.arima_css import Arma, arma_errors, fit_css, smallest_root

Array = NDArray[np.float64]

_STRONG_SEASON = 0.64  # Wang, Smith and Hyndman (2006), as in R's nsdiffs
_KPSS_5_PERCENT = 0.463  # Kwiatkowski et al. (1992), table 1, level stationarity
_MAX_ORDER = 5  # of p and q; of P and Q it is 2
_MOST_MODELS = 94  # as in R's auto.arima
_SMALLEST_ROOT = 1.01  # nearer to the unit circle the forecasts are unstable
LONGEST_EXACT = 12
"""A longer season is searched by conditional likelihood: the exact one costs its cube."""

_SEASON_WINDOW = 11  # of STL, as in R's mstl
_STEPS = (  # changes of p, q, P, Q to a neighbouring model, in the order of R's auto.arima
    (0, 0, -1, 0), (0, 0, 0, -1), (0, 0, 1, 0), (0, 0, 0, 1), (0, 0, -1, -1), (0, 0, 1, 1),
    (-1, 0, 0, 0), (0, -1, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (-1, -1, 0, 0), (1, 1, 0, 0),
    (-1, 1, 0, 0), (1, -1, 0, 0),
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """ARIMA(p,d,q)(P,D,Q)[season].

    Examples
    --------
    >>> str(Order(Arma(p=0, q=1, P=0, Q=1, season=12, constant=False), d=1, D=1))
    'ARIMA(0,1,1)(0,1,1)[12]'
    """

    arma: Arma
    d: int
    D: int

    def __str__(self) -> str:
        lags = self.arma
        text = f"ARIMA({lags.p},{self.d},{lags.q})"
        if lags.season > 1:
            text += f"({lags.P},{self.D},{lags.Q})[{lags.season}]"
        if lags.constant:
            text += " with drift" if self.d + self.D else " with mean"
        return text


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model that the search has looked at.

    Attributes
    ----------
    arma : Arma
    aicc : float
        Infinite where the model cannot be used.
    mean : float
    coefficients : ndarray
        As ``fit_css`` gives them.
    """

    arma: Arma
    aicc: float
    mean: float
    coefficients: Array


def differences(values: Array, season: int) -> tuple[int, int]:
    """Decide how often to difference.

    Parameters
    ----------
    values : ndarray of shape (T,)
        Without missing values.
    season : int

    Returns
    -------
    d, D : int
        Ordinary (0 to 2) and seasonal (0 or 1) differences.
    """
    seasonal = int(seasonal_strength(values, season) > _STRONG_SEASON)
    rest = difference(values, 0, seasonal, season)
    ordinary = 0
    while ordinary < 2 and len(rest) > 3 and kpss(rest) > _KPSS_5_PERCENT:
        rest = np.diff(rest)
        ordinary += 1
    return ordinary, seasonal


def difference(values: Array, d: int, seasonal: int, season: int) -> Array:
    """Difference ``seasonal`` times at lag ``season``, then ``d`` times at lag 1.

    Parameters
    ----------
    values : ndarray of shape (T,)
    d, seasonal, season : int

    Returns
    -------
    ndarray of shape (T - d - seasonal * season,)
    """
    for _ in range(seasonal):
        values = values[season:] - values[:-season]
    return np.diff(values, d)


def seasonal_strength(values: Array, season: int) -> float:
    """Measure how much of the detrended variance is seasonal.

    Parameters
    ----------
    values : ndarray of shape (T,)
    season : int

    Returns
    -------
    float
        ``max(0, 1 - var(R) / var(S + R))`` of an STL decomposition, 0 to 1
        (Hyndman and Athanasopoulos 2021, section 4.3); 0 for two seasons or less.
    """
    if season < 2 or len(values) <= 2 * season:
        return 0.0
    parts = STL(values, period=season, seasonal=_SEASON_WINDOW).fit()
    both = np.var(parts.seasonal + parts.resid)
    if both <= 1e-20 * float(values @ values):  # rounding of a constant
        return 0.0
    return float(max(0.0, 1 - np.var(parts.resid) / both))


def kpss(values: Array) -> float:
    """Compute the KPSS statistic of level stationarity: large means a unit root.

    Parameters
    ----------
    values : ndarray of shape (n,)

    Returns
    -------
    float
        0 for a constant.

    Notes
    -----
    Kwiatkowski, Phillips, Schmidt and Shin (1992), equations 10 to 13, with
    trunc(3 sqrt(n) / 13) lags as in R's ndiffs.
    """
    n = len(values)
    errors = values - values.mean()
    variance = errors @ errors
    lags = int(3 * np.sqrt(n) / 13)
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (errors[lag:] @ errors[:-lag])
    if variance <= 1e-12 * n * max(1.0, float(values @ values) / n):
        return 0.0
    return float((np.cumsum(errors) ** 2).sum() / (n * variance))


def search(values: Array, order: Order, deadline: float = np.inf) -> list[Candidate]:
    """Look for the lags with the smallest AICc, step by step.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Differenced series without missing values.
    order : Order
        Its differences and season are kept; its lags do not matter.
    deadline : float
        On the clock of ``time.process_time``; the search then ends with what
        it has.

    Returns
    -------
    list of Candidate
        Best first; at least one.
    """
    season, may_drift = order.arma.season, order.d + order.D <= 1
    max_order = _MAX_ORDER
    if season > 1:
        max_order = min(max_order, season - 1)  # beyond it, the seasonal lags say the same
    seen: dict[Arma, Candidate] = {}

    def look(arma: Arma) -> Candidate:
        if arma not in seen:
            seen[arma] = _try_arma(values, arma)
        return seen[arma]

    starts = [arma for arma in _starts(season, order.D, may_drift) if arma.p <= max_order]
    best = min((look(arma) for arma in starts if arma.q <= max_order), key=_aicc)
    improved = True
    while improved and len(seen) < _MOST_MODELS and time.process_time() < deadline:
        improved = False
        for arma in _neighbours(best.arma, max_order, may_drift):
            if look(arma).aicc < best.aicc:
                best, improved = look(arma), True
                break
            if len(seen) >= _MOST_MODELS or time.process_time() > deadline:
                break
    return sorted(seen.values(), key=_aicc)


def _try_arma(values: Array, arma: Arma) -> Candidate:
    """Estimate by CSS, then score with the exact likelihood where that is cheap."""
    n, count = len(values), arma.size + 1
    if n <= count + 2:
        return Candidate(arma, np.inf, 0.0, np.zeros(arma.size - arma.constant))
    mean, coefficients = fit_css(values, arma)
    if smallest_root(coefficients, arma) < _SMALLEST_ROOT:
        return Candidate(arma, np.inf, mean, coefficients)
    if arma.season > LONGEST_EXACT:
        errors = arma_errors(values - mean, arma, coefficients)
        deviance = n * float(np.log(2 * np.pi * np.mean(errors**2)) + 1)
    else:
        model = SARIMAX(
            values - mean,
            order=(arma.p, 0, arma.q),
            seasonal_order=(arma.P, 0, arma.Q, arma.season if arma.P + arma.Q else 0),
            concentrate_scale=True,
        )
        deviance = -2 * float(model.loglike(coefficients))
    aicc = deviance + 2 * count * n / (n - count - 1)
    return Candidate(arma, aicc if np.isfinite(aicc) else np.inf, mean, coefficients)


def _starts(season: int, seasonal: int, may_drift: bool) -> Iterator[Arma]:
    on = int(season > 1)
    for p, q, big_p, big_q in (
        (2, 2, on, on),
        (0, 0, 0, 0),
        (1, 0, on, 0),
        (0, 1, 0, on),
        (0, 1, seasonal, on),
    ):
        yield Arma(p, q, big_p, big_q, season, may_drift)
    if may_drift:
        yield Arma(0, 0, 0, 0, season, False)


def _neighbours(arma: Arma, max_order: int, may_drift: bool) -> Iterator[Arma]:
    for p, q, big_p, big_q in _STEPS:
        near = replace(arma, p=arma.p + p, q=arma.q + q, P=arma.P + big_p, Q=arma.Q + big_q)
        seasonal = (near.P, near.Q)
        if 0 <= min(near.p, near.q) <= max(near.p, near.q) <= max_order and 0 <= min(
            seasonal
        ) <= max(seasonal) <= (2 if arma.season > 1 else 0):
            yield near
    if may_drift:
        yield replace(arma, constant=not arma.constant)


def _aicc(candidate: Candidate) -> float:
    return candidate.aicc
