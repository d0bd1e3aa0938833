"""Errors one step ahead, and whether one of them tells the next: their autocorrelation.

A model that has used all there is to know about the past leaves errors that do not
resemble each other. They are made in the stretch that the backtest forecasts, each from
all that was known a step before, by the model as it was before the first cutoff.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.folds import folds
from forecast.models.base import FittedModel
from forecast.panel import Panel, Series
from forecast.spec import BacktestSpec

MOST_CUTOFFS, MOST_FORECASTS = 200, 800
"""Steps of a series that are forecast one by one, and steps of all series."""

LEAST = 15
"""Errors of a series that its autocorrelation is measured on."""

SIGNIFICANT = 0.05

_MOST_LAGS = 36


Renamed = Callable[[Mapping[str, str]], FittedModel]
"""Gives a model for histories under names of their own, from these to those of their series."""


@dataclass(frozen=True, eq=False)
class Autocorrelation:
    """How alike errors are that lie some steps apart.

    Attributes
    ----------
    lags : tuple of int
        From 1.
    values : ndarray of shape (len(lags),), float64
        Mean over series.
    bound : float
        What 95 % of the autocorrelations of one series lie within by chance.
    errors : int
        One-step errors of the typical series.
    series : int
        That it was measured on.
    dependent : int
        Series for which the test of G. Ljung and G. Box (1978), over all lags, finds
        autocorrelation at 5 %.
    """

    lags: tuple[int, ...]
    values: NDArray[np.float64]
    bound: float
    errors: int
    series: int
    dependent: int


def autocorrelation(
    model: Renamed, panel: Panel, steps: int, season: int
) -> Autocorrelation | None:
    """Forecast the last steps one by one, and correlate the errors.

    Parameters
    ----------
    model : callable
        Fitted on nothing of the last ``steps`` rows; see `Renamed`.
    panel : Panel
    steps : int
        Rows at the end of each series; at most `MOST_CUTOFFS` of them are used, and of
        as many series, evenly spread, as give `MOST_FORECASTS`.
    season : int
        Lags go up to two of them, or a quarter of the steps.

    Returns
    -------
    Autocorrelation or None
        None where no series has `LEAST` errors.
    """
    cutoffs = min(steps, MOST_CUTOFFS)
    some = max(1, MOST_FORECASTS // cutoffs)
    if len(panel) > some:
        panel = panel.select([place * len(panel) // some for place in range(some)])
    each = _errors(model, panel, cutoffs)
    each = [one for one in each if np.isfinite(one).sum() >= LEAST and np.nanstd(one) > 0]
    if not each:
        return None
    lags = max(1, min(max(2 * season, 10), _MOST_LAGS, min(map(len, each)) // 4))
    found = [_correlate(one, lags) for one in each]
    typical = int(np.median([np.isfinite(one).sum() for one in each]))
    return Autocorrelation(
        tuple(range(1, lags + 1)),
        np.mean([values for values, _ in found], axis=0),
        float(1.96 / np.sqrt(typical)),
        typical,
        len(each),
        sum(pvalue < SIGNIFICANT for _, pvalue in found),
    )


def _errors(model: Renamed, panel: Panel, cutoffs: int) -> list[NDArray[np.float64]]:
    """Errors of the last steps of each series, all of which are forecast in one go."""
    placed = folds(panel, BacktestSpec(1, cutoffs, 1))
    series = np.concatenate([fold.series for fold in placed])
    ends = np.concatenate([fold.ends for fold in placed])
    histories = [
        Series(f"{place} up to {end}", one.timestamps[:end], one.target[:end])
        for place, end in zip(series.tolist(), ends.tolist(), strict=True)
        for one in (panel[place],)
    ]
    names = {one.id: panel.ids[place] for one, place in zip(histories, series, strict=True)}
    made = model(names).predict_quantiles(Panel.from_series(histories, panel.freq), 1, (0.5,))
    errors = panel.target[panel.indptr[series] + ends] - made.quantiles[:, 0, 0]
    return [errors[series == one] for one in np.unique(series)]


def _correlate(errors: NDArray[np.float64], lags: int) -> tuple[NDArray[np.float64], float]:
    """Autocorrelations from lag 1, and the p-value of Ljung and Box's test."""
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.tsa.stattools import acf

    errors = errors / np.nanmax(np.abs(errors))  # whose squares are finite
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = acf(errors, nlags=lags, fft=False, missing="conservative")[1:]
        known = errors[np.isfinite(errors)]
        pvalue = acorr_ljungbox(known, lags=[lags])["lb_pvalue"].iloc[0]
    return np.nan_to_num(np.asarray(values, dtype=np.float64)), float(pvalue)
