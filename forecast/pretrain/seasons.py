"""Seasonal patterns: profiles over one season, several seasons, and their slow change.

A profile is a table of one value per phase, of mean 0 and variance 1; a
series reads its table at ``(t + offset) mod season``. A longer season that
holds a whole number of short ones (hour of week over hour of day) modulates
the short profile; any other longer season is a wave added to it.

Shapes: N series, L steps, M phases of a season, K harmonics, D short seasons
in a long one.
"""

import math

import torch
from torch import Tensor

from forecast.pretrain import filters
from forecast.pretrain.dice import Dice

LONGEST_TABLE = 400
"""Seasons above this many steps are waves of few harmonics, not tables."""


def fourier_profile(dice: Dice, count: int, season: int) -> Tensor:
    """Draw profiles of 1 to 8 harmonics whose amplitudes decay, some with a bent phase.

    Parameters
    ----------
    dice : Dice
    count, season : int

    Returns
    -------
    Tensor, shape (count, season)
    """
    harmonics = max(1, min(8, season // 2))
    order = torch.arange(1, harmonics + 1, device=dice.device)
    limit = (dice.uniform(0, 1, count, 1) ** 2.5 * harmonics).ceil()
    size = dice.normal(count, harmonics) * order ** -dice.uniform(0.5, 3.0, count, 1)
    size = size * (order <= limit.clamp_min(1))
    angle_NM = _angles(dice, count, season)
    bend = dice.uniform(-0.8, 0.8, count, 1) * dice.happens(0.4, count, 1)
    angle_NM = angle_NM + bend * torch.sin(angle_NM)
    shift = dice.uniform(0, 2 * math.pi, count, harmonics)
    waves_NKM = torch.sin(angle_NM[:, None] * order[:, None] + shift[..., None])
    return _standard((waves_NKM * size[..., None]).sum(1))


def free_profile(dice: Dice, count: int, season: int) -> Tensor:
    """Draw profiles with a value of its own for each phase, some heavy-tailed.

    Parameters
    ----------
    dice : Dice
    count, season : int

    Returns
    -------
    Tensor, shape (count, season)
    """
    values = torch.where(
        dice.happens(0.3, count, 1), dice.student(3.0, count, season), dice.normal(count, season)
    )
    return _standard(values)


def peak_profile(dice: Dice, count: int, season: int) -> Tensor:
    """Draw profiles of one to three narrow peaks (or dips).

    Parameters
    ----------
    dice : Dice
    count, season : int

    Returns
    -------
    Tensor, shape (count, season)
    """
    angle_N1M = _angles(dice, count, season)[:, None]
    centre = dice.uniform(0, 2 * math.pi, count, 3, 1)
    narrowness = dice.log_uniform(1.0, 60.0, count, 3, 1)
    height = torch.ones(count, 3, 1, device=dice.device)
    height[:, 1:] = dice.normal(count, 2, 1) * dice.happens(0.5, count, 2, 1)
    peaks = (height * torch.exp(narrowness * (torch.cos(angle_N1M - centre) - 1))).sum(1)
    return _standard(peaks * torch.where(dice.happens(0.8, count, 1), 1.0, -1.0))


def plateau_profile(dice: Dice, count: int, season: int) -> Tensor:
    """Draw day-and-night profiles: high for a part of the season, with soft or hard edges.

    Parameters
    ----------
    dice : Dice
    count, season : int

    Returns
    -------
    Tensor, shape (count, season)
    """
    angle_NM = _angles(dice, count, season)
    threshold = torch.cos(math.pi * dice.uniform(0.15, 0.85, count, 1))
    hardness = dice.log_uniform(1.5, 40.0, count, 1)
    high = torch.sigmoid(hardness * (torch.cos(angle_NM) - threshold))
    ripple = 0.3 * dice.uniform(0, 1, count, 1) * fourier_profile(dice, count, season)
    return _standard(high + ripple * high)


PROFILES = (fourier_profile, free_profile, peak_profile, plateau_profile)
"""Kinds of profile, in the order of ``Mixture.profiles``."""


def draw_profiles(dice: Dice, weights: tuple[float, ...], count: int, season: int) -> Tensor:
    """Draw profiles, their kind chosen by weight, each rotated by a random phase.

    Parameters
    ----------
    dice : Dice
    weights : tuple of float
        Odds of the ``PROFILES``.
    count, season : int

    Returns
    -------
    Tensor, shape (count, season)
        Mean 0 and variance 1 in each row.
    """
    table_NM = torch.zeros(count, season, device=dice.device)
    kind_N = dice.pick(weights, count)
    for kind, profile in enumerate(PROFILES):
        rows = (kind_N == kind).nonzero()[:, 0]
        if len(rows):
            table_NM[rows] = profile(dice, len(rows), season)
    phase = torch.arange(season, device=dice.device)
    return table_NM.gather(1, (phase + dice.integers(0, season - 1, count, 1)) % season)


def week_of_days(dice: Dice, table_NM: Tensor, days: int) -> Tensor:
    """Repeat a short profile over a long season, with amplitude and level of each day.

    Parameters
    ----------
    dice : Dice
    table_NM : Tensor, shape (N, M)
        Short profiles.
    days : int
        D, short seasons in the long one.

    Returns
    -------
    Tensor, shape (N, D * M)
        Of mean 0 and variance 1.

    Notes
    -----
    Two neighbouring days may be a weekend: lower, flatter, and with a share of
    a second profile. Other days differ a little from each other.
    """
    count, season = table_NM.shape
    day = torch.arange(days, device=dice.device)
    first = dice.integers(0, days - 1, count, 1)
    free = ((day - first) % days < max(1, round(2 * days / 7))).float()
    free = free * dice.happens(0.7, count, 1)
    depth = dice.uniform(0, 1, count, 1)
    ripple = dice.log_uniform(0.01, 0.3, count, 1)
    amplitude = 1 - 0.8 * depth * free + ripple * dice.normal(count, days)
    offset = -dice.uniform(-0.3, 1.5, count, 1) * depth * free + ripple * dice.normal(count, days)
    share = (dice.uniform(0, 1, count, 1) * free)[..., None]
    other = fourier_profile(dice, count, season)[:, None]
    shape_NDM = table_NM[:, None] * (1 - share) + other * share
    return _standard((amplitude[..., None] * shape_NDM + offset[..., None]).flatten(1))


def wave(dice: Dice, count: int, season: int, length: int) -> Tensor:
    """Draw smooth waves of up to three harmonics of a long season.

    Parameters
    ----------
    dice : Dice
    count, season, length : int

    Returns
    -------
    Tensor, shape (count, length)
        Of variance 1 over a whole season.
    """
    angle = 2 * math.pi / season * torch.arange(length, device=dice.device)
    size = dice.normal(count, 3)
    size = size * torch.tensor([1.5, 0.5, 0.25], device=dice.device)
    size = size / size.square().sum(-1, keepdim=True).div(2).sqrt()
    total = torch.zeros(count, length, device=dice.device)
    for order in range(1, 4):
        shift = dice.uniform(0, 2 * math.pi, count, 1)
        total += size[:, order - 1 : order] * torch.sin(order * angle + shift)
    return total


def seasonal_walk(dice: Dice, count: int, season: int, length: int) -> Tensor:
    """Draw seasonal random walks, ``x[t] = x[t - season] + e[t]``, from zero.

    Parameters
    ----------
    dice : Dice
    count, season, length : int

    Returns
    -------
    Tensor, shape (count, length)
        Of variance ``cycles`` after so many seasons; summing to zero over each.
    """
    cycles = -(-length // season)
    shocks = dice.normal(count, cycles, season)
    shocks = shocks - shocks.mean(-1, keepdim=True)
    return shocks.cumsum(1).flatten(1)[:, :length]


def evolve(dice: Dice, table_NM: Tensor, speed_N: Tensor, length: int) -> Tensor:
    """Read profiles along time while their amplitude and shape drift.

    Parameters
    ----------
    dice : Dice
    table_NM : Tensor, shape (N, M)
    speed_N : Tensor, shape (N,)
        Standard deviation of amplitude and shape around the start profile; 0
        keeps the season fixed.
    length : int

    Returns
    -------
    Tensor, shape (N, length)
    """
    count, season = table_NM.shape
    index_NL = (torch.arange(length, device=dice.device) % season).expand(count, -1)
    other_NM = free_profile(dice, count, season)
    if season > 12:
        other_NM = fourier_profile(dice, count, season)
    memory = (season * dice.log_uniform(2.0, 30.0, 2 * count)).clamp_max(4.0 * length)
    weights = filters.ar1(dice, torch.exp(-1 / memory), length) * speed_N.repeat(2)[:, None]
    amplitude = (1 + weights[:count]).clamp_min(0.1)
    return amplitude * table_NM.gather(1, index_NL) + weights[count:] * other_NM.gather(1, index_NL)


def _angles(dice: Dice, count: int, season: int) -> Tensor:
    phase = torch.arange(season, device=dice.device) * (2 * math.pi / season)
    return phase.expand(count, season)


def _standard(table_NM: Tensor) -> Tensor:
    centred = table_NM - table_NM.mean(-1, keepdim=True)
    return centred / centred.square().mean(-1, keepdim=True).sqrt().clamp_min(1e-6)
