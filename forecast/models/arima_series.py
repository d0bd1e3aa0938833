"""One series under ARIMA: choose, estimate by maximum likelihood, forecast.

The search for orders is in ``arima_order``, its fast estimator in
``arima_css``, logs and long seasons in ``arima_form``; panels, workers and
fallbacks are left to ``arima``.
"""

import time
import warnings
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.models.arima_css import Arma, split
from forecast.models.arima_form import Form, choose_form
from forecast.models.arima_order import (
    LONGEST_EXACT,
    Candidate,
    Order,
    difference,
    differences,
    search,
)
from forecast.models.local import CannotFit
from forecast.spec import ArimaSpec

Array = NDArray[np.float64]

_FEWEST_VALUES = 8
_LONGEST_HISTORY = 2000  # older rows change neither the coefficients nor the state
_SEARCH_SHARE = 0.5  # of the time limit; the rest is for maximum likelihood
_ITERATIONS = 50
_FINALISTS = 2
_SECONDS_IF_LONG = 3.0  # of maximum likelihood with a long season; the search's estimate is near


@dataclass(frozen=True, eq=False)
class ArimaFit:
    """The model of one series.

    Attributes
    ----------
    order : Order
    form : Form
    parameters : ndarray
        As statsmodels orders them, the variance last.
    start : timestamp
        First row of the fitted history: where the phase of the season is 0.
    converged : bool
        Of the maximum likelihood.
    seconds : float
        Search and estimation.
    """

    order: Order
    form: Form
    parameters: Array
    start: np.generic
    converged: bool
    seconds: float

    def __str__(self) -> str:
        text = str(self.order)
        if self.form.harmonics:
            text += f" + Fourier({self.form.harmonics})[{len(self.form.profile)}]"
        return f"{text} log" if self.form.log else text

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast from the end of a history; see ``SeriesFit``."""
        quantiles = forecast_series(self, target, phase, horizon, levels)
        if quantiles is None:
            raise CannotFit("the forecast is not finite")
        return quantiles


def fit_arima(target: Array, season: int) -> ArimaFit:
    """Choose the form, orders and coefficients of one series.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int

    Returns
    -------
    ArimaFit

    Raises
    ------
    CannotFit
    """
    fit = fit_series(ArimaSpec(season), (target, np.int64(0)))
    if fit is None:
        raise CannotFit("too few values, a constant, or nothing could be estimated")
    return fit


def fit_series(spec: ArimaSpec, job: tuple[Array, np.generic]) -> ArimaFit | None:
    """Choose the form, orders and coefficients of one series.

    Parameters
    ----------
    spec : ArimaSpec
    job : tuple of ndarray of shape (T,) and timestamp
        Values, NaN where missing, and the first row's timestamp.

    Returns
    -------
    ArimaFit, or None where there is too little to fit or nothing could be
    """
    target, start = job
    rows = np.flatnonzero(np.isfinite(target))
    if len(rows) < _FEWEST_VALUES or np.ptp(target[rows]) == 0:
        return None
    first = max(int(rows[0]), len(target) - _LONGEST_HISTORY)
    target = target[first:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels' remarks on starting values
        return _fit(spec, target, start, first)


def _fit(spec: ArimaSpec, target: Array, start: np.generic, phase: int) -> ArimaFit | None:
    began = time.monotonic()
    complete = _interpolate(target)
    form = choose_form(complete, spec.season)
    form = replace(form, profile=np.roll(form.profile, phase))  # phases count from ``start``
    modelled = form.apply(complete, phase)
    exact = _deterministic(modelled, form.season)
    if exact:
        return ArimaFit(exact[0], form, exact[1], start, True, time.monotonic() - began)
    deadline = began + _SEARCH_SHARE * spec.max_seconds
    order, scale, candidates = _search(modelled, form.season, spec.max_order, deadline)
    values, end, count = form.apply(target, phase), began + spec.max_seconds, _FINALISTS
    if form.season > LONGEST_EXACT:
        end, count = min(end, time.monotonic() + _SECONDS_IF_LONG), 1
    finalists = [one for one in candidates[:count] if np.isfinite(one.aicc)]
    best = None
    for one in finalists:
        if best is not None and time.monotonic() > deadline:
            break
        estimate = _maximise(values, replace(order, arma=one.arma), one, scale, end)
        if estimate and (best is None or estimate[0] < best[0]):
            best = estimate
    if best is None:
        return None
    _, chosen, parameters, converged = best
    return ArimaFit(chosen, form, parameters, start, converged, time.monotonic() - began)


def _deterministic(values: Array, season: int) -> tuple[Order, Array] | None:
    """Recognise a line, or a line with an unchanging season: there is no noise to model."""
    d, seasonal = differences(values, season)
    d = max(d, 1 - seasonal)
    rows = difference(values, d, seasonal, season)
    if not len(rows) or np.ptp(rows) > 1e-9 * np.abs(values).max():
        return None
    order = Order(Arma(0, 0, 0, 0, season, True), d, seasonal)
    return order, np.array([rows.mean(), 1e-12])


def _search(
    values: Array, season: int, max_order: int, deadline: float
) -> tuple[Order, float, list[Candidate]]:
    """Search with the tested differences and, where the season is differenced, one more.

    After a seasonal difference the unit-root test has little power; the AICc
    per row decides between the two.
    """
    d, seasonal = differences(values, season)
    found = []
    for more in sorted({d, max(d, seasonal)}):
        order = Order(Arma(0, 0, 0, 0, season, False), more, seasonal)
        rows = difference(values, more, seasonal, season)
        scale = float(np.std(rows)) or 1.0
        candidates = search(rows / scale, order, max_order, deadline)
        found.append((candidates[0].aicc / len(rows) + 2 * np.log(scale), order, scale, candidates))
    return min(found, key=lambda one: one[0])[1:]


def _maximise(
    values: Array, order: Order, candidate: Candidate, scale: float, end: float
) -> tuple[float, Order, Array, bool] | None:
    """Maximise the exact likelihood from the search's estimate."""
    gaps = bool(np.isnan(values).any())
    model = _model(values, order, simple_differencing=not gaps, concentrate_scale=True)
    ar, _, seasonal_ar, _ = split(candidate.coefficients, order.arma)
    start = candidate.coefficients
    if order.arma.constant:
        intercept = candidate.mean * scale * (1 - ar.sum()) * (1 - seasonal_ar.sum())
        start = np.r_[intercept, start]
    converged = True
    if len(start):
        try:
            began = time.monotonic()
            model.loglike(start)
            now = time.monotonic()
            affordable = (end - now) / ((now - began) * (len(start) + 1))  # gradients are numeric
            iterations = int(np.clip(affordable, 1, _ITERATIONS))
            result = model.fit(start, disp=0, maxiter=iterations, cov_type="none")
        except (ValueError, np.linalg.LinAlgError):
            return None
        converged = bool(result.mle_retvals["converged"])
    else:
        result = model.filter(start, cov_type="none")
    n, count = int(result.nobs_effective), len(start) + 1
    if n <= count + 2 or not np.isfinite(result.llf):
        return None
    aicc = -2 * result.llf + 2 * count * n / (n - count - 1)
    variance = float(result.scale) * n / (n - count + 1)
    return aicc, order, np.r_[result.params, variance], converged


def _model(
    values: Array, order: Order, *, simple_differencing: bool, concentrate_scale: bool
) -> SARIMAX:
    lags = order.arma
    seasonal = lags.P + lags.Q + order.D > 0
    return SARIMAX(
        values,
        order=(lags.p, order.d, lags.q),
        seasonal_order=(lags.P, order.D, lags.Q, lags.season if seasonal else 0),
        trend="c" if lags.constant else None,
        simple_differencing=simple_differencing,
        concentrate_scale=concentrate_scale,
    )


def forecast_series(
    fit: ArimaFit, target: Array, phase: int, horizon: int, levels: tuple[float, ...]
) -> Array | None:
    """Run the Kalman filter with the fitted parameters and look ahead.

    Parameters
    ----------
    fit : ArimaFit
    target : ndarray of shape (T,)
        History up to the cutoff; NaN where missing.
    phase : int
        Steps from the fitted history's first row to this one's.
    horizon : int
    levels : tuple of float, length Q

    Returns
    -------
    ndarray of shape (H, Q), or None where it would not be finite
    """
    first = max(0, len(target) - _LONGEST_HISTORY)
    values = fit.form.apply(target[first:], phase + first)
    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = _model(values, fit.order, simple_differencing=False, concentrate_scale=False)
            ahead = model.filter(fit.parameters, cov_type="none").get_forecast(horizon)
        except (ValueError, np.linalg.LinAlgError):
            return None
        z = np.array([NormalDist().inv_cdf(level) for level in levels])
        deviation = np.asarray(ahead.se_mean)
        modelled = np.asarray(ahead.predicted_mean)[:, None] + deviation[:, None] * z
        quantiles = fit.form.invert(modelled, phase + len(target))
    return quantiles if np.isfinite(quantiles).all() else None


def _interpolate(target: Array) -> Array:
    rows, seen = np.arange(len(target)), np.isfinite(target)
    return np.interp(rows, rows[seen], target[seen])
