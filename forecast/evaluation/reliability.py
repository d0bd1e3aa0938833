"""Whether intervals keep their promise: nominal against measured coverage, by level."""

from dataclasses import dataclass

import numpy as np

from forecast.evaluation.backtest import Backtest
from forecast.metrics import coverage


@dataclass(frozen=True)
class Reliability:
    """One level of intervals.

    Attributes
    ----------
    level : int
        Nominal coverage in per cent.
    share : float
        Of the actual values that lay within.
    """

    level: int
    share: float


def reliability(backtest: Backtest, model: str) -> tuple[Reliability, ...]:
    """Count how many values lay within the central intervals of a model.

    Parameters
    ----------
    backtest : Backtest
    model : str

    Returns
    -------
    tuple of Reliability
        Narrowest first; empty where nothing was observed.
    """
    known = np.isfinite(backtest.y)
    if not known.any():
        return ()
    quantiles, actual = backtest.quantiles[model][known], backtest.y[known]
    return tuple(
        Reliability(level, float(coverage(actual, quantiles[:, low], quantiles[:, high])))
        for level, (low, high) in backtest.intervals.items()
    )
