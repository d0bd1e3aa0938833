"""forecast report: one page with the forecast, how good it is, and where it comes from."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from forecast.cli.common import (
    DEFAULT_MODEL,
    deliver,
    emit,
    envelope,
    progress,
    protect,
    say,
    source,
)
from forecast.cli.compare import FitSeconds, Jobs, Step, Windows
from forecast.cli.options import Horizon, Json, Model, OldData, Quiet, takes_settings
from forecast.cli.predict import CellOption
from forecast.errors import NotFoundError, UsageError
from forecast.spec import Cell, DataSpec, RecurrentSpec

if TYPE_CHECKING:
    from forecast.forecaster import Forecaster
    from forecast.page.commands import Origin
    from forecast.read import Input

DEFAULT_PAGE = "report.html"

Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Write here; - is standard output.")
]
Baselines = Annotated[
    list[str],
    typer.Option(
        metavar="NAME",
        help="As in compare; repeatable. ARIMA where not given, Theta where that takes long.",
    ),
]
MaxSeconds = Annotated[
    float,
    typer.Option(metavar="SECONDS", help="Time limit of the training for the backtest."),
]


@takes_settings
def report(
    context: typer.Context,
    reading: DataSpec,
    data: OldData = None,
    output: Output = DEFAULT_PAGE,
    horizon: Horizon = None,
    model: Model = None,
    cell: CellOption = None,
    baseline: Baselines = [],  # noqa: B006  # typer copies it
    windows: Windows = 3,
    step: Step = None,
    workers: Jobs = None,
    fit_seconds: FitSeconds = 30.0,
    max_seconds: MaxSeconds = 60.0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a page that shows the forecast, how good it is, and where it comes from."""
    from forecast.files.storage import check_writable
    from forecast.models.baselines import choose_baselines
    from forecast.page.commands import Origin
    from forecast.page.document import to_html
    from forecast.page.study import Asked, study

    choose_baselines(baseline, 1)
    asked = Asked(
        horizon, tuple(baseline) or None, windows, step, workers, fit_seconds, max_seconds
    )
    if output != "-":
        protect(output, data, model or DEFAULT_MODEL)
        check_writable(output)
    path = model or DEFAULT_MODEL
    untrained = data is not None and model is None and not Path(path).exists()
    origin = Origin(
        tuple(context.find_root().obj), data or "", reading, None if untrained else path
    )
    origin, forecaster, given, open_gaps = _read(origin, cell)
    if output != "-":
        protect(output, origin.source)
    used = f"model: {path}" if origin.model else f"no {path} here: the pretrained network is used"
    remarks = (used, *given.notes)
    talks = not (quiet or json)
    if talks:
        say(*remarks)
    with progress("looking back", wanted=talks) as advance:
        found = study(given, open_gaps, forecaster, asked, advance)
    page = to_html(found, asked, origin)
    deliver(page, None if output == "-" else output)
    verdict = found.trial if isinstance(found.trial, str) else found.trial.verdict
    if json:
        result = {
            "path": output,
            "bytes": len(page.encode()),
            "model": found.forecast.model,
            "series": len(given.panel),
            "horizon": found.horizon,
            "verdict": verdict,
        }
        emit(envelope("forecast.report/1", result, remarks))
    elif talks:
        say(verdict, f"written to {output}: {len(page.encode()) / 1e6:.1f} MB")


def _read(origin: "Origin", cell: Cell | None) -> tuple["Origin", "Forecaster", "Input", "Input"]:
    """Read the history, and the same with the gaps open that were filled with hindsight."""
    from forecast.forecaster import Forecaster, load, read

    if origin.model is None:
        forecaster = Forecaster(RecurrentSpec(cell=cell or "gru"), reading=origin.reading)
        reading = origin.reading
    else:
        if cell is not None:
            raise UsageError(
                f"--cell chooses a pretrained network, but the forecast comes from {origin.model}",
                fix=f"forecast train DATA --cell {cell}",
            )
        forecaster = load(origin.model)
        known = forecaster.artifact.manifest.source
        if not origin.source and known is None:
            raise NotFoundError("the model does not know a file it was trained on", fix="name DATA")
        origin = replace(origin, source=origin.source or known or "")
        reading = forecaster.newer_reading(origin.reading)
    kept = _keep(origin.source)
    if origin.model is None:
        given = read(kept(), reading)
    else:
        given = forecaster.read_newer(kept(), origin.reading)
    without = reading.without_hindsight()
    return origin, forecaster, given, given if without == reading else read(kept(), without)


def _keep(path: str) -> Callable[[], str | BinaryIO]:
    """Give what can be read more than once, also where it is a stream."""
    found = source(path)
    if isinstance(found, str):
        return lambda: found
    raw = found.read()
    return lambda: BytesIO(raw)
