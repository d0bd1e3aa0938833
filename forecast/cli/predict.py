"""forecast predict: forecast from a saved model, from newer history, or without training."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import DEFAULT_MODEL, deliver, is_terminal, protect, say, source
from forecast.cli.keep import KeepIn, keep
from forecast.cli.options import (
    Format,
    Horizon,
    Json,
    Levels,
    Model,
    NewerData,
    Output,
    Quiet,
    takes_settings,
)
from forecast.errors import PartialError, UsageError
from forecast.spec import Cell, DataSpec, RecurrentSpec

if TYPE_CHECKING:
    from forecast.read import Input
    from forecast.write import Table

Shape = Annotated[Format | None, typer.Option("--format", help="Instead of CSV or a table.")]
CellOption = Annotated[
    Cell | None,
    typer.Option("--cell", help="Of the pretrained network, where there is no model file."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 8 when a series fell back to another model.")
]

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "table",
}


@takes_settings
def predict(
    reading: DataSpec,
    data: NewerData = None,
    horizon: Horizon = None,
    level: Levels = [80, 95],  # noqa: B006  # typer copies it
    model: Model = None,
    cell: CellOption = None,
    output: Output = None,
    form: Shape = None,
    strict: Strict = False,
    ledger: KeepIn = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Forecast from the saved model; DATA is newer history, and nothing is trained."""
    from forecast.forecaster import Forecaster, load, read
    from forecast.horizon import default_horizon
    from forecast.storage import check_writable
    from forecast.write import forecast_columns

    if output is not None:
        protect(output, data, model or DEFAULT_MODEL, ledger)
        check_writable(output)
    if ledger is not None:
        protect(ledger, data, model or DEFAULT_MODEL)
    form = "json" if json else form or _usual_form(output)
    newer: Input | None = None
    asked = Forecaster(RecurrentSpec(cell=cell or "gru", horizon=horizon), reading=reading)
    path = model or DEFAULT_MODEL
    if data is not None and model is None and not Path(path).exists():
        newer = read(source(data), reading)
        horizon = horizon or default_horizon(newer.panel)
        forecaster = asked.adopt(newer, horizon)
        saved = None
        remark = f"no {path} here: forecast by the pretrained network, without training"
    else:
        forecaster, saved = load(path), path
        if cell is not None:
            raise UsageError(
                f"--cell chooses a pretrained network, but the forecast comes from {path}",
                fix=f"forecast train DATA --cell {cell}",
            )
        if output is not None:
            protect(output, forecaster.artifact.manifest.source)
        if data is not None:
            newer = forecaster.read_newer(source(data), reading)
        horizon = horizon or forecaster.artifact.model.spec.horizon or 1
        remark = f"model: {path}"
    remarks = (remark, *(newer.notes if newer else ()))
    if not (quiet or json):
        say(*remarks)
    made = forecaster.predict(horizon, newer, level)
    table = forecast_columns(made, forecaster.names(newer), level)
    if ledger is not None:  # first, so that nothing is handed out that is not on record
        keep(ledger, forecaster, newer, (made, table), saved)
    _deliver(table, form, output, remarks)
    fallen = table["source"][table["source"] != table["model"]]
    if strict and len(fallen):
        rows = len(table["source"])
        raise PartialError(f"{len(fallen):,} of {rows:,} rows are from {fallen[0]}")


def _usual_form(output: str | None) -> Format:
    if output is not None:
        return _SUFFIXES.get(Path(output).suffix.lower(), "csv")
    return "table" if is_terminal() else "csv"


def _deliver(table: "Table", form: Format, output: str | None, remarks: tuple[str, ...]) -> None:
    from forecast import write

    if form == "parquet" and output is None and is_terminal():
        raise UsageError("Parquet is not text for a terminal", fix="--output forecast.parquet")
    makers: dict[Format, Callable[[], str | bytes]] = {
        "csv": lambda: write.to_csv(table),
        "json": lambda: write.to_json(table, warnings=remarks),
        "jsonl": lambda: write.to_jsonl(table),
        "parquet": lambda: write.to_parquet(table),
        "table": lambda: _draw(table, output),
    }
    deliver(makers[form](), output)


def _draw(table: "Table", output: str | None) -> str:
    from forecast.report.terminal import as_text, forecast_table

    return as_text(forecast_table(table), sys.stdout if output is None else None)
