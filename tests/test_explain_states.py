"""Maps of the hidden state, and how far back it is felt."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from forecast.explain.memory import memory_of, rate_of
from forecast.explain.states import hidden_states, map_states, principal_components
from forecast.models.member import Member
from forecast.network.features import extract
from forecast.network.window import location_and_spread
from forecast.panel import Series
from tests.test_explain import make_member, make_model, make_series


def test_principal_components_equal_another_library() -> None:
    """Scores and shares of variance are those of scikit-learn, up to sign."""
    states = np.random.default_rng(0).normal(size=(20, 6)) @ np.diag([5, 3, 2, 1, 1, 0.1])
    components, shares = principal_components(states)
    reference = PCA(3).fit(states)
    np.testing.assert_allclose(np.abs(components), np.abs(reference.transform(states)))
    np.testing.assert_allclose(shares, reference.explained_variance_ratio_)


def test_principal_components_of_one_state_hold_nothing() -> None:
    """A single point, or states that stay the same, have no direction."""
    for states in (np.ones((1, 4)), np.ones((5, 4))):
        components, shares = principal_components(states)
        assert (components == 0).all()
        assert (shares == 0).all()


def test_map_states_sees_nothing_later() -> None:
    """The state after a point of time is that of the history up to it."""
    model, series = make_model("two seasons"), make_series(30)
    member = model.members[0]
    whole = hidden_states(member, series.target, np.array([20, 30]))
    before = hidden_states(member, series.target[:20], np.array([20]))
    np.testing.assert_allclose(whole[0], before[0], rtol=1e-6)
    assert np.abs(whole[1] - whole[0]).max() > 0.01


def test_map_states_lays_points_beside_the_series() -> None:
    """Each point has its time and value; directions follow the values, never against them."""
    series = make_series(30)
    found = map_states(make_model("GRU"), series)
    assert found.timestamps.tolist() == list(range(1, 30))
    np.testing.assert_array_equal(found.values, series.target[1:])
    assert found.components.shape == (29, 3)
    assert (np.diff(found.shares) <= 0).all()
    assert (found.follows >= 0).all()
    assert map_states(make_model("GRU"), replace(series, target=np.ones(30))).shares.shape == (3,)


def test_rate_of_a_geometric_course_is_its_factor() -> None:
    """What falls by the same factor at each step has that rate; the first step does not count."""
    assert rate_of(np.array([1.0, *(0.3 * 0.8 ** np.arange(9))])) == pytest.approx(0.8)
    assert rate_of(np.power(1.1, np.arange(6))) == pytest.approx(1.1)
    assert np.isnan(rate_of(np.array([1.0, 0.0, 0.0])))


def linear_recurrence(factor: float) -> Member:
    """A simple cell whose units are all active, and hand on a part of themselves."""
    member = make_member("no season")
    spec = replace(member.spec, nonlinearity="relu")
    weights = dict(member.weights)
    weights["encoder.weight_hh_l0"] = (factor * np.eye(5)).astype(np.float32)
    weights["encoder.bias_hh_l0"] = np.full(5, 1e4, np.float32)
    return replace(member, spec=spec, weights=weights)


@pytest.mark.parametrize(
    ("factor", "verdict"), [(0.5, "vanishes"), (0.95, "fades"), (1.0, "lasts"), (1.2, "explodes")]
)
def test_memory_of_a_linear_recurrence_is_its_powers(factor: float, verdict: str) -> None:
    """Where each state is a multiple of the one before, gradients are powers of the factor."""
    found = memory_of(linear_recurrence(factor), make_series())
    np.testing.assert_allclose(found.state, factor ** np.arange(5), rtol=1e-6)
    assert found.rate == pytest.approx(factor)
    assert found.verdict == verdict
    if factor == 0.5:
        assert found.half_life == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["logarithms", "two seasons", "bidirectional", "sigmoid"])
def test_memory_of_inputs_equals_differences(kind: str) -> None:
    """The norm by an input is what a little change of each of its numbers does to the state."""
    member, series = make_member(kind), make_series()
    found = memory_of(member, series)
    g = member.geometry
    rows = np.log(series.target) if member.spec.log else series.target
    past = rows[None, -g.past :]
    location, spread = location_and_spread(past)
    inputs = torch.as_tensor(extract((past - location) / spread, g, 1, np).inputs)
    from forecast.models.members import network_of

    network = network_of(member).double().eval()
    norms = []
    for back in (0, 2):
        moved = inputs.repeat(g.input_count, 1, 1)
        moved[:, g.segments - 1 - back] += 1e-6 * torch.eye(g.input_count)
        with torch.no_grad():
            change = (network.states(moved)[:, -1] - network.states(inputs)[:, -1]) / 1e-6
        norms.append(float(change.norm()))
    assert found.inputs[2] == pytest.approx(norms[1] / norms[0], rel=1e-4)
    assert np.isnan(found.state).all() == (kind in ("bidirectional", "sigmoid"))
    assert (found.verdict is None) == (kind == "bidirectional")


def test_memory_of_a_gated_cell_equals_differences() -> None:
    """What a memory cell hands on is its output and its memory, both."""
    member, series = make_member("two seasons"), make_series()
    found = memory_of(member, series)
    assert found.cell == "LSTM"
    assert found.state[0] == 1.0
    weights = {name: torch.tensor(one).double() for name, one in member.weights.items()}
    cell = torch.nn.LSTMCell(member.geometry.input_count, 5).double()
    cell.load_state_dict(
        {
            name.removeprefix("encoder.").removesuffix("_l0"): one
            for name, one in weights.items()
            if name.startswith("encoder.")
        }
    )
    g, past = member.geometry, series.target[None, -member.geometry.past :]
    location, spread = location_and_spread(past)
    inputs = torch.as_tensor(extract((past - location) / spread, g, 1, np).inputs)[0]

    def last(handed: torch.Tensor) -> torch.Tensor:
        hidden, memory = handed[None, :5], handed[None, 5:]
        for one in inputs[-2:]:
            hidden, memory = cell(one[None], (hidden, memory))
        return hidden[0]

    state: tuple[torch.Tensor, torch.Tensor] | None = None
    for one in inputs[:-2]:
        state = cell(one[None], state)
    assert state is not None
    slopes = torch.autograd.functional.jacobian(last, torch.cat([state[0][0], state[1][0]]))
    assert isinstance(slopes, torch.Tensor)
    assert found.state[2] == pytest.approx(float(slopes.norm()) / 5**0.5, rel=1e-6)


def test_memory_of_short_and_empty_histories_is_finite() -> None:
    """One value, or a gap at the end, leaves a finite course."""
    for target in ([3.0], [3.0, np.nan, np.nan, np.nan, np.nan, 4.0]):
        found = memory_of(make_member("GRU"), Series("s", np.arange(len(target)), np.array(target)))
        assert np.isfinite(found.state).all()
