"""forecast predict: forecast from a saved model, from newer history, or without training."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.account import keeps_account, tell_forecast, tell_input, tell_model
from forecast.cli.common import DEFAULT_MODEL, deliver, is_terminal, progress, protect, say, source
from forecast.cli.effect import READING, refuse_idle
from forecast.cli.follow import Every, FollowFlag, Following, follow_stream
from forecast.cli.keep import KeepIn, Keeping, Recalibrate, hand_out
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
from forecast.cli.plot import Plot, PlotOption, ThemeOption
from forecast.cli.retrain import RetrainIf, retrain_if
from forecast.errors import PartialError, UsageError
from forecast.spec import Cell, DataSpec, RecurrentSpec, one_of

if TYPE_CHECKING:
    from forecast.panel import Panel
    from forecast.read import Input
    from forecast.reading.columns import Columns
    from forecast.result import Forecast
    from forecast.write import Table

Shape = Annotated[Format | None, typer.Option("--format", help="Instead of CSV or a table.")]
CellOption = Annotated[
    Cell | None,
    typer.Option("--cell", help="Of the pretrained network, where there is no model file."),
]
BaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="NAME",
        help="Forecast by arima, ets, theta, seasonal-naive, naive, drift or mean, fitted to DATA.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 8 when a series fell back to another model.")
]

_OF_DATA = tuple(name for name in READING if name != "max_age")

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "table",
}


@keeps_account
@takes_settings
def predict(
    context: typer.Context,
    reading: DataSpec,
    data: NewerData = None,
    horizon: Horizon = None,
    level: Levels = [80, 95],  # noqa: B006  # typer copies it
    model: Model = None,
    cell: CellOption = None,
    baseline: BaselineOption = None,
    output: Output = None,
    form: Shape = None,
    plot: PlotOption = None,
    plot_theme: ThemeOption = "light",
    strict: Strict = False,
    ledger: KeepIn = None,
    recalibrate: Recalibrate = False,
    retrain: RetrainIf = None,
    follow: FollowFlag = False,
    every: Every = 1,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Forecast from the saved model; DATA is newer history, and nothing is trained."""
    from forecast.check import refuse_stale
    from forecast.files.storage import check_writable
    from forecast.forecaster import Forecaster, load, read
    from forecast.horizon import default_horizon
    from forecast.record import maker_of

    if json and form != "json":
        refuse_idle(context, ["form"], "beside --json")
    if follow:
        refuse_idle(context, ["recalibrate", "retrain", "strict"], "with --follow")
    else:
        refuse_idle(context, ["every"], "without --follow")
    if plot is None:
        refuse_idle(context, ["plot_theme"], "without --plot")
    keeping = Keeping(ledger, recalibrate and not follow)
    if output is not None:
        protect(output, data, model or DEFAULT_MODEL, ledger)
        check_writable(output)
    if ledger is not None:
        protect(ledger, data, model or DEFAULT_MODEL)
    chart = Plot(plot, plot_theme)
    chart.check(data, model or DEFAULT_MODEL, ledger, output)
    form = "json" if json else form or _usual_form(output)
    talks = not (quiet or json)
    if baseline is not None:
        _check_baseline(baseline, data)
        idle = ["model", "cell", "retrain", "follow"]
        refuse_idle(context, idle, "with --baseline, which forecasts without a network")
        asked_for = reading, horizon, level, keeping
        result = _by_baseline(baseline, data or "-", asked_for, talks)
        _deliver(result, form, output, chart)
        _check_strict(result.table, strict)
        return
    newer: Input | None = None
    asked = Forecaster(RecurrentSpec(cell=cell or "gru", horizon=horizon), reading=reading)
    path = model or DEFAULT_MODEL
    untrained = data is not None and model is None and not Path(path).exists()
    if follow:
        if plot is not None:
            raise UsageError("a stream has no end that a chart could show", fix="leave out --plot")
        stream = Following(
            data,
            None if untrained else path,
            horizon,
            level,
            every,
            form,
            output,
            ledger,
            not talks,
        )
        follow_stream(asked if untrained else load(path), stream)
        return
    if untrained and data is not None:
        refuse_idle(context, ["retrain"], f"without a model file, and there is no {path} here")
        newer = read(source(data), reading)
        horizon = horizon or default_horizon(newer.panel)
        forecaster = asked.adopt(newer, horizon)
        saved = None
        remark = f"no {path} here: forecast by the pretrained network, without training"
    else:
        forecaster, saved = load(path), path
        refuse_idle(context, ["cell"], f"beside {path}", f"forecast train DATA --cell {cell}")
        unread = ("season", "wide") if data is not None else _OF_DATA
        given = f"beside {path}" if data is not None else f"without DATA, beside {path}"
        refuse_idle(context, unread, f"{given}, which was trained already")
        for written in (output, plot):
            if written is not None:
                protect(written, forecaster.artifact.manifest.source)
        if data is not None:
            newer = forecaster.read_newer(source(data), reading)
        elif reading.max_age is not None:
            form_of_time = forecaster.artifact.manifest.columns.time_format
            last = forecaster.artifact.context.cutoffs
            refuse_stale(last, reading.max_age, form_of_time, path)
        remark = f"model: {path}"
        if retrain is not None:
            forecaster, done = retrain_if(retrain, forecaster, newer, (path, ledger), talks)
            remark = f"{remark}; {done}"
        horizon = horizon or forecaster.artifact.model.spec.horizon or 1
    remarks = (remark, *(newer.notes if newer else ()))
    if talks:
        say(*remarks)
    tell_input(newer)
    tell_model(forecaster, saved)
    made = forecaster.predict(horizon, newer, level)
    columns = forecaster.names(newer)
    maker = partial(maker_of, forecaster, newer, saved)
    shown = hand_out(made, columns, level, keeping, maker)
    if talks and shown.remarks:
        say(*shown.remarks)
    remarks = (*remarks, *shown.remarks)
    history = newer.panel if newer else forecaster.artifact.context
    result = _Result(shown.forecast, shown.table, history, columns, level, remarks)
    _deliver(result, form, output, chart)
    _check_strict(result.table, strict)


@dataclass(frozen=True, eq=False)
class _Result:
    """A forecast, and what is needed to show it."""

    made: "Forecast"
    table: "Table"
    history: "Panel"
    columns: "Columns"
    level: list[int]
    remarks: tuple[str, ...]


def _by_baseline(
    name: str, data: str, asked: tuple[DataSpec, int | None, list[int], Keeping], talks: bool
) -> _Result:
    from forecast.baseline import Baseline
    from forecast.forecaster import read
    from forecast.horizon import default_horizon
    from forecast.record import maker_of_baseline
    from forecast.report.fits import describe_fits
    from forecast.season import seasons_of

    reading, horizon, level, keeping = asked
    given = read(source(data), reading)
    tell_input(given)
    season = seasons_of(given.panel, reading)[0]
    method = Baseline(name, season)
    horizon = horizon or default_horizon(given.panel)
    with progress("fitting", wanted=talks) as advance:
        made, records = method.forecast(given.panel, horizon, tuple(level), advance)
    fits = describe_fits({made.model: {series: (one,) for series, one in records.items()}})
    maker = partial(maker_of_baseline, name, season, given, reading)
    shown = hand_out(made, given.columns, level, keeping, maker)
    remarks = (*given.notes, *fits, *shown.remarks)
    if talks:
        say(*remarks)
    return _Result(shown.forecast, shown.table, given.panel, given.columns, level, remarks)


def _check_baseline(name: str, data: str | None) -> None:
    from forecast.models.baselines import BASELINES

    one_of("baseline", name, tuple(BASELINES))
    if data is None:
        raise UsageError(
            "a baseline is fitted to DATA, which is missing",
            fix=f"forecast predict DATA --baseline {name}",
        )


def _check_strict(table: "Table", strict: bool) -> None:
    fallen = table["source"][table["source"] != table["model"]]
    if strict and len(fallen):
        rows = len(table["source"])
        raise PartialError(f"{len(fallen):,} of {rows:,} rows are from {fallen[0]}")


def _usual_form(output: str | None) -> Format:
    if output is not None:
        return _SUFFIXES.get(Path(output).suffix.lower(), "csv")
    return "table" if is_terminal() else "csv"


def _deliver(result: _Result, form: Format, output: str | None, chart: Plot) -> None:
    from forecast import write
    from forecast.charts.fan import picture_forecast

    table = result.table
    tell_forecast(table)
    if form == "parquet" and output is None and is_terminal():
        raise UsageError("Parquet is not text for a terminal", fix="--output forecast.parquet")
    makers: dict[Format, Callable[[], str | bytes]] = {
        "csv": lambda: write.to_csv(table),
        "json": lambda: write.to_json(table, warnings=result.remarks),
        "jsonl": lambda: write.to_jsonl(table),
        "parquet": lambda: write.to_parquet(table),
        "table": lambda: _draw(table, output),
    }
    deliver(makers[form](), output)
    chart.show(lambda: picture_forecast(result.history, result.made, result.columns, result.level))


def _draw(table: "Table", output: str | None) -> str:
    from forecast.report.terminal import as_text, forecast_table

    return as_text(forecast_table(table), sys.stdout if output is None else None)
