"""ARIMA with orders chosen from the data: the classical baseline, given a fair chance.

Form, orders and coefficients are chosen per series on the history before the
first cutoff and then applied to newer history without another fit. What
cannot be fitted falls back to seasonal naive and says so. One series at a
time is the work of ``arima_series``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forecast.models.arima_series import ArimaFit, fit_series, forecast_series
from forecast.models.base import Prediction
from forecast.models.naive import naive_quantiles
from forecast.panel import Panel
from forecast.parallel import parallel_map
from forecast.spec import ArimaSpec


@dataclass(frozen=True, eq=False)
class ArimaModel:
    """A fitted ARIMA for every series of a panel.

    Attributes
    ----------
    spec : ArimaSpec
    fits : mapping of str to ArimaFit
        By series; one that could not be fitted is absent.
    """

    spec: ArimaSpec
    fits: Mapping[str, ArimaFit]

    name = "ARIMA"

    @classmethod
    def fit(
        cls,
        panel: Panel,
        spec: ArimaSpec,
        *,
        workers: int | None = 1,
        progress: Callable[[int], None] | None = None,
    ) -> Self:
        """Choose orders and estimate coefficients, series by series.

        Parameters
        ----------
        panel : Panel
            History before the first cutoff.
        spec : ArimaSpec
        workers : int, optional
            Processes; None takes every core. The result does not depend on it.
        progress : callable, optional
            Called with the number of series done.

        Returns
        -------
        ArimaModel
        """
        jobs = [(one.target, one.timestamps[0]) for one in panel]
        found = parallel_map(partial(fit_series, spec), jobs, workers, progress)
        return cls(spec, {name: fit for name, fit in zip(panel.ids, found, strict=True) if fit})

    @property
    def orders(self) -> dict[str, str]:
        """What was chosen, by series, for example ``ARIMA(0,1,1)(0,1,1)[12] log``."""
        return {name: str(fit) for name, fit in self.fits.items()}

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
            The median is that of the original scale. The source is
            ``SeasonalNaive`` for a series without a usable model.
        """
        rows, source = [], []
        for one in panel:
            quantiles = None
            if one.id in self.fits:
                fit = self.fits[one.id]
                phase = _steps_between(fit.start, one.timestamps)
                quantiles = forecast_series(fit, one.target, phase, horizon, levels)
            source.append("SeasonalNaive" if quantiles is None else self.name)
            if quantiles is None:
                quantiles = naive_quantiles(one.target, self.spec.season, horizon, levels)
            rows.append(quantiles)
        return Prediction(np.stack(rows), tuple(source))


def _steps_between(start: np.generic, timestamps: NDArray[np.generic]) -> int:
    """Count the steps from the fitted history's first row to this one's."""
    if len(timestamps) < 2 or timestamps[0] == start:
        return 0
    step = np.median(np.diff(timestamps).astype(np.int64))
    return round(int((timestamps[0] - start).astype(np.int64)) / step)
