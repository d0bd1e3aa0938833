"""Synthetic series that teach a network what real series look like.

A series is a latent path (level + drift + season + noise + events) that is
then observed: as a positive, signed, bounded, counted or intermittent series.
The parts cover what the classical models generate (ETS: local level, damped
and undamped local trend, fixed and changing seasons, additive or, through the
exponential, multiplicative; seasonal ARIMA; Theta's line plus random walk;
Gaussian processes) and what they do not: changepoints, saturation, regimes,
outliers, counts. No real series enters; ``Mixture`` says how often each occurs.

Windows, scaling and training are left to ``forecast.pretrain.pretrain``.

Shapes: N series, L steps.
"""

import torch
from torch import Tensor

from forecast.errors import UsageError
from forecast.pretrain import events
from forecast.pretrain.dice import Dice
from forecast.pretrain.levels import draw_levels
from forecast.pretrain.mixture import Mixture, mixture_for
from forecast.pretrain.noises import draw_noises
from forecast.pretrain.observe import keep_digits, observe
from forecast.pretrain.profiles import draw_profiles
from forecast.pretrain.seasons import (
    LONGEST_TABLE,
    calendar,
    clock,
    evolve,
    fits,
    seasonal_walk,
    wave,
    week_of_days,
)


def draw(
    count: int,
    length: int,
    season: tuple[int, ...],
    generator: torch.Generator,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Draw synthetic series of one season setting.

    Parameters
    ----------
    count, length : int
    season : tuple of int
        Season lengths in steps, shortest first, as (12,), (24, 168) or (7,
        365); (1,) means none. Some of the series have no season all the same.
    generator : torch.Generator
        On ``device``; the same state gives the same series.
    device : torch.device or str

    Returns
    -------
    Tensor, shape (count, length), float32
        Finite values in original units, nothing missing.

    Raises
    ------
    UsageError
        If a season is not a rising tuple of positive lengths.

    Examples
    --------
    >>> draw(3, 48, (12,), torch.Generator().manual_seed(0)).shape
    torch.Size([3, 48])
    """
    if not season or min(season) < 1 or list(season) != sorted(set(season)):
        raise UsageError(f"season is {season}; allowed: positive lengths, shortest first")
    dice, mixture = Dice(generator, torch.device(device)), mixture_for(season, length)
    spread_N1 = dice.log_normal(*mixture.spread, count, 1)
    priors = (mixture.level, mixture.season, mixture.noise)
    sizes_N3 = torch.cat([dice.log_normal(*prior, count, 1) for prior in priors], dim=1)
    if season[-1] == 1:
        sizes_N3[:, 1] = 0
    sizes_N3[:, 1:2] *= dice.happens(mixture.seasonal, count, 1)
    unrest_N1 = torch.where(
        dice.happens(mixture.calm, count, 1), dice.log_uniform(0.003, 0.3, count, 1), 1.0
    )
    sizes_N3[:, 2:] *= unrest_N1
    sizes_N3 = sizes_N3 / sizes_N3.amax(-1, keepdim=True) * spread_N1
    level_NL = _level(dice, mixture, unrest_N1, length) * sizes_N3[:, :1]
    path_NL = level_NL + draw_noises(dice, mixture.noises, count, length) * sizes_N3[:, 2:]
    if season[-1] > 1:
        path_NL += _season(dice, mixture, season, unrest_N1, length) * sizes_N3[:, 1:2]
    path_NL += _events(dice, mixture, sizes_N3, length)
    values_NL = observe(dice, mixture.links, path_NL)
    rounded_N1 = dice.happens(mixture.rounded, count, 1)
    values_NL = torch.where(rounded_N1, keep_digits(dice, values_NL), values_NL)
    stuck_N1 = dice.happens(mixture.stuck, count, 1)
    return torch.where(stuck_N1, events.hold(dice, values_NL), values_NL)


def draw_mask(
    count: int, length: int, generator: torch.Generator, device: torch.device | str = "cpu"
) -> Tensor:
    """Draw which values are missing: single points, or one contiguous block.

    Parameters
    ----------
    count, length : int
    generator : torch.Generator
        On ``device``.
    device : torch.device or str

    Returns
    -------
    Tensor, shape (count, length), bool
        True where a value is missing. Some 80 % of the series miss nothing;
        none misses more than half in the mean.
    """
    dice = Dice(generator, torch.device(device))
    kind_N1 = dice.uniform(0, 1, count, 1)
    points = dice.happens(dice.log_uniform(0.005, 0.3, count, 1), count, length)
    start = dice.uniform(0, length, count, 1).floor()
    width = dice.log_uniform(1.0, max(2.0, 0.3 * length), count, 1)
    step = torch.arange(length, device=dice.device)
    block = (step >= start) & (step < start + width)
    return (points & (kind_N1 < 0.12)) | (block & (kind_N1 > 0.92))


def _level(dice: Dice, mixture: Mixture, unrest_N1: Tensor, length: int) -> Tensor:
    """Level and drift, changing by about 1 over the pace of each series; slow where it is calm."""
    count = unrest_N1.shape[0]
    pace_N = dice.log_uniform(*mixture.pace, count)
    pace_N = torch.where(unrest_N1[:, 0] < 1, pace_N.clamp_min(mixture.pace[1] / 3), pace_N)
    level_NL = draw_levels(dice, mixture.levels, pace_N, length)
    second_N = dice.log_uniform(*mixture.pace, count)
    share_N1 = dice.log_uniform(0.1, 1.0, count, 1) * dice.happens(mixture.mixed, count, 1)
    share_N1 = share_N1 * unrest_N1
    level_NL += share_N1 * draw_levels(dice, mixture.levels, second_N, length)
    slope_N1 = (0.7 + 0.7 * dice.normal(count, 1)) * dice.happens(mixture.drifting, count, 1)
    step = torch.arange(length, device=dice.device)
    return level_NL + slope_N1 * step / dice.log_uniform(*mixture.pace, count)[:, None]


def _season(
    dice: Dice, mixture: Mixture, season: tuple[int, ...], unrest_N1: Tensor, length: int
) -> Tensor:
    """All seasons together; the shortest has unit variance at the start."""
    count = unrest_N1.shape[0]
    speed_N = dice.log_uniform(0.03, 0.8, count) * dice.happens(mixture.evolving, count)
    speed_N = speed_N * unrest_N1[:, 0]
    short = season[0]
    if short > LONGEST_TABLE:
        return wave(dice, count, short, length)
    table_NM = draw_profiles(dice, mixture.profiles, count, short)
    total_NL = torch.zeros(count, length, device=dice.device)
    for long in season[1:]:
        days = long // table_NM.shape[1]
        if long <= LONGEST_TABLE and long % table_NM.shape[1] == 0:
            weekly_NM = week_of_days(dice, table_NM, days)
            plain_N1 = dice.happens(0.4, count, 1) | (unrest_N1 < 1)
            table_NM = torch.where(plain_N1, table_NM.repeat(1, days), weekly_NM)
        else:
            size_N1 = dice.log_normal(*mixture.longer, count, 1) * dice.happens(0.8, count, 1)
            total_NL += size_N1 * wave(dice, count, long, length)
    time_NL = clock(dice, mixture.mistimed, count, length)
    size_NL = fits(dice, mixture.fitful, count, short, length)
    total_NL += size_NL * evolve(dice, table_NM, time_NL, speed_N)
    working_N1 = dice.happens(mixture.working, count, 1) * dice.log_uniform(0.05, 0.7, count, 1)
    total_NL += unrest_N1 * working_N1 * calendar(dice, count, short, length)
    walking_N1 = dice.happens(0.1, count, 1) * dice.log_uniform(0.03, 0.4, count, 1)
    return total_NL + unrest_N1 * walking_N1 * seasonal_walk(dice, count, short, length)


def _events(dice: Dice, mixture: Mixture, sizes_N3: Tensor, length: int) -> Tensor:
    """Level shifts, outliers and bad patches of the series that have them."""
    count = sizes_N3.shape[0]
    usual_N1 = sizes_N3.square().sum(-1, keepdim=True).sqrt()
    short_N1 = sizes_N3[:, 1:].square().sum(-1, keepdim=True).sqrt() + 0.1 * usual_N1
    jump = events.shifts(dice, count, length) * dice.happens(mixture.shifted, count, 1)
    patch = events.patches(dice, count, length) * dice.happens(mixture.patched, count, 1)
    outlier = events.outliers(dice, count, length) * dice.happens(mixture.spoiled, count, 1)
    return 1.5 * usual_N1 * (jump + patch) + 4 * short_N1 * outlier
