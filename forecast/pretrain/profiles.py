"""Profiles of a season: one value per phase, of mean 0 and variance 1.

How a profile repeats, changes and joins others is in ``forecast.pretrain.seasons``.

Shapes: N series, M phases of a season, K harmonics.
"""

import math

import torch
from torch import Tensor

from forecast.pretrain.dice import Dice


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
    return standardise((waves_NKM * size[..., None]).sum(1))


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
    return standardise(values)


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
    return standardise(peaks * torch.where(dice.happens(0.8, count, 1), 1.0, -1.0))


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
    return standardise(high + ripple * high)


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


def standardise(table_NM: Tensor) -> Tensor:
    """Give every profile mean 0 and variance 1; constant ones become 0.

    Parameters
    ----------
    table_NM : Tensor, shape (N, M)

    Returns
    -------
    Tensor, shape (N, M)
    """
    centred = table_NM - table_NM.mean(-1, keepdim=True)
    return centred / centred.square().mean(-1, keepdim=True).sqrt().clamp_min(1e-6)


def _angles(dice: Dice, count: int, season: int) -> Tensor:
    phase = torch.arange(season, device=dice.device) * (2 * math.pi / season)
    return phase.expand(count, season)
