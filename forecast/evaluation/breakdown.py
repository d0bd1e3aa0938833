"""Every measure of every model series by series, step by step, or cutoff by cutoff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.backtest import Backtest
from forecast.evaluation.judge import Judgement
from forecast.metrics import Array

if TYPE_CHECKING:
    import pandas as pd

By = Literal["series", "step", "cutoff"]


@dataclass(frozen=True, eq=False)
class Breakdown:
    """Measures in groups.

    Attributes
    ----------
    by : {"series", "step", "cutoff"}
    groups : ndarray of shape (G,)
        Series names, steps ahead from 1, or cutoffs: timestamps where all
        series share them, else how many rows follow the cutoff.
    measures : mapping of str to mapping of str to ndarray of shape (G,)
        By model and measure; NaN where one is undefined.
    """

    by: By
    groups: NDArray[Any]
    measures: Mapping[str, Mapping[str, Array]]

    @property
    def labels(self) -> list[str]:
        """The groups as text; a date without a time of day where all are midnight."""
        if self.groups.dtype.kind != "M":
            return [str(one) for one in self.groups.tolist()]
        minutes = np.datetime_as_string(self.groups, unit="m").tolist()
        midnight = all(one.endswith("T00:00") for one in minutes)
        return [one[:10] if midnight else one for one in minutes]

    def frame(self) -> "pd.DataFrame":
        """Give one row per group and model.

        Returns
        -------
        pandas.DataFrame
            The group under the name of ``by``, ``model``, then every measure.
        """
        import pandas as pd

        groups = self.groups if self.by == "step" else self.labels
        parts = [
            pd.DataFrame({self.by: groups, "model": model, **found})
            for model, found in self.measures.items()
        ]
        order = np.arange(len(parts) * len(self.groups)).reshape(len(parts), -1).T.ravel()
        return pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)


def break_down(backtest: Backtest, by: By, season: int) -> Breakdown:
    """Average the measures of a backtest within groups.

    Parameters
    ----------
    backtest : Backtest
    by : {"series", "step", "cutoff"}
    season : int
        m of MASE.

    Returns
    -------
    Breakdown
    """
    judgement = Judgement(backtest, season)
    if by == "step":
        found = {model: judgement.averages_by_step(model) for model in backtest.quantiles}
        return Breakdown(by, np.arange(1, backtest.horizon + 1), found)
    if by == "series":
        present, group = np.unique(backtest.series, return_inverse=True)
        groups = np.array(backtest.panel.ids, dtype=object)[present]
    else:
        groups, group = _cutoffs(backtest)
    found = {model: judgement.averages(model, group) for model in backtest.quantiles}
    return Breakdown(by, groups, found)


def _cutoffs(backtest: Backtest) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Tell cutoffs apart by how many rows follow, since series may end at different times."""
    distances, group = np.unique(-backtest.left, return_inverse=True)
    shared = [np.unique(backtest.cutoffs[group == one]) for one in range(len(distances))]
    if all(len(one) == 1 for one in shared):
        return np.concatenate(shared), group
    return -distances, group
