"""Defaults of options from files and the environment, which ``forecast.config`` finds."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from typer.core import TyperCommand

from forecast.config import (
    Document,
    check_variables,
    has_settings,
    read_document,
    settings_of,
)
from forecast.setting import Option, Setting

Load = Callable[[str], TyperCommand]
Defaults = dict[str, Setting]


def defaults(name: str, profile: str | None, load: Load, commands: Sequence[str]) -> Defaults:
    """Give the settings that a command takes where the command line says nothing.

    Parameters
    ----------
    name : str
        Of the command.
    profile : str or None
    load : callable
        Makes a command of a name.
    commands : sequence of str
        Names of all commands.

    Returns
    -------
    dict of str to Setting
        By parameter of the command's function.
    """
    folder = Path()
    if profile is None and not has_settings(folder, os.environ):
        return {}
    known = {
        one: {option: _taken(parameter) for option, parameter in settable(load(one)).items()}
        for one in commands
    }
    check_variables(os.environ, known)
    document: Document | None = read_document(folder)
    found = settings_of(name, known, document, os.environ, profile)
    parameters = settable(load(name))
    return {str(parameters[option].name): setting for option, setting in found.items()}


def settable(command: TyperCommand) -> Mapping[str, Any]:
    """Give the parameters of a command that settings are for, by the name of the setting.

    Parameters
    ----------
    command : TyperCommand

    Returns
    -------
    mapping of str to parameter
        Options by their first long name, without dashes; arguments that a variable stands for.
    """
    found = {}
    parameters: Sequence[Any] = command.params  # typer's own, which may be hidden
    for parameter in parameters:
        if parameter.param_type_name == "option" and not parameter.hidden:
            name = next(one for one in parameter.opts if one.startswith("--"))
            found[name.removeprefix("--")] = parameter
        elif parameter.envvar:
            found[str(parameter.name)] = parameter
    return found


def _taken(parameter: Any) -> Option:
    """Say what an option takes."""
    kind = parameter.type_descriptor.annotation
    several = get_origin(kind) is list
    if several:
        (kind,) = get_args(kind)
    if get_origin(kind) is Literal:
        return Option(str, several, get_args(kind))
    return Option(kind if kind in (bool, int, float) else str, several)
