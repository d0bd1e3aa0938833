"""Operations on windows that NumPy arrays and torch tensors share.

``forecast.network.bases`` and ``forecast.network.features`` are written once for both; what the
two libraries name or do differently is here.

Letters: B windows, L past values, E ends.
"""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = Any
"""A NumPy array or a torch tensor."""


def lagged(past: Array, segment: int, ends: int, offsets: NDArray[Any], xp: ModuleType) -> Array:
    """Give values at offsets from the row after each of the last ends, a segment apart.

    Returns
    -------
    array of shape (B, E, len(offsets))
        NaN before the window.
    """
    index = at_ends(past.shape[1], segment, ends, offsets)
    found = columns(past, np.maximum(index, 0), xp)
    if index.min() >= 0:
        return found
    return xp.where(like(past, index >= 0, xp) > 0, found, xp.zeros_like(found) + xp.nan)


def at_ends(rows: int, segment: int, ends: int, offsets: NDArray[Any]) -> NDArray[np.int64]:
    """Give the places at offsets from the row after each of the last ends, (E, offsets)."""
    after = rows - np.arange(ends)[::-1] * segment
    return np.asarray(after[:, None] + offsets[None, :])


def columns(rows: Array, index: NDArray[Any], xp: ModuleType) -> Array:
    """Give places of the last axis; much quicker in torch than by brackets."""
    shape = *rows.shape[:-1], *index.shape
    if xp is np:
        return rows[..., index.ravel()].reshape(shape)
    taken = rows.index_select(-1, xp.as_tensor(index.ravel(), device=rows.device))
    return taken.reshape(shape)


def at_least_one(count: Array, xp: ModuleType) -> Array:
    """Give counts to divide by."""
    return xp.clip(count, 1, np.inf)


def like(reference: Array, constants: NDArray[Any], xp: ModuleType) -> Array:
    """Give constants as an array of the reference's kind, on its device."""
    return xp.asarray(constants, dtype=reference.dtype, device=reference.device)
