"""Rolling-origin evaluation: the same cutoffs and the same history for every model.

Letters: R forecasts (one per series and cutoff), H steps, Q quantile levels.
Nothing after a cutoff is shown to a model that forecasts from it. What the
scores mean is left to ``forecast.evaluate``.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.models.base import FittedModel, Prediction
from forecast.panel import Panel
from forecast.result import interval_quantiles
from forecast.spec import BacktestSpec

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
Fit = Callable[[Panel], FittedModel]
"""Fits a model to a history; an already fitted model is ``lambda history: model``."""


@dataclass(frozen=True, eq=False)
class Fold:
    """One cutoff of every series that is long enough for it.

    Attributes
    ----------
    series : ndarray of shape (n,), int64
        Positions in the panel.
    ends : ndarray of shape (n,), int64
        Rows of each series up to and including the cutoff.
    """

    series: NDArray[np.int64]
    ends: NDArray[np.int64]

    def history(self, panel: Panel) -> Panel:
        """Give what was known at the cutoff.

        Parameters
        ----------
        panel : Panel
            The panel that the fold was made for.

        Returns
        -------
        Panel
            Of n series.
        """
        ends = np.zeros(len(panel), dtype=np.int64)
        ends[self.series] = self.ends
        return panel.head(ends)


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of several models and what happened.

    Attributes
    ----------
    panel : Panel
        Everything that was observed.
    levels : tuple of float, length Q
        Quantile levels, 0.5 among them.
    series, ends : ndarray of shape (R,), int64
        Position in the panel and rows up to the cutoff, oldest fold first.
    timestamps : ndarray of shape (R, H)
    y : ndarray of shape (R, H), float64
        NaN where missing.
    quantiles : mapping of str to ndarray of shape (R, H, Q)
        By model; the median is the point forecast.
    source : mapping of str to tuple of str, length R
        Which model made each forecast: the mapping's key, or the fallback's name.
    seconds : mapping of str to float
        Time for fitting and forecasting, by model.
    """

    panel: Panel
    levels: tuple[float, ...]
    series: NDArray[np.int64]
    ends: NDArray[np.int64]
    timestamps: NDArray[np.generic]
    y: Array
    quantiles: Mapping[str, Array]
    source: Mapping[str, tuple[str, ...]]
    seconds: Mapping[str, float]

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return int(self.y.shape[1])

    def to_frame(self) -> "pd.DataFrame":
        """Give the field's cross-validation frame.

        Returns
        -------
        pandas.DataFrame
            ``unique_id, ds, cutoff, y, <MODEL>, <MODEL>-lo-80, <MODEL>-hi-80,
            ...``: one row per series, cutoff and step, intervals widest last,
            ready for ``utilsforecast.evaluation.evaluate``.
        """
        import pandas as pd

        steps = self.horizon
        ids = np.array(self.panel.ids, dtype=object)[self.series]
        cutoffs = self.panel.timestamps[self.panel.indptr[self.series] + self.ends - 1]
        columns: dict[str, NDArray[np.generic]] = {
            "unique_id": np.repeat(ids, steps),
            "ds": self.timestamps.ravel(),
            "cutoff": np.repeat(cutoffs, steps),
            "y": self.y.ravel(),
        }
        for name, quantiles in self.quantiles.items():
            columns[name] = quantiles[..., self.levels.index(0.5)].ravel()
            for low in sorted((q for q in self.levels if q < 0.5), reverse=True):
                high = round(1 - low, 6)
                if high in self.levels:
                    coverage = round(100 * (high - low))
                    columns[f"{name}-lo-{coverage}"] = quantiles[
                        ..., self.levels.index(low)
                    ].ravel()
                    columns[f"{name}-hi-{coverage}"] = quantiles[
                        ..., self.levels.index(high)
                    ].ravel()
        return pd.DataFrame(columns)


def folds(panel: Panel, spec: BacktestSpec) -> list[Fold]:
    """Place the cutoffs, counted back from the end of each series.

    Parameters
    ----------
    panel : Panel
    spec : BacktestSpec

    Returns
    -------
    list of Fold
        Oldest first. Every horizon ends within its series.

    Raises
    ------
    DataError
        When no series is longer than the horizon.

    Notes
    -----
    A series has its last cutoff where it is longer than the horizon, and an
    earlier one only where at least half of its rows lie before: a model
    judged on a handful of rows says nothing about the model to be used. A
    series that is too short for any cutoff is left out.
    """
    lengths = panel.lengths
    found = []
    for window in reversed(range(spec.windows)):
        ends = lengths - spec.horizon - window * spec.cutoff_distance
        fits = (ends >= 1) if window == 0 else (2 * ends >= lengths)
        if fits.any():
            found.append(Fold(np.flatnonzero(fits), ends[fits]))
    if not found:
        longest = int(lengths.max())
        raise DataError(
            f"a horizon of {spec.horizon} leaves no history: the longest series has {longest} rows",
            fix=f"--horizon {max(1, longest // 3)}",
        )
    return found


def before_first_cutoff(panel: Panel, spec: BacktestSpec) -> Panel:
    """Keep the rows that a model may be fitted on: up to each series' first cutoff.

    Parameters
    ----------
    panel : Panel
    spec : BacktestSpec

    Returns
    -------
    Panel
        Without the series that are too short for any cutoff.
    """
    first = np.zeros(len(panel), dtype=np.int64)
    for fold in reversed(folds(panel, spec)):
        first[fold.series] = fold.ends
    return panel.head(first)


def backtest(
    fits: Mapping[str, Fit], panel: Panel, spec: BacktestSpec, *, refit: bool = False
) -> Backtest:
    """Fit every model before its first cutoff and forecast from all of them.

    Parameters
    ----------
    fits : mapping of str to callable
        By the name that the results carry. Each is given the history before
        the first cutoff and returns the fitted model, which is then fed newer
        history at later cutoffs.
    panel : Panel
    spec : BacktestSpec
    refit : bool
        Fit again at every cutoff.

    Returns
    -------
    Backtest
    """
    placed = folds(panel, spec)
    series = np.concatenate([fold.series for fold in placed])
    ends = np.concatenate([fold.ends for fold in placed])
    rows = (panel.indptr[series] + ends)[:, None] + np.arange(spec.horizon)
    levels = _levels(spec)
    quantiles, source, seconds = {}, {}, {}
    for name, fit in fits.items():
        began = time.perf_counter()
        predictions = []
        model = None if refit else fit(before_first_cutoff(panel, spec))
        for fold in placed:
            history = fold.history(panel)
            current = fit(history) if model is None else model
            made = current.predict_quantiles(history, spec.horizon, levels)
            own = tuple(name if one == current.name else one for one in made.source)
            predictions.append(Prediction(made.quantiles, own))
        seconds[name] = time.perf_counter() - began
        quantiles[name] = np.concatenate([one.quantiles for one in predictions])
        source[name] = tuple(one for prediction in predictions for one in prediction.source)
    return Backtest(
        panel,
        levels,
        series,
        ends,
        panel.timestamps[rows],
        panel.target[rows],
        quantiles,
        source,
        seconds,
    )


def _levels(spec: BacktestSpec) -> tuple[float, ...]:
    """Deciles for the quantile loss, and the bounds of the intervals asked for."""
    deciles = [tenth / 10 for tenth in range(1, 10)]
    bounds = [bound for level in spec.levels for bound in interval_quantiles(level)]
    return tuple(sorted({*deciles, *bounds}))
