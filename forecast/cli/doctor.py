"""forecast doctor: check what a nightly job depends on."""

from dataclasses import asdict

import typer

from forecast.cli.common import DEFAULT_MODEL, emit, envelope, is_terminal
from forecast.cli.info import ModelFile
from forecast.cli.options import Json

_MARKS = {"fine": "ok", "warning": "warning", "failure": "FAILED"}


def doctor(context: typer.Context, model: ModelFile = DEFAULT_MODEL, json: Json = False) -> None:
    """Check a model file, its folder and this machine; exit as the first failure says."""
    from forecast.doctor import examine, first_failure

    origin = context.get_parameter_source("model")
    checks = examine(model, was_named=origin is not None and origin.name != "DEFAULT")
    error = first_failure(checks)
    if json:
        found = [asdict(one) for one in checks]
        emit(envelope("forecast.doctor/1", found, (), ok=error is None))
    else:
        emit("".join(f"{_MARKS[one.verdict]:8} {one.name:13} {one.found}\n" for one in checks))
    if error:
        if is_terminal() and not json:  # the failure is on the screen already
            raise typer.Exit(error.exit_code)
        raise error
