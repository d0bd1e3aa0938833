"""ARIMA with orders chosen from the data: the classical baseline, given a fair chance.

Form, orders and coefficients are chosen per series on the history before the
first cutoff and then applied to newer history without another fit. What
cannot be fitted falls back to seasonal naive and says so. The search is in
``arima_order``, its fast estimator in ``arima_css``, logs and long seasons in
``arima_form``; this is the one place that runs maximum likelihood.
"""

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.models.arima_css import Arma, split
from forecast.models.arima_form import Form, choose_form
from forecast.models.arima_order import Candidate, Order, difference, differences, search
from forecast.models.base import Prediction
from forecast.models.naive import naive_quantiles
from forecast.panel import Panel
from forecast.parallel import parallel_map
from forecast.spec import ArimaSpec

Array = NDArray[np.float64]

_FEWEST_VALUES = 8
_LONGEST_HISTORY = 2000  # older rows change neither the coefficients nor the state
_SEARCH_SHARE = 0.5  # of the time limit; the rest is for maximum likelihood
_ITERATIONS = 50
_FINALISTS = 2


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


@dataclass(frozen=True, eq=False)
class ArimaModel:
    """A fitted ARIMA for every series of a panel.

    Attributes
    ----------
    spec : ArimaSpec
    fits : mapping of str to ArimaFit
        By series; one that could not be fitted is absent.
    """

    spec: ArimaSpec
    fits: Mapping[str, ArimaFit]

    name = "ARIMA"

    @classmethod
    def fit(
        cls,
        panel: Panel,
        spec: ArimaSpec,
        *,
        workers: int | None = 1,
        progress: Callable[[int], None] | None = None,
    ) -> Self:
        """Choose orders and estimate coefficients, series by series.

        Parameters
        ----------
        panel : Panel
            History before the first cutoff.
        spec : ArimaSpec
        workers : int, optional
            Processes; None takes every core. The result does not depend on it.
        progress : callable, optional
            Called with the number of series done.

        Returns
        -------
        ArimaModel
        """
        jobs = [(one.target, one.timestamps[0]) for one in panel]
        found = parallel_map(partial(_fit_or_none, spec), jobs, workers, progress)
        return cls(spec, {name: fit for name, fit in zip(panel.ids, found, strict=True) if fit})

    @property
    def orders(self) -> dict[str, str]:
        """What was chosen, by series, for example ``ARIMA(0,1,1)(0,1,1)[12] log``."""
        return {name: str(fit) for name, fit in self.fits.items()}

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        """Forecast every series from its last row on; see ``FittedModel``.

        Parameters
        ----------
        panel : Panel
            History of N series up to the cutoff; NaN where missing.
        horizon : int
        levels : tuple of float, length Q

        Returns
        -------
        Prediction
            The median is that of the original scale. The source is
            ``SeasonalNaive`` for a series without a usable model.
        """
        rows, source = [], []
        for one in panel:
            quantiles = None
            if one.id in self.fits:
                fit = self.fits[one.id]
                phase = _steps_between(fit.start, one.timestamps)
                quantiles = _forecast(fit, one.target, phase, horizon, levels)
            source.append("SeasonalNaive" if quantiles is None else self.name)
            if quantiles is None:
                quantiles = naive_quantiles(one.target, self.spec.season, horizon, levels)
            rows.append(quantiles)
        return Prediction(np.stack(rows), tuple(source))


def _fit_or_none(spec: ArimaSpec, job: tuple[Array, np.generic]) -> ArimaFit | None:
    """Fit one series; None where there is too little to fit."""
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
    season = form.season
    values = form.apply(complete, 0)
    deadline = began + _SEARCH_SHARE * spec.max_seconds
    order, scale, candidates = _search(values, season, spec.max_order, deadline)
    finalists = [one for one in candidates[:_FINALISTS] if np.isfinite(one.aicc)]
    best = None
    for one in finalists:
        if best is not None and time.monotonic() > deadline:
            break
        estimate = _maximise(form.apply(target, 0), replace(order, arma=one.arma), one, scale)
        if estimate and (best is None or estimate[0] < best[0]):
            best = estimate
    if best is None:
        return None
    _, chosen, parameters, converged = best
    return ArimaFit(chosen, form, parameters, start, converged, time.monotonic() - began)


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
        try:
            result = model.fit(start, disp=0, maxiter=_ITERATIONS, cov_type="none")
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


def _forecast(
    fit: ArimaFit, target: Array, phase: int, horizon: int, levels: tuple[float, ...]
) -> Array | None:
    """Run the filter with the fitted parameters; None where it gives nothing usable."""
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


def _steps_between(start: np.generic, timestamps: NDArray[np.generic]) -> int:
    """Count the steps from the fitted history's first row to this one's."""
    if len(timestamps) < 2 or timestamps[0] == start:
        return 0
    step = np.median(np.diff(timestamps).astype(np.int64))
    return round(int((timestamps[0] - start).astype(np.int64)) / step)
