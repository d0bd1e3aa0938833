"""Seasons along time: profiles that repeat and drift, weeks of days, waves, calendars.

A series reads its profile at ``t mod season``. A longer season that holds a
whole number of short ones (hour of week over hour of day) modulates the short
profile; any other longer season is a wave added to it.

Shapes: N series, L steps, M phases of a season, D short seasons in a long one.
"""

import math

import torch
from torch import Tensor

from forecast.pretrain import filters
from forecast.pretrain.dice import Dice
from forecast.pretrain.profiles import fourier_profile, free_profile, standardise

LONGEST_TABLE = 400
"""Seasons above this many steps are waves of few harmonics, not tables."""


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
    return standardise((amplitude[..., None] * shape_NDM + offset[..., None]).flatten(1))


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


def calendar(dice: Dice, count: int, season: int, length: int) -> Tensor:
    """Draw calendar effects: trading days of monthly, paydays of daily series.

    Parameters
    ----------
    dice : Dice
    count : int
    season : int
        12 is monthly, 7 daily; others have no such effect.
    length : int

    Returns
    -------
    Tensor, shape (count, length)
        Of about unit size.

    Notes
    -----
    The composition of months shows at .348 and .432 cycles per month
    (Cleveland and Devlin, 1980).
    """
    step = torch.arange(length, device=dice.device)
    phase = dice.uniform(0, 2 * math.pi, count, 2)
    if season == 12:
        weekly = torch.sin(2 * math.pi * 0.348 * step + phase[:, :1])
        return weekly + 0.4 * torch.sin(2 * math.pi * 0.432 * step + phase[:, 1:])
    if season == 7:
        narrowness = dice.log_uniform(5.0, 60.0, count, 1)
        return 3 * torch.exp(narrowness * (torch.cos(math.tau / 30.44 * step - phase[:, :1]) - 1))
    return torch.zeros(count, length, device=dice.device)


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


def fits(dice: Dice, odds: float, count: int, season: int, length: int) -> Tensor:
    """Draw how large each cycle of a season is: mostly 1, else another size in every cycle.

    Parameters
    ----------
    dice : Dice
    odds : float
        Probability of the latter, as the light of cloudy and of clear days.
    count, season, length : int

    Returns
    -------
    Tensor, shape (count, length)
        Positive and about 1 in the mean; it goes straight from the middle of one cycle,
        wherever that is, to the next.
    """
    swing = dice.log_uniform(0.1, 0.8, count, 1) * dice.happens(odds, count, 1)
    cycles = length // season + 3
    size_NC = (1 + swing * dice.uniform(-1.7, 1.7, count, cycles)).clamp_min(0.03)
    step = torch.arange(length, device=dice.device)
    return _read(size_NC, step / season + dice.uniform(0, 1, count, 1))


def clock(dice: Dice, odds: float, count: int, length: int) -> Tensor:
    """Draw the time that a season keeps: mostly that of the rows, else fast, slow or jumping.

    Parameters
    ----------
    dice : Dice
    odds : float
        Probability of a season that is not quite as long as its rows say, from some
        moment on; a quarter as likely are rows lost or doubled here and there.
    count, length : int

    Returns
    -------
    Tensor, shape (count, length)
        In steps; the number of the row where nothing is wrong.
    """
    step = torch.arange(length, device=dice.device, dtype=torch.float32)
    onset = dice.uniform(-0.5, 1.0, count, 1) * length
    rate = dice.signs(count, 1) * dice.log_uniform(0.002, 0.08, count, 1)
    fast = rate * (step - onset.clamp_min(0)).clamp_min(0) * dice.happens(odds, count, 1)
    lost = dice.happens(dice.log_uniform(0.3, 4.0, count, 1) / length, count, length)
    jump = dice.signs(count, length) * dice.log_uniform(1.0, 6.0, count, length).floor()
    jumps = (jump * lost).cumsum(-1) * dice.happens(odds / 4, count, 1)
    return step + fast + jumps


def evolve(dice: Dice, table_NM: Tensor, clock_NL: Tensor, speed_N: Tensor) -> Tensor:
    """Read profiles along time while their amplitude and shape drift.

    Parameters
    ----------
    dice : Dice
    table_NM : Tensor, shape (N, M)
    clock_NL : Tensor, shape (N, L)
        Time in steps; see `clock`.
    speed_N : Tensor, shape (N,)
        Standard deviation of amplitude and shape around the start profile; 0
        keeps the season fixed.

    Returns
    -------
    Tensor, shape (N, L)
    """
    count, season = table_NM.shape
    length = clock_NL.shape[1]
    other_NM = free_profile(dice, count, season)
    if season > 12:
        other_NM = fourier_profile(dice, count, season)
    memory = (season * dice.log_uniform(2.0, 30.0, 2 * count)).clamp_max(4.0 * length)
    weights = filters.ar1(dice, torch.exp(-1 / memory), length) * speed_N.repeat(2)[:, None]
    amplitude = (1 + weights[:count]).clamp_min(0.1)
    return amplitude * _read(table_NM, clock_NL) + weights[count:] * _read(other_NM, clock_NL)


def _read(table_NM: Tensor, clock_NL: Tensor) -> Tensor:
    """Read profiles at times between their phases, too."""
    season = table_NM.shape[1]
    before_NL = clock_NL.floor()
    index_NL = before_NL.long() % season
    low, high = table_NM.gather(1, index_NL), table_NM.gather(1, (index_NL + 1) % season)
    return low + (clock_NL - before_NL) * (high - low)
