"""Window shapes of the universal network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.network.universal import (
    PHASES,
    POSITIONS,
    REACH,
    SEASONAL_POSITIONS,
    segment_length,
    universal_geometry,
)


def test_segment_length_known_seasons() -> None:
    """Usual seasons are read whole, or in equal parts that one step can hold."""
    expected = {
        1: 1, 2: 4, 3: 6, 4: 4, 5: 5, 7: 7, 12: 12, 13: 13, 24: 24, 26: 13, 48: 24, 52: 13,
        53: 18, 60: 20, 96: 24, 168: 24, 288: 24, 365: 23, 1440: 24,
    }  # fmt: skip
    assert {season: segment_length(season) for season in expected} == expected


@given(st.integers(2, 20_000))
def test_segment_length_bounds(season: int) -> None:
    """A segment with a season has 4 to 24 values and is never longer than two short seasons."""
    segment = segment_length(season)
    assert 4 <= segment <= 24
    assert segment <= max(season, 6)


@given(st.integers(4, 20_000))
def test_segment_length_divides_where_it_can(season: int) -> None:
    """Where a divisor of 9 to 24 exists, or the season is short, segments tile the season."""
    if season <= 24 or any(season % part == 0 for part in range(9, 25)):
        assert season % segment_length(season) == 0


@given(st.integers(1, 400), st.integers(1, 8), st.integers(1, 500))
def test_universal_geometry_shapes(season: int, multiple: int, horizon: int) -> None:
    """Every shape has the same inputs, and reaches the horizon or all positions practised."""
    seasons = (season,) if multiple == 1 else (season, season * multiple)
    shape = universal_geometry(tuple(sorted(set(seasons))), None, horizon)
    assert (shape.phases, shape.reach, shape.bases, shape.level) == (PHASES, REACH, True, "segment")
    most = POSITIONS if shape.season == (1,) else SEASONAL_POSITIONS
    assert shape.ahead <= most
    assert shape.future >= horizon or shape.ahead == most
    assert shape.past >= seasons[-1] + shape.segments * shape.segment


@pytest.mark.parametrize(("season", "segments"), [((1,), 24), ((12,), 10), ((24, 168), 14)])
def test_universal_geometry_default_steps(season: tuple[int, ...], segments: int) -> None:
    """Two of the longest season are read, within limits."""
    assert universal_geometry(season, None, 1).segments == segments


def test_universal_geometry_keeps_given_steps() -> None:
    """The number of recurrent steps can be chosen."""
    assert universal_geometry((12,), 3, 12).segments == 3
