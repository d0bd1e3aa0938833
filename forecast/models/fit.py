"""Train the recurrent forecaster on a panel: hold back, train, calibrate, train on all.

Letters: N series, H horizon, C held-back forecasts, Q quantile levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from forecast.calibrate import Calibration, calibrate
from forecast.configure import LEAST_PAST, bears_networks, choose_recurrent, choose_training
from forecast.counts import are_counts, to_whole
from forecast.models.adjust import season_beyond
from forecast.models.base import Progress
from forecast.models.fine_tune import Tuned, fine_tune, planned_steps, tune_again
from forecast.models.holdout import NEGLIGIBLE_HOLDOUT, Holdout, hold_back
from forecast.models.member import Member
from forecast.models.members import Course
from forecast.models.recurrent import RecurrentModel
from forecast.models.shares import Candidates
from forecast.models.zero_shot import pretrained_model
from forecast.network.window import count_windows
from forecast.panel import Panel
from forecast.pretrained import has_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.training.device import choose_device
from forecast.training.loop import History
from forecast.training.run import Run

MEMBERS_BESIDE = 2
"""Networks of the file's own where none were asked for and pretrained ones take part."""


@dataclass(frozen=True)
class Fitted:
    """A trained model and what is worth telling about its training.

    Attributes
    ----------
    model : RecurrentModel
    train_spec : TrainSpec
        As used; ``steps``, ``members`` and ``learning_rate`` are those of networks of
        these series alone, None where there were none.
    windows : int
        Training windows.
    lacking : str
        Why no network of these series alone was trained, "too few rows" or "no time";
        empty where one was.
    histories : tuple of History
        One for each network trained, those of these series alone first.
    scores : dict of str to float
        MASE of the model ("mase"), of the pretrained network alone
        ("pretrained_mase") and of the seasonal naive method ("naive_mase") on
        the rows held back, where there were any.
    seconds : float
    """

    model: RecurrentModel
    train_spec: TrainSpec
    windows: int
    lacking: str
    histories: tuple[History, ...]
    scores: dict[str, float]
    seconds: float


def fit_recurrent(
    panel: Panel,
    spec: RecurrentSpec,
    train_spec: TrainSpec,
    horizon: int,
    progress: Progress = lambda step, steps: None,
    run: Run | None = None,
) -> Fitted:
    """Train a forecaster whose open settings are chosen from the data.

    Parameters
    ----------
    panel : Panel
    spec : RecurrentSpec
        With ``season`` filled in.
    train_spec : TrainSpec
    horizon : int
        Steps to train for where ``spec.horizon`` is None.
    progress : callable
        Called with steps done and steps in all.
    run : Run, optional
        Remembers what attempts before this one had done.

    Returns
    -------
    Fitted

    Raises
    ------
    DataError
        When the series are too short.
    DependencyError
        When a device is wanted that is not there.
    TrainingError
        When training diverged, or, from scratch, the time did not suffice for one step.

    Notes
    -----
    The last horizon of every series is held back, several of few series. The
    pretrained network is fine-tuned without it; where there is enough to learn
    from, or networks were asked for, one is trained from scratch without it; and
    both are blended with the pretrained one as they do on it. Those that bring
    nothing are left out. Otherwise, where what is held back is a small part of
    the rows, the other members are trained without it too; else everything that
    has a share is trained on all rows.
    """
    run = run or Run()
    plan = _plan(panel, spec, train_spec, horizon)
    later = _after(progress, plan.tuning_steps)
    course = Course(plan.spec, plan.train_spec, panel, later, run, plan.networks)
    candidates = Candidates(plan.held)
    if plan.start is not None:
        candidates.put(plan.start.members)
    tuned = _tune(plan, candidates, run, progress)
    members = _train_own(plan, course, candidates)
    if not plan.keeps_known:
        _train_again(plan, course, candidates, members, tuned)
    course.finish()
    calibration, scores = _judge(plan, candidates)
    spec, train_spec = plan.spec, plan.train_spec
    if plan.start is not None and not candidates.shares.get("trained"):
        shipped = plan.start.members[0].spec
        spec = replace(shipped, season=spec.season, horizon=spec.horizon, log=spec.log)
    if not course.histories:
        train_spec = replace(train_spec, steps=None, members=None, learning_rate=None)
    return Fitted(
        RecurrentModel(
            spec,
            panel.freq,
            candidates.members(),
            DEFAULT_QUANTILES,
            calibration,
            panel.never_negative,
        ),
        train_spec,
        plan.windows,
        "" if members else "no time" if plan.trains_own else "too few rows",
        (*course.histories, *(one.history for one in tuned)),
        scores,
        run.seconds,
    )


@dataclass(frozen=True)
class _Plan:
    """What is decided before the first step.

    Attributes
    ----------
    panel, known : Panel
        Whole, and without the rows held back.
    held : Holdout or None
    start : RecurrentModel or None
        The pretrained network, where it takes part.
    spec : RecurrentSpec
        Complete but for ``log``.
    train_spec : TrainSpec
        Complete.
    windows : int
    trains_own : bool
        Whether networks of these series alone are trained.
    tuning_steps : int
        Steps of fine-tuning, at most.
    """

    panel: Panel
    known: Panel
    held: Holdout | None
    start: RecurrentModel | None
    spec: RecurrentSpec
    train_spec: TrainSpec
    windows: int
    trains_own: bool
    tuning_steps: int

    @property
    def keeps_known(self) -> bool:
        """Whether what is trained without the few rows held back may stay as it is."""
        rows = len(self.panel.target)
        return rows - len(self.known.target) <= NEGLIGIBLE_HOLDOUT * rows

    @property
    def networks(self) -> int:
        """Networks of these series alone, with the one that is trained a second time."""
        if not self.trains_own:
            return 0
        return (self.train_spec.members or 1) + (not self.keeps_known)


def _plan(panel: Panel, spec: RecurrentSpec, train_spec: TrainSpec, horizon: int) -> _Plan:
    train_spec = replace(train_spec, device=choose_device(train_spec.device))
    asked, spec = spec, choose_recurrent(spec, panel, horizon)
    held = hold_back(panel, spec.horizon or horizon, spec.seasons[0])
    start = None
    if takes_pretrained(asked, train_spec):
        start = pretrained_model(panel, held, asked.seasons, asked.cell)
        spec = _read_alike(spec, start)
    elif spec.adjust is None:
        spec = replace(spec, adjust=season_beyond(spec) if spec.bases else 1)
    windows = int(count_windows(panel, LEAST_PAST).sum())
    wanted = train_spec.members or train_spec.steps or train_spec.epochs
    trains_own = start is None or wanted is not None or bears_networks(spec, panel)
    if start is not None and train_spec.members is None:
        train_spec = replace(train_spec, members=MEMBERS_BESIDE)
    train_spec = choose_training(train_spec, spec, windows)
    known = panel if held is None else panel.before_last(held.rows)
    tuning = 0
    if start is not None and held is not None:
        tuning = sum(planned_steps(start, known, train_spec))
    return _Plan(panel, known, held, start, spec, train_spec, windows, trains_own, tuning)


def _after(progress: Progress, steps: int) -> Progress:
    """Count steps from those of an earlier part on."""
    return lambda step, every: progress(steps + step, steps + every)


def _tune(plan: _Plan, candidates: Candidates, run: Run, progress: Progress) -> tuple[Tuned, ...]:
    """Train the pretrained network on, without the rows held back."""
    if plan.start is None or plan.held is None:
        return ()
    every = plan.tuning_steps + plan.networks * (plan.train_spec.steps or 0)
    tuned = fine_tune(
        plan.start,
        plan.known,
        plan.held,
        plan.train_spec,
        run,
        lambda step, _: progress(step, every),
    )
    if any(one.steps for one in tuned):
        candidates.put(tuple(one.after for one in tuned))
    return tuned


def _train_own(plan: _Plan, course: Course, candidates: Candidates) -> tuple[Member, ...]:
    """Train a network of these series alone, without the rows held back.

    The others follow at once where they may stay as they are, and it has a share.
    """
    if not plan.trains_own:
        return ()
    members = course.members(plan.known, 1, spare=plan.start is not None)
    if members:
        candidates.put(members)
    if members and candidates.shares["trained"] > 0 and plan.keeps_known and course.wanted > 1:
        others = course.members(plan.known, course.wanted - 1, first=1, spare=True)
        candidates.put(members + others)
    return members


def _train_again(
    plan: _Plan,
    course: Course,
    candidates: Candidates,
    members: tuple[Member, ...],
    tuned: Sequence[Tuned],
) -> None:
    """Train what has a share on all rows."""
    if candidates.shares.get("trained"):
        every = course.members(plan.panel, course.wanted, spare=True)
        candidates.retrained(every or members)
    if plan.held is not None and candidates.shares.get("fine-tuned"):
        horizon = plan.held.horizon
        candidates.retrained(tune_again(tuned, plan.panel, horizon, plan.train_spec, course.run))


def _judge(plan: _Plan, candidates: Candidates) -> tuple[Calibration, dict[str, float]]:
    """Calibrate the blend on the rows held back, and score it there."""
    if plan.held is None:
        return Calibration.none(), {}
    held, grid, middle = plan.held, candidates.grid(), len(DEFAULT_QUANTILES) // 2
    past = held.past(max(one.geometry.past for one in candidates.members()))
    counts = are_counts(past)
    scores = held.scores(to_whole(grid[..., middle], counts))
    if plan.start is not None and "mase" in scores:
        alone = held.scores(to_whole(candidates.grid("pretrained")[..., middle], counts))
        scores["pretrained_mase"] = alone["mase"]
    return calibrate(held.y, grid, DEFAULT_QUANTILES, held.scale, held.trust, past), scores


def _read_alike(spec: RecurrentSpec, start: RecurrentModel) -> RecurrentSpec:
    """Read the series in the one way in which pretrained networks do; either where they differ."""
    spec = replace(spec, adjust=start.members[0].spec.adjust)
    ways = {member.spec.log for member in start.members}
    return replace(spec, log=ways.pop()) if spec.log is None and len(ways) == 1 else spec


def takes_pretrained(spec: RecurrentSpec, train_spec: TrainSpec) -> bool:
    """Say whether the shipped network takes part: not where one of another kind was asked for."""
    usual = RecurrentSpec(
        cell=spec.cell,
        season=spec.season,
        horizon=spec.horizon,
        log=spec.log,
        dropout=spec.dropout,
        linear=spec.linear,
    )
    return spec == usual and has_weights(spec.cell) and not train_spec.from_scratch
