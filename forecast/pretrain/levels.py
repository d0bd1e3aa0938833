"""Paths of the level of a series: trends, walks, cycles and regimes.

Every path changes by about 1 over ``pace`` steps, so that one number per
series says how fast its level lives, whatever the kind. How large that change
is next to season and noise is decided in ``forecast.pretrain.synthetic``.

Shapes: N series, L steps.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from forecast.pretrain import filters, noises
from forecast.pretrain.dice import Dice

Path = Callable[[Dice, Tensor, int], Tensor]


def flat(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Give a constant level."""
    return torch.zeros(pace_N.shape[0], length, device=dice.device)


def line(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw straight lines; exponential growth where the series is an exponential of its level."""
    return dice.normal(pace_N.shape[0], 1) * _time(dice, length) / pace_N[:, None]


def damped(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw trends, mostly rising, that fade by phi per step (Gardner and McKenzie, 1985)."""
    count = pace_N.shape[0]
    phi = torch.exp(-dice.log_uniform(0.2, 2.0, count, 1) / pace_N[:, None])
    return (1 + 2 * dice.normal(count, 1)) * (1 - phi ** _time(dice, length))


def logistic(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw S-shaped growth, or decline, that saturates, its middle anywhere in the series."""
    count = pace_N.shape[0]
    middle = dice.uniform(-0.2, 1.2, count, 1) * length
    steepness = dice.log_uniform(1.0, 5.0, count, 1)
    height = 1 + 2 * dice.normal(count, 1)
    return height * torch.sigmoid((_time(dice, length) - middle) / pace_N[:, None] * steepness)


def piecewise(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw piecewise straight lines whose slope is renewed once in ``pace`` steps."""
    return _pieces(dice, pace_N, length).cumsum(-1) / pace_N[:, None]


def regimes(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw steps between levels that last about ``pace`` steps each."""
    return _pieces(dice, pace_N, length)


def walk(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw random walks, ARIMA(0, 1, 0)."""
    return dice.normal(pace_N.shape[0], length).cumsum(-1) / pace_N[:, None].sqrt()


def price(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw random walks whose steps are calm and stormy in turn, as prices are."""
    return noises.volatile(dice, pace_N.shape[0], length).cumsum(-1) / pace_N[:, None].sqrt()


def arima(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw once integrated ARMA(2, 2) paths."""
    return filters.arma22(dice, pace_N.shape[0], length).cumsum(-1) / pace_N[:, None].sqrt()


def persistent(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw levels whose growth is an AR(1) with a memory of a tenth to all of the pace.

    Notes
    -----
    The size of growth is an AR(1) too: fast growth is often a burst that ends.
    """
    count = pace_N.shape[0]
    memory_N = (pace_N * dice.log_uniform(0.1, 1.0, count)).clamp_min(0.7)
    growth = filters.ar1(dice, torch.exp(-1 / memory_N), length)
    depth = dice.uniform(0, 0.9, count, 1)
    burst = filters.ar1(
        dice, torch.exp(-1 / (dice.log_uniform(0.5, 2.0, count) * memory_N)), length
    )
    growth = growth * (depth * burst.clamp(-3, 3) - depth.square()).exp()
    return growth.cumsum(-1) / (pace_N * memory_N)[:, None].sqrt()


def local_trend(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw local linear trends, ARIMA(0, 2, 0) damped over four times the pace."""
    steps = _time(dice, length)
    impulse = torch.exp(-steps / (4 * pace_N[:, None]))
    growth = filters.convolve(dice.normal(pace_N.shape[0], length), impulse)
    growth = growth + dice.normal(pace_N.shape[0], 1) * pace_N[:, None].sqrt() * impulse
    return growth.cumsum(-1) / pace_N[:, None] ** 1.5


def cyclic(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw business cycles: AR(2) with a period of two to six times the pace."""
    count = pace_N.shape[0]
    period = (dice.log_uniform(2, 6, count) * pace_N).clamp_min(3)
    radius = torch.exp(-dice.log_uniform(0.1, 1.5, count) / period)
    return filters.cycle(dice, radius, period, length)


def reverting(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw mean-reverting levels: AR(1) with a memory of ``pace`` steps."""
    return filters.ar1(dice, torch.exp(-1 / pace_N), length)


def smooth(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw Gaussian processes from Matern 3/2 to the squared-exponential kernel."""
    nu = dice.log_uniform(1.5, 10.0, pace_N.shape[0])
    return filters.gaussian_process(dice, pace_N, nu, length)


def product(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw the product of a Gaussian process and a line: swings that grow or fade."""
    slope = 0.5 + 2 * dice.uniform(-1, 1, pace_N.shape[0], 1) * _time(dice, length) / length
    return smooth(dice, pace_N, length) * slope


def long_memory(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Draw power-law noise between white noise and a smooth walk."""
    return filters.power_law(dice, dice.uniform(0.5, 2.8, pace_N.shape[0]), length)


PATHS: dict[str, Path] = {
    path.__name__: path
    for path in (
        flat, line, damped, logistic, piecewise, regimes, walk, price, arima,
        persistent, local_trend, cyclic, reverting, smooth, product, long_memory,
    )
}  # fmt: skip
"""Kinds of level by name, as in ``Mixture.levels``."""


def draw_levels(dice: Dice, weights: dict[str, float], pace_N: Tensor, length: int) -> Tensor:
    """Draw one path for each series, its kind chosen by weight.

    Parameters
    ----------
    dice : Dice
    weights : dict of str to float
        Names of ``PATHS`` and their odds.
    pace_N : Tensor, shape (N,)
        Steps in which a level changes by about 1.
    length : int

    Returns
    -------
    Tensor, shape (N, length)
    """
    paths_NL = torch.zeros(pace_N.shape[0], length, device=dice.device)
    kind_N = dice.pick(tuple(weights.values()), pace_N.shape[0])
    for kind, name in enumerate(weights):
        rows = (kind_N == kind).nonzero()[:, 0]
        if len(rows):
            paths_NL[rows] = PATHS[name](dice, pace_N[rows], length)
    return paths_NL


def _time(dice: Dice, length: int) -> Tensor:
    return torch.arange(length, device=dice.device, dtype=torch.float32)


def _pieces(dice: Dice, pace_N: Tensor, length: int) -> Tensor:
    """Piecewise constant values of unit variance, renewed with odds 1 / pace per step."""
    count = pace_N.shape[0]
    piece = dice.happens(1 / pace_N[:, None], count, length).cumsum(-1)
    return dice.normal(count, length + 1).gather(1, piece)
