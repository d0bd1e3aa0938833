"""From a forecaster's forecasts to an entry of the ledger: by which model, with what promise."""

import hashlib
from pathlib import Path

import numpy as np

from forecast.forecaster import Forecaster
from forecast.ledger import Entry
from forecast.metrics import seasonal_scale
from forecast.pretrained import FOLDER
from forecast.read import Input
from forecast.result import Forecast
from forecast.write import Table


def entry_of(
    forecaster: Forecaster, newer: Input | None, made: tuple[Forecast, Table], sha256: str
) -> Entry:
    """Make an entry of the ledger.

    Parameters
    ----------
    forecaster : Forecaster
    newer : Input or None
        History that was forecast from; the model's own where None.
    made : tuple of Forecast and Table
        The same forecasts with every digit, and as handed out.
    sha256 : str
        See `fingerprint`.

    Returns
    -------
    Entry
    """
    model, manifest = forecaster.artifact.model, forecaster.artifact.manifest
    panel = forecaster.artifact.context if newer is None else newer.panel
    season = (model.spec.season or (1,))[0]
    promise = {f"coverage-{level}": share for level, share in model.calibration.coverage.items()}
    if "mase" in manifest.scores:
        promise["mase"] = manifest.scores["mase"]
    return Entry(
        *made,
        forecaster.names(newer),
        manifest.reading,
        model.freq,
        season,
        np.array([seasonal_scale(one.target, season) for one in panel]),
        sha256,
        promise,
    )


def fingerprint(path: str | Path | None, cell: str) -> str:
    """Give the SHA-256 by which a ledger tells models apart.

    Parameters
    ----------
    path : str, Path or None
        Of the model file; the pretrained network where None.
    cell : {"gru", "lstm", "rnn"}
        Of the pretrained network.

    Returns
    -------
    str
        Of the bytes of the model file, or of the shipped weights.
    """
    place = FOLDER / f"{cell}.safetensors" if path is None else Path(path)
    return hashlib.sha256(place.read_bytes()).hexdigest()
