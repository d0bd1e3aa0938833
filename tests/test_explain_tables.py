"""Explanations as columns, as JSON and as sentences."""

import json
from dataclasses import replace

import numpy as np
import pytest

from forecast.explain import Content
from forecast.explain.explanation import Explanation, Memory, Part
from forecast.explain.tables import tabulate, to_dict
from forecast.explain.words import summarise
from forecast.reading.columns import Columns


def test_tabulate_lags_has_a_row_for_each_step_and_value(explained: Explanation) -> None:
    """What is in the arrays is in the columns, in the notation of the file."""
    table = tabulate(explained, "lags")
    names = ["month", "step", "lag", "from", "value", "gradient", "per_deviation", "masked"]
    assert list(table) == names
    rows = 14 * len(explained.lags.lag)
    assert {len(one) for one in table.values()} == {rows}
    row = len(explained.lags.lag) + 2  # second step, third lag
    assert [table[name][row] for name in names[:5]] == ["1961-02", 2, 3, "1960-10", 461.0]
    assert table["gradient"][row] == pytest.approx(explained.lags.gradient[1, 2], rel=1e-6)
    ratio = table["per_deviation"][row] / table["gradient"][row]
    assert ratio == pytest.approx(np.nanstd(explained.lags.values), rel=1e-5)


def test_tabulate_parts_add_up(explained: Explanation) -> None:
    """The parts of each step sum to its forecast, in the file as well."""
    table = tabulate(explained, "parts")
    sums = [float(table["adds"][table["step"] == step].sum()) for step in range(1, 15)]
    np.testing.assert_allclose(sums, explained.forecast, rtol=1e-6)


@pytest.mark.parametrize("content", ["lags", "segments", "parts", "networks", "states", "memory"])
def test_tabulate_keeps_names_of_the_user(explained: Explanation, content: Content) -> None:
    """Columns called like those of the table are both there; the series leads."""
    columns = Columns(time="step", target="value", id="lag", time_format="%Y-%m")
    table = tabulate(replace(explained, columns=columns), content)
    assert next(iter(table)) == "lag"
    assert set(table["lag"]) == {"passengers"}
    assert len({len(one) for one in table.values()}) == 1
    if content == "lags":
        assert list(table)[:4] == ["lag", "step", "step_", "lag_"]


def test_to_dict_is_json(explained: Explanation) -> None:
    """All of it is written, with null where there is no number."""
    lags = replace(explained.lags, masked=np.full_like(explained.lags.masked, np.nan))
    found = json.loads(json.dumps(to_dict(replace(explained, lags=lags)), allow_nan=False))
    assert found["lags"]["masked"][0][0] is None
    assert np.shape(found["lags"]["gradient"]) == explained.lags.gradient.shape
    assert found["summary"] == list(explained.summary)
    assert [one["cell"] for one in found["memory"]] == ["RNN-tanh", "GRU", "LSTM"]
    assert found["times"][0] == "1961-01"
    widths = np.array(found["yhat-hi-80"]) - np.array(found["yhat-lo-80"])
    assert (widths > 0).all()


def test_summarise_says_what_the_arrays_hold(explained: Explanation) -> None:
    """Each sentence can be checked against a number."""
    text = "\n".join(explained.summary)
    lags, best = explained.lags, int(explained.lags.influence[0].argmax())
    assert explained.summary[0].startswith(f"passengers at 1961-01: {explained.forecast[0]:.1f} = ")
    assert f"{lags.gradient[0, best]:.4f} higher" in text
    trust = next(part.weight.mean() for part in explained.parts if part.name == "season 12")
    assert f"season 12 {trust:.0%}" in text
    segment = int(np.abs(lags.masked_segments).mean(0).argmax())
    which = "the newest 12 values"
    if segment:
        which = f"the values {12 * segment + 1} to {12 * segment + 12} steps back"
    assert f"Without {which} the forecast would change most" in text
    for memory in explained.memory:
        assert f"{memory.cell} {memory.state[-1]:.1%} after 108 steps" in text


def test_summarise_survives_nothing_to_say(explained: Explanation) -> None:
    """A forecast of zero from zeros, without effects, without memory, is told in sentences."""
    zero, nothing = np.zeros(1), np.full(1, np.nan)
    lags = replace(
        explained.lags,
        gradient=np.zeros((1, 1)),
        masked=np.full((1, 1), np.nan),
        masked_segments=np.full((1, 1), np.nan),
        lag=np.array([1]),
        values=zero,
        timestamps=explained.lags.timestamps[:1],
    )
    memory = Memory("GRU", True, 12, np.ones(1), np.ones(1), np.nan)
    empty = replace(
        explained,
        timestamps=explained.timestamps[:1],
        forecast=zero,
        widened=np.ones(1),
        lags=lags,
        parts=(Part("level", zero, nothing, nothing), Part("correction", zero, nothing, nothing)),
        states=replace(explained.states, shares=np.zeros(1)),
        memory=(memory,),
        voices=explained.voices[:1],
    )
    assert summarise(empty) == (
        "passengers at 1961-01: 0 = 0 level + 0 correction.",
        "The recurrent correction changes the forecast by 0 on average.",
        "No single value moves the forecast of 1961-01 at the margin.",
    )


def test_summarise_obeys_no_name(explained: Explanation) -> None:
    """Control characters of a name are shown, not sent to the terminal; long names are cut."""
    columns = replace(explained.columns, target="\x1b[31m\n" + "y" * 99)
    first = summarise(replace(explained, columns=columns))[0]
    assert first.startswith(r"\x1b[31m\nyyy")
    assert "y… at 1961-01: " in first


def test_summarise_tells_networks_and_passes(explained: Explanation) -> None:
    """Several networks and several passes are worth a sentence each."""
    voice = explained.voices[0]
    other = replace(voice, forecast=voice.forecast - 10)
    text = "\n".join(summarise(replace(explained, voices=(voice, other), passes=3)))
    low, high = (f"{one:.1f}" for one in (voice.forecast[0] - 10, voice.forecast[0]))
    assert f"2 networks forecast together, from {low} to {high} at 1961-01." in text
    assert "The horizon takes 3 passes" in text
