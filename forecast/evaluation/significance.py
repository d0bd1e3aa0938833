"""Is a difference in accuracy more than luck? Tests between two models.

The caller brings the losses of both models on the same forecasts. SciPy is
loaded on the first test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST_SERIES = 8
"""From this many series on, the test is across series."""


@dataclass(frozen=True)
class Significance:
    """Outcome of a two-sided test.

    Attributes
    ----------
    test : str
        Its name.
    pvalue : float
        0 to 1; NaN where there are too few forecasts to test.
    direction : int
        -1 where the first model's loss is the smaller one, 1 where it is the
        larger one, 0 for neither.
    """

    test: str
    pvalue: float
    direction: int


def diebold_mariano(first: Array, second: Array, horizon: int) -> Significance:
    """Test equal accuracy on one series of losses.

    Parameters
    ----------
    first, second : ndarray of shape (T,)
        Losses of two models on the same forecasts, in the order of time.
    horizon : int
        Steps ahead: losses as far apart, or further, count as independent.

    Returns
    -------
    Significance
        With a NaN p-value unless T is larger than the horizon and at least 3.

    Notes
    -----
    Diebold and Mariano (1995) with the small-sample correction of Harvey,
    Leybourne and Newbold (1997), equation 9, and Bartlett weights over
    horizon - 1 lags. It is written out here because it is called for every
    series and baseline, and statsmodels takes a second to load.
    """
    from scipy.special import stdtr

    name = "Diebold-Mariano"
    differences = first - second
    rows = len(differences)
    if rows <= max(horizon, 2) or not np.isfinite(differences).all():
        return Significance(name, np.nan, 0)
    mean = differences.mean()
    direction = int(np.sign(mean))
    if np.ptp(differences) <= 1e-12 * max(1e-300, float(np.abs(first).max())):
        return Significance(name, 0.0 if direction else 1.0, direction)
    units = np.abs(differences).max()  # squares neither overflow nor vanish
    centred = (differences - mean) / units
    products = np.array([centred[lag:] @ centred[: rows - lag] for lag in range(horizon)]) / rows
    weights = 1 - np.arange(horizon) / horizon
    variance = (2 * weights @ products - products[0]) / rows
    if not variance > 0:
        return Significance(name, np.nan, 0)
    shrink = np.sqrt((rows + 1 - 2 * horizon + horizon * (horizon - 1) / rows) / rows)
    statistic = shrink * mean / units / np.sqrt(variance)
    return Significance(name, float(2 * stdtr(rows - 1, -abs(statistic))), direction)


def wilcoxon(first: Array, second: Array) -> Significance:
    """Test equal accuracy across series by the signs and ranks of the differences.

    Parameters
    ----------
    first, second : ndarray of shape (N,)
        Mean loss of two models on each series.

    Returns
    -------
    Significance

    Notes
    -----
    Wilcoxon (1945), signed-rank test; equal losses are left out. One series
    with a huge error cannot decide it.
    """
    from scipy import stats

    name = "Wilcoxon"
    differences = first - second
    if not len(differences) or not np.isfinite(differences).all():
        return Significance(name, np.nan, 0)
    differences = differences[differences != 0]
    if not len(differences):
        return Significance(name, 1.0, 0)
    ranks = stats.rankdata(np.abs(differences))
    direction = int(np.sign((ranks * np.sign(differences)).sum()))
    return Significance(name, float(stats.wilcoxon(differences).pvalue), direction)


def holm(pvalues: Array) -> Array:
    """Correct p-values for making several tests.

    Parameters
    ----------
    pvalues : ndarray of shape (K,)
        NaN where a test could not be made: it does not count.

    Returns
    -------
    ndarray of shape (K,)

    Notes
    -----
    Holm (1979), "A simple sequentially rejective multiple test procedure".

    Examples
    --------
    >>> holm(np.array([0.01, 0.04]))
    array([0.02, 0.04])
    """
    adjusted = np.full(len(pvalues), np.nan)
    made = np.flatnonzero(np.isfinite(pvalues))
    order = made[np.argsort(pvalues[made], kind="stable")]
    remaining = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(remaining * pvalues[order]))
    return adjusted
