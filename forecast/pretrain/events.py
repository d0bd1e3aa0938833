"""What happens to a series once: shifts, ramps, outliers, bad patches, standstills.

All functions give an addition on the scale of the series' latent path, in
units that the caller scales; ``hold`` acts on the finished values.

Shapes: N series, L steps, E events of a series.
"""

import torch
from torch import Tensor

from forecast.pretrain.dice import Dice


def shifts(dice: Dice, count: int, length: int) -> Tensor:
    """Draw one or two level shifts: at once, ramped over some steps, or fading away.

    Parameters
    ----------
    dice : Dice
    count, length : int

    Returns
    -------
    Tensor, shape (count, length)
        Jumps of about unit size.
    """
    total = torch.zeros(count, length, device=dice.device)
    for probability in (1.0, 0.3):
        since = _since(dice, count, length)
        ramp = dice.log_uniform(0.2, max(1.0, 0.05 * length), count, 1)
        fade = dice.log_uniform(2.0, max(3.0, 0.3 * length), count, 1)
        jump = (since / ramp).clamp(0, 1)
        fading = torch.exp(-since.clamp_min(0) / fade)
        jump = torch.where(dice.happens(0.3, count, 1), jump * fading, jump)
        total += dice.normal(count, 1) * dice.happens(probability, count, 1) * jump
    return total


def outliers(dice: Dice, count: int, length: int) -> Tensor:
    """Draw single outliers on some per cent of the steps, mostly to one side.

    Parameters
    ----------
    dice : Dice
    count, length : int

    Returns
    -------
    Tensor, shape (count, length)
        Zero, or about unit size where an outlier is.
    """
    rate = dice.log_uniform(0.003, 0.03, count, 1)
    side = dice.signs(count, 1) * torch.where(dice.happens(0.85, count, length), 1.0, -1.0)
    size = dice.log_uniform(0.4, 4.0, count, 1) * dice.log_uniform(0.6, 1.6, count, length)
    return side * size * dice.happens(rate, count, length)


def patches(dice: Dice, count: int, length: int) -> Tensor:
    """Draw one contiguous stretch on another level: an outage, a strike, a promotion.

    Parameters
    ----------
    dice : Dice
    count, length : int

    Returns
    -------
    Tensor, shape (count, length)
        Zero, or about unit size within the stretch.
    """
    since = _since(dice, count, length)
    width = dice.log_uniform(1.0, max(2.0, 0.1 * length), count, 1)
    return dice.normal(count, 1) * ((since >= 0) & (since < width))


def hold(dice: Dice, values_NL: Tensor) -> Tensor:
    """Repeat the value at the start of one stretch through it, as a stuck sensor does.

    Parameters
    ----------
    dice : Dice
    values_NL : Tensor, shape (N, L)

    Returns
    -------
    Tensor, shape (N, L)
    """
    count, length = values_NL.shape
    start = dice.integers(0, length - 1, count, 1)
    width = dice.log_uniform(2.0, max(3.0, 0.15 * length), count, 1)
    step = torch.arange(length, device=dice.device)
    stuck = (step >= start) & (step < start + width)
    return torch.where(stuck, values_NL.gather(1, start), values_NL)


def _since(dice: Dice, count: int, length: int) -> Tensor:
    """Steps since a random moment of each series; negative before it."""
    return torch.arange(length, device=dice.device) - dice.uniform(0, length, count, 1).floor()
