"""The picture of a forecast: the end of the history, the forecast, and its intervals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.charts.picture import (
    MOST_FACETS,
    Band,
    Facet,
    Line,
    Picture,
    X,
    clean,
)
from forecast.finding import counted
from forecast.panel import Panel, Series
from forecast.reading.columns import Columns
from forecast.result import Forecast, interval_quantiles
from forecast.timeline.frequency import describe_frequency, season_lengths
from forecast.timeline.zones import zone_of

_HORIZONS, _LEAST, _SEASON = 4, 24, 8
"""History shown: so many horizons or rows, or a season of at most so many horizons."""


def picture_forecast(
    history: Panel, made: Forecast, columns: Columns, levels: Sequence[int] = (80, 95)
) -> Picture:
    """Show forecasts behind what they go on from.

    Parameters
    ----------
    history : Panel
        What the forecasts were made from.
    made : Forecast
    columns : Columns
        Names and notation of time of the input.
    levels : sequence of int
        Interval coverages in per cent.

    Returns
    -------
    Picture
        Of the first series where there are many.
    """
    shown = min(len(made.ids), MOST_FACETS)
    rows = rows_shown(made.horizon, history.freq)
    recent = history.select([history.ids.index(one) for one in made.ids[:shown]]).tail(rows)
    alone = len(made.ids) == 1
    facets = tuple(
        _facet(one, made, place, (levels, columns.time_format, alone))
        for place, one in enumerate(recent)
    )
    words = [
        f"Forecast by {clean(made.model)}",
        f"{counted(made.horizon, 'step')} ahead",
        describe_frequency(history.freq),
    ]
    return Picture(headline(columns, history), ", ".join(words), facets, total=len(made.ids))


def headline(columns: Columns, panel: Panel) -> str:
    """Give the name of what a panel holds.

    Parameters
    ----------
    columns : Columns
    panel : Panel

    Returns
    -------
    str
        The target column, or the series' own where each had a column.
    """
    if not columns.wide:
        return clean(columns.target)
    names = ", ".join(clean(one, 30) for one in panel.ids[:3])
    return clean(names + (", ..." if len(panel) > 3 else ""))


def rows_shown(horizon: int, freq: str) -> int:
    """Decide how much history explains a forecast.

    Parameters
    ----------
    horizon : int
    freq : str

    Returns
    -------
    int
        Rows.

    Examples
    --------
    >>> rows_shown(12, "MS"), rows_shown(24, "h"), rows_shown(1, "D")
    (48, 168, 24)
    """
    seasons = [one for one in season_lengths(freq) if one <= _SEASON * horizon]
    return max(_HORIZONS * horizon, _LEAST, *seasons)


def _facet(
    observed: Series, made: Forecast, place: int, how: tuple[Sequence[int], str, bool]
) -> Facet:
    levels, time_format, alone = how
    x = np.concatenate([observed.timestamps[-1:], made.timestamps[place]])
    last = observed.target[-1:]
    bands = []
    for level in sorted(set(levels), reverse=True):
        low, high = (made.quantile(one)[place] for one in interval_quantiles(level))
        bands.append(Band(level, x, _from(last, low), _from(last, high)))
    source = made.source[place]
    names = [] if alone else [clean(observed.id, 60)]
    names += [] if source == made.model else [f"(by {source})"]
    lines = (
        Line("history", observed.timestamps, observed.target),
        Line("forecast", x, _from(last, made.mean[place]), model=0),
    )
    return Facet(" ".join(names), lines, tuple(bands), zone=zone_of(time_format))


def _from(last: NDArray[np.float64], ahead: NDArray[np.float64]) -> X:
    """Let a line start from the last observation."""
    return np.concatenate([last, ahead])
