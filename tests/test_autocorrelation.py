"""Rules of forecast.models.autocorrelation."""

import numpy as np
import pytest
from statsmodels.tsa.stattools import acf

from forecast.models.autocorrelation import repeats


@pytest.mark.parametrize("lag", [1, 4, 12])
def test_repeats_is_the_test_of_the_benchmark(lag: int) -> None:
    """The autocorrelations are those of statsmodels, the limit is Bartlett's at 90 %."""
    rng, told = np.random.default_rng(lag), set()
    for strength in np.linspace(0, 1, 40):
        values = strength * np.resize(rng.normal(size=lag), 60) + rng.normal(size=60)
        known = acf(values, nlags=lag, fft=False)[1:]
        limit = 1.645 * np.sqrt((1 + 2 * sum(one**2 for one in known[:-1])) / 60)
        assert repeats(values - values.mean(), lag) == (abs(known[-1]) > limit)
        told.add(bool(abs(known[-1]) > limit))
    assert told == {True, False}
