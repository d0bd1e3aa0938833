"""The nature of a panel, measured on some of its series: seasons, trend, stationarity.

What is counted over all of them is left to ``profile``.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel
from forecast.season import MOST_ROWS, MOST_SERIES, Season, find_seasons
from forecast.season.cycle import without_gaps
from forecast.timeline.frequency import season_lengths

INNER_PASSES = 2
"""Times that STL takes turns between season and trend: enough, says Cleveland et al. (1990)."""

_LAST = 1000  # values of a series that tests look at
_LEAST = 20  # values that a test needs
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Nature:
    """Seasons of a panel, and what its series do beside them.

    Attributes
    ----------
    seasons : tuple of Season
        Those usual for the frequency, then what was found besides.
    tested : int
        Series that the following was measured on.
    trend : float or None
        Median strength, 0 to 1: share of the variation without the season that
        the trend explains (Wang, Smith and Hyndman 2006); None where too short.
    stationary, wandering, unclear : int
        Series by tests for a unit root (ADF) and for none (KPSS) at 5 %: both
        say stationary; both say wandering; they disagree.
    """

    seasons: tuple[Season, ...]
    tested: int
    trend: float | None
    stationary: int
    wandering: int
    unclear: int


UNKNOWN = Nature((), 0, None, 0, 0, 0)
"""Of a panel that was not looked at."""


def measure_nature(panel: Panel) -> Nature:
    """Find the seasons of a panel, and what its series do beside them.

    Parameters
    ----------
    panel : Panel
        Of which `some_series` are looked at.

    Returns
    -------
    Nature
    """
    panel = some_series(panel)
    usual = season_lengths(panel.freq)
    seasons = find_seasons(panel, usual if usual != (1,) else ())
    period = max(seasons, key=lambda one: one.strength).length if seasons else 1
    tested = _tested(panel)
    verdicts = [one for one in map(stationarity, tested) if one is not None]
    trends = [one for values in tested if not np.isnan(one := trend_strength(values, period))]
    return Nature(
        seasons=tuple(seasons),
        tested=len(verdicts),
        trend=round(float(np.median(trends)), 3) if trends else None,
        stationary=verdicts.count("stationary"),
        wandering=verdicts.count("wandering"),
        unclear=verdicts.count("unclear"),
    )


def some_series(panel: Panel) -> Panel:
    """Give the part of a panel that its nature is measured on.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    Panel
        The last `season.MOST_ROWS` rows of at most `season.MOST_SERIES`, evenly spread.
    """
    step = -(-len(panel) // MOST_SERIES)
    return panel.select(range(0, len(panel), step)).tail(MOST_ROWS)


def trend_strength(values: NDArray[np.float64], season: int) -> float:
    """Measure the trend by a decomposition with loess (STL).

    Parameters
    ----------
    values : ndarray of shape (T,), float64
        None missing.
    season : int
        1 where there is none.

    Returns
    -------
    float
        max(0, 1 - Var(remainder) / Var(trend + remainder)); NaN where the
        series is too short or constant.
    """
    from statsmodels.tsa.seasonal import STL

    period = season if 2 <= season <= len(values) // 2 else 7  # any: there is nothing to find
    if len(values) < max(_LEAST, 2 * period) or np.ptp(values) == 0:
        return np.nan
    made = STL(values, period=period, **loess_jumps(period))
    parts = made.fit(inner_iter=INNER_PASSES)
    both = np.var(parts.trend + parts.resid)
    return float(max(0.0, 1 - np.var(parts.resid) / both)) if both > 0 else np.nan


def loess_jumps(season: int) -> dict[str, int]:
    """Give the steps from one fit of loess to the next: a tenth of each window of STL.

    Parameters
    ----------
    season : int
        At least 2.

    Returns
    -------
    dict of str to int
        Arguments of ``statsmodels.tsa.seasonal.STL``, which is linear in between.
    """
    return {
        "seasonal_jump": 1,
        "trend_jump": max(1, round(0.15 * season)),
        "low_pass_jump": max(1, round(0.1 * season)),
    }


def stationarity(values: NDArray[np.float64]) -> str | None:
    """Test a series for a unit root, and for its absence.

    Parameters
    ----------
    values : ndarray of shape (T,), float64
        None missing.

    Returns
    -------
    {"stationary", "wandering", "unclear"} or None
        None for a series that is too short or constant.
    """
    from statsmodels.tsa.stattools import adfuller, kpss

    if len(values) < _LEAST or np.ptp(values) == 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # p-values beyond the table
        try:
            no_root = adfuller(values, lags_for_root(values), autolag=None)[1] < _SIGNIFICANT
            level = float(kpss(values, nlags="auto")[1]) >= _SIGNIFICANT
        except (ValueError, np.linalg.LinAlgError):
            return None
    if no_root != level:
        return "unclear"
    return "stationary" if level else "wandering"


def lags_for_root(values: NDArray[np.float64]) -> int:
    """Choose the changes that a test for a unit root takes out, by Akaike's criterion.

    Parameters
    ----------
    values : ndarray of shape (T,), float64
        None missing; at least 6.

    Returns
    -------
    int
        What ``statsmodels.tsa.stattools.adfuller`` chooses, which fits a regression for
        each number of lags. They are nested, so that one QR decomposition holds the
        residuals of all.

    Notes
    -----
    At most 12 (T / 100) ** .25 lags (G. W. Schwert 1989).
    """
    changes = np.diff(values)
    most = min(int(np.ceil(12 * (len(values) / 100) ** 0.25)), len(values) // 2 - 2)
    lagged = [changes[most - lag : len(changes) - lag] for lag in range(most + 1)]
    level = values[most : len(values) - 1]
    design = np.stack([np.ones(len(level)), level, *lagged[1:], lagged[0]], axis=1)
    explained = np.asarray(np.linalg.qr(design, mode="r"))[:, -1]
    left = np.cumsum(explained[::-1] ** 2)[::-1][2 : most + 3]  # after 0, 1, ... lags
    with np.errstate(divide="ignore"):
        return int(np.argmin(len(level) * np.log(left) + 2 * np.arange(most + 1)))


def _tested(panel: Panel) -> list[NDArray[np.float64]]:
    """The ends of series that hold enough values."""
    ends = (series.target[-_LAST:] for series in panel)
    return [without_gaps(one) for one in ends if np.isfinite(one).sum() >= _LEAST]
