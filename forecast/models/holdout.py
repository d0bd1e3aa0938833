"""Rows held back: what a model would have said about the end of every series.

Letters: N series, C forecasts, H steps, Q quantile levels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.metrics import mase, pinball, seasonal_scale
from forecast.models.naive import SeasonalNaive
from forecast.models.recurrent import RecurrentModel
from forecast.panel import Panel
from forecast.spec import NaiveSpec

WANTED = 100
"""Forecasts aimed for: few series are forecast from several cutoffs in the held-back rows."""

MOST_SERIES = 1000
"""Series that are looked at, evenly spaced, in a large panel."""

LEAST_HISTORY = 4
"""Rows that a series keeps before its cutoff."""


@dataclass(frozen=True, eq=False)
class Holdout:
    """Histories that end before the held-back rows, and what came then.

    Attributes
    ----------
    histories : tuple of Panel
        One for each cutoff, the earliest first.
    y : ndarray of shape (C, H), float64
        NaN where missing or not yet known; in the order of the histories.
    scale : ndarray of shape (C,), float64
        In-sample error of the seasonal naive method before each cutoff.
    season : int
        Of that method.
    """

    histories: tuple[Panel, ...]
    y: NDArray[np.float64]
    scale: NDArray[np.float64]
    season: int

    @property
    def horizon(self) -> int:
        """Rows held back."""
        return int(self.y.shape[1])

    def forecast(self, model: RecurrentModel, levels: tuple[float, ...]) -> NDArray[np.float64]:
        """Forecast from every history, all at once.

        Parameters
        ----------
        model : RecurrentModel
        levels : tuple of float, length Q

        Returns
        -------
        ndarray of shape (C, H, Q)
        """
        pasts = [one.tail(model.past) for one in self.histories]
        return model.predict_quantiles(_joined(pasts), self.horizon, levels).quantiles

    def loss(self, quantiles: NDArray[np.float64], levels: tuple[float, ...]) -> float:
        """Give the mean quantile loss in units of the scale.

        Parameters
        ----------
        quantiles : ndarray of shape (C, H, Q)
        levels : tuple of float, length Q

        Returns
        -------
        float
            NaN where nothing could be scored.
        """
        scale = np.where(self.scale > 0, self.scale, np.nan)[:, None, None]
        losses = pinball(self.y, quantiles, levels) / scale
        return float(np.nanmean(losses)) if np.isfinite(losses).any() else np.nan

    def scores(self, point: NDArray[np.float64]) -> dict[str, float]:
        """Compare point forecasts with the seasonal naive method from the earliest cutoff.

        Parameters
        ----------
        point : ndarray of shape (C, H)

        Returns
        -------
        dict of str to float
            "mase" and "naive_mase"; empty where no series has a scale.
        """
        first = slice(len(self.histories[0]))
        naive = SeasonalNaive(NaiveSpec(self.season))
        guess = naive.predict_quantiles(self.histories[0], self.horizon, (0.5,)).quantiles
        found = {}
        for name, values in (("mase", point[first]), ("naive_mase", guess[..., 0])):
            each = mase(self.y[first], values, self.scale[first])
            if np.isfinite(each).any():
                found[name] = float(np.nanmean(each))
        return found


def hold_back(panel: Panel, horizon: int, season: int) -> Holdout | None:
    """Take the last rows of every series away.

    Parameters
    ----------
    panel : Panel
    horizon : int
        Rows to hold back; at most a third of the longest series.
    season : int
        Of the seasonal naive method.

    Returns
    -------
    Holdout or None
        None when no series is long enough.
    """
    rows = min(horizon, int(panel.lengths.max()) // 3)
    usable = np.flatnonzero(panel.lengths >= rows + LEAST_HISTORY)
    if not rows or not len(usable):
        return None
    step = -(-len(usable) // MOST_SERIES)
    whole = panel.select(usable[::step])
    cutoffs = min(rows, -(-WANTED // len(whole)))
    histories, actual = [], []
    for number in range(cutoffs):
        dropped = rows - number * rows // cutoffs
        histories.append(whole.before_last(dropped))
        y = np.full((len(whole), rows), np.nan)
        y[:, :dropped] = [one.target[-dropped:] for one in whole]
        actual.append(y)
    scale = [seasonal_scale(one.target, season) for history in histories for one in history]
    return Holdout(tuple(histories), np.concatenate(actual), np.array(scale), season)


def _joined(panels: list[Panel]) -> Panel:
    """All series of panels that share their names, numbered."""
    return Panel(
        tuple(map(str, range(sum(map(len, panels))))),
        np.concatenate([[0], np.cumsum(np.concatenate([one.lengths for one in panels]))]),
        np.concatenate([one.timestamps for one in panels]),
        np.concatenate([one.target for one in panels]),
        panels[0].freq,
    )
