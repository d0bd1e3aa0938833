"""The form in which a series is modelled by ARIMA: logs, units, a long season taken out.

A form is chosen on the history before the first cutoff and then applied, and
inverted, unchanged. Orders are left to ``arima_order``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.models.arima_css import Arma, arma_errors, fit_css
from forecast.models.arima_order import difference, differences

Array = NDArray[np.float64]

_LONGEST_STATE = 24  # a longer season is Fourier terms: the filter's cost grows with its cube
_HARMONICS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)


@dataclass(frozen=True, eq=False)
class Form:
    """How values and modelled numbers relate: ``(f(y) - centre) / scale - profile[phase]``.

    Attributes
    ----------
    log : bool
        f is the logarithm.
    centre, scale : float
        Of f(y).
    profile : ndarray of shape (season,) or (1,)
        Fourier profile of a season too long for the state space, by phase
        from the first row of the history.
    harmonics : int
        Fourier terms in the profile.
    season : int
        What remains for the seasonal ARIMA; 1 where the profile has it.
    """

    log: bool
    centre: float
    scale: float
    profile: Array
    harmonics: int
    season: int

    def apply(self, values: Array, phase: int) -> Array:
        """Bring values into the modelled form.

        Parameters
        ----------
        values : ndarray of shape (T,)
        phase : int
            Steps from the first row of the fitted history to the first value.

        Returns
        -------
        ndarray of shape (T,)
            NaN where missing, or not positive under the logarithm.
        """
        if self.log:
            values = np.log(np.where(values > 0, values, np.nan))
        return (values - self.centre) / self.scale - self._profile(len(values), phase)

    def invert(self, values: Array, phase: int) -> Array:
        """Bring modelled numbers back to the original scale.

        Parameters
        ----------
        values : ndarray of shape (H, Q)
        phase : int
            Steps from the first row of the fitted history to the first row.

        Returns
        -------
        ndarray of shape (H, Q)
        """
        linear = (values + self._profile(len(values), phase)[:, None]) * self.scale + self.centre
        return np.exp(linear) if self.log else linear

    def _profile(self, rows: int, phase: int) -> Array:
        return np.asarray(self.profile[(phase + np.arange(rows)) % len(self.profile)])


def choose_form(values: Array, season: int) -> Form:
    """Choose logarithms, units and the treatment of the season.

    Parameters
    ----------
    values : ndarray of shape (T,)
        Complete history, not constant.
    season : int

    Returns
    -------
    Form
    """
    in_state = season if season <= _LONGEST_STATE and len(values) > 2 * season else 1
    log = prefers_log(values, in_state)
    shown = np.log(values) if log else values
    centre = float(shown[0])
    scale = float(np.std(np.diff(shown))) or 1.0
    profile, harmonics = np.zeros(1), 0
    if season > _LONGEST_STATE and len(values) > 2 * season:
        profile, harmonics = fourier_profile((shown - centre) / scale, season)
    return Form(log, centre, scale, profile, harmonics, in_state)


def prefers_log(values: Array, season: int) -> bool:
    """Decide between a series and its logarithm.

    Parameters
    ----------
    values : ndarray of shape (T,)
    season : int

    Returns
    -------
    bool
        False unless every value is positive and the season strong: elsewhere
        a log turns trends into exponential growth and costs accuracy.

    Notes
    -----
    The likelihood of Box and Cox (1964), equation 8, at lambda 0 and 1, under
    the airline model on the same rows: n log(rms error) plus the logarithm
    of the Jacobian.
    """
    if season < 2 or not (values > 0).all():
        return False
    logs = np.log(values)
    seasonal = differences(logs, season)[1]
    if not seasonal:
        return False
    airline = Arma(0, 1, 0, 1, season, False)
    jacobian = 2 * float(logs[1 + season :].sum())
    return _deviance(logs, airline) + jacobian < _deviance(values, airline)


def _deviance(values: Array, arma: Arma) -> float:
    rows = difference(values, 1, 1, arma.season)
    scale = float(np.std(rows)) or 1.0
    mean, coefficients = fit_css(rows / scale, arma)
    errors = arma_errors(rows / scale - mean, arma, coefficients) * scale
    return len(rows) * float(np.log(max(np.mean(errors**2), np.finfo(float).tiny)))


def fourier_profile(values: Array, season: int) -> tuple[Array, int]:
    """Fit a smooth season by least squares on differences.

    Parameters
    ----------
    values : ndarray of shape (T,)
    season : int

    Returns
    -------
    profile : ndarray of shape (season,)
        With mean zero; zeros where no terms pay.
    harmonics : int
        Pairs of Fourier terms with the smallest AICc (Hyndman and
        Athanasopoulos 2021, section 10.5).
    """
    rows = np.diff(values)
    n = len(rows)
    best = (np.inf, np.zeros(season), 0)
    for count in _HARMONICS:
        if 2 * count > min(season - 1, n // 4):
            break
        angle = 2 * np.pi * np.outer(np.arange(season), np.arange(1, count + 1)) / season
        terms = np.hstack([np.cos(angle), np.sin(angle)])
        design = np.diff(terms[np.arange(len(values)) % season], axis=0)
        weights = np.linalg.lstsq(design, rows, rcond=None)[0]
        errors = rows - design @ weights
        k = 2 * count + 1
        aicc = n * np.log(max(errors @ errors / n, 1e-300)) + 2 * k * n / (n - k - 1)
        best = min(best, (aicc, terms @ weights, count), key=lambda one: one[0])
    return best[1], best[2]
