"""One trained network: what it is, and what it forecasts.

Letters: N series, H horizon, Q quantile levels, L past values.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast.models.adjust import rows_needed, season_in
from forecast.models.means import Means
from forecast.network.answer import combine
from forecast.network.features import Features, extract, upside_down, with_linear
from forecast.network.geometry import Geometry
from forecast.network.infer import Weights, forward
from forecast.network.window import location_and_spread
from forecast.spec import RecurrentSpec

LARGEST_EXPONENT = float(np.log(np.finfo(np.float64).max))
"""Logarithms beyond this have no finite exponential."""


@dataclass(frozen=True, eq=False)
class Member:
    """One trained network.

    Attributes
    ----------
    spec : RecurrentSpec
        With every field filled in.
    geometry : Geometry
    weights : mapping of str to ndarray, float32
    share : float
        Weight of this member's quantiles in the model's.
    origin : {"pretrained", "fine-tuned", "trained"}
    mirror : bool
        Forecast the series upside down, too, and take the mean of both answers:
        rising and falling are then alike, whatever was practised more.
    means : Means
        Of the series trained on, where there is a linear map of how far they are
        from there.
    """

    spec: RecurrentSpec
    geometry: Geometry
    weights: Weights
    share: float = 1.0
    origin: str = "trained"
    mirror: bool = False
    means: Means = field(default_factory=Means)

    @property
    def past(self) -> int:
        """Past values that a forecast depends on."""
        return max(self.geometry.past, rows_needed(self.spec.adjusted))

    def forecast(
        self, past: NDArray[np.float64], horizon: int, names: Sequence[str] | None = None
    ) -> NDArray[np.float64]:
        """Forecast from past values, feeding medians back beyond the trained horizon.

        Parameters
        ----------
        past : ndarray of shape (N, L)
            NaN where missing; the last `past` columns are read.
        horizon : int
        names : sequence of str, length N, optional
            Of the series, whose means may be known.

        Returns
        -------
        ndarray of shape (N, H, Q)
            Where rolled, each quantile is as far from the median as it was at
            the same step of the trained horizon.
        """
        needed = -(-horizon // self.geometry.segment)
        g = replace(self.geometry, ahead=min(needed, self.geometry.ahead))
        values, season = self.read(past, horizon)
        mean = self.means.of(names or [""] * len(past))
        logarithms = self._reads_logarithms(past)
        if self.spec.log:
            mean = np.where(logarithms, mean, np.nan)
        blocks: list[NDArray[np.float64]] = []
        for _ in range(-(-horizon // g.future)):
            block = self._block(values[:, -g.past :], mean, g)
            median = block[..., block.shape[2] // 2]
            values = np.concatenate([values, median], 1)
            if blocks:  # medians fed back are smooth, and would narrow what follows
                first = blocks[0]
                block = median[..., None] + first - first[..., first.shape[2] // 2][..., None]
            blocks.append(block)
        quantiles = np.concatenate(blocks, 1)[:, :horizon] + season[..., None]
        if self.spec.log:
            logs = np.clip(quantiles, -LARGEST_EXPONENT, LARGEST_EXPONENT)
            quantiles = np.where(logarithms[:, None, None], np.exp(logs), quantiles)
        return quantiles

    def read(
        self, past: NDArray[np.float64], ahead: int = 0
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give past values as the network reads them, and what is to be added to its answer.

        Parameters
        ----------
        past : ndarray of shape (N, L)
            NaN where missing; the last `past` columns are read.
        ahead : int
            Steps after them (H).

        Returns
        -------
        values : ndarray of shape (N, L)
            Logarithms where wanted of a row without zero or below, less a season.
        season : ndarray of shape (N, H)
            In the same units; zeros where none was taken out.
        """
        values = past
        if self.spec.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(self._reads_logarithms(past)[:, None], np.log(past), past)
        if self.spec.adjusted == 1:
            return values, np.zeros((len(past), ahead))
        season = season_in(values, self.spec.adjusted, ahead)
        return values - season[:, : past.shape[1]], season[:, past.shape[1] :]

    def _reads_logarithms(self, past: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Rows that are read as logarithms, (N,)."""
        if not self.spec.log:
            return np.zeros(len(past), bool)
        positive = np.where(np.isnan(past), np.inf, past).min(1) > 0
        return np.asarray(positive)

    def _block(
        self, past: NDArray[np.float64], mean: NDArray[np.float64], g: Geometry
    ) -> NDArray[np.float64]:
        location, spread = location_and_spread(past)
        standard = ((past - location) / spread).astype(np.float32)
        features = extract(standard, g, 1, np)
        if "linear" in self.weights:
            usual = ((mean[:, None] - location) / spread)[:, 0].astype(np.float32)
            features = with_linear(features, standard, usual, self.weights["linear"], g, np)
        unit = self._answer(features, g)
        if self.mirror:
            unit -= self._answer(upside_down(features, g), g)[..., ::-1]
            unit /= 2
        level, scale = features.level[:, :, None], features.scale[:, :, None]
        values = (level + scale * unit).astype(np.float64)
        return np.asarray(values * spread[..., None] + location[..., None])

    def _answer(self, features: Features, g: Geometry) -> NDArray[np.float32]:
        """What the network says in units of level and scale, (N, H, Q)."""
        gates, correction = forward(self.weights, self.spec, features, g.phases)
        return np.moveaxis(combine(features, gates, correction, g, np)[:, :, 0], 0, -1)
