"""forecast info: the card of a model."""

import sys
from typing import Annotated

import typer

from forecast.cli.common import DEFAULT_MODEL, emit, envelope
from forecast.cli.options import Json

ModelFile = Annotated[
    str,
    typer.Argument(envvar="FORECAST_MODEL", metavar="[MODEL]", help="The model file."),
]


def info(model: ModelFile = DEFAULT_MODEL, json: Json = False) -> None:
    """Show what a model was trained on, its settings and its scores."""
    from forecast.artifact import load
    from forecast.report.describe import summarise
    from forecast.report.terminal import as_text, model_card

    card = summarise(load(model))
    if json:
        emit(envelope("forecast.info/1", card, ()))
    else:
        emit(as_text(model_card(card), sys.stdout))
