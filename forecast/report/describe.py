"""Say in plain sentences how a model was made and what it is worth."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecast.finding import counted
from forecast.models.recurrent import model_name
from forecast.season import describe_own
from forecast.spec import RecurrentSpec
from forecast.timeline.timestamps import format_timestamps

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
    return (
        f"network: {model_name(spec)}, {counted(spec.layers, 'layer')} of {spec.hidden} units, "
        f"{spec.lags} lags in segments of {spec.segment}, horizon {spec.horizon} ({spec.strategy})"
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
    text = f"trained in {fitted.seconds:.1f} s"
    if fitted.train_spec.device != "cpu":
        text += f" on {fitted.train_spec.device}"
    text += f": {counted(steps, 'step')}, {counted(fitted.windows, 'training window')}"
    if fitted.lacking:
        text += f", {fitted.lacking} for a network of its own"
    coverage = fitted.model.calibration.coverage
    text += f"; {describe_origins(fitted.model.origins)}"
    if helped := describe_gain(fitted.scores):
        text += f"; {helped}"
    if own := describe_own(fitted.model.own_seasons):
        text += f"; {own}, forecast by the pretrained network"
    if coverage:
        covered = ", ".join(f"{level} %: {share:.0%}" for level, share in sorted(coverage.items()))
        text += f", intervals cover {covered}"
    return f"{text}; saved as {path}"


def describe_origins(origins: Mapping[str, float]) -> str:
    """Say which networks give the forecast.

    Parameters
    ----------
    origins : mapping of str to float
        Part of the forecast by origin, summing to one.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_origins({"pretrained": 0.25, "fine-tuned": 0.75})
    'the forecast is 25% pretrained, 75% fine-tuned'
    """
    parts = ", ".join(f"{share:.0%} {origin}" for origin, share in origins.items())
    return f"the forecast is {parts}"


def describe_gain(scores: Mapping[str, float]) -> str:
    """Say how good a model was on the rows held back, and what training brought.

    Parameters
    ----------
    scores : mapping of str to float
        "mase", and where known "pretrained_mase" and "naive_mase".

    Returns
    -------
    str
        Empty where nothing was measured.

    Examples
    --------
    >>> describe_gain({"mase": 0.9, "pretrained_mase": 1.0})
    'on the rows held back, which also chose it, MASE 0.900 (pretrained alone 1.000)'
    """
    if "mase" not in scores:
        return ""
    others = [
        f"{name} {scores[key]:.3f}"
        for key, name in (("pretrained_mase", "pretrained alone"), ("naive_mase", "seasonal naive"))
        if key in scores
    ]
    beside = f" ({', '.join(others)})" if others else ""
    return f"on the rows held back, which also chose it, MASE {scores['mase']:.3f}{beside}"


def describe_help(scores: Mapping[str, float]) -> str | None:
    """Say how much training on the file helped.

    Parameters
    ----------
    scores : mapping of str to float
        "mase" and "pretrained_mase", where known.

    Returns
    -------
    str or None
        None where the pretrained network took no part, or nothing was measured.

    Examples
    --------
    >>> describe_help({"mase": 0.9, "pretrained_mase": 1.2})
    'MASE 25.0% below that of the pretrained network alone, on the rows held back'
    >>> describe_help({"mase": 1.2, "pretrained_mase": 1.2})
    'not: the pretrained network is kept as it is'
    """
    if not scores.get("pretrained_mase") or "mase" not in scores:
        return None
    gain = 1 - scores["mase"] / scores["pretrained_mase"]
    if gain == 0:
        return "not: the pretrained network is kept as it is"
    beside = f"{abs(gain):.1%} {'below' if gain > 0 else 'above'}"
    return f"MASE {beside} that of the pretrained network alone, on the rows held back"


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
        "origin": {name: round(share, 4) for name, share in model.origins.items()},
        "apart": describe_own(model.own_seasons) or None,
        "helped": describe_help(manifest.scores),
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
