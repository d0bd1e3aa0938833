"""What is said about an input: one observation, where it is, and what repairs it.

Made by reading (``read``) and by looking at what was read (``check``).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True, eq=False)
class Places:
    """Where a finding is, whatever becomes of the rows afterwards.

    Attributes
    ----------
    ids : tuple of str, length N
    series : ndarray of shape (K,), int64
        Position in ``ids``.
    timestamps : ndarray of shape (K,)
    """

    ids: tuple[str, ...]
    series: "NDArray[np.int64]"
    timestamps: "NDArray[np.generic]"


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
    places : Places or None
        All of them, for charts; None where it is not about single times.
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
    places: Places | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return f"series '{self.series}': {self.message}" if self.series else self.message

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the places, for JSON."""
        plain = asdict(replace(self, places=None))
        del plain["places"]
        return plain


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


def visible(text: str) -> str:
    r"""Escape what cannot be printed.

    Examples
    --------
    >>> print(visible("Mär\u00a0\n"))
    Mär\xa0\n
    """
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
