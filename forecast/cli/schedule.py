"""forecast schedule: print what runs a command every day."""

from pathlib import Path
from typing import Annotated

import typer

from forecast.cli.common import emit
from forecast.errors import UsageError

Typed = Annotated[
    list[str] | None,
    typer.Argument(metavar="-- COMMAND ...", help="What to run, as typed after forecast."),
]
Cron = Annotated[bool, typer.Option("--cron", help="A line for crontab.")]
Systemd = Annotated[bool, typer.Option("--systemd", help="A service and a timer.")]
Airflow = Annotated[bool, typer.Option("--airflow", help="A DAG.")]
At = Annotated[str, typer.Option(metavar="HH:MM", help="Time of day.")]

RUNNABLE = ("train", "predict", "compare", "score", "check", "report")


def schedule(
    typed: Typed = None,
    cron: Cron = False,
    systemd: Systemd = False,
    airflow: Airflow = False,
    at: At = "03:15",
) -> None:
    """Print a snippet that runs a command every day; nothing is installed."""
    from forecast.schedule import to_snippet

    kinds = {"cron": cron, "systemd": systemd, "airflow": airflow}
    wanted = [kind for kind, asked in kinds.items() if asked]
    example = "forecast schedule --cron -- predict sales.csv --quiet -o forecast.csv"
    if len(wanted) != 1:
        raise UsageError("one of --cron, --systemd and --airflow is needed", fix=example)
    if not typed or typed[0] not in RUNNABLE:
        raise UsageError(f"the command is one of: {', '.join(RUNNABLE)}", fix=example)
    emit(to_snippet(wanted[0], typed, Path(), at))
