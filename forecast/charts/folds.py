"""The picture of a comparison: every model from every cutoff, and errors by steps ahead."""

import numpy as np
from numpy.typing import NDArray

from forecast.charts.fan import headline, rows_shown
from forecast.charts.picture import Facet, Line, Picture, clean
from forecast.evaluation.backtest import Backtest
from forecast.evaluation.breakdown import Breakdown
from forecast.finding import counted
from forecast.metrics import measures
from forecast.reading.columns import Columns
from forecast.timeline.frequency import describe_frequency
from forecast.timeline.zones import zone_of

MOST_SERIES = 6
"""Series shown: their lines are many."""

Array = NDArray[np.float64]


def picture_comparison(
    backtest: Backtest, by_step: Breakdown, columns: Columns, measure: str = "mase"
) -> Picture:
    """Show what models said beside what happened, and how far off they were.

    Parameters
    ----------
    backtest : Backtest
    by_step : Breakdown
        Of the same backtest, by "step".
    columns : Columns
        Names and notation of time of the input.
    measure : str
        Of the breakdown, for the errors; the mean absolute error where it is undefined.

    Returns
    -------
    Picture
        Of the first series where there are many; the errors are those of all.
    """
    present = np.unique(backtest.series)
    shown = present[:MOST_SERIES].tolist()
    facets = tuple(
        _facet(backtest, series, columns.time_format, alone=len(present) == 1) for series in shown
    )
    most = int(np.bincount(backtest.series).max())
    words = [
        f"{counted(backtest.horizon, 'step')} ahead from {counted(most, 'cutoff')}",
        describe_frequency(backtest.panel.freq),
    ]
    title = headline(columns, backtest.panel)
    errors = _errors(backtest, by_step, measure)
    return Picture(title, ", ".join(words), facets, errors, len(present))


def _facet(backtest: Backtest, series: int, time_format: str, *, alone: bool) -> Facet:
    panel = backtest.panel
    own = np.flatnonzero(backtest.series == series)
    observed, ends = panel[series], backtest.ends[own]
    before = rows_shown(backtest.horizon, panel.freq) // 2
    rows = slice(max(int(ends.min()) - before, 0), int(ends.max()) + backtest.horizon)
    lines = [Line("actual", observed.timestamps[rows], observed.target[rows])]
    starts = observed.timestamps[ends - 1][:, None], observed.target[ends - 1][:, None]
    middle = backtest.levels.index(0.5)
    x = np.concatenate([starts[0], backtest.timestamps[own], backtest.timestamps[own][:, -1:]], 1)
    open_ends = np.full((len(own), 1), np.nan)  # so that no line joins two cutoffs
    for place, (name, quantiles) in enumerate(backtest.quantiles.items()):
        y = np.concatenate([starts[1], quantiles[own][..., middle], open_ends], axis=1)
        lines.append(Line(name, x.ravel(), y.ravel(), place))
    cutoffs = tuple(np.unique(starts[0]))
    title = "" if alone else clean(observed.id, 60)
    return Facet(title, tuple(lines), cutoffs=cutoffs, zone=zone_of(time_format))


def _errors(backtest: Backtest, by_step: Breakdown, measure: str) -> Facet:
    found = by_step.measures
    if not any(np.isfinite(one.get(measure, np.empty(0))).any() for one in found.values()):
        measure = "mae"
    known = measures(backtest.levels)
    title = known[measure].title if measure in known else measure.upper()
    steps = np.asarray(by_step.groups, dtype=np.int64)
    lines = tuple(
        Line(name, steps, found[name][measure], place)
        for place, name in enumerate(backtest.quantiles)
    )
    return Facet(f"{title} by steps ahead", lines)
