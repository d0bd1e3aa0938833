"""The shipped weights of the universal network: reading and writing them.

One file for each cell, half precision, with a manifest that says how it was
made. How the network is used is the business of ``forecast.models``.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from forecast.errors import ArtifactError, NotFoundError

FOLDER = Path(__file__).parent


def has_weights(cell: str) -> bool:
    """Tell whether weights are shipped for a cell.

    Parameters
    ----------
    cell : {"gru", "lstm", "rnn"}

    Returns
    -------
    bool
    """
    return (FOLDER / f"{cell}.safetensors").exists()


def load_weights(
    cell: str, path: Path | None = None
) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
    """Read the weights of the universal network with a given cell.

    Parameters
    ----------
    cell : {"gru", "lstm", "rnn"}
    path : Path, optional
        The shipped file where None.

    Returns
    -------
    weights : dict of str to ndarray, float32
        By their names in ``forecast.network.segments.SegmentNetwork``.
    manifest : dict
        See `write_weights`.

    Raises
    ------
    NotFoundError
        When no weights are shipped for the cell.
    ArtifactError
        When the file is damaged.
    """
    path = path or FOLDER / f"{cell}.safetensors"
    if not path.exists():
        raise NotFoundError(f"there are no pretrained weights {path.name}", fix="--cell gru")
    try:
        with safe_open(path, framework="np") as file:
            manifest = json.loads(file.metadata()["manifest"])
            names = list(file.keys())
            weights = {name: file.get_tensor(name).astype(np.float32) for name in names}
    except (SafetensorError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ArtifactError(
            "the pretrained weights are damaged", where=str(path), fix="reinstall the package"
        ) from error
    return weights, manifest


def write_weights(
    path: Path, weights: dict[str, NDArray[np.float32]], manifest: dict[str, Any]
) -> None:
    """Write weights in half precision, with their manifest.

    Parameters
    ----------
    path : Path
    weights : dict of str to ndarray
    manifest : dict
        Command, commit, specification, quantile levels, seconds, hardware,
        validation loss, scores: whatever JSON can hold.

    Notes
    -----
    The same weights and manifest give the same bytes.
    """
    halves = {name: weights[name].astype(np.float16) for name in sorted(weights)}
    path.write_bytes(save(halves, {"manifest": json.dumps(manifest, sort_keys=True)}))
