"""The columns of the user's file by name, in models, forecasts and messages.

Which column plays which role is decided in ``roles``.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from forecast.spec import DataSpec

OF_FORECASTS = ("yhat", "model", "source", "cutoff")
"""Columns that forecasts have beside those of the user."""


@dataclass(frozen=True)
class Columns:
    """The names that the user's file uses, to write forecasts in its words.

    Attributes
    ----------
    time, target : str
    id : str or None
        None when the file holds one series; "series" for a wide file.
    time_format : str
        strftime pattern of the times, or ``forecast.timeline.timestamps.INTEGER``.
    wide : bool
        Whether each series had a column of its own.
    """

    time: str = "ds"
    target: str = "y"
    id: str | None = None
    time_format: str = "%Y-%m-%d"
    wide: bool = False

    def in_forecasts(self) -> Self:
        """Give the names that forecasts use, which have columns of their own.

        Returns
        -------
        Columns
            With an underscore after a name that is taken.

        Examples
        --------
        >>> Columns("date", "sales", "model").in_forecasts().id
        'model_'
        """
        name = None if self.id is None else _free(self.id)
        time = _free(self.time)
        return replace(self, id=name, time=f"{time}_" if time == name else time)

    def told(self, reading: DataSpec, freq: str) -> DataSpec:
        """Give the settings that name all that was found, for a file of the same columns.

        Parameters
        ----------
        reading : DataSpec
            As asked for.
        freq : str
            Step of the series.

        Returns
        -------
        DataSpec

        Examples
        --------
        >>> Columns("day", "sales").told(DataSpec(), "D").target
        'sales'
        """
        return replace(
            reading,
            time=reading.time or self.time,
            target=None if self.wide else reading.target or self.target,
            id=None if self.wide else reading.id or self.id,
            wide=self.wide,
            freq=freq,
        )

    def remarks(self) -> list[str]:
        """Say which columns forecasts call by another name."""
        shown = self.in_forecasts()
        pairs = [(self.time, shown.time), (self.id, shown.id)]
        return [
            f"column '{name}' is called '{other}' in forecasts, which have a column of that name"
            for name, other in pairs
            if name != other
        ]


def _free(name: str) -> str:
    return f"{name}_" if name in OF_FORECASTS or name.startswith("yhat-") else name


def quoted(names: list[str]) -> str:
    """List at most five names, for a message."""
    shown = ", ".join(f"'{one[:40]}'" for one in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def named_columns(columns: Sequence[str], name: str) -> list[str]:
    """Part a text into names of columns.

    Parameters
    ----------
    columns : sequence of str
    name : str
        With spaces between them.

    Returns
    -------
    list of str
        Empty where the text is not made of them.

    Examples
    --------
    >>> named_columns(["Store No", "item", "value"], "Store No item")
    ['Store No', 'item']
    """
    for one in columns:
        rest = name.removeprefix(f"{one} ")
        if rest == one:
            return [one]
        if rest != name and (others := named_columns(columns, rest)):
            return [one, *others]
    return []


def shell_word(name: str) -> str:
    """Quote a name so that it can be pasted into a command."""
    return shlex.quote(name)
