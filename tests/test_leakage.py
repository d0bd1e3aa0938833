"""Nothing after a cutoff touches a forecast made at it: change the future, compare bytes."""

import numpy as np
import pytest

from forecast.forecaster import Forecaster
from forecast.panel import Panel, Series
from forecast.read import Input
from forecast.reading.columns import Columns
from forecast.rivals import Compared, compare
from forecast.spec import BacktestSpec, RecurrentSpec, TrainSpec

SPEC = BacktestSpec(horizon=4, windows=3)


def two_series() -> Panel:
    """Draw quarterly series of different length, level and spread."""
    rng = np.random.default_rng(3)
    season = np.tile([1.0, 1.4, 0.8, 1.2], 12)
    series = []
    for name, rows, level in (("a", 44, 100.0), ("b", 36, 3000.0)):
        start = np.datetime64("2010-01", "M") + 3 * np.arange(rows)
        values = (
            level * season[:rows] * np.exp(0.01 * np.arange(rows)) * rng.uniform(0.9, 1.1, rows)
        )
        series.append(Series(name, start.astype("datetime64[ns]"), values))
    return Panel.from_series(series, "QS")


def compared(panel: Panel, baselines: tuple[str, ...]) -> Compared:
    """Compare a tiny network with baselines."""
    forecaster = Forecaster(RecurrentSpec(hidden=4), TrainSpec(steps=3, members=2))
    given = Input(panel, Columns(), "", "", None)
    return compare(given, baselines, SPEC, forecaster)


def test_compare_is_blind_to_what_follows_a_cutoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scaling, logarithms, calibration, orders and weights stay the same, byte for byte.

    The future is made negative, huge, missing and noisy, which would change
    every one of them.
    """
    monkeypatch.setattr("forecast.parallel.cores", lambda: 1)  # no new processes: quicker
    panel = two_series()
    rng = np.random.default_rng(0)
    true = compared(panel, ("arima", "naive"))
    made = true.backtest
    rows_left = panel.lengths[made.series] - made.ends
    assert sorted(set(rows_left)) == [4, 8, 12]
    for left, baselines in ((8, ("naive",)), (12, ("arima", "naive"))):
        future = np.concatenate([np.arange(n) >= n - left for n in panel.lengths])
        target = panel.target.copy()
        target[future] = -1000 * target[future] * rng.uniform(0, 3, future.sum())
        target[np.flatnonzero(future)[::3]] = np.nan
        other = compared(panel.with_target(target), baselines)
        known = rows_left >= left  # cutoffs at or before the change
        for name, quantiles in other.backtest.quantiles.items():
            same = quantiles[known].tobytes() == made.quantiles[name][known].tobytes()
            assert same, f"{name} saw the future of {left} rows"
            later = made.quantiles[name][~known]
            assert quantiles[~known].tobytes() != later.tobytes()  # the change is one
    assert other.orders == true.orders


def test_compare_is_blind_to_what_other_series_tell_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A series too short for the first cutoff began after it: nothing of it is in the fit."""
    monkeypatch.setattr("forecast.parallel.cores", lambda: 1)
    long = two_series()[0]
    late = Series("late", long.timestamps[-9:], long.target[-9:])
    changed = Series("late", late.timestamps, 50 * late.target[::-1] - 4000)
    one, other = (
        compared(Panel.from_series([long, short], "QS"), ("naive",)).backtest
        for short in (late, changed)
    )
    of_long = one.series == 0
    assert of_long.sum() == 3
    for name, quantiles in one.quantiles.items():
        assert quantiles[of_long].tobytes() == other.quantiles[name][of_long].tobytes()
        assert quantiles[~of_long].tobytes() != other.quantiles[name][~of_long].tobytes()
