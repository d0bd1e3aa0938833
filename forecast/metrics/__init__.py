"""Measures of forecast accuracy: pure functions of arrays, and a table of them.

Letters: ``...`` any leading shape, H steps, Q quantile levels. Every function
reduces the last axis of ``y``, leaves missing actuals out, and gives NaN where
nothing is left, the denominator is zero, or a forecast is missing: a model may
not choose what it is judged on. What is averaged over series, and what over
values, is said in ``measures``; counting what was left out is up to
``forecast.evaluation.evaluate``.
"""

from forecast.metrics.averages import Array, ratio
from forecast.metrics.interval import coverage, crps, msis, pinball, winkler
from forecast.metrics.measures import DECILES, INTERVALS, MEASURES, Judged, Measure, measures
from forecast.metrics.point import bias, mae, mape, mse, rmse, smape
from forecast.metrics.scaled import in_units, mase, owa, rmsse, root_seasonal_scale, seasonal_scale

__all__ = [
    "Array",
    "ratio",
    "mae",
    "mse",
    "rmse",
    "bias",
    "mape",
    "smape",
    "seasonal_scale",
    "root_seasonal_scale",
    "in_units",
    "mase",
    "rmsse",
    "owa",
    "pinball",
    "crps",
    "coverage",
    "winkler",
    "msis",
    "DECILES",
    "INTERVALS",
    "MEASURES",
    "Judged",
    "Measure",
    "measures",
]
