"""Rules of forecast.interpolate."""

import numpy as np

from forecast.interpolate import interpolate


def test_interpolate_fills_gaps_and_ends() -> None:
    """Gaps are straight lines, ends the nearest value."""
    values = np.array([np.nan, 1.0, np.nan, 3.0, np.nan])
    assert interpolate(values).tolist() == [1, 1, 2, 3, 3]
