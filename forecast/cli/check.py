"""forecast check: what is read from a file, and what is wrong with it."""

import sys

import typer

from forecast.cli.common import emit, envelope, is_terminal, say, source
from forecast.cli.fix import complete
from forecast.cli.options import Data, Json, Quiet, takes_settings
from forecast.cli.plot import Plot, PlotOption, ThemeOption
from forecast.errors import DataError
from forecast.finding import by_severity
from forecast.spec import DataSpec


@takes_settings
def check(
    context: typer.Context,
    data: Data,
    reading: DataSpec,
    plot: PlotOption = None,
    plot_theme: ThemeOption = "light",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Show how DATA is read and what was found; exit with 3 when it cannot be used."""
    from forecast.charts.oddities import picture_findings
    from forecast.examine import examine

    chart = Plot.asked(context, plot, plot_theme, data)

    def completed(fix: str) -> str:
        typed = context.find_root().obj
        return complete(fix, [word for word in typed if word not in ("--json", "--quiet", "-q")])

    found = examine(source(data), reading, describe=json or not quiet)
    if json:
        findings = [
            one.to_dict() | {"fix": completed(one.fix) if one.fix else None}
            for one in by_severity(found.findings)
        ]
        result = {
            "usable": found.refusal is None,
            "findings": findings,
            "profile": found.profile.to_dict() if found.profile else None,
        }
        emit(envelope("forecast.check/1", result, (), ok=found.refusal is None))
    elif not quiet:
        from forecast.report.checkup import checkup
        from forecast.report.terminal import as_text

        emit(as_text(checkup(data, found, completed), sys.stdout))
    if found.given is not None:
        given = found.given
        chart.show(lambda: picture_findings(given, found.findings))
    elif plot is not None:
        say("no chart: nothing could be read")
    if found.refusal is not None:
        if is_terminal() and not (quiet or json):  # the refusal is on the screen already
            raise typer.Exit(DataError.exit_code)
        raise found.refusal
