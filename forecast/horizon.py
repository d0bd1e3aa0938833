"""How far ahead forecasts usually go, by the frequency of a series."""

from forecast.panel import Panel
from forecast.timeline.frequency import season_lengths

_HORIZONS = {1: 6, 4: 8, 12: 18, 52: 13, 7: 14, 5: 10, 24: 48}


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
