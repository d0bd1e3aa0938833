"""The pretrained network as it is: forecasts of any series without training.

The rows held back decide whether values, their logarithms or both are read, and whether
a reading of fewer seasons joins in, and whether a long season, such as the year of days, is
taken out beforehand: what steps of a week forecast, and feed back, soon forgets it.
Series without a season are read value by value and in steps of four: the mean of both is
better than either, since one sees what came last and the other looks back further.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from forecast.calibrate import Calibration, calibrate
from forecast.models.adjust import season_beyond
from forecast.models.holdout import Holdout, hold_back
from forecast.models.member import Member
from forecast.models.recurrent import RecurrentModel
from forecast.network.infer import Weights
from forecast.network.universal import POSITIONS, universal_geometry
from forecast.panel import Panel
from forecast.pretrained import load_weights
from forecast.spec import Cell, RecurrentSpec

OwnSeasons: TypeAlias = Mapping[str, tuple[int, ...]]
"""Seasons of series that have others than their panel, by name."""

Shipped: TypeAlias = tuple[Weights, dict[str, Any]]
"""Weights and manifest; see ``forecast.pretrained.load_weights``."""

MOST_TRIED, FORECASTS_TRIED = 200, 50
"""Series, and forecasts of few series, evenly spread, that tell whether to take the mean with a
reading of fewer seasons."""

NO_SEASON, BY_FOURS, BY_TWELVES = (1,), (4,), (12,)
"""Readings of series without a season, by the values that a recurrent step reads."""

LEAST_BY_FOURS, LEAST_BY_TWELVES = 8, 48
"""Rows of the typical series from which on it is read in such steps, and tried in those."""

LEAST_ADJUSTED = 0.01
"""Gain for which a long season is taken out beforehand; what is no season is hardly found."""


def zero_shot(
    panel: Panel, season: tuple[int, ...], horizon: int, cell: Cell, own: OwnSeasons | None = None
) -> RecurrentModel:
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
    own : mapping of str to tuple of int, optional
        Seasons of series that have others than the panel; see `models_apart`.

    Returns
    -------
    RecurrentModel
    """
    apart = models_apart(panel, own or {}, horizon, cell)
    others = [at for at, name in enumerate(panel.ids) if name not in apart]
    panel = panel.select(others) if apart and others else panel
    held = hold_back(panel, horizon, season[0])
    model, said = _choose(panel, held, season, cell)
    model = replace(model, never_negative=panel.never_negative, apart=apart)
    if held is None or said is None:
        return model
    past = held.past(model.reach)
    calibration = calibrate(held.y, said, model.levels, held.scale, held.trust, past)
    return replace(model, calibration=calibration)


def models_apart(
    panel: Panel, own: OwnSeasons, horizon: int, cell: Cell
) -> dict[str, RecurrentModel]:
    """Make models of the shipped weights for series that have seasons of their own.

    Parameters
    ----------
    panel : Panel
    own : mapping of str to tuple of int
        Seasons by name of the series.
    horizon : int
    cell : {"gru", "lstm", "rnn"}

    Returns
    -------
    dict of str to RecurrentModel
        By name of the series. Those of one season have one calibrated model.
    """
    apart: dict[str, RecurrentModel] = {}
    for season in dict.fromkeys(own.values()):
        alike = panel.select([at for at, name in enumerate(panel.ids) if own.get(name) == season])
        apart |= dict.fromkeys(alike.ids, zero_shot(alike, season, horizon, cell))
    return apart


def pretrained_model(
    panel: Panel, held: Holdout | None, season: tuple[int, ...], cell: Cell
) -> RecurrentModel:
    """Make an uncalibrated model of the shipped weights.

    Parameters
    ----------
    panel : Panel
    held : Holdout or None
        Decides whether to read logarithms, values, or both, whether to take a long
        season out, and whether to take the mean with a reading without the seasons, or
        with the shorter one only, or another reading alone; values and logarithms with
        all seasons where None.
    season : tuple of int
    cell : {"gru", "lstm", "rnn"}

    Returns
    -------
    RecurrentModel
    """
    return _choose(panel, held, season, cell)[0]


def _choose(
    panel: Panel, held: Holdout | None, season: tuple[int, ...], cell: Cell
) -> tuple[RecurrentModel, NDArray[np.float64] | None]:
    """Give the best model, and what it says about the rows held back."""
    shipped = load_weights(cell)
    logs = (True, False) if np.nanmin(panel.target) > 0 else (False,)
    ways = [_read(panel.freq, season, shipped, log=log) for log in logs]
    model = replace(ways[0], members=tuple(one for way in ways for one in way.members))
    by_fours = season == NO_SEASON and np.median(panel.lengths) >= LEAST_BY_FOURS
    if held is None:
        return (_also(model, _reread(model, BY_FOURS, shipped)) if by_fours else model), None
    each = [held.forecast(way) for way in ways]
    said = np.mean(each, axis=0)
    if len(ways) > 1:
        losses = [held.balanced_loss(quantiles, model.levels) for quantiles in (said, *each)]
        best = int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
        model, said = [(model, said), *zip(ways, each, strict=True)][best]
    if by_fours:
        others = _reread(model, BY_FOURS, shipped)
        model, said = _also(model, others), (said + held.forecast(others)) / 2
    model, said = _adjust(model, said, held)
    return _read_otherwise(model, said, held, season, shipped)


def _adjust(
    model: RecurrentModel, said: NDArray[np.float64], held: Holdout
) -> tuple[RecurrentModel, NDArray[np.float64]]:
    """Take a long season out beforehand, where that is better."""
    long = season_beyond(model.spec)
    if long == 1:
        return model, said
    adjusted = _adjusted(model, long)
    heard = held.forecast(adjusted)
    least = (1 - LEAST_ADJUSTED) * held.loss(said, model.levels)
    return (adjusted, heard) if held.loss(heard, model.levels) < least else (model, said)


def _read_otherwise(
    model: RecurrentModel,
    said: NDArray[np.float64],
    held: Holdout,
    season: tuple[int, ...],
    shipped: Shipped,
) -> tuple[RecurrentModel, NDArray[np.float64]]:
    """Take the mean with a reading of fewer seasons, or another alone, where clearly better.

    Such a reading takes several times as long and is seldom wanted: few forecasts are asked
    first, then all, since few may all begin at the hours that suit it. Series without
    a season are read in steps of twelve alone, which tell a level or a slow return from
    much noise.
    """
    alone = _read_alone(held, season)
    candidates = {season[:1], NO_SEASON, alone} - {season, ()}
    if not candidates:
        return model, said
    taken = held.spread(MOST_TRIED, FORECASTS_TRIED)
    tried, known = held.part(taken), said[taken]
    least = (1 - tried.least_gain) * tried.loss(known, model.levels)
    best: tuple[RecurrentModel, NDArray[np.float64]] | None = None
    for other in sorted(candidates):
        others = _reread(model, other, shipped)
        heard = tried.forecast(others)
        loss = tried.loss(heard if other == alone else (known + heard) / 2, model.levels)
        if loss < least:
            best, least = (others, heard), loss
    if best is None:
        return model, said
    others, heard = best
    if len(heard) < len(said):
        heard = held.forecast(others)
    if others.members[0].spec.season != alone:
        others = _also(model, others)
        heard = (said + heard) / 2
    clear = (1 - held.least_gain) * held.loss(said, model.levels)
    return (others, heard) if held.loss(heard, model.levels) < clear else (model, said)


def _read_alone(held: Holdout, season: tuple[int, ...]) -> tuple[int, ...]:
    """Give the season of a reading that does not share, empty where there is none."""
    long = np.median(held.panel.lengths) >= LEAST_BY_TWELVES
    return BY_TWELVES if season == NO_SEASON and long else ()


def _read(freq: str, season: tuple[int, ...], shipped: Shipped, *, log: bool) -> RecurrentModel:
    """Make a model of the shipped weights that reads series in one way."""
    member = shipped_member(season, shipped, log=log)
    levels = tuple(shipped[1]["quantiles"])
    return RecurrentModel(member.spec, freq, (member,), levels, Calibration.none())


def _reread(model: RecurrentModel, season: tuple[int, ...], shipped: Shipped) -> RecurrentModel:
    """Give the model that reads values, logarithms or both as another does, by other seasons."""
    logs = dict.fromkeys(member.spec.log is True for member in model.members)
    members = (shipped_member(season, shipped, log=log) for log in logs)
    return _adjusted(replace(model, members=tuple(members)), model.spec.adjust)


def _adjusted(model: RecurrentModel, season: int | None) -> RecurrentModel:
    """Have all networks read what is left of a season that is taken out beforehand."""
    members = (replace(one, spec=replace(one.spec, adjust=season)) for one in model.members)
    spec = replace(model.spec, adjust=season)
    return replace(model, spec=spec, members=tuple(members))


def _also(model: RecurrentModel, others: RecurrentModel) -> RecurrentModel:
    """Take the mean with another reading, of as many members."""
    return replace(model, members=(*model.members, *others.members))


def shipped_member(season: tuple[int, ...], shipped: Shipped, *, log: bool) -> Member:
    """Take the shipped weights for a network that reads series in one way.

    Parameters
    ----------
    season : tuple of int
        One or two season lengths, shortest first; (1,) for none.
    shipped : tuple
        See `Shipped`.
    log : bool

    Returns
    -------
    Member
    """
    weights, manifest = shipped
    geometry = universal_geometry(season, None, POSITIONS * 24)
    spec = RecurrentSpec(
        cell=manifest["spec"]["cell"],
        hidden=manifest["spec"]["hidden"],
        lags=geometry.segments * geometry.segment,
        segment=geometry.segment,
        season=season,
        horizon=geometry.future,
        log=log,
        dropout=0.0,
    )
    return Member(spec, geometry, weights, origin="pretrained", mirror=True)
