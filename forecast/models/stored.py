"""A model as its file has it: a document, and arrays beside it.

The file around them is ``forecast.artifact``'s.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.calibrate import Calibration
from forecast.models.means import Means
from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel
from forecast.network.geometry import Geometry
from forecast.network.infer import Weights
from forecast.spec import RecurrentSpec

Arrays = dict[str, NDArray[Any]]


def write_model(model: RecurrentModel, names: Sequence[str]) -> tuple[dict[str, Any], Arrays]:
    """Describe a model.

    Parameters
    ----------
    model : RecurrentModel
    names : sequence of str
        Of the series in the file, in their order there.

    Returns
    -------
    document : dict
    arrays : dict of str to ndarray
    """
    kinds = model.kinds_apart
    members = [member for one in (model, *kinds) for member in one.members]
    documents, arrays = _write_members(members, names)
    networks = iter(documents)
    arrays["calibration.factors"] = model.calibration.factors
    document = {"levels": list(model.levels), **_describe(model, networks), "apart": []}
    for number, kind in enumerate(kinds):
        own = [at for at, name in enumerate(names) if model.apart.get(name) is kind]
        arrays[f"apart{number}.series"] = np.array(own, np.int64)
        arrays[f"apart{number}.factors"] = kind.calibration.factors
        document["apart"].append(_describe(kind, networks))
    return document, arrays


def _describe(model: RecurrentModel, networks: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Say what a model is; its networks are the next ones."""
    own = list(islice(networks, len(model.members)))
    coverage = {str(level): share for level, share in model.calibration.coverage.items()}
    return {
        "spec": model.spec.to_dict(),
        "members": own,
        "growth": model.calibration.growth,
        "coverage": coverage,
        "never_negative": model.never_negative,
    }


def read_model(
    document: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], names: Sequence[str]
) -> RecurrentModel:
    """Make a model of what `write_model` gave, in this format or one before.

    Parameters
    ----------
    document : mapping
    arrays : mapping of str to ndarray
        Others are passed over.
    names : sequence of str

    Returns
    -------
    RecurrentModel
    """
    kinds = document.get("apart", [])
    networks = [*document["members"], *(one for kind in kinds for one in kind["members"])]
    members = iter(_read_members(networks, arrays, names))
    levels, freq = tuple(document["levels"]), document["freq"]

    def made(one: Mapping[str, Any], factors: NDArray[np.float64]) -> RecurrentModel:
        own = tuple(islice(members, len(one["members"])))
        coverage = {int(level): share for level, share in one["coverage"].items()}
        calibration = Calibration(factors, one["growth"], coverage)
        spec, floored = RecurrentSpec.from_dict(one["spec"]), one.get("never_negative", False)
        return RecurrentModel(spec, freq, own, levels, calibration, floored)

    model = made(document, arrays["calibration.factors"])
    apart: dict[str, RecurrentModel] = {}
    for number, kind in enumerate(kinds):
        own = [names[at] for at in arrays[f"apart{number}.series"].tolist()]
        apart |= dict.fromkeys(own, made(kind, arrays[f"apart{number}.factors"]))
    return replace(model, apart=apart)


def _write_members(
    members: Sequence[Member], names: Sequence[str]
) -> tuple[list[dict[str, Any]], Arrays]:
    """Describe networks: weights are arrays, once where members share them; so are means."""
    distinct: dict[int, Weights] = {id(one.weights): one.weights for one in members}
    numbers = {key: number for number, key in enumerate(distinct)}
    arrays: Arrays = {}
    for number, weights in enumerate(distinct.values()):
        for name, values in weights.items():
            arrays[f"network{number}.{name}"] = np.ascontiguousarray(values)
    documents = []
    for number, member in enumerate(members):
        if member.means.by_name:
            arrays[f"member{number}.means"] = member.means.of(names)
        documents.append(
            {
                "spec": member.spec.to_dict(),
                "geometry": asdict(member.geometry),
                "share": member.share,
                "origin": member.origin,
                "mirror": member.mirror,
                "network": numbers[id(member.weights)],
            }
        )
    return documents, arrays


def _read_members(
    documents: Sequence[dict[str, Any]], arrays: Mapping[str, NDArray[Any]], names: Sequence[str]
) -> tuple[Member, ...]:
    """Make networks of what `_write_members` gave, in this format or one before."""
    networks: dict[str, Arrays] = {}
    for name, values in sorted(arrays.items()):
        owner, _, parameter = name.partition(".")
        networks.setdefault(owner, {})[parameter] = values
    members = []
    for number, one in enumerate(documents):
        spec = RecurrentSpec.from_dict(one["spec"])
        weights = networks[f"network{one['network']}"]
        if "linear" in weights and len(weights["linear"]) == spec.lags:
            weights["linear"] = _without_height(weights["linear"])
        means = Means()
        if f"member{number}" in networks:
            found = networks[f"member{number}"]["means"].astype(np.float64, casting="no")
            means = Means(dict(zip(names, found.tolist(), strict=True)))
        members.append(
            Member(
                spec,
                Geometry.from_dict(one["geometry"]),
                weights,
                float(one["share"]),
                str(one["origin"]),
                bool(one["mirror"]),
                means,
            )
        )
    return tuple(members)


def _without_height(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring a map of format 3 or before up to date, which reads lags only."""
    return np.concatenate([linear, np.zeros_like(linear[:1])])
