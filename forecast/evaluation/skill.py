"""By how much one model is better than another, and how sure that number is."""

import numpy as np
from numpy.typing import NDArray

from forecast.metrics import Array

CONFIDENCE = 95
"""Per cent of the interval around the skill."""

_RESAMPLES = 1000


def skill(error: float, baseline: float) -> float:
    """Give the per cent by which an error is smaller than a baseline's.

    Parameters
    ----------
    error, baseline : float

    Returns
    -------
    float
        Negative where it is larger; NaN where the baseline's is zero.

    Examples
    --------
    >>> skill(0.75, 1.0)
    25.0
    """
    return 100 * (1 - error / baseline) if baseline > 0 else float("nan")


def skill_interval(first: Array, second: Array, block: int = 1) -> tuple[float, float]:
    """Give a 95 % confidence interval of the skill of a model's losses over another's.

    Parameters
    ----------
    first, second : ndarray of shape (T,)
        Losses of two models on the same series, or on the same values in the
        order of time.
    block : int
        How many neighbours are drawn together: 1 for series, the horizon for
        values in time, whose losses depend on each other.

    Returns
    -------
    tuple of float
        Lower and upper bound in per cent; NaN where there are fewer than two
        blocks.

    Notes
    -----
    Percentiles of 1,000 resamples of the pairs: the bootstrap of Efron (1979)
    over series, the circular block bootstrap of Politis and Romano (1992) over
    time. The draws are seeded. With few blocks it is narrower than it should
    be: the test is the judge there.
    """
    drawn = len(first) // block * block
    if drawn < 2 * block or not (np.isfinite(first) & np.isfinite(second)).all():
        return float("nan"), float("nan")
    rng = np.random.default_rng(0)
    ratios = np.full(_RESAMPLES, np.nan)
    for number in range(_RESAMPLES):
        rows = _rows(rng, len(first), block)
        below = second[rows].mean()
        if below > 0:
            ratios[number] = first[rows].mean() / below
    if np.isnan(ratios).any():
        return float("nan"), float("nan")
    tail = (100 - CONFIDENCE) / 2
    high, low = np.percentile(ratios, [tail, 100 - tail])
    return float(100 * (1 - low)), float(100 * (1 - high))


def _rows(rng: np.random.Generator, length: int, block: int) -> NDArray[np.int64]:
    starts = rng.integers(length, size=length // block)
    return np.asarray(((starts[:, None] + np.arange(block)) % length).ravel())
