"""Seasons, trend and stationarity of a panel, measured on some of its series."""

import warnings

import numpy as np
import pytest
from statsmodels.tsa.stattools import adfuller

from forecast.nature import (
    lags_for_root,
    measure_nature,
    some_series,
    stationarity,
    trend_strength,
)
from forecast.panel import Panel
from forecast.season import MOST_SERIES

RNG = np.random.default_rng(8)


def test_measure_nature_needs_no_more_than_some_series() -> None:
    """What is looked at can be sent elsewhere: it gives what the whole panel gives."""
    rows, count = 60, 3 * MOST_SERIES
    time = np.arange(rows)
    target = np.sin(2 * np.pi * time / 12) + 0.3 * RNG.standard_normal((count, rows))
    names = tuple(map(str, range(count)))
    panel = Panel(names, np.arange(count + 1) * rows, np.tile(time, count), target.ravel(), "1")
    some = some_series(panel)
    assert some.ids == names[::3]
    assert measure_nature(some) == measure_nature(panel)
    assert measure_nature(some).tested == MOST_SERIES


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RNG.normal(size=300), "stationary"),
        (np.cumsum(RNG.normal(size=300)), "wandering"),
        (np.full(50, 3.0), None),
        (RNG.normal(size=10), None),
    ],
    ids=["noise", "walk", "constant", "short"],
)
def test_stationarity_of_known_processes(values: np.ndarray, expected: str | None) -> None:
    """White noise is stationary, a random walk wanders; little or no variation says nothing."""
    assert stationarity(values) == expected


@pytest.mark.parametrize("rows", [6, 7, 20, 55, 300])
def test_lags_for_root_are_those_of_a_regression_for_each_number(rows: int) -> None:
    """One decomposition chooses the lags that statsmodels finds by fitting every number."""
    noise = np.random.default_rng(rows).normal(size=rows)
    season = np.sin(np.arange(rows) * np.pi / 6) + 0.1 * noise
    for values in (noise, np.cumsum(noise), np.cumsum(np.cumsum(noise)), season):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert lags_for_root(values) == adfuller(values)[2]


def test_trend_strength_lies_between_none_and_all() -> None:
    """A line is all trend, noise hardly any; a season is taken out first."""
    time = np.arange(120.0)
    assert trend_strength(time, 1) > 0.99
    assert trend_strength(RNG.normal(size=400), 1) < 0.3
    assert trend_strength(10 * np.sin(time * np.pi / 6) + time, 12) > 0.99
    assert np.isnan([trend_strength(np.ones(50), 1), trend_strength(time[:10], 1)]).all()
