"""Windows: offsets into the panel, drawn fairly and gathered without crossing a series."""

import numpy as np
import pytest

from forecast.network.window import Windows, gather, location_and_spread, standardise
from forecast.panel import Panel


def panel_of(*lengths: int) -> Panel:
    rows = sum(lengths)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids = tuple(f"s{number}" for number in range(len(lengths)))
    return Panel(ids, indptr, np.arange(rows), np.arange(rows, dtype=float) ** 1.5, "1")


def test_windows_of_counts_every_admissible_cutoff() -> None:
    """A cutoff has the least past before it and one row after it."""
    windows = Windows.of(panel_of(10, 3, 4), least=3)
    assert windows.count.tolist() == [7, 0, 1]
    assert windows.first.tolist() == [3, 13, 16]
    assert len(windows) == 8


def test_draw_stays_inside_and_treats_series_alike() -> None:
    """Every cutoff is admissible, and a long series is drawn no more often than a short one."""
    windows = Windows.of(panel_of(500, 2, 10), least=3)
    cutoffs, starts, stops = windows.draw(4000, np.random.default_rng(0))
    assert set(zip(starts.tolist(), stops.tolist(), strict=True)) == {(0, 500), (502, 512)}
    assert ((cutoffs >= starts + 3) & (cutoffs < stops)).all()
    assert abs(float((starts == 0).mean()) - 0.5) < 0.03
    assert set(cutoffs[starts == 502].tolist()) == set(range(505, 512))


def test_every_window_is_listed_once() -> None:
    """All that can be drawn, in order, with the bounds of its series."""
    cutoffs, starts, stops = Windows.of(panel_of(6, 2, 5), least=3).every()
    assert cutoffs.tolist() == [3, 4, 5, 11, 12]
    assert starts.tolist() == [0, 0, 0, 8, 8]
    assert stops.tolist() == [6, 6, 6, 13, 13]


def test_draw_repeats_with_the_seed() -> None:
    """The same generator draws the same windows."""
    windows = Windows.of(panel_of(50, 60), least=3)
    first, second = (windows.draw(20, np.random.default_rng(7)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))


def test_standardise_keeps_small_changes_on_a_high_level() -> None:
    """Single precision keeps digits that the raw level would have swallowed."""
    wave = np.sin(np.arange(60.0))
    panel = Panel(("a",), np.array([0, 60]), np.arange(60), wave + 1e9, "1")
    values = standardise(panel)
    assert values.dtype == np.float32
    assert np.corrcoef(values, wave)[0, 1] > 0.999999


def test_location_and_spread_skip_missing_values() -> None:
    """Mean and mean absolute deviation are those of the values that are there."""
    rows = np.array([[1.0, np.nan, 3.0, 8.0], [np.nan] * 4, [5.0] * 4])
    location, spread = location_and_spread(rows)
    assert location.ravel().tolist() == [4.0, 0.0, 5.0]
    assert spread[0, 0] == pytest.approx((3 + 1 + 4) / 3)
    assert (spread > 0).all()


def test_gather_gives_missing_beyond_the_series() -> None:
    """Rows of a neighbouring series never enter a window."""
    values = np.arange(10.0)
    found = gather(values, np.array([4, 9]), (np.array([3, 3]), np.array([10, 10])), 2, 3)
    expected = [[np.nan, 3, 4, 5, 6], [7, 8, 9, np.nan, np.nan]]
    assert np.array_equal(found, expected, equal_nan=True)
