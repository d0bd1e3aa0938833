"""Irregular parts: light and heavy tails, short memory, changing variance.

Every noise has about unit variance over the long run.

Shapes: N series, L steps.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from forecast.pretrain import filters
from forecast.pretrain.dice import Dice

Noise = Callable[[Dice, int, int], Tensor]


def normal(dice: Dice, count: int, length: int) -> Tensor:
    """Draw white Gaussian noise."""
    return dice.normal(count, length)


def heavy(dice: Dice, count: int, length: int) -> Tensor:
    """Draw white noise near Student's t with 4 degrees of freedom."""
    return dice.student(4.0, count, length)


def ar1(dice: Dice, count: int, length: int) -> Tensor:
    """Draw AR(1) noise with a coefficient between -.4 and .98, half of them above .6."""
    return filters.ar1(dice, 0.98 - 1.38 * dice.uniform(0, 1, count) ** 2, length)


def arma(dice: Dice, count: int, length: int) -> Tensor:
    """Draw ARMA(2, 2) noise."""
    return filters.arma22(dice, count, length)


def volatile(dice: Dice, count: int, length: int) -> Tensor:
    """Draw noise in calm and stormy stretches, as GARCH gives.

    Notes
    -----
    Stochastic volatility (Taylor, 1986), whose log variance is an AR(1): the
    closed-form cousin of GARCH, with no recursion over time.
    """
    memory = dice.log_uniform(3.0, 60.0, count)
    depth = dice.uniform(0.3, 1.0, count, 1)
    log_size = depth * filters.ar1(dice, torch.exp(-1 / memory), length).clamp(-3, 3)
    return dice.normal(count, length) * (log_size - depth.square()).exp()


NOISES: tuple[Noise, ...] = (normal, heavy, ar1, arma, volatile)
"""Kinds of noise, in the order of ``Mixture.noises``."""


def draw_noises(dice: Dice, weights: tuple[float, ...], count: int, length: int) -> Tensor:
    """Draw noise for each series, its kind chosen by weight.

    Parameters
    ----------
    dice : Dice
    weights : tuple of float
        Odds of the ``NOISES``.
    count, length : int

    Returns
    -------
    Tensor, shape (count, length)
    """
    noise_NL = torch.zeros(count, length, device=dice.device)
    kind_N = dice.pick(weights, count)
    for kind, noise in enumerate(NOISES):
        rows = (kind_N == kind).nonzero()[:, 0]
        if len(rows):
            noise_NL[rows] = noise(dice, len(rows), length)
    return noise_NL
