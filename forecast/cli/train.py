"""forecast train: fit a recurrent forecaster and save it."""

from typing import Annotated

import typer

from forecast.cli.common import (
    DEFAULT_MODEL,
    emit,
    envelope,
    progress,
    protect,
    say,
    source,
)
from forecast.cli.options import Data, Json, Model, Quiet, takes_settings
from forecast.spec import DataSpec, RecurrentSpec, TrainSpec

Force = Annotated[bool, typer.Option("--force", help="Replace a file that is no model file.")]
LockWait = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", help="Wait for another run that trains the same model."),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also show loss and gradients.")]

ROOM = 8 << 20
"""Bytes of disk that have to be free before training: for a model file and checkpoints."""


@takes_settings
def train(
    data: Data,
    reading: DataSpec,
    recurrent: RecurrentSpec,
    training: TrainSpec,
    model: Model = None,
    force: Force = False,
    lock_wait: LockWait = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Train a recurrent forecaster on the series in DATA and save it."""
    from forecast.artifact import check_replaceable
    from forecast.configure import choose_recurrent
    from forecast.forecaster import Forecaster, default_horizon, read
    from forecast.lock import only_trainer
    from forecast.report.describe import (
        describe_course,
        describe_network,
        describe_training,
        summarise,
    )
    from forecast.storage import check_writable

    path = model or DEFAULT_MODEL
    protect(path, data)
    check_writable(path, ROOM)
    if not force:
        check_replaceable(path)
    talks = not (quiet or json)
    with only_trainer(path, lock_wait or 0.0):
        given = read(source(data), reading)
        forecaster = Forecaster(recurrent, training, reading)
        chosen = forecaster.seasoned(given.panel)
        chosen = choose_recurrent(chosen, given.panel, default_horizon(given.panel))
        if talks:
            say(*given.notes, describe_network(chosen))
        with progress("training", wanted=talks) as advance:
            forecaster.fit(given, advance)
        forecaster.save(path)
    if talks and verbose:
        say(*describe_course(forecaster.artifact.manifest))
    if talks and forecaster.fitted is not None:
        say(describe_training(forecaster.fitted, path))
    if json:
        result = {"path": path, **summarise(forecaster.artifact)}
        emit(envelope("forecast.train/1", result, given.notes))
