"""forecast doctor: check what a nightly job depends on."""

import os
from dataclasses import asdict

import typer

from forecast.cli.common import DEFAULT_MODEL, emit, envelope
from forecast.cli.effect import was_typed
from forecast.cli.info import ModelFile
from forecast.cli.options import Json

_MARKS = {"fine": "ok", "warning": "warning", "failure": "FAILED"}


def doctor(context: typer.Context, model: ModelFile = DEFAULT_MODEL, json: Json = False) -> None:
    """Check a model file, its folder and this machine; exit as the first failure says."""
    from forecast.doctor import examine, first_failure

    checks = examine(model, was_named=was_typed(context, "model") or "FORECAST_MODEL" in os.environ)
    if json:
        emit(envelope("forecast.doctor/1", [asdict(one) for one in checks], ()))
    else:
        emit("".join(f"{_MARKS[one.verdict]:8} {one.name:13} {one.found}\n" for one in checks))
    if code := first_failure(checks):
        raise typer.Exit(code)
