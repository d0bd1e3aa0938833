"""From forecasts to an entry of the ledger: by which model, with what promise."""

import hashlib
from pathlib import Path

import numpy as np

from forecast.forecaster import Forecaster
from forecast.ledger.entry import Entry, Maker
from forecast.metrics import seasonal_scale
from forecast.pretrained import FOLDER
from forecast.read import Input
from forecast.result import Forecast
from forecast.spec import DataSpec
from forecast.write import Table


def maker_of(
    forecaster: Forecaster, newer: Input | None, path: str | None, reading: DataSpec
) -> Maker:
    """Tell what a ledger has to know of a network's forecasts.

    Parameters
    ----------
    forecaster : Forecaster
    newer : Input or None
        History that was forecast from; the model's own where None.
    path : str or None
        Of the model file; the pretrained network where None.
    reading : DataSpec
        Where ``newer`` was read in another way than the training data.

    Returns
    -------
    Maker
    """
    model, manifest = forecaster.artifact.model, forecaster.artifact.manifest
    promise = {f"coverage-{level}": share for level, share in model.calibration.coverage.items()}
    if "mase" in manifest.scores:
        promise["mase"] = manifest.scores["mase"]
    return Maker(
        forecaster.names(newer),
        manifest.reading if newer is None else manifest.reading.overridden(reading),
        forecaster.artifact.context if newer is None else newer.panel,
        model.spec.seasons[0],
        fingerprint(path, forecaster.recurrent.cell),
        promise,
    )


def maker_of_baseline(name: str, season: int, given: Input, reading: DataSpec) -> Maker:
    """Tell what a ledger has to know of a baseline's forecasts.

    Parameters
    ----------
    name : str
        Of ``models.baselines.BASELINES``.
    season : int
        Steps; all models of a name and a season are one to the ledger.
    given : Input
    reading : DataSpec

    Returns
    -------
    Maker
    """
    known = hashlib.sha256(f"{name} {season}".encode()).hexdigest()
    return Maker(given.columns, reading, given.panel, season, known)


def entry_of(maker: Maker, made: Forecast, table: Table, own: Table | None = None) -> Entry:
    """Make an entry of the ledger.

    Parameters
    ----------
    maker : Maker
    made : Forecast
        As the model gave it, with every digit.
    table : Table
        As handed out.
    own : Table, optional
        As the model gave it, where the intervals were recalibrated.

    Returns
    -------
    Entry
    """
    panel = maker.panel
    return Entry(
        made,
        table,
        maker.columns,
        maker.reading,
        panel.freq,
        maker.season,
        np.array([seasonal_scale(one.target, maker.season) for one in panel]),
        maker.sha256,
        maker.promise,
        own or {},
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
