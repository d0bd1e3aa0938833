"""ARIMA with orders chosen from the data: choose, estimate by maximum likelihood, forecast.

Form, orders and coefficients are chosen on the history before the first cutoff
and then applied to newer history without another fit. The search for orders
is in ``arima_order``, its fast estimator in ``arima_css``, logs and long seasons
in ``arima_form``; panels, workers and fallbacks are left to ``local``.
"""

import time
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.interpolate import interpolate
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
from forecast.models.local import CannotFit, require_values
from forecast.models.widen import widening

Array = NDArray[np.float64]

_FEWEST_VALUES = 8
_LONGEST_HISTORY = 2000  # older rows change neither the coefficients nor the state
_ITERATIONS = 50
_COUNT = 4  # of parameters in effect, for ``widening``
_FINALISTS = 2
_WORK = 6e7  # of one maximum likelihood, about 1 s: what one pass takes is counted as
_WORK_PER_ROW = 150  # rows x (150 + states^2), ten times as much where gaps forbid a steady state
_MOST_SECONDS = 60.0  # of processor time; a last resort, since work is counted


@dataclass(frozen=True, eq=False)
class ArimaFit:
    """The model of one series.

    Attributes
    ----------
    order : Order
    form : Form
    parameters : ndarray
        As statsmodels orders them, the variance last.
    converged : bool
        Of the maximum likelihood, which ends early where one pass is long.
    rows : int
        Values that it was estimated from.
    """

    order: Order
    form: Form
    parameters: Array
    converged: bool
    rows: int

    def __str__(self) -> str:
        text = str(self.order)
        if self.form.harmonics:
            text += f" + Fourier({self.form.harmonics})[{len(self.form.profile)}]"
        return f"{text} log" if self.form.log else text

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast from the end of a history; see ``SeriesFit``."""
        first = max(0, len(target) - _LONGEST_HISTORY)
        values = self.form.apply(target[first:], phase + first)
        model = _model(values, self.order, simple_differencing=False, concentrate_scale=False)
        ahead = model.filter(self.parameters, cov_type="none").get_forecast(horizon)
        z = np.array([NormalDist().inv_cdf(level) for level in levels])
        deviation = np.asarray(ahead.se_mean) * widening(_COUNT, self.rows, horizon)
        modelled = np.asarray(ahead.predicted_mean)[:, None] + deviation[:, None] * z
        return self.form.invert(modelled, phase + len(target))


def fit_arima(target: Array, season: int) -> ArimaFit:
    """Choose the form, orders and coefficients of one series.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int
        Season length in steps; 1 means none.

    Returns
    -------
    ArimaFit

    Raises
    ------
    CannotFit
        Where there is too little to fit, or no model could be estimated.
    """
    rows = np.flatnonzero(np.isfinite(target))
    require_values(target, _FEWEST_VALUES)
    if np.ptp(target[rows]) == 0:
        raise CannotFit("all values are equal")
    first = max(int(rows[0]), len(target) - _LONGEST_HISTORY)
    return _fit(target[first:], season, first)


def _fit(target: Array, season: int, phase: int) -> ArimaFit:
    deadline = time.process_time() + _MOST_SECONDS
    complete, rows = interpolate(target), int(np.isfinite(target).sum())
    form = choose_form(complete, season)
    form = replace(form, profile=np.roll(form.profile, phase))  # of the first row, not of ``phase``
    modelled = form.apply(complete, phase)
    exact = _deterministic(modelled, form.season)
    if exact:
        return ArimaFit(exact[0], form, exact[1], True, rows)
    order, scale, candidates = _search(modelled, form.season, deadline)
    values, wanted = form.apply(target, phase), 1 if form.season > LONGEST_EXACT else _FINALISTS
    found: list[tuple[float, Order, Array, bool]] = []
    for one in [one for one in candidates if np.isfinite(one.aicc)]:
        if len(found) == wanted or (found and time.process_time() > deadline):
            break
        estimate = _maximise(values, replace(order, arma=one.arma), one, scale)
        found += [estimate] if estimate else []  # else the next best is tried
    if not found:
        raise CannotFit("no model could be estimated")
    _, chosen, parameters, converged = min(found, key=lambda one: one[0])
    return ArimaFit(chosen, form, parameters, converged, rows)


def _deterministic(values: Array, season: int) -> tuple[Order, Array] | None:
    """Recognise a line, or a line with an unchanging season: there is no noise to model."""
    d, seasonal = differences(values, season)
    d = max(d, 1 - seasonal)
    rows = difference(values, d, seasonal, season)
    if not len(rows) or np.ptp(rows) > 1e-9 * np.abs(values).max():
        return None
    order = Order(Arma(0, 0, 0, 0, season, True), d, seasonal)
    return order, np.array([rows.mean(), 1e-12])


def _search(values: Array, season: int, deadline: float) -> tuple[Order, float, list[Candidate]]:
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
        candidates = search(rows / scale, order, deadline)
        found.append((candidates[0].aicc / len(rows) + 2 * np.log(scale), order, scale, candidates))
    return min(found, key=lambda one: one[0])[1:]


def _maximise(
    values: Array, order: Order, candidate: Candidate, scale: float
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
        passes = _WORK / (len(values) * (_WORK_PER_ROW + model.k_states**2) * (1 + 9 * gaps))
        affordable = int(passes / (len(start) + 2))  # gradients are numeric
        try:
            iterations = min(max(affordable, 1), _ITERATIONS)
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
