"""A map of the hidden state over time: its principal components.

Letters: T points of time, D hidden units, C components, L past values, K recurrent steps.
"""

import numpy as np
import torch

from forecast.explain.explanation import Array, StateMap
from forecast.explain.parts import describe
from forecast.models.member import Member
from forecast.models.members import network_of
from forecast.models.recurrent import RecurrentModel
from forecast.network.features import extract
from forecast.network.window import gather, location_and_spread
from forecast.panel import Series

MOST_POINTS = 400
"""Points of time on the map: the newest, since every nth of them would fake other seasons."""

MOST_COMPONENTS = 3

LEAST_ROWS = 2
"""Values that a history needs before its state is on the map."""


def map_states(model: RecurrentModel, series: Series) -> StateMap:
    """Read the series up to each point of time, and map the states that this leaves.

    Parameters
    ----------
    model : RecurrentModel
    series : Series
        Whole history.

    Returns
    -------
    StateMap
        Of the network with the largest share, the series the right way up.

    Notes
    -----
    The state after a point of time is that of a forecast made there: it has seen
    nothing later.
    """
    member = model.chief
    rows = len(series.target)
    ends = np.arange(max(rows - MOST_POINTS, 0), rows) + 1  # the last is the present
    ends = ends[np.cumsum(~np.isnan(series.target))[ends - 1] >= min(LEAST_ROWS, rows)]
    states = hidden_states(member, series.target, ends)
    components, shares = principal_components(states)
    values = series.target[ends - 1]
    follows = np.array([_correlation(one, values) for one in components.T])
    turned = np.where(follows < 0, -1.0, 1.0)  # a direction has no sign of its own
    return StateMap(
        network=describe(member),
        timestamps=series.timestamps[ends - 1],
        values=values,
        components=components * turned,
        shares=shares,
        follows=follows * turned,
    )


def hidden_states(member: Member, target: Array, ends: np.ndarray) -> Array:
    """Give the state that the decoder reads, for histories of different ends.

    Parameters
    ----------
    member : Member
    target : ndarray of shape (rows,)
        NaN where missing.
    ends : ndarray of shape (T,), int64
        Rows read in each history.

    Returns
    -------
    ndarray of shape (T, D), or (T, 2 D) when bidirectional
    """
    g = member.geometry
    bounds = np.zeros(len(ends), np.int64), np.full(len(ends), len(target))
    rows = min(member.past, max(g.past, len(target)))
    values, _ = member.read(gather(target, ends, bounds, rows, 0))
    past = values[:, -g.past :]
    location, spread = location_and_spread(past)
    standard = ((past - location) / spread).astype(np.float32)
    with torch.no_grad():
        inputs = torch.as_tensor(extract(standard, g, 1, np).inputs)
        states = network_of(member).eval().states(inputs)[:, -1]
    return states.numpy().astype(np.float64)


def principal_components(states: Array) -> tuple[Array, Array]:
    """Give where states lie along the directions in which they vary most.

    Parameters
    ----------
    states : ndarray of shape (T, D)

    Returns
    -------
    components : ndarray of shape (T, C)
        Centred, uncorrelated.
    shares : ndarray of shape (C,)
        Of the variance; zero where the states do not vary.
    """
    centred = states - states.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    total = float((sizes**2).sum())
    kept = min(MOST_COMPONENTS, len(sizes))
    shares = sizes[:kept] ** 2 / total if total > 0 else np.zeros(kept)
    return left[:, :kept] * sizes[:kept], shares


def _correlation(component: Array, values: Array) -> float:
    known = ~np.isnan(values)
    one, other = component[known], values[known]
    if known.sum() < 3 or one.std() == 0 or other.std() == 0:
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])
