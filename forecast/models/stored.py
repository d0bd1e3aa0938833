"""Networks as a model file has them: what each is, as a document, and its arrays.

The file around them is ``forecast.artifact``'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.models.means import Means
from forecast.models.recurrent import Member
from forecast.network.geometry import Geometry
from forecast.network.infer import Weights
from forecast.spec import RecurrentSpec

Arrays = dict[str, NDArray[Any]]


def write_members(
    members: Sequence[Member], names: Sequence[str]
) -> tuple[list[dict[str, Any]], Arrays]:
    """Describe networks.

    Parameters
    ----------
    members : sequence of Member
    names : sequence of str
        Of the series in the file, in their order there.

    Returns
    -------
    documents : list of dict
        One for each.
    arrays : dict of str to ndarray
        Weights, once where members share them, and means of the series.
    """
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


def read_members(
    documents: Sequence[dict[str, Any]], arrays: Mapping[str, NDArray[Any]], names: Sequence[str]
) -> tuple[Member, ...]:
    """Make networks of what `write_members` gave, in this format or one before.

    Parameters
    ----------
    documents : sequence of dict
    arrays : mapping of str to ndarray
        Others are passed over.
    names : sequence of str

    Returns
    -------
    tuple of Member
    """
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
