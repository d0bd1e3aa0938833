"""Exponential smoothing (ETS): the form chosen by AICc, intervals from the model.

Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential
Smoothing, chapter 2 and sections 5.1 and 6.1. Estimation of one form is left to
``ets_fit``, the recursion to ``ets_states``, panels and fallbacks to ``local``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.interpolate import interpolate
from forecast.models.ets_fit import EtsEstimate, estimate
from forecast.models.ets_states import EtsForm, Kind, Trend, run, simulate
from forecast.models.local import CannotFit, require_values
from forecast.models.seasonal import Season
from forecast.models.widen import widen, widening

Array = NDArray[np.float64]

_FEWEST_VALUES = 4
_LONGEST_SEASON = 24  # one more state for each step: a longer one is taken out first
_LONGEST_HISTORY = 400  # what is older than that, the states have forgotten
_COUNT = 4  # of parameters in effect, for ``widening``
_PATHS = 1000  # and as many mirrored ones
_TRENDS: tuple[Trend, ...] = ("N", "A", "Ad")


@dataclass(frozen=True, eq=False)
class EtsFit:
    """Exponential smoothing fitted to one series.

    Attributes
    ----------
    found : EtsEstimate
    season : Season
        One too long for the states, taken out before.
    skipped : int
        Rows of the fitted history before the first that was used.
    """

    found: EtsEstimate
    season: Season
    skipped: int

    @property
    def converged(self) -> bool:
        """Whether least squares ended by itself."""
        return self.found.converged

    def __str__(self) -> str:
        return f"{self.found.form}{self.season}"

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast from the end of a history; see ``SeriesFit``."""
        found, end = self.found, phase + len(target)
        states, begins = found.first, self.skipped
        if phase > begins:
            states, begins = found.last, self.skipped + found.rows
        if end < begins:
            raise CannotFit("the history ends before the one that was fitted")
        unseen = np.full(max(phase - begins, 0), np.nan)  # of a history that begins later
        newer = np.concatenate([unseen, target[max(begins - phase, 0) :]])
        values = self.season.remove(newer, begins)
        states = run(values, found.form.seasonal, found.weights, states)[1]
        rng = np.random.default_rng(0)
        draws = (rng.standard_normal(_PATHS) for _ in range(horizon))
        errors = (found.deviation * np.concatenate([one, -one]) for one in draws)
        quantiles, middle = np.empty((horizon, len(levels))), np.empty(horizon)
        for step, paths in enumerate(simulate(found.form, found.weights, states, errors)):
            quantiles[step], middle[step] = np.quantile(paths, levels), np.median(paths)
        factor = widening(_COUNT, found.rows, horizon)
        return self.season.restore(widen(quantiles, middle, factor), end)


def fit_ets(target: Array, season: int) -> EtsFit:
    """Choose a form and estimate it.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    season : int

    Returns
    -------
    EtsFit

    Raises
    ------
    CannotFit
    """
    require_values(target, _FEWEST_VALUES)
    rest = Season(np.zeros(1), False)
    if season > _LONGEST_SEASON:
        rest, season = Season.find(interpolate(target), season), 1
    observed = np.flatnonzero(np.isfinite(target))
    skipped = max(int(observed[0]), int(observed[-1]) + 1 - max(_LONGEST_HISTORY, 8 * season))
    values = rest.remove(target[skipped:], skipped)
    found = [estimate(values, form) for form in candidates(values, season)]
    return EtsFit(min(found, key=lambda one: one.aicc), rest, skipped)


def candidates(values: Array, season: int) -> list[EtsForm]:
    """List the forms that a series may have.

    Parameters
    ----------
    values : ndarray of shape (T,)
        NaN where missing.
    season : int

    Returns
    -------
    list of EtsForm
        Multiplicative parts only where all values are positive, and no
        additive error beside a multiplicative season, which is unstable; no
        form with more parameters than the AICc can judge.
    """
    seen = values[np.isfinite(values)]
    positive = bool((seen > 0).all())
    errors: tuple[Kind, ...] = ("A", "M") if positive else ("A",)
    seasons: list[Kind] = ["N"]
    if season > 1 and len(values) >= 2 * season:
        seasons += ["A", "M"] if positive else ["A"]
    forms = [
        EtsForm(error, trend, seasonal, season if seasonal != "N" else 1)
        for seasonal in seasons
        for trend in _TRENDS
        for error in errors
        if (error, seasonal) != ("A", "M")
    ]
    fitting = [form for form in forms if len(seen) - form.count - 2 > 0]
    return fitting or forms[:1]
