"""forecast config show: the settings in force, and where each comes from."""

from typing import Annotated, Any, Literal

import typer

from forecast.cli.common import emit, envelope
from forecast.cli.options import Json
from forecast.errors import UsageError

Action = Annotated[Literal["show"], typer.Argument(help="Only: show.")]
Command = Annotated[
    str | None,
    typer.Argument(metavar="[COMMAND]", help="All settings of this command, defaults as well."),
]


def config(ctx: typer.Context, action: Action, command: Command = None, json: Json = False) -> None:
    """Show which settings files and variables make, and where each comes from."""
    from forecast.cli.app import COMMANDS, load
    from forecast.cli.settings import defaults, settable

    if command is not None and command not in COMMANDS:
        raise UsageError(
            f"there is no command '{command[:40]}'; commands: {', '.join(COMMANDS)}",
            fix="forecast config show predict",
        )
    profile = ctx.parent.params.get("profile") if ctx.parent else None
    rows: list[dict[str, Any]] = []
    for name in [command] if command else COMMANDS:
        found = defaults(name, profile, load, list(COMMANDS))
        for setting_name, parameter in settable(load(name)).items():
            setting = found.get(str(parameter.name))
            if setting is not None or command:
                is_option = parameter.param_type_name == "option"
                option = f"--{setting_name}" if is_option else setting_name.upper()
                value = setting.value if setting else parameter.default
                place = setting.place if setting else "default"
                rows.append({"command": name, "option": option, "value": value, "from": place})
    emit(envelope("forecast.config/1", rows, ()) if json else _lines(rows))


def _lines(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "no settings but defaults: forecast config show COMMAND lists them\n"
    cells = [
        (f"{row['command']} {row['option']}", _plain(row["value"]), row["from"]) for row in rows
    ]
    widths = [max(len(cell[place]) for cell in cells) for place in (0, 1)]
    return "".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}\n" for a, b, c in cells)


def _plain(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
