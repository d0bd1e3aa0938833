"""Rules of forecast.models.fine_tune."""

from dataclasses import replace

import numpy as np
import pytest

from forecast.models.fine_tune import (
    LEAST_STEPS,
    MOST_PASSES,
    MOST_STEPS,
    PATIENCE,
    Examiner,
    adapt,
    fine_tune,
    steps_of,
    tune_again,
)
from forecast.models.holdout import Holdout, hold_back
from forecast.models.recurrent import RecurrentModel
from forecast.models.zero_shot import pretrained_model
from forecast.network.segments import SegmentNetwork
from forecast.panel import Panel, Series
from forecast.spec import TrainSpec

TRAIN = TrainSpec(steps=60, batch=8, learning_rate=1e-3)
LATE = replace(TRAIN, max_seconds=1e-9)


def make_panel(count: int = 12, rows: int = 48) -> Panel:
    """Series that fall sharply at every sixth step, as few synthetic series do."""
    rng = np.random.default_rng(0)
    t = np.arange(rows)
    return Panel.from_series(
        [
            Series(f"s{i}", t, 100 - 80.0 * (t % 6 == 5) + rng.normal(0, 0.3, rows))
            for i in range(count)
        ],
        "1",
    )


@pytest.fixture(scope="module")
def held() -> Holdout:
    found = hold_back(make_panel(), 6, 6)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def start(held: Holdout) -> RecurrentModel:
    return pretrained_model(make_panel(), held, (6,), "gru")


def loss(model: RecurrentModel, held: Holdout) -> float:
    return held.loss(held.forecast(model), model.levels)


def test_fine_tune_gains_on_rows_held_back(start: RecurrentModel, held: Holdout) -> None:
    """Networks come out better than they went in, and say where they come from."""
    tuned = fine_tune(start, make_panel().before_last(6), held, TRAIN)
    assert {one.after.origin for one in tuned} == {"fine-tuned"}
    assert tuple(one.before for one in tuned) == start.members
    assert any(one.steps for one in tuned)
    for one in tuned:
        models = [
            replace(start, members=(replace(member, mirror=False),))
            for member in (one.after, one.before)
        ]
        assert loss(models[0], held) <= loss(models[1], held)
        assert one.after.geometry == one.before.geometry


def test_fine_tune_reads_upside_down_where_that_is_clearly_better(
    start: RecurrentModel, held: Holdout
) -> None:
    """Sharp falls are learnt as falls: the mean with the mirrored reading is given up."""
    known = make_panel().before_last(6)
    tuned = fine_tune(start, known, held, TRAIN)
    again = tune_again(tuned, make_panel(), held.horizon, TRAIN)
    assert not all(one.after.mirror for one in tuned)
    for number, member in enumerate(one.after for one in tuned):
        upright, both = (
            loss(replace(start, members=(replace(member, mirror=mirror),)), held)
            for mirror in (False, True)
        )
        assert member.mirror is (both < (1 - held.least_gain) * upright)
        assert again[number].mirror is member.mirror


def test_fine_tune_is_deterministic(start: RecurrentModel, held: Holdout) -> None:
    """The same series and seed give the same bytes."""
    known = make_panel().before_last(6)
    one, two = (fine_tune(start, known, held, TRAIN) for _ in range(2))
    for first, second in zip(one, two, strict=True):
        for name, weights in first.after.weights.items():
            assert weights.tobytes() == second.after.weights[name].tobytes()


def test_fine_tune_leaves_a_start_that_cannot_be_beaten(held: Holdout) -> None:
    """Training ends after some examinations without a gain, and the start is kept."""
    examiner = Examiner(lambda weights: 1.0, 0.5)
    network = SegmentNetwork.__new__(SegmentNetwork)
    super(SegmentNetwork, network).__init__()
    stops = [examiner(network, number + 1) for number in range(PATIENCE)]
    assert stops == [False] * (PATIENCE - 1) + [True]
    assert (examiner.step, examiner.weights) == (0, {})


def test_fine_tune_keeps_to_the_time(start: RecurrentModel, held: Holdout) -> None:
    """After its deadline a network takes one step and no more."""
    tuned = fine_tune(start, make_panel(), held, LATE)
    assert [(one.history.steps, one.steps) for one in tuned] == [(1, 0)] * len(start.members)


def test_steps_of_counts_every_end_of_overlapping_windows(start: RecurrentModel) -> None:
    """A short series is soon known; of many windows the usual number of batches is drawn."""
    member = start.members[0]
    train = replace(TRAIN, steps=None)
    in_step = 8 * member.geometry.segments
    for windows in (150, 300):
        left = steps_of(member, train, windows) * in_step - MOST_PASSES * windows
        assert 0 <= left < in_step
    assert steps_of(member, train, 10) == LEAST_STEPS
    assert steps_of(member, train, 10**6) == MOST_STEPS
    assert steps_of(member, TRAIN, 10**6) == 60


def test_fine_tune_reports_progress(start: RecurrentModel, held: Holdout) -> None:
    """Steps are counted over all networks."""
    seen: list[tuple[int, int]] = []
    fine_tune(start, make_panel(), held, LATE, progress=lambda *step: seen.append(step))
    count = len(start.members)
    assert seen == [(number * 60 + 1, count * 60) for number in range(count)]


def test_tune_again_takes_the_steps_that_were_best(start: RecurrentModel, held: Holdout) -> None:
    """On the same rows the same steps give the same weights."""
    known = make_panel().before_last(6)
    tuned = fine_tune(start, known, held, TRAIN)
    for first, second in zip(tuned, tune_again(tuned, known, held.horizon, TRAIN), strict=True):
        for name, weights in first.after.weights.items():
            np.testing.assert_array_equal(weights, second.weights[name])


def test_tune_again_keeps_to_the_time(start: RecurrentModel, held: Holdout) -> None:
    """Where as long again would be too long, the networks remain that did not see all rows."""
    known = make_panel().before_last(6)
    tuned = fine_tune(start, known, held, TRAIN)
    assert any(one.steps for one in tuned)
    again = tune_again(tuned, make_panel(), held.horizon, LATE)
    assert all(member is one.after for member, one in zip(again, tuned, strict=True))


def test_adapt_leaves_the_member_as_it_was(start: RecurrentModel) -> None:
    """Shipped weights are not changed in place."""
    member = start.members[0]
    before = {name: weights.copy() for name, weights in member.weights.items()}
    adapt(member, make_panel(), 6, TRAIN, lambda network, step: step >= 2)
    for name, weights in before.items():
        np.testing.assert_array_equal(weights, member.weights[name])
