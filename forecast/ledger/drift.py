"""Tell whether forecasts are worse than they promised, by more than chance explains.

Letters: G groups of neighbouring times. Joining forecasts with what happened is
left to ``forecast.ledger.score``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_GROUPS, LEAST_GROUPS = 8, 4
"""Stretches of time that are compared; fewer than the second say nothing."""

WINDOW = 96
"""Latest points in time that count: years of good forecasts shall not hide a bad month."""

SIGNIFICANCE = 0.01
"""Chance at which drift is reported although there is none; low, since jobs test every night."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Drift:
    """The verdict on drift.

    Attributes
    ----------
    excess : float
        Mean error of the latest forecasts over the promised one, minus 1; NaN
        where nothing is known.
    pvalue : float
        Probability of such an excess, or of so many values outside the
        intervals, without drift; NaN where there is too little to test.
    times : int
        Points in time that were tested.
    steps : int
        Only forecasts up to so many steps ahead were tested.
    """

    excess: float
    pvalue: float
    times: int
    steps: int

    @property
    def is_tested(self) -> bool:
        """Whether there was enough to test."""
        return not math.isnan(self.pvalue)

    @property
    def is_drift(self) -> bool:
        """Whether forecasts are worse than promised, beyond chance."""
        return self.pvalue < SIGNIFICANCE


@dataclass(frozen=True, eq=False)
class Surprises:
    """How far what happened was from what was promised, summed by step and time.

    Attributes
    ----------
    steps : ndarray of shape (R,), int64
    times : ndarray of shape (R,), int64
        That were forecast.
    counts, seen : ndarray of shape (R,)
        Values with a scale, and values with an interval.
    errors, promised : ndarray of shape (R,)
        Absolute errors and what the forecasts said of them, both in units of
        the series' scale, summed.
    misses : ndarray of shape (R,)
        Values outside the interval, less those that were to be expected, summed.
    """

    steps: NDArray[np.int64]
    times: NDArray[np.int64]
    counts: Array
    seen: Array
    errors: Array
    promised: Array
    misses: Array


def find_drift(surprises: Surprises) -> Drift:
    """Test whether forecasts are worse than they promised.

    Parameters
    ----------
    surprises : Surprises

    Returns
    -------
    Drift

    Notes
    -----
    Forecasts break down when their losses exceed what was to be expected
    (Giacomini and Rossi 2009, Detecting and predicting forecast breakdowns):
    the mean surprise, error less promised error, is tested against zero, one
    sided, and so is the share of values outside the interval; the smaller
    p-value is doubled (Bonferroni). Surprises of overlapping forecasts depend
    on each other, so time is cut into at most eight stretches whose means go
    into a t-test, which keeps its size under such dependence (Ibragimov and
    Müller 2010, t-statistic based correlation and heterogeneity robust
    inference). Only the latest `WINDOW` times are looked at, and only forecasts
    no further ahead than a stretch is long, so that neighbouring stretches
    share few of them.
    """
    known = (surprises.counts > 0) & (surprises.times >= _beginning(surprises.times))
    promised = float(surprises.promised[known].sum())
    excess = float(surprises.errors[known].sum()) / promised - 1 if promised > 0 else math.nan
    steps, times = _testable(surprises.steps[known], surprises.times[known])
    if not steps:
        return Drift(excess, math.nan, 0, 0)
    used = known & (surprises.steps <= steps)
    moments, places = np.unique(surprises.times[used], return_inverse=True)
    groups = np.array_split(np.arange(len(moments)), min(MOST_GROUPS, times // steps))
    pvalues = []
    for sums, counts in (
        (surprises.errors - surprises.promised, surprises.counts),
        (surprises.misses, surprises.seen),
    ):
        some = np.bincount(places, counts[used])
        by_time = np.bincount(places, sums[used]) / np.where(some, some, np.nan)
        means = [by_time[one][some[one] > 0].mean() for one in groups if some[one].any()]
        pvalues.append(mean_above_zero(np.array(means)) if len(means) >= LEAST_GROUPS else 1.0)
    return Drift(excess, min(1.0, 2 * min(pvalues)), times, steps)


def mean_above_zero(values: Array) -> float:
    """Give the one-sided p-value of Student's t-test that the mean is zero.

    Parameters
    ----------
    values : ndarray of shape (G,)
        At least two.

    Returns
    -------
    float

    Examples
    --------
    >>> round(mean_above_zero(np.array([1.0, 2.0, 3.0, 2.0])), 4)
    0.0081
    """
    from scipy.special import stdtr  # only scoring needs it

    spread = float(values.std(ddof=1)) / math.sqrt(len(values))
    mean = float(values.mean())
    if spread == 0:
        return 0.0 if mean > 0 else 1.0
    return float(stdtr(len(values) - 1, -mean / spread))


def _beginning(times: NDArray[np.int64]) -> int:
    return int(np.unique(times)[-WINDOW:].min(initial=np.iinfo(np.int64).max))


def _testable(steps: NDArray[np.int64], times: NDArray[np.int64]) -> tuple[int, int]:
    """Longest step for which there are groups as long as it, and the times it leaves."""
    for wanted in (MOST_GROUPS, LEAST_GROUPS):
        for longest in np.unique(steps)[::-1].tolist():
            count = len(np.unique(times[steps <= longest]))
            if count >= wanted * longest:
                return longest, count
    return 0, 0
