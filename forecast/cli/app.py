"""The Typer application: its commands and what they have in common."""

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

import forecast
from forecast.cli.check import check
from forecast.cli.compare import compare
from forecast.cli.info import info
from forecast.cli.predict import predict
from forecast.cli.train import train


class SectionedCommand(TyperCommand):
    """A command whose help lists its options under the headings they were declared with."""

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the sections of the help, in order of declaration."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_argument = parameter.param_type_name == "argument"
                heading = getattr(parameter, "rich_help_panel", None) or "Options"
                sections.setdefault("Arguments" if is_argument else heading, []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # plain help is there at once, and can be searched
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (train, predict, compare, check, info):
    app.command(cls=SectionedCommand)(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"forecast {forecast.__version__}")
        raise typer.Exit


@app.callback()
def forecast_any_series(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Forecast any CSV with a recurrent network, next to an honest ARIMA.

    Start with: forecast train DATA, then forecast predict, then forecast compare.
    """
