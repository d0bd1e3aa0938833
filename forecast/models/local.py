"""One model per series: fit each in turn, forecast, and let nothing stop the rest.

A series that a method cannot model is forecast by seasonal naive and marked so.
What a method raises or warns of becomes a field of the series' record. How a
method works is left to ``naive``, ``simple``, ``arima``, ``smoothing``
and ``theta``; their names are in ``baselines``.

Letters: N series, T rows, H steps, Q quantile levels.
"""

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from forecast.finding import counted
from forecast.metrics.scaled import units_of
from forecast.models.base import Prediction
from forecast.models.naive import naive_name, naive_quantiles, out_of_units
from forecast.panel import Panel
from forecast.timeline.calendar import steps_between

Array = NDArray[np.float64]


class CannotFit(Exception):
    """A method cannot model a series; the message says why."""


def require_values(target: Array, count: int) -> None:
    """Refuse a series with fewer observed values than a method needs.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    count : int

    Raises
    ------
    CannotFit
    """
    seen = int(np.isfinite(target).sum())
    if seen < count:
        raise CannotFit(f"{counted(count, 'value')} needed, {seen} there")


class SeriesFit(Protocol):
    """A method fitted to one series; its text is its form, for example ``ETS(M,Ad,M)``."""

    @property
    def converged(self) -> bool:
        """Whether the estimation ended by itself."""
        ...

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        """Forecast from the end of a history, with the fitted parameters as they are.

        Parameters
        ----------
        target : ndarray of shape (T,)
            History up to the cutoff, NaN where missing.
        phase : int
            Steps from the fitted history's first row to this one's.
        horizon : int
        levels : tuple of float, length Q

        Returns
        -------
        ndarray of shape (H, Q)
            Increasing along Q.
        """
        ...


Fitter = Callable[[Array, int], SeriesFit]
"""Fits a method to values (T,), NaN where missing, of a season length; may raise."""


@dataclass(frozen=True)
class FitRecord:
    """What became of one series.

    Attributes
    ----------
    form : str
        What was chosen, for example ``ARIMA(0,1,1)(0,1,1)[12] log``.
    converged : bool
        False where the estimation stopped early, and where nothing was fitted.
    fallback : str or None
        The simpler model that forecasts instead, None where none has to.
    warnings : tuple of str
        Remarks of the estimation, and why there is a fallback.
    seconds : float
        Processor time of choosing and estimating.
    """

    form: str
    converged: bool
    fallback: str | None
    warnings: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class LocalModel:
    """A method fitted to every series of a panel; see ``FittedModel``.

    Attributes
    ----------
    name : str
        Of the method, for example "ARIMA".
    season : int
        Season length in steps; 1 means none.
    fits : mapping of str to SeriesFit
        By series; one that could not be fitted is absent.
    starts : mapping of str to timestamp
        First row of the fitted history, by series: where phases count from.
    records : mapping of str to FitRecord
        By series.
    """

    name: str
    season: int
    fits: Mapping[str, SeriesFit]
    starts: Mapping[str, np.generic]
    records: Mapping[str, FitRecord]

    @classmethod
    def fit(cls, name: str, fitter: Fitter, panel: Panel, season: int) -> Self:
        """Fit a method, series by series.

        Parameters
        ----------
        name : str
            Of the method.
        fitter : Fitter
        panel : Panel
            History before the first cutoff.
        season : int

        Returns
        -------
        LocalModel
        """
        found = {one.id: _fit_series(fitter, one.target, season) for one in panel}
        fits = {id: fit for id, (fit, _) in found.items() if fit}
        records = {id: record for id, (_, record) in found.items()}
        starts = {one.id: one.timestamps[0] for one in panel}
        return cls(name, season, fits, starts, records)

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        """Forecast every series from its last row on; see ``FittedModel``.

        Parameters
        ----------
        panel : Panel
            History of N series up to the cutoff; NaN where missing.
        horizon : int
        levels : tuple of float, length Q

        Returns
        -------
        Prediction
            Always finite. The source is the fallback's name for a series that
            was not fitted, or whose forecast from this history is not finite.
        """
        rows, source = [], []
        for one in panel:
            quantiles, name = None, self.name
            if one.id in self.fits:
                phase = steps_between(self.starts[one.id], one.timestamps[0], panel.freq)
                quantiles = _forecast(self.fits[one.id], one.target, phase, horizon, levels)
            if quantiles is None:
                name = naive_name(self.season)
                quantiles = naive_quantiles(one.target, self.season, horizon, levels)
            rows.append(quantiles)
            source.append(name)
        return Prediction(np.stack(rows), tuple(source))


@dataclass(frozen=True, eq=False)
class _InUnits:
    """A fit made in units in which the largest value is about 1."""

    fit: SeriesFit
    units: float

    @property
    def converged(self) -> bool:
        return self.fit.converged

    def forecast(self, target: Array, phase: int, horizon: int, levels: tuple[float, ...]) -> Array:
        made = self.fit.forecast(target / self.units, phase, horizon, levels)
        return out_of_units(made, self.units)


def _fit_series(fitter: Fitter, target: Array, season: int) -> tuple[SeriesFit | None, FitRecord]:
    began, units = time.process_time(), units_of(target)
    fit, remarks = None, list[str]()
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            fit = fitter(target / units, season)
        except Exception as error:  # one bad series never stops the file
            remarks.append(_first_line(error))
    remarks += dict.fromkeys(_first_line(one.message) for one in caught)
    seconds = time.process_time() - began
    if fit is None:
        name = naive_name(season)
        return None, FitRecord(name, False, name, tuple(remarks), seconds)
    return _InUnits(fit, units), FitRecord(str(fit), fit.converged, None, tuple(remarks), seconds)


def _forecast(
    fit: SeriesFit, target: Array, phase: int, horizon: int, levels: tuple[float, ...]
) -> Array | None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            quantiles = fit.forecast(target, phase, horizon, levels)
        except Exception:  # the row is marked as the fallback's
            return None
    return quantiles if np.isfinite(quantiles).all() else None


def _first_line(message: object) -> str:
    lines = str(message).strip().splitlines()
    return lines[0] if lines else type(message).__name__
