"""What is said about an input: one observation, where it is, and what repairs it.

Made by reading (``read``) and by looking at what was read (``check``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One observation about the input.

    Attributes
    ----------
    severity : {"note", "warning", "error"}
    code : str
        Stable name, for scripts: "constant", "short", "missing".
    series : str or None
        None when it concerns the whole file.
    message : str
        What was found, without the series' name.
    timestamp : str, optional
        The first it concerns, as the file writes it.
    line : int, optional
        First line of the file it concerns, counted from 1.
    fix : str, optional
        The flag or command that repairs it, or undoes what was chosen.
    count : int
        Rows or cells it concerns.
    lines : tuple of int
        The first three lines it concerns; empty where there are none to name.
    """

    severity: Severity
    code: str
    series: str | None
    message: str
    timestamp: str | None = None
    line: int | None = None
    fix: str | None = None
    count: int = 1
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"series '{self.series}': {self.message}" if self.series else self.message


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Bring findings into order: errors, warnings, notes; else as they were.

    Parameters
    ----------
    findings : iterable of Finding

    Returns
    -------
    list of Finding
    """
    return sorted(findings, key=lambda one: -get_args(Severity).index(one.severity))


def counted(number: int, noun: str) -> str:
    """Give a number with its noun, in the plural where it is not one.

    Examples
    --------
    >>> counted(1, "value"), counted(1200, "value")
    ('1 value', '1,200 values')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
