"""Whether intervals keep their promise: nominal against measured coverage, by level."""

from dataclasses import dataclass

import numpy as np

from forecast.evaluation.backtest import Backtest


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
        For every pair of quantile levels around the median, narrowest first; empty
        where nothing was observed.
    """
    known = np.isfinite(backtest.y)
    quantiles = backtest.quantiles[model][known]
    actual = backtest.y[known]
    found = []
    for place in reversed(range(backtest.levels.index(0.5))):
        low = backtest.levels[place]
        high = round(1 - low, 6)
        if high in backtest.levels and len(actual):
            within = (quantiles[:, place] <= actual) & (
                actual <= quantiles[:, backtest.levels.index(high)]
            )
            found.append(Reliability(round(100 * (high - low)), float(within.mean())))
    return tuple(found)
