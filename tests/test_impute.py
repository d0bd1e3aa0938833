"""Filling missing values, against slow loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.reading.impute import fill_missing, moving_mean
from tests.reference import slow_interpolation, slow_moving_mean

NAN = float("nan")
VALUES = st.lists(st.one_of(st.just(NAN), st.floats(-99, 99)), max_size=12)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_fill_missing_interpolates_within_each_series(parts: list[list[float]]) -> None:
    """Every gap is a straight line between its neighbours, whatever the other series hold."""
    series = [[1.0, *part, 2.0] for part in parts]
    indptr = np.cumsum([0, *map(len, series)])
    filled = fill_missing(np.concatenate(series), indptr, "interpolate")
    np.testing.assert_allclose(filled, np.concatenate([slow_interpolation(one) for one in series]))


def test_fill_missing_leaves_known_values_alone() -> None:
    """Nothing missing costs no copy; what is known stays to the last bit."""
    whole = np.array([0.1, 0.2, 0.3])
    assert fill_missing(whole, np.array([0, 3]), "zero") is whole
    holed = np.array([0.1, NAN, 0.3, NAN, 0.7])
    for how in ("zero", "interpolate", "seasonal"):
        filled = fill_missing(holed, np.array([0, 5]), how, 2)
        assert filled[[0, 2, 4]].tolist() == [0.1, 0.3, 0.7]
        assert not np.isnan(filled).any()
    assert fill_missing(holed, np.array([0, 5]), "zero")[[1, 3]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("season", [4, 7])
def test_fill_missing_restores_a_season(season: int) -> None:
    """A trend with a fixed season is given back, which a straight line would not do."""
    time = np.arange(20 * season)
    truth = 5 + 0.01 * time + 3 * np.sin(2 * np.pi * time / season)
    holed = truth.copy()
    holed[6 * season + 2 : 7 * season] = NAN
    holed[10 * season] = NAN
    indptr = np.array([0, len(truth)])
    error = np.abs(fill_missing(holed, indptr, "seasonal", season) - truth).max()
    straight = np.abs(fill_missing(holed, indptr, "interpolate") - truth).max()
    assert error < 0.2
    assert straight > 2


def test_fill_missing_needs_two_seasons_for_a_season() -> None:
    """With less it is a straight line."""
    holed = np.array([1.0, NAN, 5.0, 2.0])
    filled = fill_missing(holed, np.array([0, 4]), "seasonal", 2)
    assert filled.tolist() == [1.0, 3.0, 5.0, 2.0]


@given(st.lists(st.floats(-99, 99), min_size=1, max_size=20), st.integers(1, 9))
def test_moving_mean_equals_a_loop(values: list[float], season: int) -> None:
    """The mean over a centred season, over what there is of it at the ends."""
    expected = slow_moving_mean(values, season)
    np.testing.assert_allclose(moving_mean(np.array(values), season), expected, atol=1e-9)
