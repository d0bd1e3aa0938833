"""The model file: weights, the last rows of every series, calibration and a manifest.

What makes the file whole and trustworthy is in ``forecast.files.seal``, how it gets
on disk in ``forecast.files.storage``.
"""

from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.consistency import check_model, check_types
from forecast.errors import ArtifactError, ForecastError, NotFoundError, UsageError, WriteError
from forecast.files.seal import looks_sealed, seal, unseal
from forecast.files.storage import is_named_pipe, write_output
from forecast.models.recurrent import RecurrentModel
from forecast.models.stored import read_model, write_model
from forecast.panel import Panel
from forecast.reading.columns import Columns
from forecast.spec import DataSpec, RecurrentSpec, TrainSpec

FORMAT_VERSION = 7
"""Grows when an older program could not read the file rightly."""

ROOM = 8 << 20
"""Bytes of disk that have to be free before training: for a model file and checkpoints."""


@dataclass(frozen=True)
class Manifest:
    """What a model file says about itself.

    Attributes
    ----------
    columns : Columns
        Names and notation of the input.
    reading : DataSpec
        How the input was read.
    recurrent, training : RecurrentSpec, TrainSpec
        As asked for; what was chosen for the rest is with the model.
    used : TrainSpec
        As used, every field filled in.
    source : str or None
        Path of the input as given; None for a frame or a stream.
    source_sha256 : str
    rows, windows : int
        Rows as read, those of missing times included, and training windows; no windows
        for the pretrained network as it is.
    scores : dict of str to float
        See ``forecast.models.fit.Fitted``.
    losses, gradient_norms : tuple of float
        Of the first network, for each tenth of its training.
    versions : dict of str to str
        Of this program and its libraries.
    """

    columns: Columns
    reading: DataSpec
    recurrent: RecurrentSpec
    training: TrainSpec
    used: TrainSpec
    source: str | None
    source_sha256: str
    rows: int
    windows: int
    scores: dict[str, float]
    losses: tuple[float, ...]
    gradient_norms: tuple[float, ...]
    versions: dict[str, str]

    @property
    def file(self) -> str:
        """Path of the input, to be read again.

        Raises
        ------
        NotFoundError
            When it was a frame or a stream.
        """
        if self.source is None:
            raise NotFoundError("the model does not know a file it was trained on", fix="name DATA")
        return self.source


@dataclass(frozen=True, eq=False)
class Artifact:
    """A model, the last rows of its series, and its manifest.

    Attributes
    ----------
    model : RecurrentModel
    context : Panel
        As many rows of each series as a forecast depends on.
    manifest : Manifest
    """

    model: RecurrentModel
    context: Panel
    manifest: Manifest


def save(artifact: Artifact, path: str | Path) -> None:
    """Write a model file; a file that is there stays as ``NAME.prev``.

    Parameters
    ----------
    artifact : Artifact
    path : str or Path

    Raises
    ------
    WriteError
        When it cannot be written; the old file is then unchanged.
    """

    def verify(written: bytes) -> None:
        if written != content:
            raise WriteError("the disk gave back other bytes than were written", where=str(path))

    content = to_bytes(artifact)
    write_output(content, path, verify=verify, keep_previous=True)


def load(path: str | Path) -> Artifact:
    """Read a model file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Artifact

    Raises
    ------
    NotFoundError
        When there is no such file.
    ArtifactError
        When it is damaged, of a newer format, or no model file.
    """
    if is_named_pipe(path):
        raise ArtifactError("is a named pipe, not a file", where=str(path), fix="name a file")
    try:
        with Path(path).open("rb") as file:
            content = file.read(100)
            if looks_sealed(content):
                content += file.read()
    except FileNotFoundError as error:
        raise NotFoundError(
            "there is no such model file",
            where=str(path),
            fix=f"forecast train DATA --model {path}",
        ) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ArtifactError(f"cannot be read: {reason}", where=str(path)) from error
    return from_bytes(content, str(path))


def check_replaceable(path: str | Path) -> None:
    """Refuse to replace a file that is something else than a model.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    UsageError
        When there is such a file.
    """
    try:
        with Path(path).open("rb") as file:
            beginning = file.read(100)
    except OSError:
        return
    if beginning and Path(path).is_file() and not looks_sealed(beginning):
        raise UsageError("there is a file that is no model", where=str(path), fix="--force")


def to_bytes(artifact: Artifact) -> bytes:
    """Give the content of a model file: equal artifacts give equal bytes.

    Parameters
    ----------
    artifact : Artifact

    Returns
    -------
    bytes
    """
    model, context = artifact.model, artifact.context
    tensors: dict[str, NDArray[Any]] = {
        "context.indptr": context.indptr,
        "context.timestamps": context.timestamps.astype(np.int64),
        "context.target": context.target,
    }
    names = [one.encode(errors="surrogatepass") for one in context.ids]
    tensors["context.ids"] = np.frombuffer(b"".join(names), np.uint8)
    tensors["context.id_ends"] = np.cumsum([len(name) for name in names])
    described, arrays = write_model(model, context.ids)
    tensors |= arrays
    manifest = {
        "format_version": FORMAT_VERSION,
        "freq": context.freq,
        "calendar": context.timestamps.dtype.kind == "M",
        **described,
        **asdict(artifact.manifest),
    }
    return seal(tensors, manifest)


def from_bytes(content: bytes, where: str) -> Artifact:
    """Read the content of a model file; see `load`.

    Parameters
    ----------
    content : bytes
    where : str
        Name for messages.

    Returns
    -------
    Artifact
    """
    document, tensors = unseal(content, where)
    version = document.get("format_version")
    if type(version) is int and version > FORMAT_VERSION:
        raise ArtifactError(
            f"the model file has format {version}; this program reads up to {FORMAT_VERSION}",
            where=where,
            fix="pip install --upgrade forecast",
        )
    try:
        if type(version) is not int or version < 1:
            raise ValueError("it has no format version")
        return _build(document, tensors)
    except (ForecastError, LookupError, TypeError, ValueError, AttributeError) as error:
        found = f"{error!r}"[:200]
        raise ArtifactError(
            f"the model file is inconsistent: {found}", where=where, fix="train again"
        ) from error


def _ids(tensors: dict[str, NDArray[Any]]) -> tuple[str, ...]:
    """Cut the names of the series out of one array: the header stays small however many."""
    if tensors["context.ids"].dtype != np.uint8:
        raise TypeError("the names of the series are no text")
    text, ends = tensors["context.ids"].tobytes(), tensors["context.id_ends"].tolist()
    return tuple(
        text[start:end].decode(errors="surrogatepass") for start, end in pairwise([0, *ends])
    )


def _build(document: dict[str, Any], tensors: dict[str, NDArray[Any]]) -> Artifact:
    timestamps = tensors["context.timestamps"]
    context = Panel(
        _ids(tensors),
        tensors["context.indptr"],
        timestamps.astype("datetime64[ns]") if document["calendar"] else timestamps,
        tensors["context.target"],
        document["freq"],
    )
    model = read_model(document, tensors, context.ids)
    manifest = Manifest(
        columns=Columns(**document["columns"]),
        reading=DataSpec.from_dict(document["reading"]),
        recurrent=RecurrentSpec.from_dict(document["recurrent"]),
        training=TrainSpec.from_dict(document["training"]),
        used=TrainSpec.from_dict(document["used"]),
        source=document["source"],
        source_sha256=document["source_sha256"],
        rows=document["rows"],
        windows=document["windows"],
        scores=document["scores"],
        losses=tuple(document["losses"]),
        gradient_norms=tuple(document["gradient_norms"]),
        versions=document["versions"],
    )
    check_types(manifest)
    check_types(model.spec)
    check_model(model, context)
    return Artifact(model, context, manifest)
