"""Rules of forecast.models.fit."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from forecast.errors import DataError, TrainingError
from forecast.models.fine_tune import Examiner, adapt
from forecast.models.fit import Fitted, fit_recurrent
from forecast.models.holdout import Holdout
from forecast.models.member import Member
from forecast.models.members import Course, train_network
from forecast.models.recurrent import RecurrentModel
from forecast.models.zero_shot import pretrained_model
from forecast.network.segments import SegmentNetwork
from forecast.panel import Panel, Series
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import Cell, RecurrentSpec, TrainSpec
from forecast.training.loop import History

QUICK = TrainSpec(steps=8, members=2, batch=16, from_scratch=True)


def make_panel(count: int = 4, rows: int = 60, seed: int = 0) -> Panel:
    rng = np.random.default_rng(seed)
    t = np.arange(rows)
    return Panel.from_series(
        [
            Series(f"s{i}", t, 30 + 5 * np.sin(2 * np.pi * (t + i) / 6) + rng.normal(0, 1, rows))
            for i in range(count)
        ],
        "1",
    )


def fit(spec: RecurrentSpec | None = None, train: TrainSpec = QUICK, rows: int = 60) -> Fitted:
    return fit_recurrent(make_panel(rows=rows), spec or RecurrentSpec(season=(6,)), train, 6)


def test_fit_recurrent_is_deterministic() -> None:
    """The same data, settings and seed give the same bytes; another seed gives others."""
    one, two = fit(), fit()
    other = fit(train=TrainSpec(seed=5, steps=8, members=2, batch=16, from_scratch=True))
    for first, second in zip(one.model.members, two.model.members, strict=True):
        for name, weights in first.weights.items():
            assert weights.tobytes() == second.weights[name].tobytes()
    assert one.scores == two.scores
    assert other.scores != one.scores


def test_fit_recurrent_fills_in_every_setting() -> None:
    """What was left open is chosen and told."""
    fitted = fit()
    spec = fitted.model.spec
    assert (spec.segment, spec.horizon, spec.season) == (6, 6, (6,))
    assert spec.lags is not None and spec.lags % 6 == 0
    assert [member.spec.log for member in fitted.model.members] in ([True, False], [False, True])
    assert fitted.scores.keys() == {"mase", "naive_mase"}
    assert fitted.model.calibration.coverage.keys() == {80, 95}


@pytest.mark.parametrize(
    "spec",
    [
        RecurrentSpec(cell="lstm", season=(6,)),
        RecurrentSpec(cell="rnn", nonlinearity="relu", season=(6,), layers=2),
        RecurrentSpec(cell="rnn", nonlinearity="sigmoid", season=(6,)),
        RecurrentSpec(bidirectional=True, season=(6,)),
        RecurrentSpec(strategy="recursive", season=(6,)),
        RecurrentSpec(segment=1, lags=12, bases=False, level="series", season=(6,)),
        RecurrentSpec(segment=1, lags=1, strategy="recursive", season=(1,)),
        RecurrentSpec(season=(6, 12), log=False),
        RecurrentSpec(season=(1,)),
    ],
    ids=str,
)
def test_fit_recurrent_trains_every_kind_of_network(spec: RecurrentSpec) -> None:
    """Each cell, direction, strategy and the textbook network give finite forecasts."""
    fitted = fit(spec)
    made = fitted.model.predict_quantiles(make_panel(), 9, DEFAULT_QUANTILES)
    assert np.isfinite(made.quantiles).all()
    assert (np.diff(made.quantiles, axis=-1) >= 0).all()
    if spec.strategy == "recursive":
        assert fitted.model.members[0].geometry.ahead == 1


def test_fit_recurrent_learns_a_season() -> None:
    """On a season with little noise the network beats the seasonal naive method."""
    train = TrainSpec(steps=120, members=1, batch=32, from_scratch=True)
    scores = fit(train=train, rows=90).scores
    assert scores["mase"] < 0.9 * scores["naive_mase"]


def test_fit_recurrent_of_a_single_lag_gives_intervals() -> None:
    """One value in is no reason for intervals of no width."""
    spec = RecurrentSpec(segment=1, lags=1, season=(1,))
    train = TrainSpec(steps=60, members=1, from_scratch=True)
    coverage = fit(spec, train, rows=90).model.calibration.coverage
    assert coverage[80] > 0.6
    assert coverage[95] > coverage[80]


def test_fit_recurrent_trains_short_and_gappy_series() -> None:
    """Missing values and series of four rows are masked, not refused."""
    panel = make_panel(3, 12)
    target = panel.target.copy()
    target[[2, 3, 14, 20]] = np.nan
    short = Series("short", np.arange(4), np.array([1.0, 2.0, 3.0, 4.0]))
    whole = Panel.from_series([*panel.with_target(target), short], "1")
    fitted = fit_recurrent(whole, RecurrentSpec(season=(1,)), QUICK, 3)
    assert np.isfinite(fitted.model.predict_quantiles(whole, 5, (0.5,)).quantiles).all()


@pytest.mark.parametrize("rows", [4, 5, 6, 9])
def test_fit_recurrent_trains_one_tiny_series(rows: int) -> None:
    """Four rows suffice; then nothing can be held back."""
    panel = make_panel(1, rows)
    for train in (QUICK, TrainSpec(steps=4, members=1)):
        fitted = fit_recurrent(panel, RecurrentSpec(season=(1,)), train, 2)
        assert np.isfinite(fitted.model.predict_quantiles(panel, 5, (0.5,)).quantiles).all()


def test_fit_recurrent_refuses_too_few_rows() -> None:
    """Three rows are refused with what is needed."""
    with pytest.raises(DataError, match="3 rows; training needs 4"):
        fit_recurrent(make_panel(1, 3), RecurrentSpec(season=(1,)), QUICK, 1)


def test_fit_recurrent_keeps_to_the_time() -> None:
    """Without time for one step there is no model; with little time there is one."""
    with pytest.raises(TrainingError, match="max-seconds"):
        fit(train=TrainSpec(max_seconds=1e-9, from_scratch=True))
    fitted = fit(train=TrainSpec(max_seconds=2.0, steps=100_000, members=2, from_scratch=True))
    assert fitted.seconds < 20
    assert fitted.histories[0].steps < 100_000


def test_fit_recurrent_blends_with_the_pretrained_network() -> None:
    """By default the pretrained network is the start, unless another kind is asked for."""
    train = TrainSpec(steps=4, members=1, batch=16)
    blended = fit(train=train)
    assert blended.model.origins.keys() <= {"pretrained", "fine-tuned"}
    assert blended.scores.keys() == {"mase", "naive_mase", "pretrained_mase"}
    textbook = fit(RecurrentSpec(season=(6,), segment=1, lags=6), train)
    assert textbook.model.origins == {"trained": 1.0}


def test_fit_recurrent_leaves_a_short_series_to_the_pretrained_network() -> None:
    """Too little to learn from but by heart; a network of its own is trained when asked for."""
    panel, season = make_panel(1, 60), RecurrentSpec(season=(6,))
    tuned = fit_recurrent(panel, season, TrainSpec(batch=16), 6)
    assert tuned.lacking == "too few rows"
    assert (tuned.train_spec.members, tuned.train_spec.steps) == (None, None)
    assert tuned.model.origins.keys() <= {"pretrained", "fine-tuned"}
    for asked in (TrainSpec(members=1, steps=4), TrainSpec(epochs=1)):
        assert fit_recurrent(panel, season, asked, 6).lacking == ""


def test_fit_recurrent_keeps_the_start_where_time_runs_out() -> None:
    """What comes too late for a step is left out: there is a model all the same."""
    late = TrainSpec(steps=8, members=1, batch=16, max_seconds=1e-9)
    fitted = fit(train=late)
    assert (fitted.lacking, fitted.model.origins) == ("no time", {"pretrained": 1.0})
    assert fitted.model.calibration.coverage.keys() == {80, 95}


def test_fit_recurrent_takes_the_year_out_as_the_pretrained_network_does() -> None:
    """Of every network; errors are in units of the week all the same."""
    days = np.arange(5 * 365)
    year = 15 + 8 * np.sin(2 * np.pi * days / 365)
    noise = np.random.default_rng(0).normal(0, 2, len(days))
    start = (np.datetime64("2015-01-01") + days).astype("M8[ns]")
    panel = Panel.from_series([Series("a", start, year + noise)], "D")
    few = TrainSpec(steps=2, members=1, batch=16)
    fitted = fit_recurrent(panel, RecurrentSpec(season=(7, 365), hidden=4), few, 365)
    alone = fit_recurrent(
        panel, RecurrentSpec(season=(7, 365), hidden=4), replace(few, from_scratch=True), 365
    )
    for model in (fitted.model, alone.model):
        assert {member.spec.adjust for member in model.members} == {365}
        assert (model.spec.season, model.spec.adjust) == ((7, 365), 365)


def test_fit_recurrent_leaves_the_textbook_network_its_season() -> None:
    """One value a step, no structural forecasts: nothing is done for it beforehand."""
    textbook = RecurrentSpec(season=(6,), segment=1, bases=False, level="series", hidden=4)
    with_bases = replace(textbook, bases=True)
    few = TrainSpec(steps=2, members=1, batch=16)
    made = [fit(one, few).model.spec.adjust for one in (textbook, with_bases)]
    assert made == [1, 6]


@pytest.mark.parametrize("late", [True, False])
def test_fit_recurrent_keeps_the_networks_that_were_in_time(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of three is too late for its part of the time; other trouble is told."""
    now = 0.0

    def first_only(panel: Panel, spec: RecurrentSpec, train: TrainSpec, **named: Any) -> Any:
        nonlocal now
        if train.seed:
            now += 6.0  # of 10 s that two share
            if not late:
                raise TrainingError("stopped", fix="go on")
        return train_network(panel, spec, train, **named)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr("forecast.models.members.train_network", first_only)
    spec = replace(QUICK, members=3, max_seconds=10.0)
    if late:
        assert len(fit(train=spec).model.members) == 1
    else:
        with pytest.raises(TrainingError, match="stopped"):
            fit(train=spec)


@pytest.mark.parametrize("seconds", [6.0, 11.0])
def test_fit_recurrent_takes_a_first_step_while_there_is_time(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only network may be late for its part of the time, but not for all of it."""
    now = 0.0

    def slow(panel: Panel, spec: RecurrentSpec, train: TrainSpec, **named: Any) -> Any:
        nonlocal now
        now += seconds  # of 10 s that two share
        return train_network(panel, spec, train, **named)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr("forecast.models.members.train_network", slow)
    spec = replace(QUICK, members=1, max_seconds=10.0)
    if seconds > 10:
        with pytest.raises(TrainingError, match="max-seconds"):
            fit(train=spec)
    else:
        assert [history.steps for history in fit(train=spec).histories] == [1]


def test_fit_recurrent_leaves_its_start_for_what_is_clearly_better() -> None:
    """The logistic map is known by heart soon, but to no network that has not seen it."""
    value, rows = np.random.default_rng(0).uniform(0.2, 0.8, 12), []
    for _ in range(60):
        rows.append(value)
        value = 3.9 * value * (1 - value)
    columns = 10 + 10 * np.array(rows)
    panel = Panel.from_series(
        [Series(f"s{i}", np.arange(60), columns[:, i]) for i in range(12)], "1"
    )
    train = TrainSpec(steps=60, members=1, batch=16)
    fitted = fit_recurrent(panel, RecurrentSpec(season=(1,)), train, 1)
    assert "pretrained" not in fitted.model.origins
    assert fitted.scores["mase"] < 0.9 * fitted.scores["pretrained_mase"]


def test_fit_recurrent_keeps_a_start_that_is_no_worse() -> None:
    """What few steps make of it is not believed, and its scores are those of the model."""
    fitted = fit(train=TrainSpec(steps=4, members=1, batch=16))
    assert fitted.model.origins == {"pretrained": 1.0}
    assert fitted.scores["mase"] == fitted.scores["pretrained_mase"]


def test_fit_recurrent_keeps_the_start_of_series_too_short_to_judge() -> None:
    """Where nothing can be held back, nothing speaks for what was trained on four rows."""
    fitted = fit_recurrent(
        make_panel(1, 4), RecurrentSpec(season=(1,)), TrainSpec(steps=4, members=1), 2
    )
    assert fitted.model.origins == {"pretrained": 1.0}


@pytest.mark.parametrize("origin", ["fine-tuned", "trained"])
def test_fit_recurrent_retrains_what_it_keeps_on_all_rows(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Networks of a large holdout are not those that were weighed, which did not see it."""
    order = ["pretrained", "fine-tuned", "trained"]
    made: dict[str, list[tuple[Panel, Member]]] = {one: [] for one in order}

    def watched(train: Callable[..., Any], what: str) -> Callable[..., Any]:
        def watching(*given: Any, **named: Any) -> tuple[Member, History]:
            member, history = train(*given, **named)
            (panel,) = (one for one in given if isinstance(one, Panel))
            made[what].append((panel, member))
            return member, history

        return watching

    def gain(examiner: Examiner, network: SegmentNetwork, step: int) -> bool:
        weights = network.state_dict().items()
        examiner.step = step
        examiner.weights = {name: one.numpy(force=True).copy() for name, one in weights}
        return False

    def all_to_one(held: Holdout, grids: list[Any], *_: Any, **__: Any) -> tuple[float, ...]:
        taken = min(order.index(origin), len(grids) - 1)
        return tuple(float(number == taken) for number in range(len(grids)))

    monkeypatch.setattr(Examiner, "__call__", gain)
    networks = "forecast.models.fine_tune.adapt", "forecast.models.members.train_network"
    monkeypatch.setattr(networks[0], watched(adapt, "fine-tuned"))
    monkeypatch.setattr(networks[1], watched(train_network, "trained"))
    monkeypatch.setattr("forecast.models.shares.choose_shares", all_to_one)
    panel = make_panel(12, 24)
    train = TrainSpec(steps=4, members=1, batch=16)
    fitted = fit_recurrent(panel, RecurrentSpec(season=(6,)), train, 6)
    assert fitted.model.origins == {origin: 1.0}
    count = len(fitted.model.members)
    weighed, kept = made[origin][:count], made[origin][count:]
    for member, (known, before), (rows, after) in zip(
        fitted.model.members, weighed, kept, strict=True
    ):
        np.testing.assert_array_equal(known.target, panel.before_last(6).target)
        np.testing.assert_array_equal(rows.target, panel.target)
        for name, weights in member.weights.items():
            np.testing.assert_array_equal(weights, after.weights[name])
        assert any((member.weights[name] != one).any() for name, one in before.weights.items())


@pytest.mark.parametrize("ways", [(True,), (False,), (True, False)])
def test_fit_recurrent_reads_as_the_pretrained_network_does(
    ways: tuple[bool, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values, logarithms, or both in turns, as the rows held back had it choose."""
    read: list[tuple[bool, ...]] = []

    def chosen(
        panel: Panel, held: Holdout | None, season: tuple[int, ...], cell: Cell
    ) -> RecurrentModel:
        model = pretrained_model(panel, held, season, cell)
        one = model.members[0]
        members = (replace(one, spec=replace(one.spec, log=way)) for way in ways)
        return replace(model, members=tuple(members))

    class Watched(Course):
        def finish(self) -> None:
            read.append(self.logs)
            super().finish()

    monkeypatch.setattr("forecast.models.fit.pretrained_model", chosen)
    monkeypatch.setattr("forecast.models.fit.Course", Watched)
    fit(train=TrainSpec(steps=2, batch=4))
    assert [set(logs) for logs in read] == [set(ways)]


def test_fit_recurrent_trains_fewer_networks_beside_the_pretrained_one() -> None:
    """Two of its own by default, three from scratch, and as many as were asked for."""
    for train, members in (
        (TrainSpec(steps=2, batch=4), 2),
        (TrainSpec(steps=2, batch=4, from_scratch=True), 3),
        (TrainSpec(steps=2, batch=4, members=4), 4),
    ):
        assert fit(train=train).train_spec.members == members
