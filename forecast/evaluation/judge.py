"""Put the forecasts of a backtest next to what happened, and average the measures.

Letters: R forecasts (one per series and cutoff), G groups. Measures are in
``metrics``; which model is better is left to ``forecast.evaluation.evaluate``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.backtest import Backtest
from forecast.metrics import (
    Array,
    Judged,
    measures,
    owa,
    root_seasonal_scale,
    seasonal_scale,
)
from forecast.models.naive2 import naive2

Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Judgement:
    """All models of a backtest, judged on the same values in the same units.

    Attributes
    ----------
    backtest : Backtest
    season : int
        m of MASE: its scale is the in-sample seasonal naive error of the
        history before each cutoff.
    """

    backtest: Backtest
    season: int

    @cached_property
    def scale(self) -> Array:
        """Seasonal naive scale before each cutoff, shape (R,); NaN where undefined."""
        found = np.array([seasonal_scale(one, self.season) for one in self._histories()])
        return np.where(found > 0, found, np.nan)

    @cached_property
    def models(self) -> Mapping[str, Judged]:
        """The judged forecasts by model."""
        roots = np.array([root_seasonal_scale(one, self.season) for one in self._histories()])
        made = self.backtest
        return {
            name: Judged(made.y, quantiles, made.levels, self.scale, roots)
            for name, quantiles in made.quantiles.items()
        }

    def averages(self, model: str, group: Index) -> dict[str, Array]:
        """Average every measure of one model over groups of forecasts.

        Parameters
        ----------
        model : str
        group : ndarray of shape (R,), int64
            Which of the groups 0 to G - 1 each forecast belongs to.

        Returns
        -------
        dict of str to ndarray of shape (G,)
        """
        return _averages(self.models[model], self._benchmark, self.backtest.series, group)

    def averages_by_step(self, model: str) -> dict[str, Array]:
        """Average every measure of one model over all forecasts, step by step.

        Parameters
        ----------
        model : str

        Returns
        -------
        dict of str to ndarray of shape (H,)
        """
        steps, series = self.backtest.horizon, self.backtest.series
        judged, benchmark = self.models[model].by_step(), self._benchmark.by_step()
        group = np.tile(np.arange(steps), len(series))
        return _averages(judged, benchmark, np.repeat(series, steps), group)

    @cached_property
    def _benchmark(self) -> Judged:
        made = self.backtest
        with np.errstate(over="ignore", invalid="ignore"):
            point = [naive2(one, self.season, made.horizon) for one in self._histories()]
        quantiles = np.array(point).reshape(*made.y.shape, 1)
        return Judged(made.y, quantiles, (0.5,), self.scale, self.scale)

    def _histories(self) -> Iterable[Array]:
        made = self.backtest
        for series, end in zip(made.series.tolist(), made.ends.tolist(), strict=True):
            yield made.panel[series].target[:end]


def _averages(judged: Judged, benchmark: Judged, series: Index, group: Index) -> dict[str, Array]:
    """Average every measure within groups; OWA is relative to the benchmark."""
    with np.errstate(over="ignore", invalid="ignore"):  # a series may explode
        table = measures(judged.levels)
        found = {name: one.average(judged, series, group) for name, one in table.items()}
        theirs = (table[name].average(benchmark, series, group) for name in ("smape", "mase"))
        found["owa"] = np.array(list(map(owa, found["smape"], found["mase"], *theirs)))
    return {name: np.where(np.isfinite(one), one, np.nan) for name, one in found.items()}
