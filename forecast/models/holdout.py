"""Rows held back: what a model would have said about the end of every series.

Letters: N series, C forecasts, H steps, Q quantile levels.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.metrics import seasonal_scale
from forecast.models.judgement import average, begin_as_usual, errors_in_units, losses_in_units
from forecast.models.naive import last_season
from forecast.models.recurrent import RecurrentModel
from forecast.network.window import gather
from forecast.panel import Panel

WANTED = 100
"""Forecasts aimed for: few series are forecast from several cutoffs in the held-back rows."""

PATHS, MOST_HORIZONS = 12, 4
"""Stretches of one horizon aimed for, since neighbouring cutoffs see almost the same
errors, and the most of them in one short series."""

PATHS_OF_LONG = 36
"""Stretches aimed for where they are a negligible part of the longest series."""

NEGLIGIBLE_HOLDOUT = 0.1
"""Share of the rows that may stay unseen in training."""

LEAST_GAIN, CHANCE_GAIN = 0.05, 0.3
"""Relative gain that departing from what is trusted has to bring: at least the first,
since series of one panel share the fortunes of their time, and gains of 2 to 4 % on one
horizon were seen to turn into losses on the next; and for N stretches of one horizon the
second over the root of N, which chance alone can give."""

MOST_SERIES = 1000
"""Series that are looked at, evenly spaced, in a large panel."""

LEAST_HISTORY = 4
"""Rows that a series keeps before its cutoff."""


@dataclass(frozen=True, eq=False)
class Holdout:
    """Cutoffs at and in the rows held back, and what came after each.

    Attributes
    ----------
    panel : Panel
        The series looked at, whole.
    rows : int
        Held back at the end of each.
    horizon : int
        Steps of a forecast (H).
    ends : ndarray of shape (C,), int64
        Row of ``panel`` after each cutoff, those of one series next to each other.
    starts : ndarray of shape (C,), int64
        First row of its series.
    y : ndarray of shape (C, H), float64
        NaN where missing or not yet known.
    scale : ndarray of shape (C,), float64
        In-sample error of the seasonal naive method before the rows held back.
    season : int
        Of that method.
    """

    panel: Panel
    rows: int
    horizon: int
    ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    y: NDArray[np.float64]
    scale: NDArray[np.float64]
    season: int

    @property
    def paths(self) -> float:
        """Stretches of one horizon, which are about independent of each other."""
        return len(self.panel) * self.rows / self.horizon

    @property
    def trust(self) -> float:
        """How far intervals follow the errors on the rows held back, from 0 to 1.

        All series share the fortunes of their time: one stretch says as much about the
        width of intervals as a network's own quantiles do, many say more.
        """
        return self.rows / (self.rows + self.horizon)

    @property
    def series(self) -> NDArray[np.int64]:
        """Number of the series of each forecast, (C,)."""
        return np.searchsorted(self.panel.indptr, self.starts, "right") - 1

    @property
    def least_gain(self) -> float:
        """Relative gain in loss that a departure from what is trusted has to bring."""
        return max(LEAST_GAIN, float(CHANCE_GAIN / self.paths**0.5))

    @property
    def least_steady_gain(self) -> float:
        """Relative gain below which a gain, however steady, may be that of its time.

        The more stretches follow one another, the more a test over them has to say.
        """
        return float(LEAST_GAIN * self.horizon / self.rows)

    def spread(self, series: int, forecasts: int) -> NDArray[np.int64]:
        """Give forecasts of at most so many series, by number, evenly spread.

        Where a series has several, whose errors overlap, about so many in all are enough.
        """
        cutoffs = len(self.ends) // len(self.panel)  # of each series
        taken = np.arange(0, len(self.panel), -(-len(self.panel) // series))
        step = min(-(-cutoffs * len(taken) // forecasts), cutoffs)
        return (taken[:, None] * cutoffs + np.arange(0, cutoffs, step)).ravel()

    def part(self, taken: NDArray[np.int64]) -> "Holdout":
        """Look at some of the series only.

        Parameters
        ----------
        taken : ndarray of int64
            Forecasts, as many of each of them; see `spread`.

        Returns
        -------
        Holdout
        """
        series = np.unique(self.series[taken])
        panel = self.panel.select(series)
        moved = panel.indptr[:-1] - self.panel.indptr[series]
        moved = np.repeat(moved, len(taken) // len(series))
        return replace(
            self,
            panel=panel,
            ends=self.ends[taken] + moved,
            starts=self.starts[taken] + moved,
            y=self.y[taken],
            scale=self.scale[taken],
        )

    def history(self, rows: int) -> Panel:
        """Give the last rows before every cutoff as a panel of C series.

        Parameters
        ----------
        rows : int

        Returns
        -------
        Panel
        """
        starts = np.maximum(self.starts, self.ends - rows)
        indptr = np.concatenate([[0], np.cumsum(self.ends - starts)]).astype(np.int64)
        taken = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], self.ends - starts)
        return Panel(
            tuple(map(str, range(len(starts)))),
            indptr,
            self.panel.timestamps[taken],
            self.panel.target[taken],
            self.panel.freq,
        )

    def forecast(self, model: RecurrentModel) -> NDArray[np.float64]:
        """Forecast from every cutoff.

        Parameters
        ----------
        model : RecurrentModel

        Returns
        -------
        ndarray of shape (C, H, Q)
            At the model's own levels, not rounded.
        """
        history = self.history(model.past)
        known = (self.panel.ids[number] for number in self.series)
        model = model.renamed(dict(zip(history.ids, known, strict=True)))
        model = replace(model, rounds_counts=False)
        return model.predict_quantiles(history, self.horizon, model.levels).quantiles

    def past(self, rows: int) -> NDArray[np.float64]:
        """Give the last rows before each cutoff, (C, rows), NaN where there are none."""
        return gather(self.panel.target, self.ends, (self.starts, self.ends), rows, 0)

    def loss(self, quantiles: NDArray[np.float64], levels: tuple[float, ...]) -> float:
        """Give the mean quantile loss in units of the scale.

        Parameters
        ----------
        quantiles : ndarray of shape (C, H, Q)
        levels : tuple of float, length Q

        Returns
        -------
        float
            Infinite where a forecast is no number, NaN where nothing could be scored.
        """
        return average(losses_in_units(self.y, quantiles, levels, self.scale))

    def balanced_loss(self, quantiles: NDArray[np.float64], levels: tuple[float, ...]) -> float:
        """Give the quantile loss in units of the scale and of the values themselves, together.

        Parameters
        ----------
        quantiles : ndarray of shape (C, H, Q)
        levels : tuple of float, length Q

        Returns
        -------
        float
            Geometric mean of both; infinite or NaN where `loss` is.

        Notes
        -----
        The first is ruled by series that hardly change from season to season, the second
        by those near zero: Makridakis et al. (2020) rank by the mean of both kinds.
        """
        known = ~np.isnan(self.y)
        size = np.where(known, np.abs(self.y), 0).sum(1) / np.maximum(known.sum(1), 1)
        scaled, relative = (
            average(losses_in_units(self.y, quantiles, levels, unit)) for unit in (self.scale, size)
        )
        return float(np.sqrt(scaled * relative))

    def path_errors(self, point: NDArray[np.float64], power: int) -> NDArray[np.float64]:
        """Give the mean error of each stretch of one horizon, in units of the scale.

        Parameters
        ----------
        point : ndarray of shape (C, H)
        power : int
            1 for the mean absolute error, 2 for the root of the mean square.

        Returns
        -------
        ndarray of shape (P,)
            Of the stretches of all series; infinite or NaN where `loss` is.
        """
        errors = errors_in_units(self.y, point, self.scale)
        known = ~np.isnan(errors)
        left = self.panel.indptr[self.series + 1] - self.ends  # rows after the cutoff, from 1
        stretches = -(-self.rows // self.horizon)
        path = self.series * stretches + (left - 1) // self.horizon
        with np.errstate(over="ignore"):
            totals, counts = (
                np.bincount(path, weights=one.sum(1), minlength=len(self.panel) * stretches)
                for one in (np.where(known, errors**power, 0.0), known.astype(np.float64))
            )
        nothing = np.full(len(totals), np.nan)
        means = np.divide(totals, counts, out=nothing, where=counts > 0)
        return np.asarray(means ** (1 / power))

    def scores(self, point: NDArray[np.float64]) -> dict[str, float]:
        """Compare point forecasts with the seasonal naive method.

        Parameters
        ----------
        point : ndarray of shape (C, H)

        Returns
        -------
        dict of str to float
            "mase" and "naive_mase" over all known values: the last cutoffs have but a
            step or two, the easiest. Empty where no series has a scale.
        """
        steps = np.arange(self.horizon) % self.season
        known = zip(self.starts, self.ends, strict=True)
        seen = (self.panel.target[start:end] for start, end in known)
        guess = np.array([last_season(one, self.season)[steps] for one in seen])
        found = {}
        for name, values in (("mase", point), ("naive_mase", guess)):
            mase = average(errors_in_units(self.y, values, self.scale))
            if np.isfinite(mase):
                found[name] = mase
        return found


def hold_back(panel: Panel, horizon: int, season: int) -> Holdout | None:
    """Take the last rows of every series away.

    Parameters
    ----------
    panel : Panel
    horizon : int
        Steps of a forecast; at most a third of the longest series.
    season : int
        Of the seasonal naive method.

    Returns
    -------
    Holdout or None
        None when no series is long enough. One horizon is held back, several
        of few series, more of long ones, but no more than a third of the longest.
        Nothing is known of what came after a gap, see ``judgement.begin_as_usual``.
    """
    most = int(panel.lengths.max()) // 3
    steps = min(horizon, most)
    cheap = int(NEGLIGIBLE_HOLDOUT * panel.lengths.max()) // max(steps, 1)
    stretches = max(
        min(-(-PATHS // len(panel)), MOST_HORIZONS), min(-(-PATHS_OF_LONG // len(panel)), cheap)
    )
    rows = min(steps * stretches, most)
    usable = np.flatnonzero(panel.lengths >= rows + LEAST_HISTORY)
    if not rows or not len(usable):
        return None
    whole = panel.select(usable[:: -(-len(usable) // MOST_SERIES)])
    cutoffs = min(rows, -(-WANTED // len(whole)))
    dropped = rows - np.arange(cutoffs) * rows // cutoffs
    ends = (whole.indptr[1:, None] - dropped).ravel()
    starts = np.repeat(whole.indptr[:-1], cutoffs)
    after = ends[:, None] + np.arange(steps)
    inside = after < np.repeat(whole.indptr[1:], cutoffs)[:, None]
    inside &= begin_as_usual(whole, starts, ends, steps, season)[:, None]
    y = np.where(inside, whole.target[np.minimum(after, len(whole.target) - 1)], np.nan)
    scale = [seasonal_scale(one.target, season) for one in whole.before_last(rows)]
    return Holdout(whole, rows, steps, ends, starts, y, np.repeat(scale, cutoffs), season)
