import numpy as np
import pytest

from forecast.errors import UsageError
from forecast.models.baselines import (
    BASELINES,
    baseline_label,
    choose_baselines,
    fit_baseline,
)
from forecast.panel import Panel, Series

LEVELS = (0.1, 0.5, 0.9)


def panel_of(*targets: np.ndarray) -> Panel:
    return Panel.from_series(
        [Series(f"s{i}", np.arange(len(y)), y) for i, y in enumerate(targets)], "1"
    )


def test_choose_baselines_expands_all() -> None:
    """All means every name, the seasonal naive method only where there is a season."""
    assert choose_baselines(["all"], 12) == tuple(BASELINES)
    assert "seasonal-naive" not in choose_baselines(["all"], 1)
    assert choose_baselines(["seasonal-naive"], 1) == ("naive",)


def test_choose_baselines_refuses_an_unknown_name() -> None:
    """The message lists what is allowed."""
    with pytest.raises(UsageError, match="baseline is 'prophet'; allowed: arima, ets"):
        choose_baselines(["arima", "prophet"], 12)


@pytest.mark.parametrize("name", BASELINES)
def test_fit_baseline_marks_who_made_each_row(name: str) -> None:
    """A usual series is forecast by the model asked for, a missing one by the naive method."""
    rng = np.random.default_rng(0)
    y = 50 + np.arange(40) + 5 * np.tile([0.0, 1, 2, -3], 10) + rng.normal(size=40)
    panel = panel_of(y, np.full(9, np.nan))
    model = fit_baseline(name, panel, 4)
    prediction = model.predict_quantiles(panel, 6, LEVELS)
    assert model.name == baseline_label(name, 4)
    assert prediction.source[0] == model.name
    assert prediction.source[1] in {"SeasonalNaive", "Naive"}
    assert np.isfinite(prediction.quantiles).all()
    assert (np.diff(prediction.quantiles, axis=2) >= 0).all()
    assert model.records["s0"].fallback is None
