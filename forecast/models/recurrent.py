"""The recurrent forecaster: members, their mean, calibrated intervals.

Training lives in ``forecast.models.fit``; this module forecasts with what was
trained and needs neither torch nor statsmodels.

Letters: N series, M members, H horizon, Q quantile levels, L past values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast.calibrate import Calibration
from forecast.counts import are_counts, to_whole
from forecast.models.base import Prediction
from forecast.models.member import Member
from forecast.models.naive import naive_name, naive_quantiles
from forecast.network.geometry import LEAST_VALUES
from forecast.network.window import gather
from forecast.panel import Panel
from forecast.parallel import in_threads
from forecast.result import quantile_at
from forecast.spec import RecurrentSpec

CHUNK = 256
"""Series forecast at once: what is done with them stays in the processor's cache."""

LEAST_CHANGE = 1e-8
"""Smaller changes of a constant, as a share of it, are rounding errors."""


@dataclass(frozen=True, eq=False)
class RecurrentModel:
    """Networks that forecast together; satisfies ``FittedModel``.

    Attributes
    ----------
    spec : RecurrentSpec
        As users are told of it, with name, seasons and horizon; members go by their own.
    freq : str
    members : tuple of Member
    levels : tuple of float, length Q
        Quantile levels of the networks.
    calibration : Calibration
    never_negative : bool
        Whether no value of the series that it was made for was below zero: intervals are
        not, either. What calibrates goes by bounds that are not held.
    rounds_counts : bool
        Whether forecasts of counts are whole numbers. What is chosen and calibrated goes by
        what the networks say.
    apart : mapping of str to RecurrentModel
        By name of the series, the models of those that repeat by seasons of their own.
    """

    spec: RecurrentSpec
    freq: str
    members: tuple[Member, ...]
    levels: tuple[float, ...]
    calibration: Calibration
    never_negative: bool = False
    rounds_counts: bool = True
    apart: Mapping[str, "RecurrentModel"] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name shown to the user."""
        return model_name(self.spec)

    @property
    def past(self) -> int:
        """Past values that a forecast depends on."""
        models = (self, *self.kinds_apart)
        return max(member.past for one in models for member in one.members)

    @property
    def reach(self) -> int:
        """Newest past values that networks see; a season may be taken from more."""
        return max(member.geometry.past for member in self.members)

    @property
    def kinds_apart(self) -> tuple["RecurrentModel", ...]:
        """The models of ``apart``, each once."""
        return tuple({id(one): one for one in self.apart.values()}.values())

    @property
    def shares(self) -> tuple[float, ...]:
        """Part of the forecast that each member gives, summing to one."""
        total = sum(member.share for member in self.members)
        return tuple(member.share / total for member in self.members)

    @property
    def chief(self) -> Member:
        """The member with the largest share, the first of several."""
        return max(self.members, key=lambda one: one.share)

    def needed(self, panel: Panel) -> NDArray[np.int64]:
        """Count the last rows of each series that its forecast depends on.

        Parameters
        ----------
        panel : Panel
            Of N series.

        Returns
        -------
        ndarray of shape (N,), int64
            All of them where too few values are in reach: the fallback goes by the others.
        """
        usual = replace(self, apart={})
        models = [self.apart.get(name, usual) for name in panel.ids]
        reaches = (max(each.geometry.scaled_by for each in one.members) for one in models)
        ends = (one.target[-rows:] for one, rows in zip(panel, reaches, strict=True))
        seen = np.array([np.count_nonzero(~np.isnan(one)) for one in ends])
        return np.where(seen < LEAST_VALUES, panel.lengths, [one.past for one in models])

    @property
    def origins(self) -> dict[str, float]:
        """Part of the forecast that the members of each origin give, summing to one."""
        parts: dict[str, float] = {}
        for member, share in zip(self.members, self.shares, strict=True):
            parts[member.origin] = parts.get(member.origin, 0.0) + share
        return parts

    @property
    def own_seasons(self) -> dict[str, tuple[int, ...]]:
        """Seasons of the series set apart, by name."""
        return {name: one.spec.seasons for name, one in self.apart.items()}

    def renamed(self, names: Mapping[str, str]) -> "RecurrentModel":
        """Give the same model for series that go by other names than in training.

        Parameters
        ----------
        names : mapping of str to str
            From each name that will be used to the one in training.
        """
        members = tuple(replace(one, means=one.means.renamed(names)) for one in self.members)
        apart = {new: self.apart[known] for new, known in names.items() if known in self.apart}
        return replace(self, members=members, apart=apart)

    def only(self, name: str) -> "RecurrentModel":
        """Give the model of one series for its histories, whatever they are called."""
        found = self.apart.get(name, self)
        members = tuple(replace(one, means=one.means.only(name)) for one in found.members)
        return replace(found, members=members, apart={})

    def heard(self, past: NDArray[np.float64]) -> "RecurrentModel":
        """Give the networks that have a part in the forecast of one series.

        Parameters
        ----------
        past : ndarray of shape (self.past,)
            NaN where missing.
        """
        shares = self._shares_seen(past[None])[:, 0].tolist()
        parts = zip(self.members, shares, strict=True)
        return replace(self, members=tuple(replace(one, share=s) for one, s in parts if s > 0))

    def predict_quantiles(
        self, panel: Panel, horizon: int, levels: tuple[float, ...]
    ) -> Prediction:
        """Forecast from the last rows of every series; see ``FittedModel``.

        Returns
        -------
        Prediction
            A series with less than two observed values in reach, or with a forecast
            that is not finite, falls back to the seasonal naive method.
        """
        if self.apart:
            return self._kind_by_kind(panel, horizon, levels)
        chunks = range(0, len(panel), CHUNK)

        def some(first: int) -> NDArray[np.float64]:
            return self._some(panel, horizon, levels, first)

        quantiles = np.concatenate(in_threads(some, chunks))
        source = [self.name] * len(panel)
        season = self.spec.seasons[0]
        for index in np.flatnonzero(~np.all(np.isfinite(quantiles), axis=(1, 2))).tolist():
            quantiles[index] = naive_quantiles(panel[index].target, season, horizon, levels)
            source[index] = naive_name(season)
        return Prediction(quantiles, tuple(source))

    def _kind_by_kind(self, panel: Panel, horizon: int, levels: tuple[float, ...]) -> Prediction:
        """Forecast the series of each model by themselves."""
        shared = replace(self, apart={})
        quantiles = np.empty((len(panel), horizon, len(levels)))
        source = [""] * len(panel)
        for model in (shared, *self.kinds_apart):
            own = [at for at, name in enumerate(panel.ids) if self.apart.get(name, shared) is model]
            if not own:
                continue
            made = model.predict_quantiles(panel.select(own), horizon, levels)
            quantiles[own] = made.quantiles
            for at, name in zip(own, made.source, strict=True):
                source[at] = name
        return Prediction(quantiles, tuple(source))

    def _some(
        self, panel: Panel, horizon: int, levels: tuple[float, ...], first: int
    ) -> NDArray[np.float64]:
        """Weighted mean of the members for some series, calibrated, (n, H, Q)."""
        starts, stops = panel.indptr[:-1][first:][:CHUNK], panel.indptr[1:][first:][:CHUNK]
        rows = min(self.past, max(self.reach, int((stops - starts).max())))
        past = gather(panel.target, stops, (starts, stops), rows, 0)
        names = panel.ids[first:][:CHUNK]
        grid = np.zeros((len(past), horizon, len(self.levels)))
        for member, share in zip(self.members, self._shares_seen(past), strict=True):
            grid += share[:, None, None] * member.forecast(past, horizon, names)
        past = past[:, -self.reach :]
        trained = min(member.geometry.future for member in self.members)
        grid = self.calibration.apply(_without_noise(grid, past), trained, past)
        made = np.stack([quantile_at(grid, self.levels, level) for level in levels], -1)
        median = grid[..., grid.shape[2] // 2]
        floor = _floor(past, median, self.never_negative)
        made = np.maximum(made, floor)  # last: outer levels are further away than any
        return to_whole(made, are_counts(past)) if self.rounds_counts else made

    def _shares_seen(self, past: NDArray[np.float64]) -> NDArray[np.float64]:
        """Part of each member in the forecast of each row, (M, n): none where it sees too little.

        One value tells nothing of how far others may be away. NaN where no member sees more.
        """
        reaches = (past[:, -one.geometry.scaled_by :] for one in self.members)
        sees = np.array([(~np.isnan(one)).sum(1) >= LEAST_VALUES for one in reaches])
        shares = sees * np.array([[one.share] for one in self.members])
        with np.errstate(invalid="ignore"):
            return np.asarray(shares / shares.sum(0))


def _without_noise(grid: NDArray[np.float64], past: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the past is constant, give that value for what differs by rounding only."""
    low, high = (extreme.reduce(past, axis=1)[:, None, None] for extreme in (np.fmin, np.fmax))
    rounding = LEAST_CHANGE * np.maximum(np.abs(high), LEAST_CHANGE)
    return np.where((low == high) & (np.abs(grid - high) <= rounding), high, grid)


def _floor(
    past: NDArray[np.float64], median: NDArray[np.float64], never_negative: bool
) -> NDArray[np.float64]:
    """Give the lowest that forecasts may say, (n, H, 1): zero for what was never below it.

    Counts, rain and sales, that have come down to zero, are held there. What has not may
    yet be able to go on: then the median says so.
    """
    least = np.fmin.reduce(past, axis=1)[:, None]
    held = (least == 0) | (never_negative & (least > 0) & (median >= 0))
    return np.where(held, 0.0, -np.inf)[..., None]


def model_name(spec: RecurrentSpec) -> str:
    """Give the name of a recurrent model, for example "GRU" or "BiRNN-relu".

    Parameters
    ----------
    spec : RecurrentSpec

    Returns
    -------
    str

    Examples
    --------
    >>> model_name(RecurrentSpec(cell="rnn", nonlinearity="relu", bidirectional=True))
    'BiRNN-relu'
    """
    name = ("Bi" if spec.bidirectional else "") + spec.cell.upper()
    return f"{name}-{spec.nonlinearity}" if spec.cell == "rnn" else name
