"""predict --ledger: put forecasts on record, as they are handed out."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from forecast.forecaster import Forecaster
    from forecast.read import Input
    from forecast.result import Forecast
    from forecast.write import Table

KeepIn = Annotated[
    str | None,
    typer.Option(
        "--ledger", metavar="FILE", help="Also append to this SQLite file, for forecast score."
    ),
]


def keep(
    ledger: str,
    forecaster: "Forecaster",
    newer: "Input | None",
    handed_out: "tuple[Forecast, Table]",
    path: str | None,
) -> None:
    """Append forecasts to a ledger.

    Parameters
    ----------
    ledger : str
    forecaster : Forecaster
    newer : Input or None
        History that was forecast from; the model's own where None.
    handed_out : tuple of Forecast and Table
        The same forecasts with every digit, and as columns.
    path : str or None
        Of the model file; the pretrained network where None.
    """
    from forecast.ledger import append
    from forecast.record import entry_of, fingerprint

    sha256 = fingerprint(path, forecaster.recurrent.cell)
    append(ledger, entry_of(forecaster, newer, handed_out, sha256))
