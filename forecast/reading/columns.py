"""The columns of the user's file by name, in models, forecasts and messages.

Which column plays which role is decided in ``roles``.
"""

import shlex
from dataclasses import dataclass


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


def quoted(names: list[str]) -> str:
    """List at most five names, for a message."""
    shown = ", ".join(f"'{one[:40]}'" for one in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def shell_word(name: str) -> str:
    """Quote a name so that it can be pasted into a command."""
    return shlex.quote(name)


def is_plain_text(path: str | None) -> bool:
    """Say whether a file is one that commands for lines of text can repair.

    Parameters
    ----------
    path : str or None
        None for a stream or a frame.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_plain_text("sales.csv"), is_plain_text("sales.csv.gz"), is_plain_text(None)
    (True, False, False)
    """
    return path is not None and not path.endswith((".gz", ".bz2", ".xz", ".zst", ".parquet"))
