"""forecast predict: forecast from a saved model, from newer history, or without training."""

import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.account import keeps_account, tell_forecast, tell_input, tell_model
from forecast.cli.common import DEFAULT_MODEL, deliver, envelope, progress, say, source
from forecast.cli.effect import refuse_idle
from forecast.cli.follow import (
    Every,
    FollowFlag,
    Following,
    follow_stream,
    refuse_idle_in_stream,
)
from forecast.cli.forms import form_of, written
from forecast.cli.keep import KeepIn, Keeping, Recalibrate, hand_out
from forecast.cli.network import Wanted, find_network
from forecast.cli.options import (
    Format,
    Horizon,
    Json,
    Levels,
    Model,
    NewerData,
    Output,
    PretrainedCell,
    Quiet,
    Shape,
    takes_settings,
)
from forecast.cli.plot import Plot, PlotOption, ThemeOption
from forecast.cli.retrain import RetrainIf, retrain_if
from forecast.cli.targets import protect, reserve
from forecast.errors import PartialError, UsageError
from forecast.spec import DataSpec, RecurrentSpec, one_of

if TYPE_CHECKING:
    from forecast.panel import Panel
    from forecast.reading.columns import Columns
    from forecast.result import Forecast
    from forecast.write import Table

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


@keeps_account
@takes_settings
def predict(
    context: typer.Context,
    reading: DataSpec,
    data: NewerData = None,
    horizon: Horizon = None,
    level: Levels = [80, 95],  # noqa: B006  # typer copies it
    model: Model = None,
    cell: PretrainedCell = None,
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
    """Forecast by the saved model, or by the pretrained network where there is none."""
    from forecast.forecaster import Forecaster, load
    from forecast.horizon import far_ahead, unseen_season
    from forecast.ledger.record import maker_of

    form = form_of(context, form, json=json, output=output)
    if not follow:
        refuse_idle(context, ["every"], "without --follow")
    keeping = Keeping(ledger, recalibrate and not follow)
    inputs = data, model or DEFAULT_MODEL
    reserve(output, *inputs, ledger)
    protect(ledger, *inputs)
    chart = Plot.asked(context, plot, plot_theme, *inputs, ledger, output)
    talks = not (quiet or json)
    wanted = Wanted(data, model, cell, horizon)
    if baseline is not None:
        file = _fitted_to(baseline, data)
        idle = ["model", "cell", "retrain", "follow"]
        refuse_idle(context, idle, "with --baseline, which forecasts without a network")
        asked_for = reading, horizon, level, keeping
        result = _by_baseline(baseline, file, asked_for, talks)
        _deliver(result, form, output, chart, strict)
        return
    if follow:
        refuse_idle_in_stream(context, wanted)
        if plot is not None:
            raise UsageError("a stream has no end that a chart could show", fix="leave out --plot")
        stream = Following(
            data,
            None if wanted.is_untrained else wanted.path,
            horizon,
            level,
            every,
            form,
            output,
            ledger,
            not talks,
            reading,
        )
        spec = RecurrentSpec(cell=cell or "gru", horizon=horizon)
        asked = Forecaster(spec, reading=reading)
        follow_stream(asked if wanted.is_untrained else load(wanted.path), stream)
        return
    if wanted.is_untrained:
        why = f"without a model file, and there is no {wanted.path} here"
        refuse_idle(context, ["retrain"], why)
    found = find_network(wanted, reading, context)
    forecaster, newer, remark, ahead = found.forecaster, found.newer, found.remark, found.horizon
    if found.saved is not None:
        for one in (output, plot):
            protect(one, forecaster.artifact.manifest.source)
        if retrain is not None:
            files = found.saved, ledger
            forecaster, done = retrain_if(retrain, forecaster, newer, reading, files, talks)
            remark = f"{remark}; {done}"
            ahead = horizon or forecaster.artifact.model.spec.horizon or 1
    told: tuple[str, ...] = ()
    if newer:
        season = forecaster.artifact.model.spec.adjusted
        told = (*newer.notes, *far_ahead(newer.panel, ahead), *unseen_season(newer.panel, season))
    remarks = (remark, *told)
    if talks:
        say(*remarks)
    tell_input(newer)
    tell_model(forecaster, found.saved)
    made = forecaster.predict(ahead, newer, level)
    columns = forecaster.names(newer)
    maker = partial(maker_of, forecaster, newer, found.saved, reading)
    shown = hand_out(made, columns, level, keeping, maker)
    if talks and shown.remarks:
        say(*shown.remarks)
    remarks = (*remarks, *shown.remarks)
    history = newer.panel if newer else forecaster.artifact.context
    result = _Result(shown.forecast, shown.table, history, columns, level, remarks)
    _deliver(result, form, output, chart, strict)


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
    from forecast.baseline import forecast_baseline
    from forecast.evaluation.backtest import Baselines
    from forecast.given import read
    from forecast.horizon import default_horizon, far_ahead
    from forecast.ledger.record import maker_of_baseline
    from forecast.report.fits import describe_fits
    from forecast.season import describe_own, own_seasons, seasons_of

    reading, horizon, level, keeping = asked
    given = read(source(data), reading)
    tell_input(given)
    season, *others = seasons_of(given.panel, reading)
    own = own_seasons(given.panel, reading, (season, *others))
    method = Baselines((name,), season, own=own)
    horizon = horizon or default_horizon(given.panel)
    with progress("fitting", wanted=talks) as advance:
        made, records = forecast_baseline(method, given.panel, horizon, tuple(level), advance)
    fits = describe_fits({made.model: {series: (one,) for series, one in records.items()}})
    maker = partial(maker_of_baseline, name, season, given, reading)
    shown = hand_out(made, given.columns, level, keeping, maker)
    told = (*filter(None, [describe_own(own)]), *far_ahead(given.panel, horizon))
    remarks = (*given.notes, *told, *fits, *shown.remarks)
    if talks:
        say(*remarks)
    return _Result(shown.forecast, shown.table, given.panel, given.columns, level, remarks)


def _fitted_to(name: str, data: str | None) -> str:
    """Check the name of a baseline; give the file that it is fitted to."""
    from forecast.models.baselines import BASELINES

    one_of("baseline", name, tuple(BASELINES))
    if data is None:
        raise UsageError(
            "a baseline is fitted to DATA, which is missing",
            fix=f"forecast predict DATA --baseline {name}",
        )
    return data


def _deliver(result: _Result, form: Format, output: str | None, chart: Plot, strict: bool) -> None:
    """Write and draw the forecast; refuse one that is partly another model's, if so asked."""
    from forecast.charts.fan import picture_forecast
    from forecast.write import records

    table = result.table
    tell_forecast(table)
    fallen = table["source"][table["source"] != table["model"]]
    is_partial = strict and len(fallen) > 0
    if form == "json":
        rows = records(table)
        made: str | bytes = envelope("forecast.predict/1", rows, result.remarks, ok=not is_partial)
    elif form == "table":
        made = _draw(table, output)
    else:
        made = written(table, form, output)
    deliver(made, output)
    chart.show(lambda: picture_forecast(result.history, result.made, result.columns, result.level))
    if is_partial:
        said = f"{len(fallen):,} of {len(table['source']):,} rows forecast by {fallen[0]}"
        raise PartialError(said)


def _draw(table: "Table", output: str | None) -> str:
    from forecast.report.terminal import as_text, forecast_table

    return as_text(forecast_table(table), sys.stdout if output is None else None)
