"""forecast check: what is read from a file, and what is wrong with it."""

from dataclasses import asdict

from forecast.cli.common import emit, envelope, source
from forecast.cli.options import Data, Json, takes_settings
from forecast.spec import DataSpec


@takes_settings
def check(data: Data, reading: DataSpec, json: Json = False) -> None:
    """Show how DATA is read and what was found; exit with 3 when it cannot be used."""
    from forecast.forecaster import read

    given = read(source(data), reading)
    if json:
        findings = [asdict(finding) for finding in given.findings]
        emit(envelope("forecast.check/1", findings, given.notes))
    else:
        emit("".join(f"{note}\n" for note in given.notes))
