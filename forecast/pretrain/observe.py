"""From a latent path to the values that somebody wrote down.

A latent path is in relative units around 0. Its exponential is a positive
series with multiplicative trend, season and noise; ``1 + path`` is an additive
one, a power lies between; others are signed, bounded, counted, intermittent or
never below zero. Then come the unit of measurement and the digits that were kept.

Shapes: N series, L steps.
"""

import torch
from torch import Tensor

from forecast.pretrain.dice import Dice

WIDEST = 9.0
"""Largest range of a latent path: its exponential spans a factor of 8,100 at most."""


def multiplicative(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give positive values in a random unit."""
    return path_NL.exp() * _unit(dice, path_NL)


def slowing(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give positive values whose relative growth slows with size, between exponential and linear.

    Notes
    -----
    Above 0 the path is the Box-Cox (1964) transform of the values with power
    ``lambda`` in (.1, 1); below 0 it is their logarithm. The slopes meet at 0,
    which is moved to a random place between the lowest value and the median.
    """
    count = path_NL.shape[0]
    power = dice.uniform(0.1, 1.0, count, 1)
    path_NL = path_NL - dice.uniform(0, 1, count, 1) * path_NL.amin(-1, keepdim=True)
    grown = (1 + power * path_NL.clamp_min(0)) ** (1 / power)
    return torch.where(path_NL > 0, grown, path_NL.exp()) * _unit(dice, path_NL)


def additive(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give values around a level well above 0, negative only where the path swings widely."""
    return (1 + path_NL) * _unit(dice, path_NL)


def signed(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give values around a level that is not related to the size of the swings."""
    return (path_NL + dice.normal(path_NL.shape[0], 1)) * _unit(dice, path_NL)


def bounded(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give percentages: soft or hard saturation between 0 and 100 (or 0 and 1)."""
    count = path_NL.shape[0]
    size = path_NL.std(-1, keepdim=True).clamp_min(1e-6)
    centred = (path_NL / size).clamp(-4, 4) * dice.log_uniform(0.1, 2.5, count, 1)
    centred = centred + 1.5 * dice.normal(count, 1)
    hard = (0.5 + 0.25 * centred).clamp(0, 1)
    share = torch.where(dice.happens(0.3, count, 1), hard, torch.sigmoid(centred))
    return share * torch.where(dice.happens(0.8, count, 1), 100.0, 1.0)


def counted(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give Poisson counts, two thirds of them overdispersed."""
    count, length = path_NL.shape
    size = dice.log_uniform(0.02, 0.8, count, 1) * dice.happens(0.67, count, 1)
    excess = torch.exp(size * dice.normal(count, length) - size.square() / 2)
    rate = dice.log_uniform(0.3, 300.0, count, 1) * (path_NL.clamp(-7, 4)).exp() * excess
    return torch.poisson(rate.clamp(0, 1e6), generator=dice.generator)


def intermittent(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give demand that is zero most of the time (Croston, 1972): occurrence times size."""
    count, length = path_NL.shape
    odds = dice.uniform(-4.0, 0.5, count, 1) + path_NL.clamp(-4, 4)
    size = dice.log_uniform(0.2, 30.0, count, 1)
    amount = 1 + torch.poisson(size.expand(count, length), generator=dice.generator)
    return amount * dice.happens(torch.sigmoid(odds), count, length)


def clipped(dice: Dice, path_NL: Tensor) -> Tensor:
    """Give the positive part of a path (Tobin, 1958): sunlight, rain, what is in stock."""
    share = dice.uniform(0.02, 0.7, path_NL.shape[0], 1)
    ordered_NL = path_NL.sort(-1).values
    zero_N1 = ordered_NL.gather(1, (share * (path_NL.shape[1] - 1)).long())
    return (path_NL - zero_N1).clamp_min(0) * _unit(dice, path_NL)


LINKS = (multiplicative, slowing, additive, signed, bounded, counted, intermittent, clipped)
"""Kinds of observation, in the order of ``Mixture.links``."""


def observe(dice: Dice, weights: tuple[float, ...], path_NL: Tensor) -> Tensor:
    """Turn latent paths into values, the kind of each series chosen by weight.

    Parameters
    ----------
    dice : Dice
    weights : tuple of float
        Odds of the ``LINKS``.
    path_NL : Tensor, shape (N, L)

    Returns
    -------
    Tensor, shape (N, L)
        Finite; no positive series spans more than a factor of 8,100.
    """
    path_NL = path_NL - path_NL.median(-1, keepdim=True).values
    path_NL = path_NL * (WIDEST / (path_NL.amax(-1) - path_NL.amin(-1)).clamp_min(WIDEST))[:, None]
    values_NL = torch.zeros_like(path_NL)
    kind_N = dice.pick(weights, path_NL.shape[0])
    for kind, link in enumerate(LINKS):
        rows = (kind_N == kind).nonzero()[:, 0]
        if len(rows):
            values_NL[rows] = link(dice, path_NL[rows])
    return values_NL


def keep_digits(dice: Dice, values_NL: Tensor) -> Tensor:
    """Round to a decimal place that leaves 3 to 10,000 steps in the range of a series.

    Parameters
    ----------
    dice : Dice
    values_NL : Tensor, shape (N, L)

    Returns
    -------
    Tensor, shape (N, L)
    """
    reach = (values_NL.amax(-1, keepdim=True) - values_NL.amin(-1, keepdim=True)).clamp_min(1e-6)
    place = 10 ** (reach / dice.log_uniform(10, 3000, values_NL.shape[0], 1)).log10().round()
    return (values_NL / place).round() * place


def _unit(dice: Dice, path_NL: Tensor) -> Tensor:
    return dice.log_uniform(1.0, 1e4, path_NL.shape[0], 1)
