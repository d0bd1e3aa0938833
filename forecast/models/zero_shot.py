"""The pretrained network as it is: forecasts of any series without training.

Whether values or their logarithms are read is decided by the rows held back.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.calibrate import Calibration, calibrate
from forecast.models.holdout import Holdout, hold_back
from forecast.models.recurrent import Member, RecurrentModel
from forecast.panel import Panel
from forecast.pretrained import load_weights
from forecast.spec import Cell, RecurrentSpec
from forecast.universal import POSITIONS, universal_geometry


def zero_shot(panel: Panel, season: tuple[int, ...], horizon: int, cell: Cell) -> RecurrentModel:
    """Make a calibrated model of the shipped weights.

    Parameters
    ----------
    panel : Panel
        History; its last rows choose and calibrate.
    season : tuple of int
        One or two season lengths, shortest first; (1,) for none.
    horizon : int
        Steps that will be wanted.
    cell : {"gru", "lstm", "rnn"}

    Returns
    -------
    RecurrentModel
    """
    held = hold_back(panel, horizon, season[0])
    model, said = _choose(_ways(panel, season, cell), held)
    if held is None or said is None:
        return model
    return replace(model, calibration=calibrate(held.y, said, model.levels))


def pretrained_model(
    panel: Panel, held: Holdout | None, season: tuple[int, ...], cell: Cell
) -> RecurrentModel:
    """Make an uncalibrated model of the shipped weights.

    Parameters
    ----------
    panel : Panel
    held : Holdout or None
        Decides whether to read logarithms, values, or both; both where None.
    season : tuple of int
    cell : {"gru", "lstm", "rnn"}

    Returns
    -------
    RecurrentModel
    """
    return _choose(_ways(panel, season, cell), held)[0]


def _ways(panel: Panel, season: tuple[int, ...], cell: Cell) -> tuple[RecurrentModel, ...]:
    """Models that read logarithms and values, or values alone where some are not positive."""
    weights, manifest = load_weights(cell)
    geometry = universal_geometry(season, None, POSITIONS * 24)
    spec = RecurrentSpec(
        cell=cell,
        hidden=manifest["spec"]["hidden"],
        lags=geometry.segments * geometry.segment,
        segment=geometry.segment,
        season=season,
        horizon=geometry.future,
        log=False,
        dropout=0.0,
    )
    raw = Member(spec, geometry, weights, origin="pretrained")
    levels = tuple(manifest["quantiles"])
    model = RecurrentModel(spec, panel.freq, (raw,), levels, Calibration.none())
    if not np.nanmin(panel.target) > 0:
        return (model,)
    log = replace(raw, spec=replace(spec, log=True))
    return replace(model, members=(log,)), model


def _choose(
    ways: tuple[RecurrentModel, ...], held: Holdout | None
) -> tuple[RecurrentModel, NDArray[np.float64] | None]:
    """Give the best of the ways and their mean, and what it says about the rows held back."""
    members = tuple(member for way in ways for member in way.members)
    candidates = [replace(ways[0], members=members), *ways] if len(ways) > 1 else [*ways]
    if held is None:
        return candidates[0], None
    levels = ways[0].levels
    said = [held.forecast(way) for way in ways]
    if len(ways) > 1:
        said.insert(0, np.mean(said, axis=0))
    losses = [held.loss(quantiles, levels) for quantiles in said] if len(ways) > 1 else [0.0]
    best = int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
    return candidates[best], said[best]
