"""Tell whether a model file is what a training would give again."""

from pathlib import Path
from typing import Any

from forecast.artifact import Artifact, load
from forecast.errors import ForecastError
from forecast.files.fingerprint import fingerprint
from forecast.runtime import library_versions


def current_model(path: str | Path, wanted: dict[str, Any]) -> Artifact | None:
    """Give the model of a file if it is up to date.

    Parameters
    ----------
    path : str or Path
    wanted : dict
        The `fingerprint` of a training.

    Returns
    -------
    Artifact or None
        None where there is no intact model file, or one of other input or
        settings, or made by another version of this program.
    """
    try:
        known = load(path)
    except ForecastError:
        return None
    of = known.manifest
    told = of.columns.told(of.reading, known.model.freq)
    found = fingerprint(of.source_sha256, told, of.recurrent, of.training)
    version = library_versions()["forecast"]
    return known if found == wanted and of.versions.get("forecast") == version else None
