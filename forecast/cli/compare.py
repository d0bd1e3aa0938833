"""forecast compare: set the network against baselines on the same cutoffs."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from forecast.cli.common import (
    DEFAULT_MODEL,
    emit,
    envelope,
    progress,
    say,
    source,
)
from forecast.cli.effect import refuse_idle_settings
from forecast.cli.forms import form_of, require_suffix
from forecast.cli.network import saved_at
from forecast.cli.options import (
    Json,
    Model,
    OldData,
    Printed,
    Quiet,
    takes_settings,
)
from forecast.cli.plot import Plot, PlotOption, ThemeOption
from forecast.cli.targets import protect, reserve
from forecast.errors import GateError, UsageError
from forecast.spec import BacktestSpec, DataSpec, RecurrentSpec, TrainSpec, one_of
from forecast.spec.base import at_least

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.comparison import Comparison
    from forecast.forecaster import Forecaster
    from forecast.rivals import Compared

Baselines = Annotated[
    list[str],
    typer.Option(
        metavar="NAME",
        help="arima, ets, theta, seasonal-naive, naive, drift, mean, or all; repeatable.",
    ),
]
Windows = Annotated[int, typer.Option(metavar="N", help="Cutoffs to forecast from.")]
Step = Annotated[
    int | None, typer.Option(metavar="STEPS", help="Between cutoffs; the horizon if not given.")
]
Refit = Annotated[
    str,
    typer.Option(
        metavar="never|always|N",
        help="Train networks and fit baselines anew at no later cutoff, at each, or at each Nth;"
        " otherwise they are given the newer history.",
    ),
]
By = Literal["series", "step", "cutoff"]
ByOption = Annotated[
    By | None, typer.Option(help="Also show the scores of each series, step ahead or cutoff.")
]
Metric = Annotated[
    list[str],
    typer.Option(
        metavar="NAME",
        help="Column of the table; repeatable: mase, rmsse, wape, smape, mape, mae, rmse, bias,"
        " wql and crps (over the deciles), owa, coverage, winkler, msis. CSV and JSON have all"
        " of them.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", help="Processes for the baselines; every core if not given."
    ),
]
FitSeconds = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        help="Time limit of a baseline on one series; then seasonal naive takes its place.",
    ),
]
Save = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write all forecasts and actual values as CSV.")
]
Gate = Annotated[
    bool,
    typer.Option("--fail-unless-better", help="Exit with 9 unless the network beats all."),
]


@takes_settings
def compare(
    context: typer.Context,
    reading: DataSpec,
    recurrent: RecurrentSpec,
    training: TrainSpec,
    data: OldData = None,
    baseline: Baselines = ["arima"],  # noqa: B006  # typer copies it
    windows: Windows = 3,
    step: Step = None,
    refit: Refit = "never",
    by: ByOption = None,
    metric: Metric = [],  # noqa: B006
    workers: Jobs = None,
    fit_seconds: FitSeconds = 120.0,
    model: Model = None,
    save: Save = None,
    form: Printed = "table",
    plot: PlotOption = None,
    plot_theme: ThemeOption = "light",
    fail_unless_better: Gate = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compare the network with baselines on past data, and say which model to use."""
    from forecast.charts.folds import picture_comparison
    from forecast.evaluation.folds import MIXED_TIMES, end_together
    from forecast.files.storage import write_output
    from forecast.forecaster import Forecaster
    from forecast.given import read
    from forecast.horizon import default_horizon
    from forecast.models.baselines import choose_baselines
    from forecast.report.versus import COLUMNS, METRICS, columns_of
    from forecast.rivals import compare as compare_models

    if data is not None and model is None:  # else they complete those of the model file
        refuse_idle_settings(context, recurrent, training)
    shape = form_of(context, form, json=json)
    for name in metric:
        one_of("metric", name, METRICS)
    choose_baselines(baseline, 1)
    if workers is not None:
        at_least("workers", workers, 1)
    every = _refit(refit)
    inputs = data, model or DEFAULT_MODEL
    reserve(save, *inputs)
    if save is not None:
        require_suffix(save, "--save", (".csv", ".txt"), "the backtest")
    chart = Plot.asked(context, plot, plot_theme, *inputs, save)
    given_settings = Forecaster(recurrent, training, reading)
    path, forecaster, remarks, trained_on = _subject(data, model, given_settings)
    for one in (save, plot):
        protect(one, path)
    open_gaps = forecaster.reading.without_hindsight()
    if open_gaps != forecaster.reading:
        remarks = (*remarks, "gaps stay open here: filling them would show what followed")
    given = read(source(path), open_gaps)
    if trained_on not in (None, given.sha256):
        remarks = (*remarks, f"{path} has changed since the model was trained")
    horizon = forecaster.recurrent.horizon or default_horizon(given.panel)
    forecaster.recurrent = replace(forecaster.recurrent, horizon=None)
    remarks = (*remarks, *given.notes)
    if not end_together(given.panel):
        remarks = (*remarks, MIXED_TIMES)
    talks = not (quiet or json)
    if talks:
        say(*remarks)
    spec = BacktestSpec(horizon, windows, step, refit=every, fit_seconds=fit_seconds)
    with progress("comparing", wanted=talks) as advance:
        made = compare_models(given, baseline, spec, forecaster, advance, workers)
    if made.fewer:
        remarks = (*remarks, made.fewer)
        if talks:
            say(made.fewer)
    if save is not None:
        write_output(_as_csv(made.backtest.to_frame()), save)
    fails = fail_unless_better and not _is_better(made.comparison)
    if shape == "json":
        emit(envelope("forecast.compare/1", _plain(made, by), remarks, ok=not fails))
    elif shape == "csv":
        emit(_as_csv(made.by(by).frame() if by else made.comparison.frame()))
    else:
        emit(_drawn(made, by, metric))
    measure = columns_of(metric or COLUMNS)[0]
    chart.show(lambda: picture_comparison(made.backtest, made.by("step"), given.columns, measure))
    if fails:
        raise GateError(made.comparison.verdict)


def _refit(asked: str) -> int | None:
    if asked in ("never", "always"):
        return None if asked == "never" else 1
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    raise UsageError(
        f"refit is '{asked}'; allowed: never, always, or a number of cutoffs", fix="--refit always"
    )


def _plain(made: "Compared", by: By | None) -> dict[str, Any]:
    from forecast.jsonable import without_nan

    plain = made.to_dict()
    if by:
        plain["by"] = [without_nan(row) for row in made.by(by).frame().to_dict("records")]
    return plain


def _drawn(made: "Compared", by: By | None, metric: list[str]) -> str:
    from forecast.report.terminal import as_text
    from forecast.report.versus import COLUMNS, BreakdownReport, ComparisonReport

    text = ""
    if by:
        ranking = [one.model for one in made.comparison.scores]
        drawn = [BreakdownReport(made.by(by), ranking, one) for one in metric or COLUMNS[:1]]
        text = "".join(as_text(one, sys.stdout) for one in drawn)
    report = ComparisonReport(made.comparison, made.backtest.records, metric or COLUMNS)
    return text + as_text(report, sys.stdout)


def _subject(
    data: str | None, model: str | None, given: "Forecaster"
) -> tuple[str, "Forecaster", tuple[str, ...], str | None]:
    """Decide what to compare on, with which settings, and what its checksum was in training."""
    if data is not None and model is None:
        return data, given, (), None
    from forecast.forecaster import Forecaster, load

    known = load(saved_at(model, "compare"))
    forecaster = Forecaster(
        known.recurrent.overridden(given.recurrent),
        known.training.overridden(given.training),
        # the past may be old: its age is of interest only where it is asked for
        replace(known.reading, max_age=None).overridden(given.reading),
    )
    remark = f"settings of {model or DEFAULT_MODEL}"
    if data is not None:
        return data, forecaster, (remark,), None
    manifest = known.artifact.manifest
    path, checksum = manifest.file, manifest.source_sha256
    return path, forecaster, (f"{remark}, trained on {path}",), checksum


def _as_csv(frame: "pd.DataFrame") -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def _is_better(comparison: "Comparison") -> bool:
    """Whether the reference beats every baseline."""
    return all(one.percent > 0 for one in comparison.skills)
