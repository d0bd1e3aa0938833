"""What series are like, against published values and another library's tests."""

from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest

from forecast.panel import Panel
from forecast.profile import COURSE_POINTS, MOST_SHOWN, agreeing_steps, profile
from forecast.read import read_csv
from forecast.season import MOST_SERIES
from tests.commands import ROOT


def test_profile_of_the_air_passengers() -> None:
    """144 months, a season of 12, a trend, and no stationarity: what every textbook says."""
    found = profile(read_csv(ROOT / "data" / "air_passengers.csv"))
    assert (found.series, found.rows, found.freq) == (1, 144, "MS")
    assert (found.first, found.last, found.agreeing) == ("1949-01", "1960-12", 1.0)
    assert [one.length for one in found.nature.seasons] == [12]
    assert found.nature.trend is not None
    assert found.nature.trend > 0.9
    assert (found.nature.stationary, found.nature.wandering) == (0, 1)
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
    assert (found.nature.trend, found.nature.tested) == (None, 0)


def test_profile_bounds_what_is_slow() -> None:
    """Of many series some are tested and few are shown, the worst first."""
    rows = [f"s{n},{t},{n + t % 5}" for n in range(90) for t in range(25) if (n, t) != (70, 9)]
    found = profile(read_csv(BytesIO("\n".join(["id,t,y", *rows]).encode())))
    assert found.series == 90
    assert 0 < found.nature.tested <= MOST_SERIES
    assert len(found.shapes) == MOST_SHOWN
    assert found.shapes[0].id == "s70"


def test_agreeing_steps_of_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are looked at in blocks of series; the share is that of a loop over all of them."""
    monkeypatch.setattr("forecast.profile._BLOCK", 20)
    random = np.random.default_rng(5)
    lengths = random.integers(1, 12, 30)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    times = np.concatenate([np.arange(one) for one in lengths])
    panel = Panel(tuple(map(str, range(30))), ends, times, np.zeros(len(times)), "1")
    there = random.random(len(times)) < 0.7
    steps = []
    for first, last in pairwise(ends):
        kept = [time for time, one in zip(times[first:last], there[first:last], strict=True) if one]
        steps += [b - a for a, b in pairwise(kept)]
    assert agreeing_steps(panel, there) == steps.count(1) / len(steps)
    assert agreeing_steps(panel, np.zeros(len(times), dtype=bool)) == 1.0
