"""Explanations: they agree with the forecasts they explain, and add up to them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from forecast.calibrate import Calibration
from forecast.errors import DataError, NotFoundError, UsageError
from forecast.explain import explain
from forecast.explain.explanation import Explanation
from forecast.explain.lags import gradients, lag_effects
from forecast.explain.parts import base_names, split, voices
from forecast.explain.unrolled import Unrolled
from forecast.forecaster import Forecaster
from forecast.models.means import Means
from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel
from forecast.models.zero_shot import pretrained_model
from forecast.network.geometry import BASES, Geometry
from forecast.network.segments import SegmentNetwork
from forecast.panel import Panel, Series
from forecast.predict import forecast_panel
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec
from tests.commands import PASSENGERS
from tests.odd import KINDS

GEOMETRY = Geometry(segment=4, segments=3, ahead=2, phases=4, season=(4,), reach=3)
TWO_SEASONS = Geometry(segment=3, segments=4, ahead=2, phases=5, season=(3, 12), reach=3)
NO_SEASON = Geometry(segment=1, segments=5, ahead=3, phases=3, season=(1,), reach=4)
TEXTBOOK = Geometry(4, 3, 2, 4, (4,), 3, bases=False, level="series")

PLAIN = RecurrentSpec(hidden=5, log=False)

ODD = (
    "constant", "one value", "tiny", "wide", "mostly zeros", "starts late", "squeezed",
)  # fmt: skip

Kind = tuple[RecurrentSpec, Geometry, bool]
KINDS_OF_NETWORK: dict[str, Kind] = {
    "GRU": (PLAIN, GEOMETRY, False),
    "mirrored": (PLAIN, GEOMETRY, True),
    "logarithms": (replace(PLAIN, log=True), GEOMETRY, True),
    "two seasons": (replace(PLAIN, cell="lstm"), TWO_SEASONS, True),
    "no season": (replace(PLAIN, cell="rnn"), NO_SEASON, True),
    "textbook": (replace(PLAIN, bases=False, level="series"), TEXTBOOK, False),
    "linear": (replace(PLAIN, linear=True, lags=12), GEOMETRY, False),
    "returning": (replace(PLAIN, linear=True, lags=12), GEOMETRY, False),
    "bidirectional": (replace(PLAIN, bidirectional=True, layers=2), GEOMETRY, False),
    "sigmoid": (replace(PLAIN, cell="rnn", nonlinearity="sigmoid"), GEOMETRY, False),
    "adjusted": (replace(PLAIN, adjust=12, log=True), GEOMETRY, True),
}

DIFFERENT = (
    "logarithms", "two seasons", "textbook", "linear", "returning", "bidirectional", "adjusted",
)  # fmt: skip


def make_member(kind: str, seed: int = 0) -> Member:
    """A network whose last layers do something."""
    spec, geometry, mirror = KINDS_OF_NETWORK[kind]
    torch.manual_seed(seed)
    network = SegmentNetwork(spec, geometry, len(DEFAULT_QUANTILES))
    with torch.no_grad():
        for layer in (network.head, network.gates):
            torch.nn.init.normal_(layer.weight, std=0.3)
        if network.linear is not None:
            network.linear.normal_(std=0.2)
    weights = {name: one.detach().numpy() for name, one in network.state_dict().items()}
    means = Means(otherwise=21.0 if kind == "returning" else np.nan)
    return Member(spec, geometry, weights, mirror=mirror, means=means)


def make_model(*kinds: str) -> RecurrentModel:
    members = tuple(
        replace(make_member(kind, seed), share=seed + 1.0) for seed, kind in enumerate(kinds)
    )
    return RecurrentModel(members[0].spec, "1", members, DEFAULT_QUANTILES, Calibration.none())


def make_series(rows: int = 40, positive: bool = True) -> Series:
    rng = np.random.default_rng(1)
    season = np.tile([1.0, 5.0, 2.0, 8.0], -(-rows // 4))[:rows]
    values = (20.0 if positive else 0.0) + season + 0.1 * np.arange(rows)
    target = values + rng.normal(0, 0.5, rows)
    target[rows // 2] = np.nan
    return Series("s", np.arange(rows), target)


def window(model: RecurrentModel, series: Series) -> NDArray[np.float64]:
    past = np.full(model.past, np.nan)
    rows = series.target[-model.past :]
    past[model.past - len(rows) :] = rows
    return past


def predicted(model: RecurrentModel, series: Series, horizon: int) -> NDArray[np.float64]:
    panel = Panel.from_series([series], "1")
    return np.asarray(forecast_panel(model, panel, horizon).mean[0])


@pytest.mark.parametrize("kind", KINDS_OF_NETWORK)
def test_unrolled_gives_the_forecast(kind: str) -> None:
    """The way through torch ends where predictions do, across passes as well."""
    member, series = make_member(kind), make_series()
    model = make_model(kind)
    past = window(model, series)
    for horizon in (3, 19):
        found = Unrolled(member).forecast(torch.as_tensor(past[None]), horizon)[0].numpy()
        expected = member.forecast(past[None], horizon)[0, :, len(DEFAULT_QUANTILES) // 2]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", DIFFERENT)
def test_gradients_equal_differences_of_predictions(kind: str) -> None:
    """A value that is a little higher moves what is predicted as its gradient says."""
    model, series = make_model(kind), make_series()
    rows, horizon, little = len(series.target), 9, 0.005
    found = gradients(model, series.target[-model.past :], horizon)
    for lag in (1, 4, 9):
        up, down = (series.target.copy() for _ in range(2))
        up[rows - lag] += little
        down[rows - lag] -= little
        high, low = (predicted(model, replace(series, target=one), horizon) for one in (up, down))
        expected = (high - low) / (2 * little)
        np.testing.assert_allclose(found[:, -lag], expected, rtol=0.03, atol=0.003)


def test_gradients_add_up() -> None:
    """Twice the series has twice the forecast, and a raised one is raised as much."""
    for kinds in (["GRU"], ["two seasons", "logarithms"], ["linear", "no season"]):
        model, series = make_model(*kinds), make_series()
        past = series.target[-model.past :]
        found = gradients(model, past, 5)
        forecast = predicted(model, series, 5)
        np.testing.assert_allclose(found @ np.nan_to_num(past), forecast, rtol=1e-4)
        if "logarithms" not in kinds:
            np.testing.assert_allclose(found.sum(1), 1.0, rtol=1e-6)
        assert (found[:, np.isnan(past)] == 0).all()


def seasonal_naive() -> RecurrentModel:
    """A network whose gates trust the last season alone."""
    member = make_member("GRU")
    weights = dict(member.weights)
    for name in ("gates.weight", "head.weight", "gates.bias"):
        weights[name] = np.zeros_like(weights[name])
    weights["head.bias"] = np.full_like(weights["head.bias"], -50.0)
    weights["head.bias"].reshape(4, -1)[:, len(DEFAULT_QUANTILES) // 2] = 0.0
    weights["gates.bias"][[BASES.index("short season"), -1]] = 200.0, -200.0
    return replace(make_model("GRU"), members=(replace(member, weights=weights),))


def test_explain_of_seasonal_naive_names_the_season() -> None:
    """A network that repeats the last season depends on each of its values wholly, on no other."""
    model, series = seasonal_naive(), make_series()
    found = lag_effects(model, series, 6)
    expected = np.zeros((6, model.past))
    for step in range(6):
        expected[step, 3 - step % 4] = 1.0
    np.testing.assert_allclose(found.gradient, expected, atol=1e-6)
    assert found.influence[0, 3] == pytest.approx(1.0)
    parts = {part.name: part for part in split(model, window(model, series), series.target[-4:])}
    np.testing.assert_allclose(parts["season 4"].weight, 1.0)
    np.testing.assert_allclose(parts["season 4"].says, series.target[-4:])
    np.testing.assert_allclose(parts["correction"].values, 0.0, atol=1e-5)
    level = series.target[-4:].mean()
    np.testing.assert_allclose(parts["level"].values, level)
    np.testing.assert_allclose(parts["season 4"].values, series.target[-4:] - level, atol=1e-5)


@pytest.mark.parametrize(
    "kinds",
    [
        ["mirrored"],
        ["linear"],
        ["adjusted", "GRU"],
        ["logarithms", "two seasons", "no season", "textbook"],
    ],
)
def test_split_adds_up_to_the_forecast(kinds: list[str]) -> None:
    """Parts of one network or of a blend are the whole forecast, logarithms and passes included."""
    model, series = make_model(*kinds), make_series()
    past, forecast = window(model, series), predicted(model, series, 19)
    parts = split(model, past, forecast)
    np.testing.assert_allclose(sum(part.values for part in parts), forecast, rtol=1e-12)
    weights = np.nansum([part.weight for part in parts], axis=0)
    trusting = sum(one.share for one in model.members if one.geometry.bases)
    np.testing.assert_allclose(weights, trusting / sum(one.share for one in model.members))
    spoken = voices(model, past, 19)
    blended = sum(one.share * one.forecast for one in spoken)
    np.testing.assert_allclose(blended, forecast, rtol=1e-12)


def test_split_leaves_little_rounding_to_the_correction() -> None:
    """The correction is what the network's head gives, up to single precision."""
    model, series = make_model("logarithms"), make_series()
    past = window(model, series)
    answer = Unrolled(model.members[0]).answer(torch.as_tensor(past[None]), 8)
    before = np.exp((answer.median - answer.correction).numpy()[0])
    expected = np.exp(answer.median.numpy()[0]) - before
    parts = split(model, past, predicted(model, series, 8))
    np.testing.assert_allclose(parts[-1].values, expected, atol=1e-4)


def test_split_shows_what_a_limit_changed() -> None:
    """Where counts are held at zero, that is a part of its own, and no value moves anything."""
    model = make_model("GRU")
    target = np.array([9.0, 0, 0, 0, 4, 0, 0, 0] * 3 + [0.0] * 8)
    series = Series("s", np.arange(32), target)
    past, forecast = window(model, series), predicted(model, series, 8)
    held = forecast == 0
    assert held.any()
    parts = {part.name: part.values for part in split(model, past, forecast)}
    assert (parts["limit"][held] > 0).all()
    np.testing.assert_allclose(sum(parts.values()), forecast, atol=1e-12)
    assert (gradients(model, past, 8)[held] == 0).all()


def test_base_names_are_one_where_the_forecasts_are() -> None:
    """Structural forecasts that cannot differ share a name."""
    names = {kind: base_names(make_member(kind)) for kind in KINDS_OF_NETWORK}
    assert set(names["no season"]) == {"last value", "mean", "trend line", "rising last value"}
    seasonal = ("profile 4", "season 4", "season 4")
    shifted = tuple(f"shifted {name}" for name in seasonal)
    lines = ("trend line", "rising profile 4")
    assert names["GRU"] == ("level", "last value", *seasonal, *shifted, *lines)
    assert names["two seasons"][3:5] == ("season 3", "season 12")
    assert names["linear"][0] == "linear map"


def test_lag_effects_of_masking_equal_predictions_with_a_gap() -> None:
    """Leaving a value out is predicting from a file where it is missing."""
    model, series = make_model("two seasons", "logarithms"), make_series()
    found = lag_effects(model, series, 5)
    whole, rows = predicted(model, series, 5), len(series.target)
    for lag in (1, 3, 7):
        target = series.target.copy()
        target[rows - lag] = np.nan
        expected = whole - predicted(model, replace(series, target=target), 5)
        np.testing.assert_allclose(found.masked[:, lag - 1], expected, atol=1e-4)
    target = series.target.copy()
    target[-4:] = np.nan  # the segment of the network with the larger share
    expected = whole - predicted(model, replace(series, target=target), 5)
    assert found.segment == 4
    np.testing.assert_allclose(found.masked_segments[:, 0], expected, atol=1e-4)
    missing = np.isnan(found.values)
    assert missing.any()
    assert np.isnan(found.masked[:, missing]).all()


def test_explain_explains_what_is_predicted(explained: Explanation) -> None:
    """Forecast, interval and names are those of a prediction, in the file's own words."""
    adopted = Forecaster().adopt(str(PASSENGERS), 14)
    made = adopted.predict(14)
    np.testing.assert_array_equal(explained.forecast, made.mean[0])
    np.testing.assert_array_equal(explained.low, made.quantile(0.1)[0])
    assert explained.name == "passengers"
    assert explained.times(explained.timestamps)[0] == "1961-01"
    assert sum(part.values[0] for part in explained.parts) == pytest.approx(made.mean[0, 0])
    effects = explained.lags
    assert effects.values[0] == 432
    strongest = effects.lag[effects.influence[0].argsort()[-2:]]
    assert set(strongest) == {1, 12}  # the last value, and the same month of the year before


def test_explain_leaves_out_networks_that_see_nothing() -> None:
    """After a gap longer than one of two networks looks back, the other explains alone."""
    target = 100 + 10 * np.sin(np.arange(240) * np.pi / 6)
    target[-40:] = np.nan
    panel = Panel.from_series([Series("a", np.arange(240), target)], "1")
    far, near = (pretrained_model(panel, None, season, "gru") for season in ((12,), (1,)))
    found = explain(replace(far, members=(far.members[1], near.members[1])), panel, 3)
    assert [one.share for one in found.voices] == [1.0]
    total = sum(one.share * one.forecast for one in found.voices)
    np.testing.assert_allclose(total, found.forecast, rtol=1e-9)


def test_explain_refuses_what_it_cannot_explain() -> None:
    """Unknown series, endless horizons and series without a forecast end in an error with a fix."""
    model, series = make_model("GRU"), make_series()
    panel = Panel.from_series([series, replace(series, id="other")], "1")
    with pytest.raises(NotFoundError, match="no series 'othre'; there are 's', 'other'") as caught:
        explain(model, panel, 3, "othre")
    assert caught.value.fix == "--series other"
    with pytest.raises(UsageError, match="at most 1,000"):
        explain(model, panel, 1001)
    nothing = replace(series, target=np.full(40, np.nan))
    with pytest.raises(DataError, match="nothing to explain"):
        explain(model, Panel.from_series([nothing], "1"), 3)


@pytest.mark.parametrize("kind", ODD)
def test_lag_effects_and_parts_survive_odd_series(kind: str) -> None:
    """Whatever has a forecast by the networks has finite gradients and parts that add up."""
    model = make_model("logarithms", "no season")
    target = KINDS[kind](np.random.default_rng(3), 14)
    series = Series("s", np.arange(14), target)
    panel = Panel.from_series([series], "1")
    if model.predict_quantiles(panel, 2, (0.5,)).source != (model.name,):
        return
    forecast = predicted(model, series, 2)
    found = lag_effects(model, series, 2)
    assert np.isfinite(found.gradient).all()
    parts = split(model, window(model, series), forecast)
    scale = max(float(np.abs(part.values).max()) for part in parts)
    np.testing.assert_allclose(
        sum(part.values for part in parts), forecast, rtol=1e-9, atol=1e-9 * scale
    )
