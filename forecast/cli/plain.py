"""Read plain option values without the library that typer validates them with.

Typer turns the text of every option into its type through pydantic, whose
import costs a fifth of a whole forecast. Text, whole numbers and names from a
list need none of it; whatever else was typed is left to typer. What is empty, no
number, or several values in one, is refused here: typer does not say how they are written.
"""

import re
import shlex
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

import typer

from forecast.errors import UsageError

_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_UNREAD = object()
_NUMBERS = {int: "a whole number", float: "a number"}


def read_plainly(parameters: Sequence[Any]) -> list[Any]:
    """Let typer's parameters read plain values themselves.

    Parameters
    ----------
    parameters : sequence of typer parameters

    Returns
    -------
    list
        The same parameters.
    """
    for parameter in parameters:
        if not isinstance(getattr(parameter.get_runtime_param, "__self__", None), _PlainReader):
            parameter.get_runtime_param = _PlainReader(parameter).itself
    return list(parameters)


class _PlainReader:
    """Stands in the place of typer's own reader of one parameter."""

    def __init__(self, parameter: Any) -> None:
        self._kind = parameter.type_descriptor.annotation
        self._of_typer = parameter.get_runtime_param

    def itself(self) -> "_PlainReader":
        return self

    def coerce(self, value: Any, param: Any, ctx: typer.Context) -> Any:
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        if several and isinstance(value, list | tuple) and get_origin(self._kind) is list:
            if param.multiple:
                _refuse_joined(param.opts[0], value)
            found = [read_plain(one, get_args(self._kind)[0]) for one in value]
            if _UNREAD not in found:
                return found
        if value == "" and self._kind is str:
            _refuse_empty(param, ctx)
        if not several and (read := read_plain(value, self._kind)) is not _UNREAD:
            return read
        try:
            return self._of_typer().coerce(value, param=param, ctx=ctx)
        except typer.BadParameter:
            kind = get_args(self._kind)[0] if get_origin(self._kind) is list else self._kind
            for one in value if several else [value]:
                _refuse_word(one, kind, param, ctx)
            raise


def _refuse_empty(param: Any, ctx: typer.Context) -> None:
    """Refuse what a variable that is not set leaves of a path or name."""
    from forecast.cli.effect import was_typed

    if was_typed(ctx, param.name):
        flag = param.opts[0] if param.param_type_name == "option" else None
        raise UsageError(
            f"{flag or param.metavar.strip('[]')} is empty",
            fix=f"without {flag} VALUE" if flag else "name a file",
        )


def _refuse_joined(flag: str, values: Sequence[object]) -> None:
    """Refuse several values behind one flag."""
    for one in values:
        if isinstance(one, str) and "," in one:
            parts = (part.strip() for text in values for part in str(text).split(","))
            raise UsageError(
                f"{flag} is '{one[:40]}'; one value for each {flag}",
                fix=" ".join(f"{flag} {shlex.quote(part)}" for part in parts if part),
            )


def _refuse_word(value: object, kind: Any, param: Any, ctx: typer.Context) -> None:
    """Refuse what is no number, and propose the default."""
    if kind not in _NUMBERS:
        return
    try:
        kind(str(value))
    except ValueError as error:
        flag, usual = param.opts[0], param.default
        each = usual if isinstance(usual, list) else [usual]
        raise UsageError(
            f"{flag} is '{str(value)[:40]}'; allowed: {_NUMBERS[kind]} ({param.metavar})",
            fix=f"{ctx.command_path} --help"
            if usual is None
            else " ".join(f"{flag} {one}" for one in each),
        ) from error


def read_plain(value: object, kind: Any) -> object:
    """Read one value where that is beyond doubt.

    Parameters
    ----------
    value : object
        What was typed, or a default.
    kind : type
        That of the option.

    Returns
    -------
    object
        Of that type; a sentinel that equals nothing else where there is doubt.

    Examples
    --------
    >>> read_plain("30", int), read_plain("gru", Literal["gru", "lstm"])
    (30, 'gru')
    """
    if kind is int and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if get_origin(kind) is Literal:
        return value if value in get_args(kind) else _UNREAD
    return value if kind in (str, int, bool) and type(value) is kind else _UNREAD
