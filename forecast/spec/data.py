"""How the input is read."""

from dataclasses import dataclass
from typing import Literal, get_args

from forecast.spec.base import Spec, at_least, one_of

Duplicates = Literal["error", "first", "last", "mean", "sum"]


@dataclass(frozen=True)
class DataSpec(Spec):
    """How to read the input.

    Parameters
    ----------
    time, target, id : str, optional
        Column names; found in the file where None.
    freq : str, optional
        Pandas offset alias; inferred where None.
    season : tuple of int, optional
        Season lengths in steps, shortest first; from the frequency where None.
    wide : bool
        Every numeric column is a series of its own.
    duplicates : {"error", "first", "last", "mean", "sum"}
        What to do with several rows for one timestamp of a series.
    """

    time: str | None = None
    target: str | None = None
    id: str | None = None
    freq: str | None = None
    season: tuple[int, ...] | None = None
    wide: bool = False
    duplicates: Duplicates = "error"

    def __post_init__(self) -> None:
        one_of("duplicates", self.duplicates, get_args(Duplicates))
        for length in self.season or ():
            at_least("season", length, 1)
