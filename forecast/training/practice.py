"""What is learnt from windows: what the network sees at their ends, and what came after.

Where there are few windows, each is drawn many times: then all are looked at
once, and a batch is looked up. What is done with a batch is in ``forecast.training.loop``.
All values lie on the device of the network; only the numbers of what was drawn go there.

Letters: W windows, B batch, E ends learned from, H steps ahead.
"""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forecast.network.arrays import columns
from forecast.network.features import Features, extract, with_linear
from forecast.network.geometry import Geometry
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows

LEAST_ROWS = 1
"""An end with fewer observed values in reach has nothing to forecast from."""

MOST_TARGETS = 200_000
"""Values that one batch learns from: over long horizons, fewer of the segment ends."""

MOST_KEPT = 2_000_000
"""Values to learn from that are kept at once, in some 100 MB with all that belongs to them."""

LEAST_REPEATS = 2
"""Times that a window is drawn, in the mean, from which on it is looked at once and kept."""

LARGEST_TARGET = 30.0
"""Targets further off than this many scales are cut: one typing error must not rule a batch."""

Drawn = tuple[NDArray[np.int64], ...]
"""Cutoffs and bounds of their series, as ``Windows.draw`` gives them."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Ends of windows, and what came after each.

    Attributes
    ----------
    features : Features
    target : Tensor of shape (B, E, H)
        In units of each end's level and scale; 0 where nothing is known.
    known : Tensor of shape (B, E, H), bool
    """

    features: Features
    target: Tensor
    known: Tensor

    def take(self, rows: Tensor) -> "Batch":
        """Give some of the windows, by number."""
        seen = (getattr(self.features, one.name).index_select(0, rows) for one in fields(Features))
        return Batch(
            Features(*seen), self.target.index_select(0, rows), self.known.index_select(0, rows)
        )


class Practice:
    """The windows of a panel as a network learns from them, batch by batch.

    Parameters
    ----------
    windows : Windows
    network : SegmentNetwork
        Whose geometry, and linear map, say what is seen.
    size : int
        Windows in a batch.
    draws : int
        Windows that will be drawn in all.
    """

    def __init__(self, windows: Windows, network: SegmentNetwork, size: int, draws: int) -> None:
        self._network, self._windows = network, windows
        self._ends = ends_of(network, network.geometry, size)
        self._device = network.position.device
        self._values = torch.as_tensor(windows.values, device=self._device)
        targets = len(windows) * self._ends * network.geometry.future
        self._repeats = LEAST_REPEATS * len(windows) <= draws and targets <= MOST_KEPT

    def batch(self, drawn: Drawn) -> Batch:
        """Give what is learnt from windows that were drawn."""
        if not self._repeats:
            return self._look(drawn)
        cutoffs, every = self._every
        numbers = np.searchsorted(cutoffs, drawn[0])
        return every.take(torch.as_tensor(numbers, device=self._device))

    @cached_property
    def _every(self) -> tuple[NDArray[np.int64], Batch]:
        """All windows by cutoff; a training that was finished before never looks at them."""
        every = self._windows.every()
        return every[0], self._look(every)

    def _look(self, drawn: Drawn) -> Batch:
        geometry = self._network.geometry
        rows = torch.as_tensor(np.stack(drawn), device=self._device)
        window = gather_rows(self._values, geometry, *rows)
        return look(window, self._network, geometry, self._ends)


@torch.no_grad()
def look(window: Tensor, network: SegmentNetwork, geometry: Geometry, ends: int) -> Batch:
    """See what a network sees at the ends of windows.

    Parameters
    ----------
    window : Tensor of shape (B, past + future)
        NaN where missing.
    network : SegmentNetwork
    geometry : Geometry
        Of these windows: the network's own, or one with as many inputs.
    ends : int
        How many of the last ends are learnt from (E).

    Returns
    -------
    Batch
    """
    g = geometry
    past = window[:, : g.past]
    features = extract(past, g, ends, torch)
    if network.linear is not None:
        mean = torch.zeros_like(past[:, 0])  # series are standardised
        features = with_linear(features, past, mean, network.linear, g, torch)
    first = g.past - np.arange(ends)[::-1] * g.segment
    target = columns(window, first[:, None] + np.arange(g.future), torch)
    unit = (target - features.level[..., None]) / features.scale[..., None]
    known = ~torch.isnan(unit) & (features.rows >= LEAST_ROWS)[..., None]
    unit = torch.where(known, unit.clamp(-LARGEST_TARGET, LARGEST_TARGET), 0.0)
    return Batch(features, unit, known)


def gather_rows(
    values: Tensor, geometry: Geometry, cutoffs: Tensor, starts: Tensor, stops: Tensor
) -> Tensor:
    """Copy windows out of the flat array, on its device; see ``window.gather``."""
    g = geometry
    rows = cutoffs[:, None] + torch.arange(-g.past, g.future, device=values.device)
    inside = (rows >= starts[:, None]) & (rows < stops[:, None])
    found = values.index_select(0, rows.clamp(0, len(values) - 1).flatten())
    return torch.where(inside, found.view(rows.shape), torch.nan)


def ends_of(network: SegmentNetwork, geometry: Geometry, size: int) -> int:
    """Tell how many of the last ends of a batch of windows can be learnt from.

    Parameters
    ----------
    network : SegmentNetwork
    geometry : Geometry
    size : int

    Returns
    -------
    int
        All of them, or as many as ``MOST_TARGETS`` allows; for a network that reads
        both ways only one, as the others would see what they are to forecast.
    """
    most = max(1, MOST_TARGETS // (size * geometry.future))
    return 1 if network.bidirectional else min(geometry.segments, most)
