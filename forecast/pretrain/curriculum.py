"""What is practised: season settings, histories of every length, logs or not.

A batch is a pure function of a seed and a step, so that a run that was stopped
goes on with the batches it would have seen.

Letters: B windows, L values of a window.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from forecast.network.geometry import Geometry
from forecast.network.universal import universal_geometry
from forecast.pretrain.dice import Dice
from forecast.pretrain.synthetic import draw, draw_mask

DECODED = 4096
"""Output segments decoded in one step, which bounds its time: windows x ends x ahead."""

LOGGED = 0.75
"""Share of the positive series whose logarithms are read."""

WHOLE = 0.4
"""Share of the windows whose history reaches back to their first value."""

FEWEST_VALUES = 3
"""Shortest visible history."""

Batch = tuple[Tensor, Geometry, int]
"""Standardised windows (B, L), NaN where missing; their shape; ends to learn from."""


@dataclass(frozen=True)
class Setting:
    """One kind of series in the curriculum.

    Parameters
    ----------
    season : tuple of int
    odds : float
        How often it is drawn, relative to the others.
    segments : (int, int)
        Least and most recurrent steps.
    ahead : tuple of int
        Numbers of output segments, drawn alike.
    windows : int
        In one batch.
    """

    season: tuple[int, ...]
    odds: float
    segments: tuple[int, int]
    ahead: tuple[int, ...]
    windows: int


CURRICULUM = (
    Setting((1,), 0.24, (8, 24), (6, 8, 12, 16), 256),
    Setting((4,), 0.14, (6, 16), (1, 2, 3, 6), 256),
    Setting((12,), 0.20, (4, 10), (1, 2, 2, 3, 5), 256),
    Setting((7,), 0.08, (6, 16), (1, 2, 4, 8), 256),
    Setting((5,), 0.03, (6, 16), (1, 2, 4, 8), 256),
    Setting((24, 168), 0.20, (7, 18), (1, 2, 2, 4, 7), 96),
    Setting((24,), 0.05, (5, 16), (1, 2, 4, 7), 128),
    Setting((48, 336), 0.03, (14, 28), (2, 4, 8), 64),
    Setting((96, 672), 0.015, (14, 28), (4, 8), 32),
    Setting((288, 2016), 0.004, (14, 28), (4, 8), 12),
    Setting((288,), 0.008, (14, 28), (2, 4, 8), 48),
    Setting((144,), 0.004, (14, 28), (2, 4, 8), 64),
    Setting((52,), 0.03, (8, 16), (1, 2, 4, 8), 128),
    Setting((7, 365), 0.02, (8, 28), (2, 4, 8), 64),
    Setting((365,), 0.01, (10, 28), (1, 2, 4, 8), 64),
    Setting((60,), 0.01, (6, 16), (1, 3, 6), 128),
    Setting((2,), 0.005, (6, 16), (1, 2, 4), 256),
    Setting((3,), 0.005, (6, 16), (1, 2, 4), 256),
    Setting((6,), 0.01, (6, 16), (1, 2, 4), 256),
    Setting((10,), 0.005, (6, 12), (1, 2, 4), 256),
    Setting((13,), 0.005, (6, 12), (1, 2, 4), 256),
    Setting((30,), 0.005, (6, 12), (1, 2, 4), 128),
)
"""Settings by how often real series have them, less where a window is expensive."""


def practice_batch(seed: int, step: int, device: torch.device | str = "cpu") -> Batch:
    """Draw the batch of one training step.

    Parameters
    ----------
    seed, step : int
        The same two give the same batch on the same kind of device.
    device : torch.device or str

    Returns
    -------
    Batch
    """
    generator = torch.Generator(device).manual_seed(seed * 2**32 + step)
    choice = torch.Generator().manual_seed(seed * 2**32 + step)
    odds = torch.tensor([setting.odds for setting in CURRICULUM])
    setting = CURRICULUM[int(torch.multinomial(odds, 1, generator=choice))]
    low, high = setting.segments
    segments = int(torch.randint(low, high + 1, (), generator=choice))
    ahead = setting.ahead[int(torch.randint(len(setting.ahead), (), generator=choice))]
    geometry = shape(setting.season, segments, ahead)
    ends = min(max(DECODED // (setting.windows * ahead), 1), segments)
    return draw_windows(geometry, setting.windows, generator, device), geometry, ends


def shape(season: tuple[int, ...], segments: int, ahead: int) -> Geometry:
    """Give the universal window shape with a number of output segments."""
    one = universal_geometry(season, segments, 1)
    return universal_geometry(season, segments, ahead * one.segment)


def draw_windows(
    geometry: Geometry,
    count: int,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Draw synthetic windows as a forecaster would meet them.

    Parameters
    ----------
    geometry : Geometry
    count : int
    generator : torch.Generator
        On ``device``.
    device : torch.device or str

    Returns
    -------
    Tensor, shape (count, geometry.past + geometry.future), float32
        Standardised by the visible past alone; NaN where a value is missing,
        before the series began, or where the past tells nothing (constant).
    """
    dice = Dice(generator, torch.device(device))
    past, length = geometry.past, geometry.past + geometry.future
    values_BL = draw(count, length, geometry.season, generator, device)
    least = max(FEWEST_VALUES, geometry.season[0] // 2)
    visible_B1 = dice.log_uniform(least, past + 1, count, 1).floor()
    visible_B1[dice.happens(WHOLE, count, 1)] = past
    begun = torch.arange(length, device=dice.device) >= past - visible_B1
    hidden = draw_mask(count, length, generator, device) | ~begun
    logged = dice.happens(LOGGED, count, 1) & (values_BL.amin(1, keepdim=True) > 0)
    values_BL = torch.where(logged, values_BL.clamp_min(1e-30).log(), values_BL)
    return standardise(values_BL.masked_fill(hidden, torch.nan), past)


def standardise(windows_BL: Tensor, past: int) -> Tensor:
    """Scale windows by the mean and the mean absolute deviation of their past.

    Parameters
    ----------
    windows_BL : Tensor, shape (B, L)
        NaN where missing.
    past : int
        Values before the cutoff; nothing after them is looked at.

    Returns
    -------
    Tensor, shape (B, L)
        NaN throughout where the past is constant.
    """
    known = windows_BL[:, :past]
    location = known.nanmean(1, keepdim=True)
    spread = (known - location).abs().nanmean(1, keepdim=True)
    varies = spread > 1e-6 * location.abs().clamp_min(1e-6)
    return torch.where(varies, (windows_BL - location) / spread, torch.nan)
