"""Intervals as wide as the ledger's forecasts would have needed, step by step ahead.

Only what had happened by the end of the history counts. How wide that is, is
decided in ``forecast.ledger.adaptive``.

Letters: N series, H steps, Q quantile levels, R past forecasts that came true.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.counts import to_whole
from forecast.errors import NotFoundError
from forecast.finding import counted
from forecast.ledger.actuals import actuals_of
from forecast.ledger.adaptive import LEAST, adaptive_factor, conformity, least_times
from forecast.ledger.book import connect, level_columns, own_bound
from forecast.ledger.entry import Maker
from forecast.ledger.past import find_subject, join_actuals, latest
from forecast.result import Forecast

MOST_TIMES = 200
"""Latest points in time that are gone through."""

MOST_SERIES = 32
"""Of more, as many spread over all: a factor is that of all series together."""

Array = NDArray[np.float64]


def recalibrate(
    path: str | Path, made: Forecast, maker: Maker, levels: tuple[int, ...]
) -> tuple[Forecast, str]:
    """Widen or narrow the intervals of a forecast by how past ones came true.

    Parameters
    ----------
    path : str or Path
        Of the ledger.
    made : Forecast
        As the model gave it.
    maker : Maker
        Whose history tells what has happened.
    levels : tuple of int
        Interval coverages in per cent.

    Returns
    -------
    forecast : Forecast
        The same where too little has come true.
    remark : str
        What was done.

    Notes
    -----
    Past forecasts are those of this very model, or, while they are too few, of
    all models of its name: one that is trained anew every night has a record,
    too. Judged are the intervals as models gave them, before any recalibration.
    """
    past = _read_past(path, made.model, maker)
    factors = {level: _by_step(past, level, made.horizon) for level in levels}
    found = {level: one for level, one in factors.items() if one is not None}
    points = f"{counted(past.times, 'point')} in time"
    if not found:
        least = min(map(least_times, (level / 100 for level in levels)))
        width = " with intervals of any width" if past.times >= least else ""
        return made, (
            f"intervals not recalibrated: {path} has {points} that came true,"
            f" and {least} are needed{width}"
        )
    parts = [f"{level} % by {_span(one)}" for level, one in found.items()]
    remark = f"intervals recalibrated on {points} of {path}: {', '.join(parts)}"
    return widened(made, found, stays_positive=bool(np.nanmin(maker.panel.target) >= 0)), remark


def widened(made: Forecast, factors: Mapping[int, Array], *, stays_positive: bool) -> Forecast:
    """Multiply the distances of quantiles from their median.

    Parameters
    ----------
    made : Forecast
    factors : mapping of int to ndarray of shape (H,)
        By coverage in per cent; in between they are interpolated.
    stays_positive : bool
        Quantiles that are not negative stay so.

    Returns
    -------
    Forecast
        Of whole numbers where all quantiles of a series were.
    """
    levels = sorted(factors)
    central = [abs(200 * one - 100) for one in made.quantile_levels]
    known = np.stack([factors[level] for level in levels])
    by_step = np.array([np.interp(central, levels, column) for column in known.T])
    middle = made.quantile_levels.index(0.5)
    median = made.quantiles[..., middle, None]
    moved = median + (made.quantiles - median) * by_step
    moved[..., middle:] = np.maximum.accumulate(moved[..., middle:], axis=-1)
    lower = np.minimum.accumulate(moved[..., middle::-1], axis=-1)
    moved[..., : middle + 1] = lower[..., ::-1]
    if stays_positive:
        moved = np.where(made.quantiles >= 0, np.maximum(moved, 0), moved)
    whole = (made.quantiles == np.rint(made.quantiles)).all((1, 2))
    return replace(made, quantiles=to_whole(moved, whole))


@dataclass(frozen=True, eq=False)
class _Past:
    """Forecasts that came true, with the bounds of levels, in the order of steps and times."""

    steps: NDArray[np.int64]
    cutoffs: NDArray[np.int64]
    ds: NDArray[np.int64]
    scores: Mapping[int, Array]

    @property
    def times(self) -> int:
        """Points in time of the step that has most of them."""
        pairs = np.unique(np.stack([self.steps, self.ds]), axis=1)
        return int(np.bincount(pairs[0]).max(initial=0))


def _read_past(path: str | Path, model: str, maker: Maker) -> _Past:
    """Give what came true of this model's forecasts, or of all models' of its name."""
    nothing = np.empty(0, dtype=np.int64)
    past = _Past(nothing, nothing, nothing, {})
    if not Path(path).exists() or not Path(path).stat().st_size:  # the first run
        return past
    for alone in (True, False):
        with connect(path) as ledger:  # anew, since what is joined lives as long as it
            try:
                subject = find_subject(ledger, path, maker.columns.target, model)
            except NotFoundError:
                return past
            if subject.columns.target != maker.columns.target:
                return past
            if alone:
                known = ledger.execute(
                    "SELECT id FROM models WHERE sha256 = ?", (maker.sha256,)
                ).fetchone()
                if known is None:
                    continue
                subject = replace(subject, only=known[0])
            join_actuals(ledger, subject, actuals_of(maker.panel))
            past = _came_true(ledger, latest(subject), maker.panel.freq)
        if past.times >= LEAST:
            break
    return past


def _came_true(ledger: sqlite3.Connection, forecasts: str, freq: str) -> _Past:
    levels = level_columns(ledger)
    bounds = [own_bound(ledger, name) for pair in levels.values() for name in pair]
    (series,) = ledger.execute("SELECT count(*) FROM scored").fetchone()
    rows = ledger.execute(
        f"SELECT step, cutoff, f.ds, y, yhat, {', '.join(bounds)} FROM {forecasts} f"
        " CROSS JOIN actuals a ON a.series = f.series AND a.ds = f.ds"
        " WHERE f.run IN (SELECT id FROM runs WHERE freq = ?) AND f.series % ? = 0 AND f.ds >="
        " (SELECT min(ds) FROM (SELECT DISTINCT ds FROM actuals ORDER BY ds DESC LIMIT ?))"
        " ORDER BY step, f.ds",
        (freq, -(-series // MOST_SERIES), MOST_TIMES),
    ).fetchall()
    steps, cutoffs, ds = (np.array([row[at] for row in rows], dtype=np.int64) for at in range(3))
    values = np.array([row[3:] for row in rows], dtype=float).reshape(-1, 2 + len(bounds)).T
    scores = {
        level: conformity(values[0], values[1], values[2 + 2 * at], values[3 + 2 * at])
        for at, level in enumerate(levels)
    }
    return _Past(steps, cutoffs, ds, scores)


def _by_step(past: _Past, level: int, horizon: int) -> Array | None:
    """Give the factor of each step: its own, or that of the nearest step that has one."""
    if not past.scores:
        return None
    recorded = min(past.scores, key=lambda one: abs(one - level))
    scores = past.scores[recorded]
    found: dict[int, float] = {}
    for step in range(1, horizon + 1):
        rows = np.flatnonzero((past.steps == step) & ~np.isnan(scores))
        ds, starts = np.unique(past.ds[rows], return_index=True)
        known = np.searchsorted(ds, past.cutoffs[rows][starts], side="right")
        points = np.split(scores[rows], starts[1:])
        factor = adaptive_factor(points, known, recorded / 100) if len(ds) else None
        if factor is not None:
            found[step] = factor
    if not found:
        return None
    nearest = [min(found, key=lambda one: abs(one - step)) for step in range(1, horizon + 1)]
    return np.array([found[one] for one in nearest])


def _span(factors: Array) -> str:
    low, high = f"{factors.min():.2f}", f"{factors.max():.2f}"
    return low if low == high else f"{low} to {high}"
