"""How far ahead forecasts usually go, and what a history is too short for."""

import numpy as np

from forecast.finding import counted
from forecast.panel import Panel
from forecast.timeline.frequency import season_lengths

_HORIZONS = {1: 6, 4: 8, 12: 18, 52: 13, 7: 14, 24: 48}


def default_horizon(panel: Panel) -> int:
    """Give the usual number of steps ahead for a frequency.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    int
        At most a third of the longest series.

    Notes
    -----
    Horizons of the M4 competition (Makridakis et al. 2020): 6 years, 8
    quarters, 18 months, 13 weeks, 14 days, 48 hours; otherwise two seasons,
    at most 48 steps.
    """
    season = season_lengths(panel.freq)[0]
    usual = _HORIZONS.get(season, min(2 * season, 48))
    return max(1, min(usual, int(panel.lengths.max()) // 3))


def far_ahead(panel: Panel, horizon: int) -> tuple[str, ...]:
    """Warn of a forecast that is longer than what is known.

    Parameters
    ----------
    panel : Panel
    horizon : int

    Returns
    -------
    tuple of str
        One remark where the typical series has fewer rows than the horizon, else none.

    Examples
    --------
    >>> from forecast.panel import Series
    >>> known = Panel.from_series([Series("a", np.arange(3), np.arange(3.0))], "1")
    >>> far_ahead(known, 4)
    ('4 steps ahead are more than the 3 rows known: no forecast as long could be checked',)
    >>> far_ahead(known, 3)
    ()
    """
    rows = int(np.median(panel.lengths))
    if horizon <= rows:
        return ()
    known = f"{horizon:,} steps ahead are more than the {counted(rows, 'row')} known"
    return (f"{known}: no forecast as long could be checked",)


def unseen_season(panel: Panel, season: int) -> tuple[str, ...]:
    """Warn of a history too short for a season that a model takes out beforehand.

    Parameters
    ----------
    panel : Panel
    season : int
        Steps; 1 for none.

    Returns
    -------
    tuple of str
        One remark where the typical series holds less than two cycles, else none.

    Examples
    --------
    >>> from forecast.panel import Series
    >>> known = Panel.from_series([Series("a", np.arange(100), np.arange(100.0))], "1")
    >>> unseen_season(known, 52)
    ('the season of 52 steps shows in two cycles only: 100 rows tell the model nothing of it',)
    >>> unseen_season(known, 50), unseen_season(known, 1)
    ((), ())
    """
    rows = int(np.median(panel.lengths))
    if season == 1 or rows >= 2 * season:
        return ()
    shows = f"the season of {season} steps shows in two cycles only"
    return (f"{shows}: {counted(rows, 'row')} tell the model nothing of it",)
