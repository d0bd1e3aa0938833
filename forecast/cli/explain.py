"""forecast explain: which values moved a forecast, what it is made of, what the cells recall."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.common import DEFAULT_MODEL, deliver, envelope, say
from forecast.cli.effect import refuse_idle
from forecast.cli.forms import form_of, written
from forecast.cli.network import Wanted, find_network
from forecast.cli.options import (
    Format,
    Horizon,
    Json,
    Model,
    NewerData,
    Output,
    PretrainedCell,
    Quiet,
    Shape,
    takes_settings,
)
from forecast.cli.plot import Plot, PlotOption, ThemeOption
from forecast.cli.targets import protect, reserve
from forecast.explain import Content
from forecast.spec import DataSpec

if TYPE_CHECKING:
    from forecast.explain.explanation import Explanation

SeriesOption = Annotated[
    str | None,
    typer.Option("--series", metavar="NAME", help="To be explained; the first where not given."),
]
ContentOption = Annotated[
    Content, typer.Option("--content", help="What CSV, Parquet and lines of JSON are about.")
]


@takes_settings
def explain(
    context: typer.Context,
    reading: DataSpec,
    data: NewerData = None,
    series: SeriesOption = None,
    horizon: Horizon = None,
    model: Model = None,
    cell: PretrainedCell = None,
    output: Output = None,
    form: Shape = None,
    content: ContentOption = "lags",
    plot: PlotOption = None,
    plot_theme: ThemeOption = "light",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show which values moved a forecast, what it is made of, and what is recalled."""
    form = form_of(context, form, json=json, output=output)
    inputs = data, model or DEFAULT_MODEL
    reserve(output, *inputs)
    chart = Plot.asked(context, plot, plot_theme, *inputs, output)
    if form in ("json", "table"):
        refuse_idle(context, ["content"], f"with --format {form}, which has all of it")
    found = find_network(Wanted(data, model, cell, horizon), reading, context)
    for one in (output, plot):
        protect(one, found.forecaster.artifact.manifest.source)
    remarks = (found.remark, *(found.newer.notes if found.newer else ()))
    talks = not (quiet or json)
    if talks:
        say(*remarks)
    explanation = found.forecaster.explain(found.horizon, found.newer, series)
    if talks and form not in ("table", "json"):
        say(*explanation.summary)
    _deliver(explanation, form, output, content, remarks)
    if plot == "-":
        from forecast.charts.slopes import picture_slopes

        chart.show(lambda: picture_slopes(explanation))
    elif plot is not None:
        from forecast.charts.explain import render_explanation

        chart.write(lambda kind, theme: render_explanation(explanation, kind, theme))


def _deliver(
    explanation: "Explanation",
    form: Format,
    output: str | None,
    content: Content,
    remarks: tuple[str, ...],
) -> None:
    from forecast.explain.tables import tabulate, to_dict

    if form == "json":
        made: str | bytes = envelope("forecast.explain/1", to_dict(explanation), remarks)
    elif form == "table":
        made = _draw(explanation, output)
    else:
        made = written(tabulate(explanation, content), form, output)
    deliver(made, output)


def _draw(explanation: "Explanation", output: str | None) -> str:
    from forecast.report.explain import ExplanationReport
    from forecast.report.terminal import as_text

    return as_text(ExplanationReport(explanation), sys.stdout if output is None else None)
