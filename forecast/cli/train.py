"""forecast train: fit a recurrent forecaster and save it."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.account import keeps_account, tell_input, tell_model
from forecast.cli.common import (
    DEFAULT_MODEL,
    emit,
    envelope,
    progress,
    say,
    source,
)
from forecast.cli.effect import refuse_idle, refuse_idle_settings
from forecast.cli.options import Data, Json, Model, Quiet, takes_settings
from forecast.cli.signals import asking
from forecast.cli.targets import reserve
from forecast.errors import UsageError
from forecast.spec import DataSpec, RecurrentSpec, TrainSpec, not_negative

if TYPE_CHECKING:
    from forecast.artifact import Artifact

Force = Annotated[bool, typer.Option("--force", help="Replace a file that is no model file.")]
LockWait = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", help="Wait for another run that trains the same model."),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a run that was interrupted or killed.")
]
Skip = Annotated[
    bool,
    typer.Option("--skip-unchanged", help="Do nothing where input and settings are the same."),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also show loss and gradients.")]

Baseline = Annotated[str | None, typer.Option(hidden=True)]


@keeps_account
@takes_settings
def train(
    context: typer.Context,
    data: Data,
    reading: DataSpec,
    recurrent: RecurrentSpec,
    training: TrainSpec,
    model: Model = None,
    force: Force = False,
    lock_wait: LockWait = None,
    resume: Resume = False,
    skip_unchanged: Skip = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
    baseline: Baseline = None,
) -> None:
    """Train a recurrent forecaster on the series in DATA and save it."""
    if baseline is not None:
        raise UsageError(
            "networks are trained; a baseline is fitted when it forecasts",
            fix=f"forecast predict {shlex.quote(data)} --baseline {shlex.quote(baseline)}",
        )
    refuse_idle_settings(context, recurrent, training)
    not_negative("lock-wait", lock_wait or 0.0)
    if quiet or json:
        refuse_idle(context, ["verbose"], "with --quiet or --json")
    from forecast.artifact import ROOM, check_replaceable
    from forecast.files.fingerprint import fingerprint
    from forecast.files.lock import only_trainer
    from forecast.forecaster import Forecaster
    from forecast.freshness import current_model
    from forecast.given import read
    from forecast.report.describe import (
        describe_course,
        describe_network,
        describe_training,
        summarise,
    )
    from forecast.training.run import begin

    path = model or DEFAULT_MODEL
    reserve(path, data, room=ROOM)
    if not force:
        check_replaceable(path)
    talks = not (quiet or json)
    with only_trainer(path, lock_wait or 0.0):
        given = read(source(data), reading)
        tell_input(given)
        told = given.columns.told(reading, given.panel.freq)
        wanted = fingerprint(given.sha256, told, recurrent, training)
        known = current_model(path, wanted) if skip_unchanged else None
        if known is not None:
            _skip(path, known, given.notes, talks=talks, json=json)
            return
        run, note = begin(path, wanted, resume=resume)
        remarks = (*given.notes, *([note] if note else ()))
        forecaster = Forecaster(recurrent, training, reading)
        if talks:
            say(*remarks)
        with progress("training", wanted=talks) as advance, asking(run.interrupt):
            forecaster.fit(given, advance, run)
        forecaster.save(path)
        run.finished()
    tell_model(forecaster, path)
    if talks:
        say(describe_network(forecaster.artifact.model.spec))
    if talks and run.trouble is not None:
        say(f"no checkpoint could be kept: {run.trouble.message}")
    if talks and verbose:
        say(*describe_course(forecaster.artifact.manifest))
    if talks and forecaster.fitted is not None:
        say(describe_training(forecaster.fitted, path))
    if json:
        result = {"path": path, "trained": True, **summarise(forecaster.artifact)}
        emit(envelope("forecast.train/1", result, remarks))


def _skip(path: str, known: "Artifact", notes: tuple[str, ...], *, talks: bool, json: bool) -> None:
    """Say that nothing was done."""
    from forecast.report.describe import summarise

    remark = f"{path} is of the same input and settings: nothing to do"
    if talks:
        say(remark)
    if json:
        result = {"path": path, "trained": False, **summarise(known)}
        emit(envelope("forecast.train/1", result, (*notes, remark)))
