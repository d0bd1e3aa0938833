"""What series are like, against published values and another library's tests."""

from io import BytesIO

import numpy as np
import pytest

from forecast.profile import (
    COURSE_POINTS,
    MOST_SHOWN,
    MOST_TESTED,
    profile,
    stationarity,
    trend_strength,
)
from forecast.read import read_csv
from tests.commands import ROOT

RNG = np.random.default_rng(8)


def test_profile_of_the_air_passengers() -> None:
    """144 months, a season of 12, a trend, and no stationarity: what every textbook says."""
    found = profile(read_csv(ROOT / "data" / "air_passengers.csv"))
    assert (found.series, found.rows, found.freq) == (1, 144, "MS")
    assert (found.first, found.last, found.agreeing) == ("1949-01", "1960-12", 1.0)
    assert [one.length for one in found.seasons] == [12]
    assert found.trend is not None
    assert found.trend > 0.9
    assert (found.stationary, found.wandering) == (0, 1)
    (shape,) = found.shapes
    assert (shape.low, shape.high) == (104, 622)
    assert shape.mean == pytest.approx(280.2986, abs=1e-4)
    assert len(shape.course) == COURSE_POINTS


def test_profile_counts_shares() -> None:
    """Missing values among rows; zeros and negative values among what is known."""
    found = profile(read_csv(BytesIO(b"t,y\n1,0\n2,-1\n3,\n4,5\n6,7\n7,8\n8,9\n9,1\n10,2\n")))
    assert found.rows == 10
    assert found.missing == pytest.approx(0.2)
    assert (found.zeros, found.negative) == (0.125, 0.125)
    assert found.agreeing == pytest.approx(7 / 8)  # 4 to 6 is the one that does not
    assert (found.trend, found.tested) == (None, 0)


def test_profile_bounds_what_is_slow() -> None:
    """Of many series some are tested and few are shown, the worst first."""
    rows = [f"s{n},{t},{n + t % 5}" for n in range(90) for t in range(25) if (n, t) != (70, 9)]
    found = profile(read_csv(BytesIO("\n".join(["id,t,y", *rows]).encode())))
    assert found.series == 90
    assert 0 < found.tested <= MOST_TESTED
    assert len(found.shapes) == MOST_SHOWN
    assert found.shapes[0].id == "s70"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RNG.normal(size=300), "stationary"),
        (np.cumsum(RNG.normal(size=300)), "wandering"),
        (np.full(50, 3.0), None),
        (RNG.normal(size=10), None),
    ],
    ids=["noise", "walk", "constant", "short"],
)
def test_stationarity_of_known_processes(values: np.ndarray, expected: str | None) -> None:
    """White noise is stationary, a random walk wanders; little or no variation says nothing."""
    assert stationarity(values) == expected


def test_trend_strength_lies_between_none_and_all() -> None:
    """A line is all trend, noise hardly any; a season is taken out first."""
    time = np.arange(120.0)
    assert trend_strength(time, 1) > 0.99
    assert trend_strength(RNG.normal(size=400), 1) < 0.3
    assert trend_strength(10 * np.sin(time * np.pi / 6) + time, 12) > 0.99
    assert trend_strength(np.ones(50), 1) == trend_strength(time[:10], 1) == -1
