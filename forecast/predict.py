"""From a model's quantiles to a Forecast: timestamps, order, finiteness."""

import numpy as np

from forecast.errors import DataError
from forecast.models.base import FittedModel
from forecast.panel import Panel
from forecast.result import DEFAULT_QUANTILES, Forecast, interval_quantiles, uncrossed
from forecast.spec import check_levels
from forecast.spec.base import at_least, at_most
from forecast.spec.recurrent import LARGEST
from forecast.timeline.calendar import next_timestamps


def forecast_panel(
    model: FittedModel, panel: Panel, horizon: int, levels: tuple[int, ...] = (80, 95)
) -> Forecast:
    """Forecast every series of a panel from its last row on.

    Parameters
    ----------
    model : FittedModel
    panel : Panel
        History; NaN where missing.
    horizon : int
        From 1 to ``LARGEST["horizon"]``, as in training.
    levels : tuple of int
        Interval coverages in per cent that must be exact, not interpolated.

    Returns
    -------
    Forecast

    Raises
    ------
    UsageError
        When horizon or a level is out of range.
    DataError
        When a forecast is not finite, or dates end before the horizon does.
    """
    at_least("horizon", horizon, 1)
    at_most("horizon", horizon, LARGEST["horizon"])
    check_levels(levels)
    timestamps = next_timestamps(panel.cutoffs, panel.freq, horizon)
    bounds = {bound for level in levels for bound in interval_quantiles(level)}
    quantile_levels = tuple(sorted({*DEFAULT_QUANTILES, *bounds}))
    made = model.predict_quantiles(panel, horizon, quantile_levels)
    quantiles = uncrossed(made.quantiles)
    if not np.isfinite(quantiles).all():
        series = panel.ids[int(np.flatnonzero(~np.isfinite(quantiles).all(axis=(1, 2)))[0])]
        raise DataError(f"the forecast of series '{series}' is not finite")
    return Forecast(
        model=model.name,
        ids=panel.ids,
        cutoffs=panel.cutoffs,
        timestamps=timestamps,
        mean=quantiles[..., quantile_levels.index(0.5)],
        quantile_levels=quantile_levels,
        quantiles=quantiles,
        source=made.source,
    )
