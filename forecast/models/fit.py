"""Train the recurrent forecaster on a panel: hold back, train, calibrate, train on all.

Letters: N series, H horizon, C held-back forecasts, Q quantile levels.
"""

from dataclasses import dataclass, replace

from forecast.calibrate import Calibration, calibrate
from forecast.configure import LEAST_PAST, bears_networks, choose_recurrent, choose_training
from forecast.device import choose_device
from forecast.models.fine_tune import fine_tune, planned_steps
from forecast.models.holdout import NEGLIGIBLE_HOLDOUT, Holdout, hold_back
from forecast.models.members import Course, Progress
from forecast.models.recurrent import RecurrentModel
from forecast.models.shares import Candidates
from forecast.models.zero_shot import pretrained_model
from forecast.panel import Panel
from forecast.pretrained import has_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.run import Run
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.train import History
from forecast.window import Windows

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
        What a network of these series alone was not trained for want of; empty
        where one was.
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
    train_spec = replace(train_spec, device=choose_device(train_spec.device))
    asked, spec = spec, choose_recurrent(spec, panel, horizon)
    held = hold_back(panel, spec.horizon or horizon, (spec.season or (1,))[0])
    start = None if train_spec.from_scratch else _pretrained(panel, asked, held)
    if start is not None:
        spec = _read_alike(spec, start)
    known = panel if held is None else panel.before_last(held.rows)
    keeps_known = len(panel.target) - len(known.target) <= NEGLIGIBLE_HOLDOUT * len(panel.target)
    windows = len(Windows.of(panel, LEAST_PAST))
    wanted = train_spec.members or train_spec.steps or train_spec.epochs
    trains_own = start is None or wanted is not None or bears_networks(spec, panel)
    if start is not None and train_spec.members is None:
        train_spec = replace(train_spec, members=MEMBERS_BESIDE)
    train_spec = choose_training(train_spec, spec, windows)
    tuning = 0
    if start is not None and held is not None:
        tuning = sum(planned_steps(start, known, train_spec))
    course = Course(
        spec, train_spec, panel, lambda step, steps: progress(tuning + step, tuning + steps), run
    )
    course.planned = trains_own * (course.planned + (not keeps_known))

    candidates = Candidates(held)
    tuned = None
    if start is not None:
        candidates.put(start.members)
    if start is not None and held is not None:
        own = course.planned * (train_spec.steps or 0)
        tuned = fine_tune(
            start, known, held, train_spec, run, lambda step, _: progress(step, tuning + own)
        )
        if any(tuned.steps):
            candidates.put(tuned.members)
    members = course.members(known, 1, spare=start is not None) if trains_own else ()
    lacking = "" if members else "no time" if trains_own else "too few rows"
    if members:
        candidates.put(members)
    if members and candidates.shares["trained"] > 0 and keeps_known and course.wanted > 1:
        others = course.members(known, course.wanted - 1, first=1, spare=True)
        candidates.put(members + others)
    if not keeps_known:
        if candidates.shares.get("trained"):
            members = course.members(panel, course.wanted, spare=True) or members
            candidates.retrained(members)
        if tuned and start and held and candidates.shares.get("fine-tuned"):
            candidates.retrained(tuned.again(start, panel, held.horizon, train_spec, run))
    course.finish()
    scores: dict[str, float] = {}
    calibration = Calibration.none()
    if held is not None:
        grid, middle = candidates.grid(), len(DEFAULT_QUANTILES) // 2
        calibration = calibrate(held.y, grid, DEFAULT_QUANTILES, held.scale, held.trust)
        scores = held.scores(grid[..., middle])
        if start is not None and "mase" in scores:
            alone = held.scores(candidates.grid("pretrained")[..., middle])
            scores["pretrained_mase"] = alone["mase"]
    if start is not None and not candidates.shares.get("trained"):
        spec = replace(start.members[0].spec, horizon=spec.horizon, log=spec.log)
    if not course.histories:
        train_spec = replace(train_spec, steps=None, members=None, learning_rate=None)
    model = RecurrentModel(spec, panel.freq, candidates.members(), DEFAULT_QUANTILES, calibration)
    histories = (*course.histories, *(tuned.histories if tuned is not None else ()))
    return Fitted(model, train_spec, windows, lacking, histories, scores, run.seconds)


def _read_alike(spec: RecurrentSpec, start: RecurrentModel) -> RecurrentSpec:
    """Read the series in the one way in which pretrained networks do; either where they differ."""
    (way, *others) = {member.spec.log for member in start.members}
    return spec if others or spec.log is not None else replace(spec, log=way)


def _pretrained(panel: Panel, spec: RecurrentSpec, held: Holdout | None) -> RecurrentModel | None:
    """Give the shipped network, unless the user asked for a network of another kind."""
    usual = RecurrentSpec(
        cell=spec.cell,
        season=spec.season,
        horizon=spec.horizon,
        log=spec.log,
        dropout=spec.dropout,
        linear=spec.linear,
    )
    if spec != usual or not has_weights(spec.cell):
        return None
    return pretrained_model(panel, held, spec.season or (1,), spec.cell)
