"""Settings from files and the environment: which there are, what they say, and where.

``forecast.toml``, or else the table ``[tool.forecast]`` of ``pyproject.toml``,
of the folder that a command runs in; then variables ``FORECAST_NAME``. What is
on the command line is stronger than all of them, and is read elsewhere.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecast.errors import NotFoundError, UsageError
from forecast.setting import Option, Setting, fit, fit_text

FILES = (("forecast.toml", ()), ("pyproject.toml", ("tool", "forecast")))
"""Files that are looked for, first come first served, and the table in each."""

PREFIX = "FORECAST_"
OWN_VARIABLES = ("PROFILE",)
"""Variables that are no option of a command."""

_PROFILES = "profile"
_NEAR = 0.85  # how like a known name a variable is that must be a slip

Commands = Mapping[str, Mapping[str, Option]]
"""Options of every command by name, such as "max-seconds"."""


@dataclass(frozen=True)
class Document:
    """The table of settings of one file.

    Attributes
    ----------
    path : str
    table : dict
    text : str
        The whole file, to find lines.
    within : tuple of str
        Names of the tables around it.
    """

    path: str
    table: dict[str, Any]
    text: str = field(repr=False)
    within: tuple[str, ...] = ()

    def line(self, *keys: str) -> str:
        """Name the place of a key, for example "forecast.toml:3"."""
        wanted, here = tuple(map(_dash, (*self.within, *keys))), tuple[str, ...]()
        for number, line in enumerate(self.text.splitlines(), 1):
            if match := re.match(r"\s*\[+([^]]+)\]", line):
                here = _parts(match[1])
                if here[: len(wanted)] == wanted:
                    return f"{self.path}:{number}"
            elif (match := re.match(r"\s*([^=#]+?)\s*=", line)) and (
                (*here, *_parts(match[1]))[: len(wanted)] == wanted
            ):
                return f"{self.path}:{number}"
        return self.path


def has_settings(folder: Path, environment: Mapping[str, str]) -> bool:
    """Tell, without reading a file, whether there might be any setting.

    Parameters
    ----------
    folder : Path
    environment : mapping of str to str

    Returns
    -------
    bool
    """
    named = any(one.startswith(PREFIX) for one in environment)
    return named or any((folder / name).is_file() for name, _ in FILES)


def read_document(folder: Path) -> Document | None:
    """Read the file of settings of a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Document or None

    Raises
    ------
    UsageError
        When it is not TOML; names the line.
    """
    import tomllib  # most folders have no such file

    for name, within in FILES:
        try:
            text = (folder / name).read_text(encoding="utf-8")
            table: Any = tomllib.loads(text)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:  # a TOMLDecodeError is a ValueError
            raise UsageError(f"cannot be read: {error}", where=name, fix="correct it") from error
        for one in within:
            table = table.get(one, {}) if isinstance(table, dict) else {}
        if table or not within:
            return Document(name, _dashed(table), text, within)
    return None


def settings_of(
    command: str,
    commands: Commands,
    document: Document | None,
    environment: Mapping[str, str],
    profile: str | None = None,
) -> dict[str, Setting]:
    """Give the settings of a command.

    Parameters
    ----------
    command : str
    commands : mapping
        Options of every command: a name that none of them has is an error.
    document : Document or None
    environment : mapping of str to str
    profile : str, optional
        FORECAST_PROFILE where None.

    Returns
    -------
    dict of str to Setting
        By option; the environment is stronger than the file, in which a profile
        is stronger than the rest, and a command's own table than what is for all.

    Raises
    ------
    UsageError
        On a name that is not known, with the nearest that is, or a value of
        another kind; names file and line.
    NotFoundError
        When there is no such profile.
    """
    found: dict[str, Setting] = {}
    wanted = profile or environment.get(f"{PREFIX}PROFILE")
    if document is not None:
        _check(document, commands)
    if wanted is not None:
        _find_profile(document, wanted)
    for keys, table in _tables(document, command, wanted):
        for name, value in table.items():
            option = commands[command].get(name)
            if option is None or document is None:
                continue
            place = document.line(*keys, name)
            try:
                found[name] = Setting(fit(name, value, option, place), place)
            except UsageError:
                if command in keys or not _is_for_others(name, value, option, commands, fit):
                    raise
    for variable, value in environment.items():
        name = _dash(variable.removeprefix(PREFIX).lower())
        option = commands[command].get(name)
        if not variable.startswith(PREFIX) or not value or option is None:
            continue
        place = f"${variable}"
        try:
            found[name] = Setting(fit_text(name, value, option, place), place)
        except UsageError:
            if not _is_for_others(name, value, option, commands, fit_text):
                raise
    return found


def check_variables(environment: Mapping[str, str], commands: Commands) -> None:
    """Refuse variables that must be a slip; others with the prefix are the user's own.

    Parameters
    ----------
    environment : mapping of str to str
    commands : mapping

    Raises
    ------
    UsageError
    """
    known = {name.replace("-", "_").upper() for one in commands.values() for name in one}
    known |= set(OWN_VARIABLES)
    for variable in environment:
        name = variable.removeprefix(PREFIX)
        if not variable.startswith(PREFIX) or name in known:
            continue
        if near := difflib.get_close_matches(name, sorted(known), n=1, cutoff=_NEAR):
            raise UsageError(
                "is no variable of forecast",
                where=f"${variable}",
                fix=f"unset {variable}; did you mean {PREFIX}{near[0]}?",
            )


def _is_for_others(
    name: str, value: Any, option: Option, commands: Commands, reader: Callable[..., Any]
) -> bool:
    """Tell whether a setting for all commands fits one whose option is of another kind."""
    for other in {one[name] for one in commands.values() if name in one} - {option}:
        with suppress(UsageError):
            reader(name, value, other, "")
            return True
    return False


def _tables(
    document: Document | None, command: str, profile: str | None
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Tables that hold for a command, the weakest first, with the names around them."""
    if document is None:
        return
    roots: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), document.table)]
    if profile is not None:
        roots.append(((_PROFILES, profile), document.table[_PROFILES][profile]))
    for keys, root in roots:
        yield keys, {name: one for name, one in root.items() if not isinstance(one, dict)}
        yield (*keys, command), root.get(command, {})


def _check(document: Document, commands: Commands) -> None:
    """Refuse names that are not known, in all tables."""
    everywhere = {name for options in commands.values() for name in options}
    profiles = document.table.get(_PROFILES, {})
    if not isinstance(profiles, dict):
        raise UsageError("'profile' is a table", where=document.line(_PROFILES), fix="[profile.x]")
    roots: list[tuple[tuple[str, ...], Any]]
    roots = [((), {name: one for name, one in document.table.items() if name != _PROFILES})]
    roots += [((_PROFILES, name), one) for name, one in profiles.items()]
    for keys, root in roots:
        if not isinstance(root, dict):
            raise UsageError(
                "a profile is a table",
                where=document.line(*keys),
                fix=f"write [{'.'.join((*document.within, *keys))}]",
            )
        for name, value in root.items():
            if not isinstance(value, dict):
                _refuse_unknown(name, everywhere, document.line(*keys, name))
                continue
            tables = {*commands, *({_PROFILES} if not keys else ())}
            _refuse_unknown(name, tables, document.line(*keys, name))
            for inner in value:
                _refuse_unknown(inner, set(commands[name]), document.line(*keys, name, inner))


def _refuse_unknown(name: str, known: set[str], place: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(sorted(known))}"
        raise UsageError(f"unknown setting '{name}'", where=place, fix=hint)


def _find_profile(document: Document | None, wanted: str) -> None:
    known = document.table.get(_PROFILES, {}) if document is not None else {}
    if wanted not in known:
        where = document.path if document is not None else FILES[0][0]
        names = ", ".join(f"'{one}'" for one in known) or "none"
        raise NotFoundError(
            f"there is no profile '{wanted}'; profiles: {names}",
            where=where,
            fix=f"--profile {next(iter(known))}" if known else f"write [profile.{wanted}]",
        )


def _dashed(table: dict[str, Any]) -> dict[str, Any]:
    """Write names with dashes, as on the command line; those of profiles stay."""
    return {
        _dash(name): (
            {one: _dashed(inner) if isinstance(inner, dict) else inner for one, inner in it.items()}
            if name == _PROFILES and isinstance(it, dict)
            else _dashed(it)
            if isinstance(it, dict)
            else it
        )
        for name, it in table.items()
    }


def _dash(name: str) -> str:
    return name.replace("_", "-")


def _parts(key: str) -> tuple[str, ...]:
    return tuple(_dash(one.strip().strip("\"'")) for one in key.split("."))
