"""Every setting of the program: frozen dataclasses, checked once, standard library only.

``None`` in a field means "chosen from the data"; ``forecast.configure`` fills
it in, so that a model file always records the values that were used.
"""

from forecast.spec.backtest import BacktestSpec
from forecast.spec.base import check_levels, not_negative, one_of
from forecast.spec.data import Aggregate, DataSpec, Duplicates, Missing, parse_age
from forecast.spec.recurrent import Cell, Level, Nonlinearity, RecurrentSpec, Strategy
from forecast.spec.training import Device, TrainSpec

__all__ = [
    "DataSpec",
    "Aggregate",
    "Duplicates",
    "Missing",
    "Cell",
    "Level",
    "Nonlinearity",
    "RecurrentSpec",
    "Strategy",
    "Device",
    "TrainSpec",
    "BacktestSpec",
    "check_levels",
    "parse_age",
    "not_negative",
    "one_of",
]
