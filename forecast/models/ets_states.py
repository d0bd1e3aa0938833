"""The recursion of exponential smoothing, for many sets of parameters at once.

Equations of Hyndman, Koehler, Ord and Snyder (2008), Forecasting with
Exponential Smoothing, tables 2.2 and 2.3. Written with the error e = y - mu,
additive and multiplicative errors move the states alike, so that one recursion
serves both; only the likelihood differs, which is left to ``ets_fit``.

Letters: T rows, K sets of parameters, m season.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Trend = Literal["N", "A", "Ad"]
Kind = Literal["N", "A", "M"]


@dataclass(frozen=True)
class EtsForm:
    """Which parts a model has: ETS(error, trend, season).

    Examples
    --------
    >>> str(EtsForm("M", "Ad", "M", 12))
    'ETS(M,Ad,M)[12]'
    """

    error: Kind
    trend: Trend
    seasonal: Kind
    season: int

    def __str__(self) -> str:
        end = f"[{self.season}]" if self.season > 1 else ""
        return f"ETS({self.error},{self.trend},{self.seasonal}){end}"

    @property
    def count(self) -> int:
        """Number of parameters, first states included, the variance not."""
        trend = {"N": 0, "A": 2, "Ad": 3}[self.trend]
        return 2 + trend + (self.season if self.seasonal != "N" else 0)


@dataclass(frozen=True, eq=False)
class Weights:
    """Smoothing parameters, each of shape (K,) or a number.

    Attributes
    ----------
    alpha, beta, gamma : ndarray
        Of level, trend and season.
    phi : ndarray
        Damping of the trend; 1 leaves it as it is.
    """

    alpha: Array
    beta: Array
    gamma: Array
    phi: Array


@dataclass(frozen=True, eq=False)
class States:
    """Level, trend and season after a row.

    Attributes
    ----------
    level, trend : ndarray of shape (K,)
    season : ndarray of shape (m, K)
        The next row's first; one row that changes nothing without a season.
    """

    level: Array
    trend: Array
    season: Array


def run(values: Array, seasonal: Kind, weights: Weights, states: States) -> tuple[Array, States]:
    """Go through a history.

    Parameters
    ----------
    values : ndarray of shape (T,)
        NaN where missing: the states then move on without an error.
    seasonal : "N", "A" or "M"
    weights : Weights
    states : States
        Before the first row.

    Returns
    -------
    mu : ndarray of shape (T, K)
        One-step forecasts.
    States
        After the last row.
    """
    level, trend, season = states.level, states.trend, states.season.copy()
    alpha, beta, gamma, phi = weights.alpha, weights.beta, weights.gamma, weights.phi
    mu, m = np.empty((len(values), len(level))), len(season)
    multiplied, at = seasonal == "M", 0
    for row, value in enumerate(values.tolist()):
        drift = phi * trend
        smooth = level + drift
        phase = season[at]
        one = smooth * phase if multiplied else smooth + phase
        mu[row] = one
        error = value - one
        if value != value:
            error[:] = 0.0
        change = gamma * error
        if multiplied:
            change, error = change / smooth, error / phase
        if m > 1:
            season[at] = phase + change
        level = smooth + alpha * error
        trend = drift + beta * error
        at = at + 1 if at + 1 < m else 0
    return mu, States(level, trend, np.roll(season, -at, axis=0))


def simulate(
    form: EtsForm, weights: Weights, states: States, errors: Iterable[Array]
) -> Iterator[Array]:
    """Draw paths from a model, step by step: no more than one step is held.

    Parameters
    ----------
    form : EtsForm
    weights : Weights
    states : States
        Of one set of parameters, K = 1.
    errors : iterable of ndarray of shape (P,)
        Of all paths at each step; additive, or relative under a multiplicative error.

    Yields
    ------
    ndarray of shape (P,)
    """
    level, trend, season = states.level, states.trend, list(states.season)
    for row, shock in enumerate(errors):
        drift, at = weights.phi * trend, row % len(season)
        smooth, phase = level + drift, season[at]
        mu = smooth * phase if form.seasonal == "M" else smooth + phase
        error = mu * shock if form.error == "M" else shock
        yield mu + error
        change = weights.gamma * error
        if form.seasonal == "M":
            change, error = change / smooth, error / phase
        if len(season) > 1:
            season[at] = phase + change
        level, trend = smooth + weights.alpha * error, drift + weights.beta * error
