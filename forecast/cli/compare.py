"""forecast compare: set the network against baselines on the same cutoffs."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from forecast.cli.common import (
    DEFAULT_MODEL,
    emit,
    envelope,
    progress,
    protect,
    say,
    source,
)
from forecast.cli.options import (
    Json,
    Model,
    OldData,
    Quiet,
    takes_settings,
)
from forecast.errors import GateError, NotFoundError
from forecast.spec import BacktestSpec, DataSpec, RecurrentSpec, TrainSpec

if TYPE_CHECKING:
    import pandas as pd

    from forecast.comparison import Comparison
    from forecast.forecaster import Forecaster

Baselines = Annotated[list[str], typer.Option(metavar="NAME", help="Repeatable: arima, naive.")]
Windows = Annotated[int, typer.Option(metavar="N", help="Cutoffs to forecast from.")]
Step = Annotated[
    int | None, typer.Option(metavar="STEPS", help="Between cutoffs; the horizon if not given.")
]
Save = Annotated[
    str | None, typer.Option(metavar="FILE", help="Write all forecasts and actual values as CSV.")
]
Gate = Annotated[
    bool,
    typer.Option("--fail-unless-better", help="Exit with 9 unless the network beats all."),
]
Shape = Annotated[Literal["table", "json", "csv"], typer.Option("--format", help="What to print.")]


@takes_settings
def compare(
    reading: DataSpec,
    recurrent: RecurrentSpec,
    training: TrainSpec,
    data: OldData = None,
    baseline: Baselines = ["arima"],  # noqa: B006  # typer copies it
    windows: Windows = 3,
    step: Step = None,
    model: Model = None,
    save: Save = None,
    form: Shape = "table",
    fail_unless_better: Gate = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compare the network with ARIMA and naive forecasts on past data."""
    from forecast.forecaster import Forecaster, read
    from forecast.horizon import default_horizon
    from forecast.report.terminal import as_text, comparison_report
    from forecast.rivals import compare as compare_models
    from forecast.storage import check_writable, write_output

    if save is not None:
        protect(save, data, model or DEFAULT_MODEL)
        check_writable(save)
    given_settings = Forecaster(recurrent, training, reading)
    path, forecaster, remarks = _subject(data, model, given_settings)
    if save is not None:
        protect(save, path)
    given = read(source(path), forecaster.reading)
    horizon = forecaster.recurrent.horizon or default_horizon(given.panel)
    forecaster.recurrent = replace(forecaster.recurrent, horizon=None)
    remarks = (*remarks, *given.notes)
    talks = not (quiet or json)
    if talks:
        say(*remarks)
    with progress("training", wanted=talks) as advance:
        spec = BacktestSpec(horizon, windows, step)
        made = compare_models(given, baseline, spec, forecaster, advance)
    if save is not None:
        write_output(_as_csv(made.backtest.to_frame()), save)
    if json or form == "json":
        result = {"backtest": spec.to_dict(), "orders": made.orders, **made.comparison.to_dict()}
        emit(envelope("forecast.compare/1", result, remarks))
    elif form == "csv":
        emit(_as_csv(made.comparison.frame()))
    else:
        emit(as_text(comparison_report(made.comparison, made.orders), sys.stdout))
    if fail_unless_better and not _is_better(made.comparison):
        raise GateError(made.comparison.verdict)


def _subject(
    data: str | None, model: str | None, given: "Forecaster"
) -> tuple[str, "Forecaster", tuple[str, ...]]:
    """Decide what to compare on, and with which settings."""
    if data is not None and model is None:
        return data, given, ()
    from forecast.forecaster import Forecaster, load

    known = load(model or DEFAULT_MODEL)
    forecaster = Forecaster(
        known.recurrent.overridden(given.recurrent),
        known.training.overridden(given.training),
        known.reading.overridden(given.reading),
    )
    remark = f"settings of {model or DEFAULT_MODEL}"
    if data is not None:
        return data, forecaster, (remark,)
    manifest = known.artifact.manifest
    path = manifest.source
    if path is None:
        raise NotFoundError("the model does not know a file it was trained on", fix="name DATA")
    remarks = [f"{remark}, trained on {path}"]
    if Path(path).is_file() and _sha256(path) != manifest.source_sha256:
        remarks.append(f"{path} has changed since the model was trained")
    return path, forecaster, tuple(remarks)


def _as_csv(frame: "pd.DataFrame") -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def _sha256(path: str) -> str:
    import hashlib

    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _is_better(comparison: "Comparison") -> bool:
    """Whether the reference beats every baseline."""
    return all(one.percent > 0 for one in comparison.skills)
