"""The Typer application: its commands and what they have in common."""

from typing import Annotated

import typer

import forecast
from forecast.cli.check import check
from forecast.cli.compare import compare
from forecast.cli.info import info
from forecast.cli.predict import predict
from forecast.cli.train import train

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (train, predict, compare, check, info):
    app.command()(command)


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
