"""Means of series are kept by name, and known under other names where those are asked for."""

import numpy as np
import pytest

from forecast.calibrate import Calibration
from forecast.models.holdout import hold_back
from forecast.models.means import Means
from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel
from forecast.network.geometry import Geometry
from forecast.network.segments import SegmentNetwork
from forecast.panel import Panel, Series
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec

GEOMETRY = Geometry(4, 3, 2, 4, (4,), 2)
SPEC = RecurrentSpec(hidden=3, segment=4, lags=12, season=(4,), horizon=8, linear=True)


def returning_model() -> RecurrentModel:
    """Forecasts the mean of each series, whatever came before: the height is taken off."""
    network = SegmentNetwork(SPEC, GEOMETRY, len(DEFAULT_QUANTILES))
    assert network.linear is not None
    network.linear[-1] = -1.0
    network.gates.bias.data[0], network.gates.bias.data[-1] = 100.0, -100.0
    weights = {name: one.numpy(force=True) for name, one in network.state_dict().items()}
    member = Member(SPEC, GEOMETRY, weights, means=Means({"a": 5.0, "b": -3.0}))
    return RecurrentModel(SPEC, "1", (member,), DEFAULT_QUANTILES, Calibration.none())


def panel_of(*ids: str) -> Panel:
    rng = np.random.default_rng(0)
    return Panel.from_series([Series(one, np.arange(40), rng.normal(size=40)) for one in ids], "1")


def medians(model: RecurrentModel, panel: Panel) -> list[float]:
    return [float(row[0, 0]) for row in model.predict_quantiles(panel, 8, (0.5,)).quantiles]


def test_forecast_returns_to_the_mean_of_its_series() -> None:
    """Each series has its own; one that was not trained on is taken to be at its mean."""
    panel = panel_of("b", "c", "a")
    found = medians(returning_model(), panel)
    assert found[::2] == pytest.approx([-3.0, 5.0], abs=1e-4)
    assert found[1] == pytest.approx(panel["c"].target[-4:].mean(), abs=1e-4)


def test_renamed_series_keep_their_means() -> None:
    """Histories of known series may go by any name."""
    model = returning_model().renamed({"x": "b", "y": "a"})
    assert medians(model, panel_of("x", "y")) == pytest.approx([-3.0, 5.0], abs=1e-4)
    assert medians(returning_model().only("a"), panel_of("x", "y")) == pytest.approx([5.0, 5.0])


def test_holdout_forecasts_every_cutoff_by_the_mean_of_its_series() -> None:
    """Cutoffs in the rows held back are of the series they are taken from."""
    held = hold_back(panel_of("a", "b"), 4, 4)
    assert held is not None
    found = held.forecast(returning_model())[:, :, len(DEFAULT_QUANTILES) // 2]
    expected = np.where(held.series == 0, 5.0, -3.0)
    assert set(held.series) == {0, 1}
    np.testing.assert_allclose(found, np.repeat(expected[:, None], 4, 1), atol=1e-4)


def test_means_do_not_matter_to_a_history_that_logarithms_cannot_read() -> None:
    """The mean of logarithms says nothing of values at or below zero."""
    model = returning_model()
    (member,) = model.members
    spec = RecurrentSpec.from_dict({**SPEC.to_dict(), "log": True})
    logarithms = Member(spec, GEOMETRY, member.weights, means=Means({"a": 1.0}))
    past = np.random.default_rng(1).normal(size=(2, GEOMETRY.past))
    past[0] = np.exp(past[0])
    found = logarithms.forecast(past, 8, ["a", "a"])[:, 0, len(DEFAULT_QUANTILES) // 2]
    assert found[0] == pytest.approx(np.e, abs=1e-4)
    assert found[1] == pytest.approx(past[1, -4:].mean(), abs=1e-4)
