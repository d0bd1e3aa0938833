"""Autocorrelation of errors one step ahead, and coverage by level."""

from collections.abc import Mapping

import numpy as np
import pytest
from scipy.signal import lfilter

from forecast.evaluation.backtest import backtest
from forecast.evaluation.folds import before_first_cutoff, folds
from forecast.evaluation.reliability import reliability
from forecast.evaluation.residuals import LEAST, autocorrelation
from forecast.models.fit import fit_recurrent
from forecast.models.local import LocalModel
from forecast.panel import Panel
from forecast.spec import BacktestSpec, RecurrentSpec, TrainSpec


def naive(names: Mapping[str, str]) -> LocalModel:
    """The last value, whatever the names of series are: no series was fitted."""
    return LocalModel("Naive", 1, {}, {}, {})


def panel(*targets: np.ndarray) -> Panel:
    ends = np.concatenate([[0], np.cumsum([len(one) for one in targets])])
    times = np.concatenate([np.arange(len(one)) for one in targets])
    names = tuple(f"s{place}" for place in range(len(targets)))
    return Panel(names, ends, times, np.concatenate(targets), "1")


def test_autocorrelation_equals_the_slow_formula() -> None:
    """Errors of the last value are differences; their correlations are those of the book."""
    walk = np.cumsum(np.random.default_rng(0).standard_normal(200))
    found = autocorrelation(naive, panel(walk), 60, 1)
    assert found is not None
    errors = np.diff(walk)[-60:]
    apart = errors - errors.mean()
    slow = [(apart[lag:] * apart[:-lag]).sum() / (apart**2).sum() for lag in found.lags]
    np.testing.assert_allclose(found.values, slow, atol=1e-6)
    assert (found.errors, found.series) == (60, 1)
    assert found.bound == pytest.approx(1.96 / np.sqrt(60))


def test_autocorrelation_finds_what_a_model_left() -> None:
    """The last value as forecast of a steep wave leaves errors that tell the next."""
    wave = 10 * np.sin(2 * np.pi * np.arange(200) / 25)
    noise = np.random.default_rng(1).standard_normal((2, 200))
    left = autocorrelation(naive, panel(wave + 0.1 * noise[0], wave + 0.1 * noise[1]), 80, 1)
    none = autocorrelation(naive, panel(np.cumsum(noise[0])), 80, 1)
    assert left is not None and none is not None
    assert (left.dependent, none.dependent) == (2, 0)
    assert left.values[0] > 0.8 > none.bound > abs(none.values[0])


def test_autocorrelation_is_that_of_forecasts_made_one_by_one() -> None:
    """What a model knows of a series by its name is known at each of its cutoffs."""
    noise = np.random.default_rng(2).standard_normal((2, 400))
    given = panel(*lfilter([1], [1, -0.9], noise))  # series that return to their means
    first = before_first_cutoff(given, folds(given, BacktestSpec(1, 60, 1)))
    spec = RecurrentSpec(season=(1,), lags=12, linear=True)
    model = fit_recurrent(first, spec, TrainSpec(steps=2, members=1, from_scratch=True), 1).model
    found = autocorrelation(model.renamed, given, 60, 1)
    assert found is not None
    errors = []
    for row in range(340, 400):
        made = model.predict_quantiles(given.head(np.full(2, row)), 1, (0.5,)).quantiles[:, 0, 0]
        errors.append([one.target[row] for one in given] - made)
    apart = np.array(errors) - np.mean(errors, 0)
    slow = [((apart[lag:] * apart[:-lag]).sum(0) / (apart**2).sum(0)).mean() for lag in found.lags]
    np.testing.assert_allclose(found.values, slow, atol=1e-5)


def test_autocorrelation_needs_some_errors() -> None:
    """From few errors nothing is told."""
    walk = np.cumsum(np.random.default_rng(0).standard_normal(100))
    assert autocorrelation(naive, panel(walk), LEAST - 1, 1) is None


def test_reliability_counts_what_lay_within() -> None:
    """The share at each level is that of a slow count, narrowest level first."""
    walk = np.cumsum(np.random.default_rng(0).standard_normal(120))
    given = panel(walk)
    made = backtest({"naive": lambda history: naive({})}, given, BacktestSpec(10, 4))
    found = reliability(made, "naive")
    assert [one.level for one in found] == [20, 40, 60, 80, 95]
    low, high = made.levels.index(0.1), made.levels.index(0.9)
    inside = [
        made.quantiles["naive"][row, step, low] <= made.y[row, step]
        and made.y[row, step] <= made.quantiles["naive"][row, step, high]
        for row in range(4)
        for step in range(10)
    ]
    assert found[3].share == sum(inside) / 40
