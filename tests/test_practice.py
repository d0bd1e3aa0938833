"""Rules of forecast.training.practice: what is learnt from windows, kept or looked at anew."""

import numpy as np
import pytest
import torch

from forecast.network.geometry import Geometry
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows, gather
from forecast.panel import Panel
from forecast.spec import RecurrentSpec
from forecast.training.practice import Practice, ends_of, gather_rows

GEOMETRY = Geometry(4, 3, 1, 4, (4,), 3)


def windows() -> Windows:
    """Windows of series of 10, 3 (too short) and 30 rows, with a gap."""
    target = np.sin(np.arange(43.0))
    target[20] = np.nan
    rows = np.r_[np.arange(10), np.arange(3), np.arange(30)]
    return Windows.of(Panel(("a", "b", "c"), np.array([0, 10, 13, 43]), rows, target, "1"), 3)


def network(*, linear: bool = False, bidirectional: bool = False) -> SegmentNetwork:
    torch.manual_seed(0)
    spec = RecurrentSpec(hidden=4, lags=12, linear=linear, bidirectional=bidirectional)
    made = SegmentNetwork(spec, GEOMETRY, 3)
    if made.linear is not None:
        made.linear.copy_(torch.randn(made.linear.shape))
    return made


def test_gather_rows_equals_gather() -> None:
    """Windows gathered by torch are those gathered by NumPy."""
    found = windows()
    cutoffs, starts, stops = found.draw(32, np.random.default_rng(0))
    rows = map(torch.as_tensor, (cutoffs, starts, stops))
    expected = gather(
        found.values.astype(np.float64), cutoffs, (starts, stops), GEOMETRY.past, GEOMETRY.future
    )
    gathered = gather_rows(torch.as_tensor(found.values), GEOMETRY, *rows)
    assert np.array_equal(gathered.numpy(), expected.astype(np.float32), equal_nan=True)


@pytest.mark.parametrize("linear", [False, True])
def test_batches_that_are_kept_are_those_looked_at_anew(linear: bool) -> None:
    """A batch looked up among all windows is the batch itself, whatever is drawn how often."""
    drawn = windows().draw(16, np.random.default_rng(0))
    kept, anew = (
        Practice(windows(), network(linear=linear), 16, draws).batch(drawn)
        for draws in (10_000, 16)
    )
    assert kept.known.any()
    assert not kept.known.all()
    assert torch.equal(kept.known, anew.known)
    torch.testing.assert_close(kept.target, anew.target)
    for name in ("inputs", "outlook", "bases", "slope", "level", "scale", "rows"):
        torch.testing.assert_close(getattr(kept.features, name), getattr(anew.features, name))


def test_ends_of_bounds_what_a_batch_learns_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more values than allowed, but always one end; only the last when read both ways."""
    for most, ends in ((1, 1), (3 * GEOMETRY.future * 2, 2), (10**6, 3)):
        monkeypatch.setattr("forecast.training.practice.MOST_TARGETS", most)
        assert ends_of(network(), GEOMETRY, 3) == ends
    assert ends_of(network(bidirectional=True), GEOMETRY, 3) == 1
