"""How far the y axis of a facet reaches."""

import numpy as np
from numpy.typing import NDArray

from forecast.charts.picture import Facet

LARGEST = 1e150
"""Values beyond are drawn there, since their squares are no numbers."""

_ROOM = 0.06  # above and below what is shown, as a share of it
_NEAR = 0.25  # share of the largest value up to which the least is near zero


def limits(facet: Facet) -> tuple[float, float]:
    """Choose the ends of the y axis.

    Parameters
    ----------
    facet : Facet

    Returns
    -------
    tuple of float
        With some room; from zero on where what is shown comes near it from above.
    """
    values = drawable(np.concatenate([np.empty(0), *facet.shown]))
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low)
    if low == high:
        room = 0.1 * abs(low) or 1.0
    near_zero = 0 <= low <= _NEAR * high
    return (0.0 if near_zero else low - room), high + room


def drawable(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep values within what can be computed with.

    Parameters
    ----------
    values : ndarray

    Returns
    -------
    ndarray
    """
    return np.clip(values, -LARGEST, LARGEST)
