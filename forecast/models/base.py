"""What every model offers, whatever it is made of.

Letters: N series, H steps, Q quantile levels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel

Progress = Callable[[int, int], None]
"""Is told how much of something is done, and how much there is in all."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """Quantiles for every series of a panel, from its last timestamp on.

    Attributes
    ----------
    quantiles : ndarray of shape (N, H, Q), float64
        Finite and not crossing; the 0.5 quantile is the point forecast.
    source : tuple of str, length N
        Which model made each row: the model's name, or its fallback's.
    """

    quantiles: NDArray[np.float64]
    source: tuple[str, ...]


class FittedModel(Protocol):
    """A model with its parameters, ready to forecast.

    ``predict_quantiles`` is given the history up to each cutoff, which may be
    longer than what the model was fitted on, and does not fit it again.
    """

    @property
    def name(self) -> str:
        """Name shown to the user, for example "GRU" or "ARIMA"."""
        ...

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        """Forecast ``horizon`` steps after the last row of every series.

        Parameters
        ----------
        panel : Panel
            History of N series; NaN where missing.
        horizon : int
            At least 1.
        levels : tuple of float, length Q
            Increasing quantile levels within (0, 1), 0.5 among them.

        Returns
        -------
        Prediction
        """
        ...
