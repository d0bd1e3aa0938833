"""predict --ledger and --recalibrate: forecasts on record, and learning from the record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.errors import UsageError

if TYPE_CHECKING:
    from forecast.ledger.entry import Maker
    from forecast.reading.columns import Columns
    from forecast.result import Forecast
    from forecast.write import Table

KeepIn = Annotated[
    str | None,
    typer.Option(
        "--ledger", metavar="FILE", help="Also append to this SQLite file, for forecast score."
    ),
]
Recalibrate = Annotated[
    bool,
    typer.Option(
        "--recalibrate", help="Widen or narrow intervals by how those in --ledger came true."
    ),
]


@dataclass(frozen=True)
class Keeping:
    """What is asked for of a ledger.

    Attributes
    ----------
    ledger : str or None
        None where forecasts are not put on record.
    recalibrates : bool
    """

    ledger: str | None
    recalibrates: bool = False

    def __post_init__(self) -> None:
        """Refuse to learn from no record."""
        if self.recalibrates and self.ledger is None:
            raise UsageError(
                "intervals are recalibrated by past forecasts, which a ledger holds",
                fix="--ledger forecasts.db",
            )


@dataclass(frozen=True, eq=False)
class HandedOut:
    """Forecasts as users see them.

    Attributes
    ----------
    forecast : Forecast
    table : Table
    remarks : tuple of str
        What was done to the intervals.
    """

    forecast: "Forecast"
    table: "Table"
    remarks: tuple[str, ...] = ()


def hand_out(
    made: "Forecast",
    columns: "Columns",
    levels: Sequence[int],
    keeping: Keeping,
    maker: "Callable[[], Maker]",
) -> HandedOut:
    """Lay forecasts out, put on record before anybody sees them.

    Parameters
    ----------
    made : Forecast
    columns : Columns
        Names in the user's files.
    levels : sequence of int
    keeping : Keeping
    maker : callable
        Asked only where there is a ledger.

    Returns
    -------
    HandedOut
    """
    from forecast.write import forecast_columns

    own = forecast_columns(made, columns, levels)
    shown = HandedOut(made, own)
    if keeping.ledger is None:
        return shown
    from forecast.ledger.book import append
    from forecast.ledger.record import entry_of

    by = maker()
    if keeping.recalibrates:
        from forecast.ledger.recalibrate import recalibrate

        moved, remark = recalibrate(keeping.ledger, made, by, tuple(levels))
        shown = HandedOut(moved, forecast_columns(moved, columns, levels), (remark,))
    was_moved = shown.forecast is not made
    append(keeping.ledger, entry_of(by, made, shown.table, own if was_moved else None))
    return shown
