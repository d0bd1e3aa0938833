"""The pretrained network as it is: forecasts of any series without training.

Whether values or their logarithms are read is decided by the rows held back.
"""

from dataclasses import replace

import numpy as np

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
        History; its last ``horizon`` rows choose and calibrate.
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
    model = pretrained_model(panel, held, season, cell)
    if held is None:
        return model
    return replace(
        model, calibration=calibrate(held.y, held.forecast(model, model.levels), model.levels)
    )


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
        return model
    log = replace(raw, spec=replace(spec, log=True))
    ways = [replace(model, members=members) for members in ((log, raw), (log,), (raw,))]
    if held is None:
        return ways[0]
    losses = [held.loss(held.forecast(way, levels), levels) for way in ways]
    return ways[int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0]
