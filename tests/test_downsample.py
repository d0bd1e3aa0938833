"""Downsampling: few points that draw the same line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.charts.downsample import downsample


@settings(deadline=None)
@given(st.lists(st.one_of(st.floats(-1e9, 1e9), st.just(np.nan)), max_size=300), st.integers(4, 60))
def test_downsample_keeps_ends_and_extremes(values: list[float], points: int) -> None:
    """Whatever the series: few rows, in order, both ends, the highest and the lowest value."""
    series = np.array(values, dtype=np.float64)
    kept = downsample(series, points)
    assert len(kept) <= points or len(kept) == 0
    assert (np.diff(kept) > 0).all()
    seen = series[~np.isnan(series)]
    if len(seen):
        assert np.nanmin(series[kept]) == seen.min()
        assert np.nanmax(series[kept]) == seen.max()
        observed = np.flatnonzero(~np.isnan(series))
        assert {observed[0], observed[-1]} <= set(kept)


def test_downsample_keeps_every_extreme_of_a_pixel() -> None:
    """Of each stretch the extremes stay, found here by a slow loop."""
    values = np.random.default_rng(1).normal(size=1000)
    kept = set(downsample(values, 40))
    for at in range(0, 1000, 100):
        stretch = values[at : at + 100]
        wanted = {at, at + 99, at + int(stretch.argmin()), at + int(stretch.argmax())}
        assert {one for one in kept if at <= one < at + 100} == wanted


def test_downsample_leaves_gaps_open() -> None:
    """A stretch without values is missing in the smaller series, too."""
    values = np.arange(1000.0)
    values[400:600] = np.nan
    kept = downsample(values, 100)
    assert np.isnan(values[kept]).any()
    assert {399, 600} <= set(kept)


@pytest.mark.parametrize("rows", [0, 1, 4])
def test_downsample_leaves_short_series_alone(rows: int) -> None:
    """Nothing is chosen where everything fits."""
    assert downsample(np.zeros(rows), 4).tolist() == list(range(rows))
