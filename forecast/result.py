"""What models give back: Forecast (quantiles per series and step).

Letters: N series, H steps, Q quantile levels.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecast.errors import UsageError

DEFAULT_QUANTILES: tuple[float, ...] = (
    0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975,
)  # fmt: skip
"""Levels that networks are trained on: the median, deciles, 80 % and 95 % intervals."""


def interval_quantiles(level: int) -> tuple[float, float]:
    """Give the lower and upper quantile of a central interval.

    Parameters
    ----------
    level : int
        Coverage in per cent, 1 to 99.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> interval_quantiles(80)
    (0.1, 0.9)
    """
    return round((100 - level) / 200, 6), round((100 + level) / 200, 6)


@dataclass(frozen=True, eq=False)
class Forecast:
    """Forecasts of one model for every series of a panel.

    Attributes
    ----------
    model : str
        Name shown to the user, for example "GRU" or "ARIMA".
    ids : tuple of str, length N
    cutoffs : ndarray of shape (N,)
        Last observed timestamp of each series.
    timestamps : ndarray of shape (N, H)
    mean : ndarray of shape (N, H), float64
        The point forecast.
    quantile_levels : tuple of float, length Q
        Increasing, within (0, 1).
    quantiles : ndarray of shape (N, H, Q), float64
        Never crossing, finite.
    source : tuple of str, length N
        Which model made each series' forecast: ``model``, or the name of the
        fallback where the series could not be modelled.
    """

    model: str
    ids: tuple[str, ...]
    cutoffs: NDArray[np.generic]
    timestamps: NDArray[np.generic]
    mean: NDArray[np.float64]
    quantile_levels: tuple[float, ...]
    quantiles: NDArray[np.float64]
    source: tuple[str, ...]

    @property
    def horizon(self) -> int:
        """Number of steps ahead."""
        return int(self.mean.shape[1])

    def quantile(self, level: float) -> NDArray[np.float64]:
        """Give one quantile, interpolating linearly between stored levels.

        Parameters
        ----------
        level : float
            Within (0, 1); outside the stored levels the nearest is widened in
            proportion to the normal distribution's quantiles.

        Returns
        -------
        ndarray of shape (N, H)

        Raises
        ------
        UsageError
            When the level is not within (0, 1).
        """
        if not 0 < level < 1:
            raise UsageError(f"level is {level}; allowed: above 0 and below 1", fix="quantile(0.9)")
        return quantile_at(self.quantiles, self.quantile_levels, level)


def quantile_at(
    quantiles: NDArray[np.float64], levels: tuple[float, ...], level: float
) -> NDArray[np.float64]:
    """Read one level off a grid of quantiles.

    Parameters
    ----------
    quantiles : ndarray of shape (..., Q)
    levels : tuple of float, length Q, increasing
    level : float
        Within (0, 1).

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    Between stored levels the value is linear in the standard normal quantile,
    which is exact for normal forecasts; beyond the outermost level the
    distance from the median grows in the same proportion.
    """
    z = np.array([NormalDist().inv_cdf(one) for one in levels])
    at = NormalDist().inv_cdf(level)
    if at <= z[0] or at >= z[-1]:
        edge = 0 if at <= z[0] else -1
        if abs(at - z[edge]) < 1e-9:
            return quantiles[..., edge]
        middle = quantile_at(quantiles, levels, 0.5)
        return np.asarray(middle + (quantiles[..., edge] - middle) * (at / z[edge]))
    right = int(np.searchsorted(z, at))
    weight = (at - z[right - 1]) / (z[right] - z[right - 1])
    left, right_values = quantiles[..., right - 1], quantiles[..., right]
    return np.asarray(left + (right_values - left) * weight)


def uncrossed(quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sort quantiles where they cross, which few do.

    Parameters
    ----------
    quantiles : ndarray of shape (..., Q)

    Returns
    -------
    ndarray of shape (..., Q)
        Non-decreasing along Q, NaN last; the same array where it was so.

    Examples
    --------
    >>> uncrossed(np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 3.0]]))
    array([[1., 2., 3.],
           [1., 2., 3.]])
    """
    crossing = ~(quantiles[..., 1:] >= quantiles[..., :-1]).all(-1)
    if not crossing.any():
        return quantiles
    made = quantiles.copy()
    made[crossing] = np.sort(quantiles[crossing], axis=-1)
    return made


def expected_error(
    quantiles: NDArray[np.float64], levels: tuple[float, ...]
) -> NDArray[np.float64]:
    """Give the absolute error of the median that a predictive distribution promises.

    Parameters
    ----------
    quantiles : ndarray of shape (..., Q)
    levels : tuple of float, length Q, increasing
        The median among them.

    Returns
    -------
    ndarray of shape (...)

    Notes
    -----
    The integral of the distance from the median over all levels, exact for
    distributions as `quantile_at` reads them: linear in the standard normal
    quantile z between levels, and in proportion to z beyond them.

    Examples
    --------
    >>> normal = np.array([-1.2816, 0.0, 1.2816])
    >>> round(float(expected_error(normal, (0.1, 0.5, 0.9))), 4)
    0.7979
    """
    normal = NormalDist()
    z = np.array([normal.inv_cdf(one) for one in levels])
    density = np.array([normal.pdf(one) for one in z])
    distance = np.abs(quantiles - quantiles[..., levels.index(0.5)][..., None])
    slope = np.diff(distance, axis=-1) / np.diff(z)
    inside = (distance[..., :-1] - slope * z[:-1]) * np.diff(levels) - slope * np.diff(density)
    tails = distance[..., 0] * density[0] / -z[0] + distance[..., -1] * density[-1] / z[-1]
    return np.asarray(inside.sum(axis=-1) + tails)
