"""Which network a command is about: the saved one, or the pretrained one without training."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forecast.cli.common import DEFAULT_MODEL, source
from forecast.cli.effect import READING, refuse_idle
from forecast.errors import NotFoundError
from forecast.spec import Cell, DataSpec, RecurrentSpec
from forecast.spec.base import at_least

if TYPE_CHECKING:
    from forecast.forecaster import Forecaster
    from forecast.read import Input

_OF_DATA = tuple(name for name in READING if name != "max_age")


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line.

    Attributes
    ----------
    data : str or None
        Newer history.
    model : str or None
    cell : {"gru", "lstm", "rnn"} or None
    horizon : int or None
    """

    data: str | None
    model: str | None
    cell: Cell | None
    horizon: int | None

    def __post_init__(self) -> None:
        """Refuse a horizon that is none; 0 is not "not given"."""
        if self.horizon is not None:
            at_least("horizon", self.horizon, 1)

    @property
    def path(self) -> str:
        """Where a model file would be."""
        return self.model or DEFAULT_MODEL

    @property
    def is_untrained(self) -> bool:
        """Whether there is no model file, and none was named."""
        return self.data is not None and self.model is None and not Path(self.path).exists()


@dataclass(frozen=True, eq=False)
class Network:
    """A network that is ready to forecast.

    Attributes
    ----------
    forecaster : Forecaster
    newer : Input or None
        History to go on from; the model's own where None.
    horizon : int
    saved : str or None
        The model file; None for the pretrained network as it is.
    remark : str
        Which of both it is.
    """

    forecaster: "Forecaster"
    newer: "Input | None"
    horizon: int
    saved: str | None
    remark: str


def saved_at(model: str | None, command: str) -> str:
    """Say where the model file is; where none was named and none is there, that DATA would do.

    Parameters
    ----------
    model : str or None
    command : str
        That was typed.

    Returns
    -------
    str
    """
    if model is None and not Path(DEFAULT_MODEL).exists():
        raise NotFoundError(
            "there is no such model file",
            where=DEFAULT_MODEL,
            fix=f"forecast {command} DATA, or first forecast train DATA",
        )
    return model or DEFAULT_MODEL


def find_network(wanted: Wanted, reading: DataSpec, context: typer.Context) -> Network:
    """Load the saved network, or take the pretrained one where there is none.

    Parameters
    ----------
    wanted : Wanted
    reading : DataSpec
    context : typer.Context
        Of the command.

    Returns
    -------
    Network

    Raises
    ------
    UsageError
        When something was typed that has no effect on a saved network.
    """
    from forecast.check import refuse_stale
    from forecast.forecaster import Forecaster, load
    from forecast.given import read
    from forecast.horizon import default_horizon
    from forecast.season import describe_own

    path, data = wanted.path, wanted.data
    if wanted.is_untrained and data is not None:
        newer = read(source(data), reading)
        horizon = wanted.horizon or default_horizon(newer.panel)
        spec = RecurrentSpec(cell=wanted.cell or "gru", horizon=wanted.horizon)
        forecaster = Forecaster(spec, reading=reading).adopt(newer, horizon)
        remark = f"no {path} here: forecast by the pretrained network, without training"
        if own := describe_own(forecaster.artifact.model.own_seasons):
            remark += f"; {own}"
        return Network(forecaster, newer, horizon, None, remark)
    forecaster = load(saved_at(wanted.model, str(context.info_name)))
    refuse_idle(context, ["cell"], f"beside {path}", f"forecast train DATA --cell {wanted.cell}")
    unread = ("season", "wide") if data is not None else _OF_DATA
    given = f"beside {path}" if data is not None else f"without DATA, beside {path}"
    refuse_idle(context, unread, f"{given}, which was trained already")
    artifact, found = forecaster.artifact, None
    if data is not None:
        found = forecaster.read_newer(source(data), reading)
    elif reading.max_age is not None:
        time_format = artifact.manifest.columns.time_format
        refuse_stale(artifact.context.cutoffs, reading.max_age, time_format, path)
    horizon = wanted.horizon or artifact.model.spec.horizon or 1
    return Network(forecaster, found, horizon, path, f"model: {path}")
