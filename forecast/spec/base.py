"""What all settings share: conversion from plain dictionaries, and checks of one value."""

import difflib
import math
from dataclasses import asdict, fields, replace
from typing import Any, Self

from forecast.errors import UsageError


class Spec:
    """Strict conversion from and to plain dictionaries."""

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build from a dictionary, refusing unknown keys.

        Parameters
        ----------
        values : dict
            Field names and values; lists become tuples.

        Raises
        ------
        UsageError
            On an unknown key (the nearest name is suggested) or a bad value.
        """
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        for key in values:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(names)}"
                raise UsageError(f"unknown setting '{key}' of {cls.__name__}", fix=hint)
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """Give all fields as a dictionary that JSON can hold."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    def overridden(self, given: Self) -> Self:
        """Replace settings by those that were given.

        Parameters
        ----------
        given : Spec
            A field counts where it differs from its default.

        Returns
        -------
        Spec
        """
        usual = type(given)()
        changed = {
            field.name: getattr(given, field.name)
            for field in fields(given)  # type: ignore[arg-type]
            if getattr(given, field.name) != getattr(usual, field.name)
        }
        return replace(self, **changed)  # type: ignore[type-var]


def check_levels(levels: tuple[int, ...]) -> None:
    """Refuse interval coverages but whole numbers from 1 to 99.

    Parameters
    ----------
    levels : tuple of int

    Raises
    ------
    UsageError
    """
    for level in levels:
        # 80.0 would name columns, and so would True, which is 1
        is_whole = hasattr(level, "__index__") and not isinstance(level, bool)
        if not (is_whole and 1 <= level <= 99):
            raise UsageError(
                f"level is {level}; allowed: whole numbers from 1 to 99 (per cent)",
                fix="--level 80",
            )


def at_least(name: str, value: int, low: int) -> None:
    """Raise UsageError for a value below ``low``."""
    if value < low:
        flag = name.replace("_", "-")
        raise UsageError(f"{flag} is {value}; allowed: {low} or more", fix=f"--{flag} {low}")


def not_negative(name: str, value: float) -> None:
    """Raise UsageError for a number below 0, or none at all."""
    if not 0 <= value < math.inf:
        flag = name.replace("_", "-")
        raise UsageError(f"{flag} is {value:g}; allowed: 0 or more", fix=f"--{flag} 0")


def at_most(name: str, value: int, high: int) -> None:
    """Raise UsageError for a value above ``high``."""
    if value > high:
        flag = name.replace("_", "-")
        raise UsageError(f"{flag} is {value}; allowed: 1 to {high:,}", fix=f"--{flag} {high}")


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise UsageError for a value that is not allowed, with the nearest one that is."""
    if value not in allowed:
        near = difflib.get_close_matches(str(value).lower(), allowed, n=1)
        raise UsageError(
            f"{name.replace('_', '-')} is '{value}'; allowed: {', '.join(allowed)}",
            fix=f"--{name.replace('_', '-')} {near[0] if near else allowed[0]}",
        )
