"""What a synthetic batch is made of: odds and sizes of every part, per season setting.

This is the one table of priors; how a part looks is written where it is drawn.
"""

from dataclasses import dataclass, field, replace

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
        Odds, in the order of ``profiles.PROFILES``, ``noises.NOISES``, ``observe.LINKS``.
    pace : (float, float)
        Steps in which a level changes by about its size: log-uniform limits.
    spread : Prior
        Size of the largest of level, season and noise, in logarithms.
    level, season, noise : Prior
        Sizes relative to each other.
    longer : Prior
        Size of a longer season that the short one does not divide, relative to the short one.
    seasonal, evolving, working : float
        Probabilities of having a season at all, one that changes, calendar effects.
    mixed, drifting, shifted, spoiled, patched, stuck, rounded, calm, mistimed, fitful : float
        Probabilities of a level of two kinds, a drift, level shifts, outliers,
        a bad patch, a standstill, few digits, of a plain season with hardly
        anything else, of a season that is not quite as long as it is said to be,
        of one whose size is another in every cycle.

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
            "flat": 0.08, "line": 0.08, "damped": 0.04, "logistic": 0.05, "piecewise": 0.12,
            "regimes": 0.04, "walk": 0.10, "price": 0.03, "arima": 0.08, "persistent": 0.14,
            "local_trend": 0.06, "cyclic": 0.09, "reverting": 0.07, "smooth": 0.06,
            "product": 0.02, "long_memory": 0.03,
        }
    )  # fmt: skip
    profiles: tuple[float, ...] = (0.35, 0.45, 0.10, 0.10)
    noises: tuple[float, ...] = (0.40, 0.20, 0.20, 0.10, 0.10)
    links: tuple[float, ...] = (0.37, 0.21, 0.22, 0.05, 0.04, 0.06, 0.03, 0.03)
    pace: tuple[float, float] = (6.0, 60.0)
    spread: Prior = (0.15, 0.9)
    level: Prior = (1.0, 1.0)
    season: Prior = (0.35, 1.5)
    longer: Prior = (1.0, 0.9)
    noise: Prior = (0.20, 1.5)
    seasonal: float = 0.8
    evolving: float = 0.6
    working: float = 0.15
    mixed: float = 0.4
    drifting: float = 0.5
    shifted: float = 0.2
    spoiled: float = 0.10
    patched: float = 0.05
    stuck: float = 0.03
    rounded: float = 0.4
    calm: float = 0.12
    mistimed: float = 0.04
    fitful: float = 0.04


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
        trends = {
            "persistent": 0.12,
            "local_trend": 0.04,
            "piecewise": 0.14,
            "walk": 0.24,
            "price": 0.06,
        }
        trends |= {"damped": 0.11, "logistic": 0.12}
        return replace(
            mixture,
            levels={**mixture.levels, **trends},
            links=(0.08, 0.44, 0.37, 0.03, 0.02, 0.03, 0.015, 0.015),
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
            links=(0.35, 0.32, 0.21, 0.03, 0.03, 0.03, 0.015, 0.015),
            spread=(0.17, 0.75),
            season=(0.13, 1.5),
            noise=(0.05, 1.4),
            seasonal=0.75,
            drifting=0.85,
            rounded=0.3,
        )
    if season in ((365,), (366,)):
        return replace(
            mixture,
            profiles=(0.85, 0.0, 0.10, 0.05),
            noises=(0.2, 0.1, 0.45, 0.15, 0.1),
            level=(0.5, 1.2),
            season=(0.8, 1.1),
            noise=(0.25, 1.2),
            calm=0.2,
        )
    if season in ((52,), (53,)):
        return replace(
            mixture, profiles=(0.70, 0.10, 0.12, 0.08), season=(0.6, 1.1), noise=(0.3, 1.2)
        )
    if short >= 20:
        return replace(
            mixture,
            profiles=(0.68, 0.05, 0.12, 0.15),
            noises=(0.20, 0.10, 0.50, 0.15, 0.05),
            links=(0.34, 0.14, 0.27, 0.05, 0.05, 0.06, 0.03, 0.06),
            spread=(0.35, 0.9),
            levels={**mixture.levels, "walk": 0.08, "reverting": 0.14, "smooth": 0.12},
            pace=(short / 3, max(60.0 * short, 2.0 * long)),
            level=(0.18, 1.3),
            season=(1.0, 0.6),
            noise=(0.02, 1.8),
            seasonal=0.88,
            evolving=0.4,
            working=0.0,
            drifting=0.3,
            shifted=0.05,
            spoiled=0.06,
            patched=0.03,
            rounded=0.25,
            calm=0.3,
            mistimed=0.1,
            fitful=0.15,
        )
    wandering = replace(mixture, levels={**mixture.levels, "walk": 0.14, "price": 0.06})
    if long >= 300:
        return replace(
            wandering,
            level=(0.3, 1.2),
            season=(0.25, 1.3),
            longer=(4.0, 1.1),
            calm=0.25,
            fitful=0.0,
        )
    if short in (5, 7):
        return replace(wandering, seasonal=0.72)
    return mixture
