"""Rules of forecast.models.recurrent."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast.calibrate import Calibration
from forecast.models import recurrent
from forecast.models.means import Means
from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel, model_name
from forecast.network.answer import combine
from forecast.network.features import extract, with_linear
from forecast.network.geometry import Geometry
from forecast.network.segments import SegmentNetwork
from forecast.panel import Panel, Series
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec

GEOMETRY = Geometry(segment=4, segments=3, ahead=2, phases=4, season=(4,), reach=3)
FAR = replace(GEOMETRY, segments=10, reach=10)  # looks further back for its scale, too
SPEC = RecurrentSpec(hidden=6, lags=12, segment=4, season=(4,), horizon=8, log=False)


def make_member(seed: int = 0, log: bool = False, geometry: Geometry = GEOMETRY) -> Member:
    """A network with random last layers, so that it does more than its bases."""
    torch.manual_seed(seed)
    network = SegmentNetwork(SPEC, geometry, len(DEFAULT_QUANTILES))
    for layer in (network.head, network.gates):
        torch.nn.init.normal_(layer.weight, std=0.3)
    weights = {name: one.detach().numpy() for name, one in network.state_dict().items()}
    return Member(replace(SPEC, log=log), geometry, weights)


def test_forecast_of_a_mirrored_member_is_symmetric() -> None:
    """A series turned upside down has its forecast turned upside down, rolled steps too."""
    plain = make_member()
    mirrored = replace(plain, mirror=True)
    past = np.random.default_rng(4).normal(size=(5, GEOMETRY.past)).cumsum(1)
    up, down = mirrored.forecast(past, 12), mirrored.forecast(-past, 12)
    np.testing.assert_allclose(up, -down[..., ::-1], rtol=1e-5, atol=1e-5)
    both = (plain.forecast(past, 8) - plain.forecast(-past, 8)[..., ::-1]) / 2
    np.testing.assert_allclose(up[:, :8], both, rtol=1e-5, atol=1e-5)
    assert (np.diff(up, axis=-1) >= 0).all()


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("cell", "nonlinearity"),
    [("rnn", "tanh"), ("rnn", "relu"), ("rnn", "sigmoid"), ("gru", "tanh"), ("lstm", "tanh")],
)
def test_forecast_with_a_linear_map_equals_torch(
    cell: str, nonlinearity: str, bidirectional: bool
) -> None:
    """Every cell corrects the map alike in training and in prediction, at shorter horizons too."""
    kind = {"cell": cell, "nonlinearity": nonlinearity, "bidirectional": bidirectional}
    spec = RecurrentSpec.from_dict({**SPEC.to_dict(), **kind, "linear": True})
    torch.manual_seed(0)
    network = SegmentNetwork(spec, GEOMETRY, len(DEFAULT_QUANTILES)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    assert network.linear is not None
    network.linear.normal_(std=0.2)
    past = np.random.default_rng(0).normal(size=(4, GEOMETRY.past)).astype(np.float32)
    past = (past - past.mean(1, keepdims=True)) / np.abs(past - past.mean(1, keepdims=True)).mean(
        1, keepdims=True
    )
    past[0, -9:-5] = np.nan
    past[1] -= past[1].mean()
    with torch.no_grad():
        rows = torch.as_tensor(past)
        features = extract(rows, GEOMETRY, 1, torch)
        mean = torch.tensor([0.3, -0.2, 0.0, torch.nan])
        features = with_linear(features, rows, mean, network.linear, GEOMETRY, torch)
        gates, correction = network(features.inputs, features.outlook)
        unit = combine(features, gates, correction, GEOMETRY, torch)[:, :, 0].movedim(0, -1)
        expected = (features.level[:, :, None] + features.scale[:, :, None] * unit).numpy()
    weights = {name: one.detach().numpy() for name, one in network.state_dict().items()}
    member = Member(spec, GEOMETRY, weights, means=Means({"a": 0.3, "b": -0.2, "c": 0.0}))
    for horizon in (3, 8):  # the first is scaled otherwise, as it has missing values
        found = member.forecast(past.astype(float), horizon, ["a", "b", "c", "d"])[1:]
        np.testing.assert_allclose(found, expected[1:, :horizon], rtol=1e-5, atol=1e-5)
    assert np.isfinite(member.forecast(past.astype(float), 8)).all()


def make_model(*members: Member) -> RecurrentModel:
    return RecurrentModel(SPEC, "1", members, DEFAULT_QUANTILES, Calibration.none())


def make_panel(count: int = 3, rows: int = 40) -> Panel:
    rng = np.random.default_rng(1)
    season = np.tile([1.0, 5.0, 2.0, 8.0], rows // 4)
    return Panel.from_series(
        [
            Series(f"s{i}", np.arange(rows), 20 + i + season + rng.normal(0, 0.5, rows))
            for i in range(count)
        ],
        "1",
    )


def test_predict_quantiles_is_ordered_and_finite() -> None:
    """Quantiles never cross, at any horizon, one step or far beyond the trained one."""
    for horizon in (1, 8, 30):
        made = make_model(make_member()).predict_quantiles(make_panel(), horizon, (0.1, 0.5, 0.9))
        assert made.quantiles.shape == (3, horizon, 3)
        assert np.isfinite(made.quantiles).all()
        assert (np.diff(made.quantiles, axis=-1) >= 0).all()
        assert made.source == ("GRU",) * 3


def test_predict_quantiles_shorter_is_the_beginning_of_longer() -> None:
    """A shorter horizon is a slice of a longer one, also across rolled blocks."""
    model, panel = make_model(make_member()), make_panel()
    long = model.predict_quantiles(panel, 20, (0.5,)).quantiles
    for horizon in (3, 8, 11):
        short = model.predict_quantiles(panel, horizon, (0.5,)).quantiles
        np.testing.assert_allclose(short, long[:, :horizon], rtol=1e-6)


def test_predict_quantiles_rolls_by_feeding_medians_back() -> None:
    """Beyond the trained horizon the median is what the model says after its own medians."""
    model, panel = make_model(make_member()), make_panel(1)
    first = model.predict_quantiles(panel, 8, (0.5,)).quantiles[0, :, 0]
    longer = np.concatenate([panel.target, first])
    extended = Panel.from_series([Series("s0", np.arange(len(longer)), longer)], "1")
    second = model.predict_quantiles(extended, 8, (0.5,)).quantiles[0, :, 0]
    rolled = model.predict_quantiles(panel, 16, (0.5,)).quantiles[0, :, 0]
    np.testing.assert_allclose(rolled, np.concatenate([first, second]), rtol=1e-5)


@pytest.mark.parametrize(
    ("shift", "factor"), [(0.0, 1000.0), (50.0, 1.0), (-3.0, 1e-3), (0.0, 1e-30)]
)
def test_predict_quantiles_follows_shift_and_scale(shift: float, factor: float) -> None:
    """Moving or stretching the series moves and stretches the forecast alike."""
    model, panel = make_model(make_member()), make_panel()
    plain = model.predict_quantiles(panel, 12, (0.1, 0.5, 0.9)).quantiles
    moved = panel.with_target(shift + factor * panel.target)
    found = model.predict_quantiles(moved, 12, (0.1, 0.5, 0.9)).quantiles
    np.testing.assert_allclose(found, shift + factor * plain, rtol=1e-4, atol=1e-4 * factor)


@pytest.mark.parametrize("factor", [7.0, 1e306, 1e-30])
def test_predict_quantiles_in_logs_follows_scale_and_stays_positive(factor: float) -> None:
    """A member that reads logarithms multiplies with its series and never goes below zero."""
    model, panel = make_model(make_member(log=True)), make_panel()
    plain = model.predict_quantiles(panel, 12, (0.025, 0.5)).quantiles
    larger = panel.with_target(factor * panel.target)
    found = model.predict_quantiles(larger, 12, (0.025, 0.5)).quantiles
    np.testing.assert_allclose(found, factor * plain, rtol=1e-4)
    assert (plain > 0).all()


def test_predict_quantiles_in_logs_reads_other_series_as_they_are() -> None:
    """A series with a value at or below zero is read without logarithms."""
    panel = make_panel()
    signed = panel.with_target(panel.target - 25)
    log = make_model(make_member(log=True)).predict_quantiles(signed, 5, (0.5,))
    raw = make_model(make_member()).predict_quantiles(signed, 5, (0.5,))
    np.testing.assert_array_equal(log.quantiles, raw.quantiles)


def test_predict_quantiles_weighs_members_by_share() -> None:
    """The model's quantiles are the weighted mean of its members'."""
    one, two, panel = make_member(0), make_member(1), make_panel()
    both = make_model(replace(one, share=0.75), replace(two, share=0.25))
    expected = 0.75 * make_model(one).predict_quantiles(panel, 6, DEFAULT_QUANTILES).quantiles
    expected += 0.25 * make_model(two).predict_quantiles(panel, 6, DEFAULT_QUANTILES).quantiles
    actual = both.predict_quantiles(panel, 6, DEFAULT_QUANTILES).quantiles
    np.testing.assert_allclose(actual, expected, rtol=1e-9)


def test_predict_quantiles_does_not_depend_on_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many series give the same forecasts as each one alone, and on any number of threads."""
    model, panel = make_model(make_member()), make_panel(5)
    whole = model.predict_quantiles(panel, 6, (0.5,)).quantiles
    monkeypatch.setattr(recurrent, "CHUNK", 2)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    one_thread = model.predict_quantiles(panel, 6, (0.5,)).quantiles
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    np.testing.assert_allclose(one_thread, whole, rtol=1e-6)
    np.testing.assert_array_equal(model.predict_quantiles(panel, 6, (0.5,)).quantiles, one_thread)


@pytest.mark.parametrize("values", [0, 1])
def test_predict_quantiles_falls_back_where_too_little_was_observed(values: int) -> None:
    """A series of which one value is in reach, or none, is left to the seasonal naive method.

    A network would give intervals of no width around that one value.
    """
    panel = make_panel(2, 80)
    target = panel.target.copy()
    target[40 : 80 - values] = np.nan
    panel, model = panel.with_target(target), make_model(make_member())
    made = model.predict_quantiles(panel, 4, (0.1, 0.5, 0.9))
    assert made.source == ("SeasonalNaive", "GRU")
    assert (made.quantiles[0, :, 2] > made.quantiles[0, :, 0]).all()
    needed = panel.tail(model.needed(panel))
    assert needed.lengths.tolist() == [80, model.past]
    np.testing.assert_array_equal(
        model.predict_quantiles(needed, 4, (0.1, 0.5, 0.9)).quantiles, made.quantiles
    )


def test_needed_goes_by_the_model_of_each_series() -> None:
    """A model that looks further back for another series leaves the fallback all it had."""
    far = make_model(make_member(geometry=FAR))
    rows = far.past + 20
    panel = make_panel(2, rows)
    target = panel.target.copy()
    target[rows - GEOMETRY.past : rows - 1] = np.nan
    panel = panel.with_target(target)
    model = replace(make_model(make_member()), apart={panel.ids[1]: far})
    needed = panel.tail(model.needed(panel))
    assert needed.lengths.tolist() == [rows, far.past]
    np.testing.assert_array_equal(
        model.predict_quantiles(needed, 4, (0.1, 0.5)).quantiles,
        model.predict_quantiles(panel, 4, (0.1, 0.5)).quantiles,
    )


def test_predict_quantiles_leaves_out_networks_that_see_nothing() -> None:
    """After a gap as long as one of them looks back, the others forecast alone."""
    far = make_member(1, geometry=FAR)
    panel = make_panel(2, 80)
    target = panel.target.copy()
    target[80 - GEOMETRY.past : 80] = np.nan
    panel = panel.with_target(target)
    found = make_model(make_member(), far).predict_quantiles(panel, 6, DEFAULT_QUANTILES)
    alone = make_model(far).predict_quantiles(panel, 6, DEFAULT_QUANTILES)
    assert found.source == ("GRU", "GRU")
    np.testing.assert_allclose(found.quantiles[0], alone.quantiles[0], rtol=1e-9)
    assert not np.allclose(found.quantiles[1], alone.quantiles[1])


def test_predict_quantiles_of_a_constant_series_is_constant() -> None:
    """A series that never changed is forecast to stay, with hardly any spread."""
    panel = make_panel(1).with_target(np.full(40, 5.0))
    made = make_model(make_member()).predict_quantiles(panel, 4, (0.025, 0.5, 0.975))
    np.testing.assert_allclose(made.quantiles, 5.0, rtol=1e-6)


def test_model_name_tells_the_cell() -> None:
    """Cells are told apart, and the simple cell names its nonlinearity."""
    assert model_name(RecurrentSpec(cell="lstm")) == "LSTM"
    assert model_name(RecurrentSpec(cell="rnn", nonlinearity="sigmoid")) == "RNN-sigmoid"
    assert model_name(RecurrentSpec(bidirectional=True)) == "BiGRU"


@pytest.mark.parametrize("log", [False, True])
def test_forecast_keeps_its_distances_when_rolled(log: bool) -> None:
    """Medians fed back are smooth; the quantiles must not narrow with them."""
    member = make_member(log=log)
    past = np.stack([series.target for series in make_panel()])
    made = member.forecast(past, 40)
    made = np.log(made) if log else made
    distances = made - made[..., made.shape[2] // 2][..., None]
    for block in range(1, 5):
        rolled = distances[:, 8 * block : 8 * block + 8]
        np.testing.assert_allclose(rolled, distances[:, :8], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("value", [0.0, 7.1, -3e9])
def test_predict_quantiles_keeps_a_constant(value: float) -> None:
    """Where nothing ever changed, no digits of the arithmetic are shown as changes."""
    target = np.full(20, value)
    panel = Panel.from_series([Series("a", np.arange(20), target)], "1")
    model = RecurrentModel(SPEC, "1", (make_member(),), DEFAULT_QUANTILES, Calibration.none())
    made = model.predict_quantiles(panel, 20, (0.1, 0.5, 0.9)).quantiles
    assert np.unique(made).tolist() == [value]


@pytest.mark.parametrize(
    ("lowest", "never_negative", "bounded"),
    [(0.0, False, True), (0.0, True, True), (-0.5, False, False), (0.5, True, True)],
)
def test_predict_quantiles_stays_above_a_floor_of_zero(
    lowest: float, never_negative: bool, bounded: bool
) -> None:
    """What has come down to zero or was never below is held there; other series are left alone."""
    past = np.maximum(np.random.default_rng(1).normal(0.2, 1, 40), 0) + lowest
    panel = Panel.from_series([Series("a", np.arange(40), past)], "1")
    member = make_member()
    free = member.forecast(past[None, -GEOMETRY.past :], 8)
    model = replace(make_model(member), never_negative=never_negative)
    found = model.predict_quantiles(panel, 8, DEFAULT_QUANTILES).quantiles
    assert free.min() < 0
    expected = np.maximum(free, 0) if bounded else free
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_predict_quantiles_follows_a_fall_below_zero() -> None:
    """Where the median itself goes below zero, as in autumn, nothing holds what was above it.

    What has come down to zero and stayed there is held at it all the same.
    """
    fall = np.linspace(40, 1, 40) + np.tile([0.0, 0.5], 20)
    panel = Panel.from_series([Series("a", np.arange(40), fall)], "1")
    member = make_member()
    free = member.forecast(fall[None, -GEOMETRY.past :], 8)
    model = replace(make_model(member), never_negative=True)
    found = model.predict_quantiles(panel, 8, DEFAULT_QUANTILES).quantiles
    below = free[..., len(DEFAULT_QUANTILES) // 2] < 0
    assert below.any()
    np.testing.assert_allclose(found[below], free[below], rtol=0, atol=1e-12)
    assert (found[~below] >= 0).all()
    stopped = panel.with_target(np.where(np.arange(40) < 38, fall, 0.0))
    assert model.predict_quantiles(stopped, 8, DEFAULT_QUANTILES).quantiles.min() == 0


def test_predict_quantiles_stays_above_zero_beyond_the_levels_of_the_networks() -> None:
    """Wider intervals than networks know reach no further down than zero, either."""
    past = np.maximum(np.random.default_rng(1).normal(0.2, 1, 40), 0)
    panel = Panel.from_series([Series("a", np.arange(40), past)], "1")
    levels = (0.005, 0.025, 0.5, 0.975, 0.995)
    found = make_model(make_member()).predict_quantiles(panel, 8, levels).quantiles
    assert found.min() == 0
    assert (found[..., -1] > found[..., -2]).all()
