"""Flags that were typed and would change nothing: refused, with the command that works.

Settings from files and variables are for many commands, and may lie idle.
"""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import typer

from forecast.errors import UsageError
from forecast.spec import DataSpec, RecurrentSpec, TrainSpec

READING = tuple(one.name for one in fields(DataSpec))
"""Options on how DATA is read."""


def refuse_idle(
    context: typer.Context, names: Iterable[str], why: str, fix: str | None = None
) -> None:
    """Refuse options that were typed.

    Parameters
    ----------
    context : typer.Context
        Of the command.
    names : iterable of str
        Parameters that have no effect now.
    why : str
        Ends the sentence "--name has no effect ...".
    fix : str, optional
        The command without the option where None.

    Raises
    ------
    UsageError
    """
    options: dict[str, Any] = {str(one.name): one for one in context.command.params}
    for name in names:
        if was_typed(context, name):
            flag = options[name].opts[0]
            value = "" if options[name].is_flag else " VALUE"
            raise UsageError(f"{flag} has no effect {why}", fix=fix or f"without {flag}{value}")


def refuse_idle_settings(
    context: typer.Context, recurrent: RecurrentSpec, training: TrainSpec
) -> None:
    """Refuse settings of a training that others make void.

    Parameters
    ----------
    context : typer.Context
    recurrent : RecurrentSpec
    training : TrainSpec

    Raises
    ------
    UsageError
    """
    if recurrent.cell != "rnn":
        refuse_idle(context, ["nonlinearity"], f"on a {recurrent.cell} cell", "--cell rnn")
    if training.epochs is not None:
        refuse_idle(context, ["steps"], "beside --epochs")


def was_typed(context: typer.Context, name: str) -> bool:
    """Tell whether an option was on the command line."""
    found = context.get_parameter_source(name)
    return found is not None and found.name == "COMMANDLINE"
