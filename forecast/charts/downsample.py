"""Fewer points of a long series that draw the same picture.

Needs NumPy only, so that the report can use it as well as the charts.
"""

import numpy as np
from numpy.typing import NDArray


def downsample(values: NDArray[np.float64], points: int) -> NDArray[np.int64]:
    """Choose the points of a series that a line through all of them would show.

    Parameters
    ----------
    values : ndarray of shape (T,), float64
        In order of time and evenly spaced; NaN where missing.
    points : int
        How many to keep at most, 4 or more; some four for each pixel of the width.

    Returns
    -------
    ndarray of int64, increasing
        Positions within ``values``: all where they are few. Otherwise of each stretch the
        first, lowest, highest and last, and of a stretch without values its ends, so that
        the line stays open there.

    Notes
    -----
    The choice of U. Jugel, Z. Jerzak, G. Hackenbroich and V. Markl, "M4: a
    visualization-oriented time series data aggregation", VLDB 2014: a line
    through these points covers the same pixels, where a stretch is a pixel wide.

    Examples
    --------
    >>> downsample(np.array([0.0, 1, 9, 1, 1, 1, -9, 1, 0, 2, 1, 1]), 8)
    array([ 0,  2,  5,  6,  9, 11])
    """
    rows = len(values)
    if rows <= points:
        return np.arange(rows)
    width = -(-rows // max(points // 4, 1))
    stretches = -(-rows // width)
    padded = np.full(stretches * width, np.nan)
    padded[:rows] = values
    grid = padded.reshape(stretches, width)
    seen = ~np.isnan(grid)
    chosen = np.stack(
        [
            seen.argmax(axis=1),
            np.where(seen, grid, np.inf).argmin(axis=1),
            np.where(seen, grid, -np.inf).argmax(axis=1),
            width - 1 - seen[:, ::-1].argmax(axis=1),
        ],
        axis=1,
    )
    places = np.minimum(chosen + width * np.arange(stretches)[:, None], rows - 1).ravel()
    places.sort()
    return np.asarray(places[np.append(True, places[1:] > places[:-1])])
