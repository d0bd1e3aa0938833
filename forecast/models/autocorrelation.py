"""Whether values repeat after so many steps: a test of their autocorrelation. NumPy only."""

import numpy as np
from numpy.typing import NDArray

_NINETY_PER_CENT = 1.645  # two-sided, as in the M4 competition


def repeats(centred: NDArray[np.float64], lag: int) -> bool:
    """Test the autocorrelation at one lag.

    Parameters
    ----------
    centred : ndarray of shape (T,)
        Values whose mean is zero, not all of them zero.
    lag : int
        From 1, less than T.

    Returns
    -------
    bool

    Notes
    -----
    As in the M4 competition (Makridakis, Spiliotis and Assimakopoulos 2020):
    Bartlett's variance under a moving average of lower order, 90 %. What is
    taken out of a series before, and how long it has to be, is up to the caller.

    Examples
    --------
    >>> wave = np.tile([1.0, -1.0], 10)
    >>> repeats(wave, 2)
    True
    """
    rows, power = len(centred), centred @ centred
    found = np.array([centred[k:] @ centred[: rows - k] for k in range(1, lag + 1)]) / power
    limit = _NINETY_PER_CENT * np.sqrt((1 + 2 * np.sum(found[:-1] ** 2)) / rows)
    return bool(abs(found[-1]) > limit)
