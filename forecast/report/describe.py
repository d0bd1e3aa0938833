"""Say in plain sentences how a model was made and what it is worth."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast.models.recurrent import model_name
from forecast.spec import RecurrentSpec
from forecast.timestamps import format_timestamps

if TYPE_CHECKING:
    from forecast.artifact import Artifact, Manifest
    from forecast.models.fit import Fitted


def describe_network(spec: RecurrentSpec) -> str:
    """Name the settings of a network that matter most.

    Parameters
    ----------
    spec : RecurrentSpec
        Complete.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_network(RecurrentSpec(hidden=32, lags=60, segment=12, horizon=18))
    'network: GRU, 1 layer of 32 units, 60 lags in segments of 12, horizon 18 (direct)'
    """
    layers = "1 layer" if spec.layers == 1 else f"{spec.layers} layers"
    return (
        f"network: {model_name(spec)}, {layers} of {spec.hidden} units, {spec.lags} lags"
        f" in segments of {spec.segment}, horizon {spec.horizon} ({spec.strategy})"
    )


def describe_training(fitted: "Fitted", path: str) -> str:
    """Say what training took, what it gave and where it is.

    Parameters
    ----------
    fitted : Fitted
    path : str
        Of the model file.

    Returns
    -------
    str
    """
    steps = sum(history.steps for history in fitted.histories)
    text = f"trained in {fitted.seconds:.1f} s: {steps:,} steps, {fitted.windows:,} windows"
    scores, coverage = fitted.scores, fitted.model.calibration.coverage
    share = scores.get("trained_share", 1.0)
    if share < 1:
        text += f"; {share:.0%} of the forecast is trained here, the rest pretrained"
    if "mase" in scores and "naive_mase" in scores:
        text += (
            f"; on the rows held back, which also chose this blend, MASE {scores['mase']:.3f}"
            f" (seasonal naive {scores['naive_mase']:.3f})"
        )
    if coverage:
        covered = ", ".join(f"{level} %: {share:.0%}" for level, share in sorted(coverage.items()))
        text += f", intervals cover {covered}"
    return f"{text}; saved as {path}"


def describe_course(manifest: "Manifest") -> list[str]:
    """List loss and gradient norm for each tenth of the training.

    Parameters
    ----------
    manifest : Manifest

    Returns
    -------
    list of str
    """
    course = zip(manifest.losses, manifest.gradient_norms, strict=True)
    tenths = len(manifest.losses)
    return [
        f"training {100 * (number + 1) // tenths:3d} %: loss {loss:.4f}, gradient norm {norm:.3f}"
        for number, (loss, norm) in enumerate(course)
    ]


def summarise(artifact: "Artifact") -> dict[str, Any]:
    """Give what there is to know about a model as JSON can hold it.

    Parameters
    ----------
    artifact : Artifact

    Returns
    -------
    dict
    """
    model, manifest, panel = artifact.model, artifact.manifest, artifact.context
    return {
        "model": model.name,
        "source": manifest.source,
        "source_sha256": manifest.source_sha256,
        "columns": {
            "time": manifest.columns.time,
            "target": manifest.columns.target,
            "id": manifest.columns.id,
        },
        "freq": model.freq,
        "series": len(panel),
        "rows": manifest.rows,
        "last": _last(artifact),
        "network": model.spec.to_dict(),
        "training": manifest.used.to_dict(),
        "members": dict(Counter(member.origin for member in model.members)),
        "windows": manifest.windows,
        "scores": manifest.scores,
        "coverage": {str(level): share for level, share in model.calibration.coverage.items()},
        "versions": manifest.versions,
    }


def _last(artifact: "Artifact") -> str:
    """Last observed time, in the notation of the input."""
    last = artifact.context.cutoffs.max()
    if not isinstance(last, np.datetime64):
        return str(last)
    return str(format_timestamps(np.array([last]), artifact.manifest.columns.time_format)[0])
