"""forecast report: one page with the forecast, how good it is, and where it comes from."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import (
    DEFAULT_MODEL,
    deliver,
    emit,
    envelope,
    progress,
    say,
    source,
)
from forecast.cli.compare import FitSeconds, Jobs, Step, Windows
from forecast.cli.fix import complete
from forecast.cli.forms import require_suffix
from forecast.cli.network import Wanted, find_network, saved_at
from forecast.cli.options import (
    Horizon,
    Json,
    Model,
    OldData,
    PretrainedCell,
    Quiet,
    takes_settings,
)
from forecast.cli.targets import protect, reserve
from forecast.errors import UsageError
from forecast.files.storage import as_utf8
from forecast.spec import DataSpec, RecurrentSpec
from forecast.spec.base import at_least

if TYPE_CHECKING:
    from forecast.page.commands import Origin
    from forecast.page.subject import Subject
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
    cell: PretrainedCell = None,
    baseline: Baselines = [],  # noqa: B006  # typer copies it
    windows: Windows = 3,
    step: Step = None,
    workers: Jobs = None,
    fit_seconds: FitSeconds = 120.0,
    max_seconds: MaxSeconds = 60.0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a page that shows the forecast, how good it is, and where it comes from."""
    from forecast.evaluation.folds import MIXED_TIMES, end_together
    from forecast.models.baselines import choose_baselines
    from forecast.page.commands import Origin
    from forecast.page.library import bokeh_script, require_libraries
    from forecast.page.observer import observing
    from forecast.page.study import study
    from forecast.page.subject import Asked

    require_libraries()
    choose_baselines(baseline, 1)
    if workers is not None:
        at_least("workers", workers, 1)
    if json and output == "-":
        raise UsageError(
            "the page and its JSON would both go to stdout", fix="--output report.html"
        )
    asked = Asked(tuple(baseline) or None, windows, step, workers, fit_seconds, max_seconds)
    path = None if output == "-" else output
    if path is not None:
        require_suffix(path, "--output", (".html", ".htm"), "the page")
    reserve(path, data, model or DEFAULT_MODEL, room=len(bokeh_script()))
    wanted = Wanted(data, model, cell, horizon)
    origin = Origin(
        tuple(context.find_root().obj),
        _source(wanted),
        reading,
        None if wanted.is_untrained else wanted.path,
        lambda fix: complete(fix, context.find_root().obj),
    )
    protect(path, origin.source)
    network = "the pretrained network, without training" if wanted.is_untrained else wanted.path
    talks = not (quiet or json)
    with observing(workers) as observer:
        subject = _subject(wanted, origin, context)
        given = subject.given
        remarks = (f"model: {network}", *given.notes)
        if subject.trained and not end_together(given.panel):
            remarks = (*remarks, MIXED_TIMES)
        if talks:
            say(*remarks)
        with progress("looking back", wanted=talks) as advance:
            found = study(subject, asked, advance, observer)
            from forecast.page.document import to_html  # takes a second, as the observer looks

            page = as_utf8(to_html(found, asked, origin))
    deliver(page, path)
    verdict = found.trial if isinstance(found.trial, str) else found.trial.verdict
    fewer = None if isinstance(found.trial, str) else found.trial.compared.fewer
    if fewer:
        remarks = (*remarks, fewer)
        if talks:
            say(fewer)
    if json:
        result = {
            "path": output,
            "bytes": len(page),
            "model": found.forecast.model,
            "series": len(given.panel),
            "horizon": subject.horizon,
            "verdict": verdict,
        }
        emit(envelope("forecast.report/1", result, remarks))
    elif talks:
        say(verdict, f"written to {output}: {len(page) / 1e6:.1f} MB")


def _source(wanted: Wanted) -> str:
    """Give the file to read: where none was named, the one that the model was trained on."""
    if wanted.data is not None:
        return wanted.data
    from forecast.artifact import load

    return load(saved_at(wanted.model, "report")).manifest.file


def _subject(wanted: Wanted, origin: "Origin", context: typer.Context) -> "Subject":
    """Read the history, and find the network that forecasts it."""
    from forecast.forecaster import Forecaster
    from forecast.given import read
    from forecast.horizon import default_horizon
    from forecast.page.subject import Subject

    reading = origin.reading
    if wanted.is_untrained:
        given = read(source(origin.source), reading)
        forecaster = Forecaster(RecurrentSpec(cell=wanted.cell or "gru"), reading=reading)
        horizon = wanted.horizon or default_horizon(given.panel)
        open_gaps = _without_hindsight(given, origin.source, reading)
        return Subject(given, open_gaps, forecaster, horizon, trained=False)
    network = find_network(replace(wanted, data=origin.source), reading, context)
    assert network.newer is not None  # the file was named
    reading = network.forecaster.newer_reading(reading)
    open_gaps = _without_hindsight(network.newer, origin.source, reading)
    return Subject(network.newer, open_gaps, network.forecaster, network.horizon, trained=True)


def _without_hindsight(given: "Input", path: str, reading: DataSpec) -> "Input":
    """Read again with the gaps open that were filled by what follows them, if any were."""
    from forecast.given import read

    without = reading.without_hindsight()
    if without == reading:
        return given
    if path == "-":
        raise UsageError(
            f"--missing {reading.missing} needs a file: a backtest has to read it a second time",
            where="stdin",
            fix="--missing keep",
        )
    return read(path, without)
