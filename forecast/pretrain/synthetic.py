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

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from forecast.errors import UsageError
from forecast.pretrain import events
from forecast.pretrain.dice import Dice
from forecast.pretrain.levels import draw_levels
from forecast.pretrain.noises import draw_noises
from forecast.pretrain.observe import keep_digits, observe
from forecast.pretrain.seasons import (
    LONGEST_TABLE,
    draw_profiles,
    evolve,
    seasonal_walk,
    wave,
    week_of_days,
)

Prior = tuple[float, float]
"""Median and log-deviation of a log-normal prior."""


@dataclass(frozen=True)
class Mixture:
    """How often each part occurs and how large it is.

    Parameters
    ----------
    levels : dict of str to float
        Odds of the kinds of level (``levels.PATHS``).
    profiles, noises, links : tuple of float
        Odds, in the order of ``seasons.PROFILES``, ``noises.NOISES``, ``observe.LINKS``.
    pace : (float, float)
        Steps in which a level changes by about its size: log-uniform limits.
    spread : Prior
        Size of the largest of level, season and noise, in logarithms.
    level, season, noise : Prior
        Sizes relative to each other.
    seasonal, evolving, mixed, drifting, shifted, spoiled, patched, stuck, rounded : float
        Probabilities: of having a season at all, one that changes, a level of
        two kinds, a drift, level shifts, outliers, a bad patch, a standstill,
        few digits.

    Notes
    -----
    Kinds follow Hyndman et al. (2008, Forecasting with Exponential Smoothing,
    table 2.1), Box and Jenkins (1970), Assimakopoulos and Nikolopoulos (2000,
    Theta), Ansari et al. (2024, Chronos: KernelSynth) and Dooley et al. (2023,
    ForecastPFN). Sizes were set by comparing the features of Hyndman, Wang and
    Laptev (2015) with those of public series: ``tests/bench/synthetic_coverage.py``.
    """

    levels: dict[str, float] = field(
        default_factory=lambda: {
            "flat": 0.06, "line": 0.06, "damped": 0.04, "logistic": 0.05, "piecewise": 0.12,
            "regimes": 0.04, "walk": 0.12, "arima": 0.08, "persistent": 0.14,
            "local_trend": 0.06, "cyclic": 0.09, "reverting": 0.07, "smooth": 0.06,
            "product": 0.02, "long_memory": 0.03,
        }
    )  # fmt: skip
    profiles: tuple[float, ...] = (0.35, 0.45, 0.10, 0.10)
    noises: tuple[float, ...] = (0.40, 0.20, 0.20, 0.10, 0.10)
    links: tuple[float, ...] = (0.60, 0.23, 0.05, 0.04, 0.06, 0.02)
    pace: tuple[float, float] = (6.0, 60.0)
    spread: Prior = (0.15, 0.9)
    level: Prior = (1.0, 1.0)
    season: Prior = (0.35, 1.5)
    noise: Prior = (0.20, 1.5)
    seasonal: float = 0.8
    evolving: float = 0.6
    mixed: float = 0.4
    drifting: float = 0.5
    shifted: float = 0.15
    spoiled: float = 0.10
    patched: float = 0.05
    stuck: float = 0.02
    rounded: float = 0.4


def mixture_for(season: tuple[int, ...], length: int) -> Mixture:
    """Give the mixture for a season setting.

    Parameters
    ----------
    season : tuple of int
        Season lengths in steps, shortest first; (1,) is none.
    length : int
        Steps of a series.

    Returns
    -------
    Mixture
    """
    short, long = season[0], season[-1]
    fastest = short / 8 if short >= 20 else short / 2
    mixture = Mixture(pace=(max(3.0, fastest), max(40.0, 12.0 * short, 2.0 * long)))
    if long == 1:
        trends = {"persistent": 0.20, "local_trend": 0.08, "piecewise": 0.14, "walk": 0.22}
        trends |= {"damped": 0.08, "logistic": 0.07}
        return replace(
            mixture,
            levels={**mixture.levels, **trends},
            links=(0.72, 0.17, 0.04, 0.03, 0.03, 0.01),
            pace=(2.5, max(30.0, length / 2)),
            spread=(0.26, 0.9),
            noise=(0.035, 1.5),
            mixed=0.5,
            drifting=0.9,
            rounded=0.3,
        )
    if short == 4:
        return replace(
            mixture,
            links=(0.68, 0.20, 0.04, 0.03, 0.04, 0.01),
            spread=(0.17, 0.75),
            season=(0.13, 1.5),
            noise=(0.05, 1.4),
            seasonal=0.75,
            drifting=0.85,
            rounded=0.3,
        )
    if short >= 20 and len(season) > 1:
        return replace(
            mixture,
            profiles=(0.68, 0.05, 0.12, 0.15),
            noises=(0.20, 0.10, 0.50, 0.15, 0.05),
            links=(0.52, 0.30, 0.05, 0.05, 0.06, 0.02),
            spread=(0.35, 0.9),
            levels={**mixture.levels, "walk": 0.08, "reverting": 0.14, "smooth": 0.12},
            level=(0.18, 1.1),
            season=(1.0, 0.6),
            noise=(0.03, 1.6),
            seasonal=0.88,
            drifting=0.3,
            shifted=0.1,
            rounded=0.3,
        )
    return mixture


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
    sizes_N3 = sizes_N3 / sizes_N3.amax(-1, keepdim=True) * spread_N1
    level_NL = _level(dice, mixture, count, length) * sizes_N3[:, :1]
    path_NL = level_NL + draw_noises(dice, mixture.noises, count, length) * sizes_N3[:, 2:]
    if season[-1] > 1:
        path_NL += _season(dice, mixture, season, count, length) * sizes_N3[:, 1:2]
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


def _level(dice: Dice, mixture: Mixture, count: int, length: int) -> Tensor:
    """Level and drift, changing by about 1 over the pace of each series."""
    pace_N = dice.log_uniform(*mixture.pace, count)
    level_NL = draw_levels(dice, mixture.levels, pace_N, length)
    second_N = dice.log_uniform(*mixture.pace, count)
    share_N1 = dice.log_uniform(0.1, 1.0, count, 1) * dice.happens(mixture.mixed, count, 1)
    level_NL += share_N1 * draw_levels(dice, mixture.levels, second_N, length)
    slope_N1 = (0.7 + 0.7 * dice.normal(count, 1)) * dice.happens(mixture.drifting, count, 1)
    step = torch.arange(length, device=dice.device)
    return level_NL + slope_N1 * step / dice.log_uniform(*mixture.pace, count)[:, None]


def _season(
    dice: Dice, mixture: Mixture, season: tuple[int, ...], count: int, length: int
) -> Tensor:
    """All seasons together; the shortest has unit variance at the start."""
    speed_N = dice.log_uniform(0.03, 0.8, count) * dice.happens(mixture.evolving, count)
    short = season[0]
    if short > LONGEST_TABLE:
        return wave(dice, count, short, length)
    table_NM = draw_profiles(dice, mixture.profiles, count, short)
    total_NL = torch.zeros(count, length, device=dice.device)
    for long in season[1:]:
        days = long // table_NM.shape[1]
        if long <= LONGEST_TABLE and long % table_NM.shape[1] == 0:
            weekly_NM = week_of_days(dice, table_NM, days)
            plain_N1 = dice.happens(0.4, count, 1)
            table_NM = torch.where(plain_N1, table_NM.repeat(1, days), weekly_NM)
        else:
            size_N1 = dice.log_normal(1.0, 0.9, count, 1) * dice.happens(0.8, count, 1)
            total_NL += size_N1 * wave(dice, count, long, length)
    total_NL += evolve(dice, table_NM, speed_N, length)
    walking_N1 = dice.happens(0.1, count, 1) * dice.log_uniform(0.03, 0.4, count, 1)
    return total_NL + walking_N1 * seasonal_walk(dice, count, short, length)


def _events(dice: Dice, mixture: Mixture, sizes_N3: Tensor, length: int) -> Tensor:
    """Level shifts, outliers and bad patches of the series that have them."""
    count = sizes_N3.shape[0]
    usual_N1 = sizes_N3.square().sum(-1, keepdim=True).sqrt()
    short_N1 = sizes_N3[:, 1:].square().sum(-1, keepdim=True).sqrt() + 0.1 * usual_N1
    jump = events.shifts(dice, count, length) * dice.happens(mixture.shifted, count, 1)
    patch = events.patches(dice, count, length) * dice.happens(mixture.patched, count, 1)
    outlier = events.outliers(dice, count, length) * dice.happens(mixture.spoiled, count, 1)
    return 1.5 * usual_N1 * (jump + patch) + 4 * short_N1 * outlier
