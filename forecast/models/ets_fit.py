"""Estimate one form of exponential smoothing: first states and weights by least squares.

Maximum likelihood under normal errors, written as a least squares problem so
that a few Gauss-Newton steps do; derivatives are differences, all taken in one
run of ``ets_states``. Choosing a form is left to ``smoothing``.

Letters: T rows, k parameters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import leastsq
from scipy.special import expit, logit

from forecast.interpolate import interpolate
from forecast.models.ets_states import EtsForm, States, Weights, run
from forecast.reading.impute import moving_mean

Array = NDArray[np.float64]

_LEAST_PHI, _MOST_PHI = 0.8, 0.98  # as in R's ets: a stronger damping is hard to estimate
_BOUND = 1e-4  # of the weights, away from 0 and 1
_MOST_TREND = 0.2  # of beta / alpha: a freer trend fits better and forecasts worse
_STEP = 1e-6
_EVALUATIONS = 60
_WALL = 1e6  # the error where a multiplicative model meets zero


@dataclass(frozen=True, eq=False)
class EtsEstimate:
    """A form with its parameters.

    Attributes
    ----------
    form : EtsForm
    weights : Weights
    first, last : States
        Before the first row and after the last.
    deviation : float
        Of the one-step errors, relative ones under a multiplicative error;
        free of the bias of counting no parameters.
    aicc : float
        Infinite where there are too few values for the parameters.
    converged : bool
    rows : int
        From the first to the last state.
    """

    form: EtsForm
    weights: Weights
    first: States
    last: States
    deviation: float
    aicc: float
    converged: bool
    rows: int


def estimate(values: Array, form: EtsForm) -> EtsEstimate:
    """Estimate one form.

    Parameters
    ----------
    values : ndarray of shape (T,)
        NaN where missing.
    form : EtsForm

    Returns
    -------
    EtsEstimate

    Notes
    -----
    Under a multiplicative error, -2 log L = n log(sum e^2 / mu^2) + 2 sum log|mu|
    (Hyndman et al. 2008, equation 5.3) is n times the logarithm of the sum of
    squares of e / mu times the geometric mean of |mu|.
    """
    seen = np.isfinite(values)
    start = _start(values, form)

    def errors(points: Array) -> Array:
        """Errors (T, K) of parameters (k, K) whose squares are to be minimised."""
        weights, states = _unpack(points, form)
        mu = run(values, form.seasonal, weights, states)[0][seen]
        wrong = values[seen, None] - mu
        if form.error == "M":
            wrong *= np.exp(np.log(np.maximum(np.abs(mu), 1e-300)).mean(0)) / mu
            wrong = np.where((mu > 0).all(0), wrong, _WALL)
        return np.where(np.isfinite(wrong), wrong, _WALL)

    def one(point: Array) -> Array:
        return errors(point[:, None])[:, 0]

    def slopes(point: Array) -> Array:
        steps = _STEP * np.maximum(np.abs(point), 0.1)
        around = errors(np.column_stack([point, point[:, None] + np.diag(steps)]))
        return (around[:, 1:] - around[:, :1]) / steps

    n = int(seen.sum())
    if n > len(start):
        found, _, _, _, status = leastsq(
            one, start, Dfun=slopes, full_output=True, maxfev=_EVALUATIONS, ftol=1e-6, xtol=1e-5
        )
        converged = status in (1, 2, 3, 4)
    else:
        found, converged = start, False
    weights, first = _unpack(found[:, None], form)
    mu, last = run(values, form.seasonal, weights, first)
    squares, count = float(one(found) @ one(found)), form.count + 1
    room = n - count - 1
    deviance = n * np.log(max(squares / n, 1e-300))
    aicc = deviance + 2 * count * n / room if room > 0 else np.inf
    wrong = (values - mu[:, 0])[seen] / (mu[seen, 0] if form.error == "M" else 1.0)
    deviation = float(np.sqrt(wrong @ wrong / max(n - form.count, 1)))
    return EtsEstimate(form, weights, first, last, deviation, float(aicc), converged, len(values))


def _unpack(points: Array, form: EtsForm) -> tuple[Weights, States]:
    """Map any numbers (k, K) to weights within their bounds and first states."""
    parts = iter(points)
    nothing = np.zeros(points.shape[1])
    alpha = _between(next(parts), _BOUND, 1 - _BOUND)
    beta, gamma, phi = nothing, nothing, nothing + 1
    level, trend = next(parts), nothing
    if form.trend != "N":
        beta, trend = alpha * _between(next(parts), _BOUND, _MOST_TREND), next(parts)
    if form.trend == "Ad":
        phi = _between(next(parts), _LEAST_PHI, _MOST_PHI)
    if form.seasonal == "N":
        return Weights(alpha, beta, gamma, phi), States(level, trend, nothing[None])
    gamma = (1 - alpha) * _between(next(parts), _BOUND, 1 - _BOUND)
    free = np.stack(list(parts))
    rest = (form.season if form.seasonal == "M" else 0) - free.sum(0)
    return Weights(alpha, beta, gamma, phi), States(level, trend, np.vstack([free, rest]))


def _start(values: Array, form: EtsForm) -> Array:
    """Begin with a line through the first seasons and the season around it."""
    m = form.season if form.seasonal != "N" else 1
    head = interpolate(values)[: max(10, 3 * m)]
    profile = np.zeros(m)
    multiplied = form.seasonal == "M"
    if m > 1:
        head = head[: len(head) // m * m] if len(head) >= 2 * m else head
        inner = slice(m // 2, len(head) - m // 2)
        smooth = moving_mean(head, m)
        ratios = (head / smooth if multiplied else head - smooth)[inner]
        phases = (m // 2 + np.arange(len(ratios))) % m
        profile = np.array([ratios[phases == phase].mean() for phase in range(m)])
        profile += (1.0 if multiplied else 0.0) - profile.mean()
        repeated = profile[np.arange(len(head)) % m]
        head = head / repeated if multiplied else head - repeated
    slope, level = np.polyfit(np.arange(1, len(head) + 1), head, 1)
    if form.trend == "N":
        level = head[: max(m, 3)].mean()
    start = [logit(0.3), level]
    if form.trend != "N":
        start += [logit(0.1), slope]
    if form.trend == "Ad":
        start += [0.5]
    if m > 1:
        start += [logit(0.1), *profile[:-1]]
    return np.array(start)


def _between(free: Array, low: float, high: float) -> Array:
    return np.asarray(low + (high - low) * expit(free))
