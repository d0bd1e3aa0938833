"""Rules of forecast.training.run: a training may be left anywhere, and comes to the same end."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from forecast.configure import choose_recurrent, choose_training
from forecast.errors import ArtifactError, WriteError
from forecast.files.checkpoint import Checkpoint, Progress, State
from forecast.models.fine_tune import Examiner
from forecast.models.fit import Fitted, fit_recurrent
from forecast.models.members import train_network, weights_of
from forecast.network.segments import SegmentNetwork
from forecast.panel import Panel
from forecast.runtime import library_versions
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.training import run as runs
from forecast.training.learner import Learner
from forecast.training.loop import LateError
from forecast.training.run import Run

SPEC = RecurrentSpec(season=(6,))
BLENDED = TrainSpec(steps=8, members=2, batch=8)
SCRATCH = TrainSpec(steps=7, members=2, batch=8, from_scratch=True)


def make_panel() -> Panel:
    """Series of which a third is held back, so that everything is trained twice."""
    t = np.arange(24)
    rows = [100 - 80.0 * (t % 6 == 5) + i for i in range(4)]
    return Panel(tuple("abcd"), np.arange(5) * 24, np.tile(t, 4), np.concatenate(rows), "1")


ABC = {"input": "abc"}


class Leave(BaseException):
    """Stands for a signal."""


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return Checkpoint(tmp_path / "m", {**ABC, "version": library_versions()})


def begin(
    checkpoint: Checkpoint, resume: bool = True, input: str = "abc"
) -> tuple[Run, str | None]:
    """Begin a run beside the model of a checkpoint."""
    return runs.begin(checkpoint.path.with_suffix(""), {"input": input}, resume=resume)


def content(fitted: Fitted) -> list[bytes]:
    """Give every weight and score."""
    arrays = [member.weights[name] for member in fitted.model.members for name in member.weights]
    courses = [history.losses + history.gradient_norms for history in fitted.histories]
    scores = [fitted.scores, fitted.model.calibration.growth, fitted.model.origins, courses]
    return [array.tobytes() for array in arrays] + [repr(scores).encode()]


def attempts(checkpoint: Checkpoint, spec: TrainSpec, every: int) -> Iterator[Fitted | None]:
    """Train, leaving after so many steps each time, until it is done."""
    while True:
        run, _ = begin(checkpoint)
        steps = iter(range(1, 10**9))

        def progress(step: int, of: int, run: Run = run, steps: Iterator[int] = steps) -> None:
            if next(steps) == every:
                run.interrupt(Leave())

        try:
            yield fit_recurrent(make_panel(), SPEC, spec, 6, progress, run)
            return
        except Leave as left:
            assert left.__notes__ == ["--resume"]
            yield None


@pytest.mark.parametrize(("spec", "every"), [(SCRATCH, 2), (BLENDED, 5)])
def test_run_comes_to_the_same_end_however_often_it_is_left(
    spec: TrainSpec, every: int, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights, scores and losses are those of a training in one go, bit for bit."""
    monkeypatch.setattr("forecast.models.fine_tune.EXAMINATIONS", 4)
    whole = fit_recurrent(make_panel(), SPEC, spec, 6)
    *left, found = attempts(checkpoint, spec, every)
    assert len(left) >= 3
    assert found is not None
    assert content(found) == content(whole)


@pytest.mark.parametrize(("limit", "after"), [(50.0, 30), (20.0, 17)])
def test_run_comes_to_the_same_end_where_time_is_short(
    limit: float, after: int, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is time to train again does not depend on where the training was left."""
    now = 0.0
    take = Learner.step

    def step(learner: Learner, loss: Tensor) -> None:
        nonlocal now
        take(learner, loss)
        now += 1  # second
        if now == after and run is not None:
            run.interrupt(Leave())

    def better(examiner: Examiner, network: SegmentNetwork, step: int) -> bool:
        examiner.step, examiner.weights = step, weights_of(network)
        return False

    def fine_tuned(
        held: object, grids: list[object], *_: object, **__: object
    ) -> tuple[float, ...]:
        return tuple(float(n == min(1, len(grids) - 1)) for n in range(len(grids)))

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(Learner, "step", step)
    monkeypatch.setattr(Examiner, "__call__", better)
    monkeypatch.setattr("forecast.models.shares.choose_shares", fine_tuned)
    spec, run = replace(BLENDED, max_seconds=limit), None
    whole = fit_recurrent(make_panel(), SPEC, spec, 6)
    assert whole.model.origins == {"fine-tuned": 1.0}
    now = 0.0
    run = Run(checkpoint)
    with pytest.raises(Leave):
        fit_recurrent(make_panel(), SPEC, spec, 6, run=run)
    run, _ = begin(checkpoint)
    found = fit_recurrent(make_panel(), SPEC, spec, 6, run=run)
    assert content(found) == content(whole)
    assert [one.seconds for one in found.histories] == [one.seconds for one in whole.histories]


def test_run_left_while_a_checkpoint_is_written_says_once_how_to_go_on(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal that arrives during a write is kept by that write and by the one that leaves."""
    monkeypatch.setattr(runs, "EVERY", 0.0)
    left = Leave()
    run, _ = begin(checkpoint)
    write = Checkpoint.write

    def interrupted(self: Checkpoint, progress: Progress) -> None:
        run.interrupt(left)
        write(self, progress)

    monkeypatch.setattr(Checkpoint, "write", interrupted)
    with pytest.raises(Leave):
        fit_recurrent(make_panel(), SPEC, SCRATCH, 6, run=run)
    assert left.__notes__ == ["--resume"]


def test_run_goes_on_from_any_checkpoint(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill: nobody asked for the checkpoint, it was just the last one."""
    monkeypatch.setattr(runs, "EVERY", 0.0)
    monkeypatch.setattr(runs, "SHARE", np.inf)
    kept: list[bytes] = []
    write = Checkpoint.write

    def keep(self: Checkpoint, *arguments: Progress) -> None:
        write(self, *arguments)
        kept.append(self.path.read_bytes())

    monkeypatch.setattr(Checkpoint, "write", keep)
    whole = fit_recurrent(make_panel(), SPEC, SCRATCH, 6, run=Run(checkpoint))
    monkeypatch.setattr(Checkpoint, "write", write)
    assert len(kept) == (7 + 1) * 3  # every step and the end of a network weighed and of two more
    for one in kept[::6]:
        checkpoint.path.write_bytes(one)
        run, note = begin(checkpoint)
        assert note is not None
        assert note.startswith("resumed after ")
        assert content(fit_recurrent(make_panel(), SPEC, SCRATCH, 6, run=run)) == content(whole)


def test_begin_says_what_it_does(checkpoint: Checkpoint) -> None:
    """Nothing to resume, another input, and a run that could be resumed are told."""
    assert begin(checkpoint, resume=False)[1] is None
    _, note = begin(checkpoint)
    assert note == "there is no m.checkpoint to resume from: training starts anew"
    with pytest.raises(Leave):
        leave_at_once(Run(checkpoint))
    _, note = begin(checkpoint, resume=False)
    assert note == "m.checkpoint is of a run that was interrupted: --resume goes on with it"
    _, note = begin(checkpoint, input="def")
    assert note == "m.checkpoint is of another input: training starts anew"


class Counter:
    """Counts."""

    def __init__(self) -> None:
        self.count = 0

    def state(self) -> State:
        return State({}, {"count": self.count})

    def restore(self, state: State) -> None:
        self.count = int(state.facts["count"])


def leave_at_once(run: Run) -> None:
    """Leave a run in its first stage."""
    stage = run.stage("network", 1000.0)
    stage.follow("counter", Counter()).count += 1
    assert run.interrupt(Leave())
    assert not run.interrupt(Leave())  # the second signal is in earnest
    stage.keep()


def test_begin_keeps_nothing_beside_a_device() -> None:
    """A model written to a pipe has no checkpoint."""
    run, note = runs.begin("/dev/null", ABC, resume=True)
    assert note is None
    run.stage("network").follow("counter", Counter())
    assert not run.interrupt(Leave())


def test_run_counts_the_seconds_of_all_attempts(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time limit is that of the whole training; a stage that was left keeps its own."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    first = Run(checkpoint)
    now = 130.0
    with pytest.raises(Leave):
        leave_at_once(first)
    now = 5000.0
    second, note = begin(checkpoint)
    assert note == "resumed after 30.0 s of training"
    stage = second.stage("network", 1.0)
    assert stage.follow("counter", Counter()).count == 1
    now = 5999.0
    assert (second.seconds, stage.seconds, stage.is_late) == (1029.0, 999.0, False)
    now = 6001.0
    assert stage.is_late


def test_run_leaves_between_stages(checkpoint: Checkpoint) -> None:
    """Where no step is being taken, what was finished is written down at once."""
    run = Run(checkpoint)
    assert not run.interrupt(Leave())
    assert list(checkpoint.path.parent.iterdir()) == []
    run = Run(checkpoint)
    stage = run.stage("network")
    stage.follow("counter", Counter()).count = 7
    stage.finish()
    assert not run.interrupt(Leave())
    again, _ = begin(checkpoint)
    stage = again.stage("network")
    assert (stage.finished, stage.follow("counter", Counter()).count) == (True, 7)
    again.finished()
    assert list(checkpoint.path.parent.iterdir()) == []


def test_run_leaves_at_once_after_a_stage_that_came_too_late(checkpoint: Checkpoint) -> None:
    """No step of it will come that a signal could wait for; nothing of it is kept."""
    panel, run = make_panel(), Run(checkpoint)
    spec = choose_recurrent(SPEC, panel, 6)
    train = choose_training(BLENDED, spec, len(panel.target))
    with pytest.raises(LateError):
        train_network(panel, spec, train, stage=run.stage("network", -1.0))
    assert not run.interrupt(Leave())
    assert not checkpoint.path.exists()


def test_run_knows_stages_by_their_names(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage that came to nothing leaves its state to no other; what a finished one took stays."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    first = Run(checkpoint)
    first.stage("skipped").follow("counter", Counter())
    stage = first.stage("network")
    now = 103.0
    stage.follow("counter", Counter()).count = 7
    stage.finish()
    now = 150.0
    assert not first.interrupt(Leave())
    now = 9000.0
    second, _ = begin(checkpoint)
    skipped, stage = second.stage("skipped"), second.stage("network")
    assert (skipped.finished, skipped.follow("counter", Counter()).count) == (False, 0)
    assert (stage.finished, stage.began, stage.seconds) == (True, 0.0, 3.0)
    assert stage.follow("counter", Counter()).count == 7
    stage.finish()
    assert stage.seconds == 3.0


def test_run_writes_seldom(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some seconds lie between checkpoints, and a hundred times what one takes."""
    now, written = 0.0, list[float]()

    def write(self: Checkpoint, progress: Progress) -> None:
        nonlocal now
        written.append(now)
        now += 0.2

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(Checkpoint, "write", write)
    stage = Run(checkpoint).stage("network")
    stage.follow("counter", Counter())
    for _ in range(1000):
        now += 0.1
        stage.keep()
    assert written[0] == pytest.approx(runs.EVERY, abs=0.2)
    assert np.diff(written).min() >= 0.2 / runs.SHARE


def test_run_goes_on_when_a_checkpoint_cannot_be_written(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk does not end a training that may need it no more."""

    def full(self: Checkpoint, progress: Progress) -> None:
        raise WriteError("no space left")

    monkeypatch.setattr(runs, "EVERY", 0.0)
    monkeypatch.setattr(Checkpoint, "write", full)
    run = Run(checkpoint)
    stage = run.stage("network")
    stage.follow("counter", Counter())
    stage.keep()
    assert run.trouble is not None
    assert run.interrupt(left := Leave())
    with pytest.raises(Leave):
        stage.keep()
    assert not hasattr(left, "__notes__")


def test_follow_refuses_what_does_not_fit(checkpoint: Checkpoint) -> None:
    """A checkpoint whose parts are others is an error with a way out."""
    with pytest.raises(Leave):
        leave_at_once(Run(checkpoint))
    run, _ = begin(checkpoint)
    with pytest.raises(ArtifactError, match="inconsistent") as caught:
        run.stage("network").follow("another", Counter())
    assert caught.value.fix == "train without --resume"
