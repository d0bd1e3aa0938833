"""How the network's answer becomes a forecast: gated bases, drift, and the correction.

Works on NumPy arrays and torch tensors alike, as does ``forecast.network.features``, whose
letters are used, and Q quantiles.
"""

from types import ModuleType

import numpy as np

from forecast.network.arrays import Array, like
from forecast.network.bases import advance
from forecast.network.features import Features
from forecast.network.geometry import Geometry, resampling


def combine(
    features: Features, gates: Array, correction: Array, geometry: Geometry, xp: ModuleType
) -> Array:
    """Blend the bases by the gates and add the correction.

    Parameters
    ----------
    features : Features
    gates : array of shape (B, E, O, M + 1)
        Logits of the bases, then of the share of drift.
    correction : array of shape (Q, B, E, O, P)
        Quantiles around the blend, in noises; non-decreasing along Q.
    geometry : Geometry
    xp : module

    Returns
    -------
    array of shape (Q, B, E, H)
        In units of the end's level and scale.
    """
    corrected = resample(correction, geometry, xp) * features.noise[None, ..., None]
    return corrected + blend(features, gates, geometry, xp)[None]


def blend(features: Features, gates: Array, geometry: Geometry, xp: ModuleType) -> Array:
    """Weigh the bases by the gates, and add drift; zero where there are none.

    Parameters
    ----------
    features : Features
    gates : array of shape (B, E, O, M + 1)
    geometry : Geometry
    xp : module

    Returns
    -------
    array of shape (B, E, H)
    """
    g = geometry
    rows, ends = gates.shape[:2]
    if not g.bases:
        return xp.zeros_like(features.bases[:, :, 0])
    choice, share = trust(gates, xp)
    # A sum of products: as matrices they are too small, and take four times as long.
    mixed = (xp.swapaxes(choice, 2, 3)[..., None] * by_segment(features, g)).sum(2)
    return mixed.reshape(rows, ends, g.future) + drift(features, choice, share, g, xp)


def trust(gates: Array, xp: ModuleType) -> tuple[Array, Array]:
    """Give the weight of each base, and how much of the drift is let through.

    Parameters
    ----------
    gates : array of shape (B, E, O, M + 1)
    xp : module

    Returns
    -------
    choice : array of shape (B, E, O, M)
        Summing to one over the bases.
    share : array of shape (B, E, O)
        From 0 to 1.
    """
    choice = gates[..., :-1]
    choice = xp.exp(choice - xp.amax(choice, -1)[..., None])
    choice = choice / choice.sum(-1)[..., None]
    share = 0.5 + 0.5 * xp.tanh(0.5 * gates[..., -1])  # a logistic whose gradient stays finite
    return choice, share


def by_segment(features: Features, geometry: Geometry) -> Array:
    """Give the bases by output segment, (B, E, M, O, S)."""
    g = geometry
    return features.bases.reshape(*features.bases.shape[:3], g.ahead, g.segment)


def drift(
    features: Features, choice: Array, share: Array, geometry: Geometry, xp: ModuleType
) -> Array:
    """Give the rise since what the bases repeat, as far as it is let through.

    Parameters
    ----------
    features : Features
    choice : array of shape (B, E, O, M)
    share : array of shape (B, E, O)
        See `trust`.
    geometry : Geometry
    xp : module

    Returns
    -------
    array of shape (B, E, H)
    """
    g = geometry
    passed = like(choice, advance(g, np.arange(g.future)), xp)
    passed = passed.reshape(g.base_count, g.ahead, g.segment)
    rise = features.slope[..., None, None] * xp.einsum("beom,mos->beos", choice, passed)
    return (share[..., None] * rise).reshape(*choice.shape[:2], g.future)


def resample(correction: Array, geometry: Geometry, xp: ModuleType) -> Array:
    """Bring quantiles from the phases to the steps of the segments.

    Parameters
    ----------
    correction : array of shape (Q, B, E, O, P)
    geometry : Geometry
    xp : module

    Returns
    -------
    array of shape (Q, B, E, H)
    """
    g = geometry
    shape = *correction.shape[:3], g.future
    if g.phases != g.segment:
        up = like(correction, resampling(g.phases, g.segment), xp)
        correction = correction.reshape(-1, g.phases) @ up
    return correction.reshape(shape)
