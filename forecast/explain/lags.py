"""Which values of the past move the forecast: by their slopes, and by leaving them out.

Letters: L past values, H steps ahead, N rows with something left out.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from forecast.explain.explanation import Array, LagEffects
from forecast.explain.unrolled import Unrolled
from forecast.models.recurrent import RecurrentModel
from forecast.panel import Panel, Series

STEPS_AT_ONCE = 32
"""Steps ahead whose slopes are taken together, which bounds memory."""

ROWS_AT_ONCE = 256
"""Histories with something left out that are forecast together."""

MOST_MASKED = 2048
"""Newest lags that are left out one by one; of longer windows, whole segments only."""


def lag_effects(model: RecurrentModel, series: Series, horizon: int) -> LagEffects:
    """Measure what each past value does to each step of the forecast.

    Parameters
    ----------
    model : RecurrentModel
    series : Series
        History; its last ``model.past`` rows are read.
    horizon : int

    Returns
    -------
    LagEffects
    """
    past = series.target[-model.past :]
    rows, seen = len(past), ~np.isnan(past)
    segment = model.chief.geometry.segment
    newest = rows - np.arange(min(rows, MOST_MASKED)) - 1
    singly = np.full((horizon, rows), np.nan)
    known = newest[seen[newest]]
    singly[:, rows - 1 - known] = _missed(model, past, [(one, one + 1) for one in known], horizon)
    ends = np.arange(rows, 0, -segment)
    bounds = [(max(end - segment, 0), end) for end in ends.tolist()]
    return LagEffects(
        lag=np.arange(1, rows + 1),
        timestamps=series.timestamps[-model.past :][::-1],
        values=past[::-1],
        gradient=gradients(model, past, horizon)[:, ::-1],
        deviation=_deviation(past[seen]),
        masked=singly,
        segment=segment,
        masked_segments=_missed(model, past, bounds, horizon),
    )


def gradients(model: RecurrentModel, past: Array, horizon: int) -> Array:
    """Give the slopes of the medians by each past value.

    Parameters
    ----------
    model : RecurrentModel
    past : ndarray of shape (L,)
        At most ``model.past`` values, NaN where missing.
    horizon : int

    Returns
    -------
    ndarray of shape (H, L)
        0 where the value is missing, and where the forecast is held at zero; the largest
        number where a slope is beyond it. Of counts, before they are rounded.
    """
    values = torch.as_tensor(np.nan_to_num(past))
    seen = torch.as_tensor(~np.isnan(past))
    before = torch.full((1, model.past - len(past)), torch.nan).double()
    ways = [(Unrolled(one), share) for one, share in zip(model.members, model.shares, strict=True)]
    slopes = np.zeros((horizon, len(past)))
    for first in range(0, horizon, STEPS_AT_ONCE):
        steps = torch.arange(first, min(first + STEPS_AT_ONCE, horizon))
        # as many rows as steps: each is differentiated for its own step, all at once
        rows = values.repeat(len(steps), 1).requires_grad_()
        window = torch.where(seen, rows, torch.nan)
        window = torch.cat([before.expand(len(steps), -1), window], 1)
        until = int(steps[-1]) + 1
        medians = torch.stack([share * way.forecast(window, until) for way, share in ways]).sum(0)
        if np.nanmin(past[-model.reach :]) == 0:  # as forecasts of counts are
            medians = medians.clamp(min=0)
        medians[torch.arange(len(steps)), steps].sum().backward()
        assert rows.grad is not None
        slopes[first : first + len(steps)] = rows.grad.numpy()
    return np.nan_to_num(slopes)


def _deviation(values: Array) -> float:
    """Standard deviation, without a square that is too large."""
    largest = float(np.abs(values).max())
    return float((values / largest).std()) * largest if largest > 0 else 0.0


def _missed(
    model: RecurrentModel, past: Array, left_out: Sequence[tuple[int, int]], horizon: int
) -> NDArray[np.float64]:
    """Forecast less what it would be without some rows, (H, N); NaN where nothing is left."""
    whole = _medians(model, past[None], horizon)[0]
    change = np.full((horizon, len(left_out)), np.nan)
    for first in range(0, len(left_out), ROWS_AT_ONCE):
        some = left_out[first : first + ROWS_AT_ONCE]
        histories = np.repeat(past[None], len(some), 0)
        for row, (start, stop) in zip(histories, some, strict=True):
            row[start:stop] = np.nan
        usable = np.flatnonzero(
            ~np.isnan(histories).all(1) & (np.isnan(histories) != np.isnan(past)).any(1)
        )
        if len(usable):
            change[:, first + usable] = (whole - _medians(model, histories[usable], horizon)).T
    return change


def _medians(model: RecurrentModel, histories: Array, horizon: int) -> Array:
    """Forecast from some histories, (N, L), of one series, (N, H)."""
    count, rows = histories.shape
    ids = tuple(map(str, range(count)))
    times = np.tile(np.arange(rows), count)
    panel = Panel(ids, np.arange(count + 1) * rows, times, histories.ravel(), "1")
    said = replace(model, rounds_counts=False)
    made = said.predict_quantiles(panel, horizon, (0.5,)).quantiles[..., 0]
    return np.asarray(made)
