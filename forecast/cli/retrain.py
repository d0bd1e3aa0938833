"""predict --retrain-if: train again first, where the model is due for it."""

from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import progress, say
from forecast.errors import LockedError
from forecast.finding import counted
from forecast.spec import DataSpec

if TYPE_CHECKING:
    from forecast.forecaster import Forecaster
    from forecast.read import Input

RetrainIf = Annotated[
    str | None,
    typer.Option(
        "--retrain-if",
        metavar="CONDITION",
        help="Train again first if 'age>30d', 'drift', or with and, or.",
    ),
]


def retrain_if(
    condition: str,
    forecaster: "Forecaster",
    newer: "Input | None",
    reading: DataSpec,
    files: tuple[str, str | None],
    talks: bool,
) -> tuple["Forecaster", str]:
    """Train a model again if it is due, with its own settings, and save it.

    Parameters
    ----------
    condition : str
    forecaster : Forecaster
        As loaded.
    newer : Input or None
        What to train on; the file that the model was trained on where None.
    reading : DataSpec
        Where ``newer`` was read in another way than the training data.
    files : tuple of str and (str or None)
        Model file and ledger.
    talks : bool

    Returns
    -------
    forecaster : Forecaster
        The new one, or the same; the same also while another run trains it, and where
        there are less than half of the rows that it was trained on.
    remark : str
        What was done and why.
    """
    from forecast.files.lock import only_trainer
    from forecast.forecaster import Forecaster
    from forecast.given import read
    from forecast.ledger.record import fingerprint
    from forecast.ledger.retrain import find_reason, parse_condition

    due = parse_condition(condition)
    path, ledger = files
    manifest = forecaster.artifact.manifest
    given = newer or read(manifest.file, manifest.reading)
    sha256 = fingerprint(path, manifest.recurrent.cell)
    reason = find_reason(due, path, ledger, given.panel, sha256)
    if reason is None:
        return forecaster, f"not trained again: {condition} does not hold"
    if 2 * (rows := len(given.panel.target)) < manifest.rows:
        few = (
            f"{counted(rows, 'row')} are less than half of the {manifest.rows:,} it was trained on"
        )
        return forecaster, f"{reason}, but {few}: forecast from the old one"
    known = manifest.reading if newer is None else forecaster.newer_reading(reading)
    fresh = Forecaster(manifest.recurrent, manifest.training, known)
    try:
        with only_trainer(path):
            if talks:
                say(f"training again: {reason}")
            with progress("training", wanted=talks) as advance:
                fresh.fit(given, advance)
            fresh.save(path)
    except LockedError as error:
        return forecaster, f"{reason}, but {error.message}: forecast from the old one"
    return fresh, f"trained again: {reason}"
