"""Take a season out of a series and put it back: classical decomposition, phase by phase.

For methods that model the rest without a season. Whether a season is there is
decided by its autocorrelation.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.seasonal import seasonal_decompose

from forecast.models.autocorrelation import repeats
from forecast.reading.impute import moving_mean

Array = NDArray[np.float64]

_LONGEST_TESTED = 24
_EXPLAINED = 0.3


@dataclass(frozen=True, eq=False)
class Season:
    """A seasonal profile that is multiplied or added.

    Attributes
    ----------
    profile : ndarray of shape (season,)
        By phase from the first row of the fitted history; one number that
        changes nothing where there is no season.
    multiplicative : bool
    """

    profile: Array
    multiplicative: bool

    @classmethod
    def find(cls, values: Array, season: int) -> Self:
        """Estimate the season of a complete series.

        Parameters
        ----------
        values : ndarray of shape (T,)
        season : int

        Returns
        -------
        Season
            Multiplicative where all values are positive.
        """
        if not is_seasonal(values, season):
            return cls(np.zeros(1), False)
        multiplicative = bool((values > 0).all())
        model = "multiplicative" if multiplicative else "additive"
        profile = np.asarray(seasonal_decompose(values, model, period=season).seasonal[:season])
        if not np.isfinite(profile).all() or (multiplicative and profile.min() < 0.01):
            return cls(np.zeros(1), False)
        return cls(profile, multiplicative)

    def __str__(self) -> str:
        if len(self.profile) == 1:
            return ""
        return f" {'multiplicative' if self.multiplicative else 'additive'}[{len(self.profile)}]"

    def remove(self, values: Array, phase: int) -> Array:
        """Take the season out of values (T,) that start at a phase."""
        profile = self._at(len(values), phase)
        return values / profile if self.multiplicative else values - profile

    def restore(self, values: Array, phase: int) -> Array:
        """Put the season back into values (T, Q) that start at a phase."""
        profile = self._at(len(values), phase)[:, None]
        return values * profile if self.multiplicative else values + profile

    def _at(self, rows: int, phase: int) -> Array:
        return np.asarray(self.profile[(phase + np.arange(rows)) % len(self.profile)])


def is_seasonal(values: Array, season: int) -> bool:
    """Test the autocorrelation at the lag of the season.

    Parameters
    ----------
    values : ndarray of shape (T,)
    season : int

    Returns
    -------
    bool
        False for fewer than three seasons.

    Notes
    -----
    As in the M4 competition, see ``forecast.models.autocorrelation``, but after
    a centred moving average has taken the trend out, which otherwise hides the
    season: Theta on M3, one horizon before the test parts, 1.119 to 1.109
    quarterly, .907 to .898 monthly. Of a long season even neighbouring rows
    are alike, and the test has no power: there the mean of each phase has to
    explain a part of the variance, adjusted for their number.
    """
    if season < 2 or len(values) < 3 * season:
        return False
    errors = (values - moving_mean(values, season))[season // 2 : len(values) - season // 2]
    n, errors = len(errors), errors - errors.mean()
    total = errors @ errors
    if total <= 1e-20 * (values @ values):
        return False
    if season > _LONGEST_TESTED:
        phases = np.arange(n) % season
        profile = np.bincount(phases, errors) / np.bincount(phases)
        rest = errors - profile[phases]
        return bool(1 - (rest @ rest) / (n - season) * (n - 1) / total > _EXPLAINED)
    return repeats(errors, season)
