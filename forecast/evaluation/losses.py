"""The losses that skill, tests and verdict are about: absolute errors in one unit.

The unit is each series' seasonal naive scale, or that of the values where no
series has one. Letters: R forecasts, N series, T losses in the order of time.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.judge import Judgement
from forecast.metrics import Array, in_units


@dataclass(frozen=True, eq=False)
class Losses:
    """Absolute errors of every model, averaged in the ways that tests need.

    Attributes
    ----------
    judgement : Judgement
    """

    judgement: Judgement

    @property
    def measure(self) -> str:
        """What the averages are: "MASE", or "MAE" where there is no scale at all."""
        return "MASE" if np.isfinite(self.judgement.scale).any() else "MAE"

    @cached_property
    def series(self) -> NDArray[np.int64]:
        """Positions of the N series that have a loss."""
        return np.unique(self.judgement.backtest.series[self._kept])

    @cached_property
    def ahead(self) -> int:
        """Losses as far apart, or further, in the order of time, count as independent."""
        made = self.judgement.backtest
        if not self._overlapping:
            return made.horizon
        return math.ceil(made.horizon / self._distance)

    def by_series(self, model: str) -> Array:
        """Average over each series' cutoffs.

        Parameters
        ----------
        model : str

        Returns
        -------
        ndarray of shape (N,)
            NaN where a forecast is missing.
        """
        seen = self._seen[self._kept]
        errors = np.where(seen, self._errors[model][self._kept], 0.0)
        each = errors.sum(axis=1) / seen.sum(axis=1)
        position = np.searchsorted(self.series, self.judgement.backtest.series[self._kept])
        return np.asarray(np.bincount(position, each) / np.bincount(position))

    def over_time(self, model: str, series: int | None = None) -> Array:
        """Give the losses of all series together, or of one, in the order of cutoffs and steps.

        Parameters
        ----------
        model : str
        series : int, optional
            Position in the panel; all of them where None.

        Returns
        -------
        ndarray of shape (T,)
            One loss per step where cutoffs are a horizon or more apart; closer
            ones overlap, and give one loss per cutoff. Their mean is that of
            `by_series`: where series have as many cutoffs and no gaps, a loss is the
            mean over series; else those of fewer count the more.
        """
        rows = self._rows_of(series)
        if not len(rows):
            return np.empty(0)
        shares, seen = self._shares[rows, None], self._seen[rows]
        parts = np.where(seen, shares * self._errors[model][rows], 0.0)
        losses, left = [], self.judgement.backtest.left[rows]
        for cutoff in np.unique(left)[::-1]:
            now = left == cutoff
            steps = parts[now].sum(axis=0)[seen[now].any(axis=0)]
            losses.append(steps.sum(keepdims=True) if self._overlapping else steps)
        found = np.concatenate(losses)
        return found * (len(found) / (len(self.series) if series is None else 1))

    def _rows_of(self, series: int | None) -> NDArray[np.int64]:
        if series is None:
            return np.flatnonzero(self._kept)
        return self._rows_by_series[series]

    @cached_property
    def _rows_by_series(self) -> dict[int, NDArray[np.int64]]:
        rows = np.flatnonzero(self._kept)
        order = rows[np.argsort(self.judgement.backtest.series[rows], kind="stable")]
        starts = np.searchsorted(self.judgement.backtest.series[order], self.series)
        parts = np.split(order, starts[1:])
        return dict(zip(self.series.tolist(), parts, strict=True))

    @cached_property
    def _errors(self) -> dict[str, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            found = {
                name: in_units(self._unit, one.y, one.point)
                for name, one in self.judgement.models.items()
            }
            return {name: np.abs(y - point) for name, (y, point) in found.items()}

    @cached_property
    def _unit(self) -> Array:
        scale = self.judgement.scale
        return scale if self.measure == "MASE" else np.ones(len(scale))

    @cached_property
    def _seen(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.judgement.backtest.y)

    @cached_property
    def _shares(self) -> Array:
        """What each value of a forecast counts in the mean of its series, shape (R,)."""
        position = np.searchsorted(self.series, self.judgement.backtest.series[self._kept])
        shares = np.zeros(len(self._kept))
        cutoffs = np.bincount(position)[position]
        shares[self._kept] = 1 / (cutoffs * self._seen[self._kept].sum(axis=1))
        return shares

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        return np.asarray(
            np.isfinite(self.judgement.backtest.y).any(axis=1) & np.isfinite(self._unit)
        )

    @cached_property
    def _distance(self) -> int:
        made = self.judgement.backtest
        cutoffs = np.unique(made.left)
        return int(np.diff(cutoffs).max()) if len(cutoffs) > 1 else made.horizon

    @property
    def _overlapping(self) -> bool:
        return self._distance < self.judgement.backtest.horizon
