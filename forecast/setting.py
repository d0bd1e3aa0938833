"""One setting: what an option takes, and a value from a file or a variable made to fit it."""

import difflib
from dataclasses import dataclass
from typing import Any

from forecast.errors import UsageError

_WORDS = {
    "1": True, "true": True, "yes": True, "on": True,
    "0": False, "false": False, "no": False, "off": False,
}  # fmt: skip
_KINDS: dict[type, tuple[type, ...]] = {
    bool: (bool,), int: (int,), float: (int, float), str: (str,),
}  # fmt: skip
_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotes"}


@dataclass(frozen=True)
class Option:
    """What an option of a command takes.

    Attributes
    ----------
    kind : {bool, int, float, str}
    several : bool
        Whether it is repeatable, and so takes a list.
    choices : tuple of str
        Empty where anything goes.
    """

    kind: type
    several: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """A value and where it is written, for example "forecast.toml:3"."""

    value: Any
    place: str


def fit(name: str, value: Any, option: Option, place: str) -> Any:
    """Give a value of a file in the kind of its option.

    Parameters
    ----------
    name : str
        Of the option, for messages.
    value : object
        As TOML has it.
    option : Option
    place : str
        For messages.

    Returns
    -------
    object
        A list where the option is repeatable.

    Raises
    ------
    UsageError
        When it is of another kind, or not among the choices.

    Examples
    --------
    >>> fit("level", 90, Option(int, several=True), "forecast.toml:1")
    [90]
    """
    several = isinstance(value, list)
    each = value if several else [value]
    allowed = _KINDS[option.kind]
    fits = all(
        isinstance(one, allowed) and (bool in allowed) == (type(one) is bool) for one in each
    )
    if not fits or (several and not option.several):
        kind = f"{'a list of ' if option.several else ''}{_NAMES[option.kind]}"
        raise UsageError(f"'{name}' is {value!r}; it takes {kind}", where=place, fix="correct it")
    for one in each:
        if option.choices and one not in option.choices:
            near = difflib.get_close_matches(str(one), option.choices, n=1)
            raise UsageError(
                f"'{name}' is '{one}'; allowed: {', '.join(option.choices)}",
                where=place,
                fix=f'{name} = "{near[0] if near else option.choices[0]}"',
            )
    fitted = [option.kind(one) for one in each]
    return fitted if option.several else fitted[0]


def fit_text(name: str, text: str, option: Option, place: str) -> Any:
    """Read the text of a variable; several values are parted by commas.

    Parameters
    ----------
    name, text : str
    option : Option
    place : str

    Returns
    -------
    object
        As given by `fit`.

    Raises
    ------
    UsageError

    Examples
    --------
    >>> fit_text("quiet", "yes", Option(bool), "$FORECAST_QUIET")
    True
    """
    parts = [one.strip() for one in text.split(",")] if option.several else [text]
    values: list[Any] = []
    for one in parts:
        try:
            values.append(_WORDS[one.lower()] if option.kind is bool else option.kind(one))
        except (KeyError, ValueError):
            values.append(one)  # refused below, by its kind
    return fit(name, values if option.several else values[0], option, place)
