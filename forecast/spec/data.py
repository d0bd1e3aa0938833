"""How the input is read."""

import re
from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from forecast.errors import UsageError
from forecast.spec.base import Spec, at_least, one_of

Duplicates = Literal["error", "first", "last", "mean", "sum"]
Missing = Literal["keep", "error", "interpolate", "seasonal", "zero"]
Aggregate = Literal["sum", "mean", "last"]

DECIMALS = (".", ",")
THOUSANDS = (",", ".", " ", "'")
"""Signs that may be in numbers."""

AGE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(min|h|d|w)", re.IGNORECASE)
"""A length of time: number and unit."""

_HOURS = {"min": 1 / 60, "h": 1, "d": 24, "w": 168}


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
    missing : {"keep", "error", "interpolate", "seasonal", "zero"}
        What to do with missing values; networks mask those that are kept.
    na : tuple of float, optional
        Numbers that stand for a missing value, such as -999.
    aggregate : {"sum", "mean", "last"}, optional
        Make one row of all rows in a period of ``freq``, which is then coarser
        than the file's own.
    drop_last_incomplete : bool
        Leave out the last period of a series where it is not over.
    max_age : str, optional
        Refuse data whose newest time is longer ago, such as "2d" or "36h".
    decimal, thousands : str, optional
        Signs in numbers: "." or ","; ",", ".", " " or "'". From the columns where None.
    delimiter : str, optional
        One character, or its name: comma, semicolon, tab, pipe, space; found where None.
    encoding : str, optional
        Of the file; found where None.
    date_format : str, optional
        strftime pattern of the times; found where None.
    dayfirst, monthfirst : bool
        Which of two leading numbers of a date is the day, where the column does not tell.
    tz : str, optional
        Zone of the file's local times, such as "Europe/Berlin".
    skip_rows : int
        Lines above the header to leave out.
    """

    time: str | None = None
    target: str | None = None
    id: str | None = None
    freq: str | None = None
    season: tuple[int, ...] | None = None
    wide: bool = False
    duplicates: Duplicates = "error"
    missing: Missing = "keep"
    na: tuple[float, ...] | None = None
    aggregate: Aggregate | None = None
    drop_last_incomplete: bool = False
    max_age: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    date_format: str | None = None
    dayfirst: bool = False
    monthfirst: bool = False
    tz: str | None = None
    skip_rows: int = 0

    def __post_init__(self) -> None:
        one_of("duplicates", self.duplicates, get_args(Duplicates))
        one_of("missing", self.missing, get_args(Missing))
        if self.aggregate is not None:
            one_of("aggregate", self.aggregate, get_args(Aggregate))
            if self.freq is None:
                raise UsageError(
                    "aggregate needs the step to aggregate to",
                    fix=f"--aggregate {self.aggregate} --freq D",
                )
        if self.max_age is not None:
            parse_age(self.max_age)
        for length in self.season or ():
            at_least("season", length, 1)
        for name, allowed in (("decimal", DECIMALS), ("thousands", THOUSANDS)):
            if getattr(self, name) is not None:
                one_of(name, getattr(self, name), allowed)
        if self.decimal is not None and self.decimal == self.thousands:
            other = next(sign for sign in DECIMALS if sign != self.decimal)
            raise UsageError("decimal and thousands are the same sign", fix=f"--decimal {other}")
        if self.dayfirst and self.monthfirst:
            fix = "without --monthfirst, or without --dayfirst"
            raise UsageError("dayfirst and monthfirst exclude each other", fix=fix)
        if self.wide and self.id is not None:
            raise UsageError(
                "wide and id exclude each other: the series are columns, or named in one",
                fix="without --wide, or without --id VALUE",
            )
        at_least("skip_rows", self.skip_rows, 0)

    @property
    def decimal_sign(self) -> str:
        """Sign that a number is to be written with, to be read as it is."""
        return self.decimal or ("," if self.thousands == "." else ".")

    def without_hindsight(self) -> Self:
        """Leave gaps open that would be filled by what follows them.

        Returns
        -------
        DataSpec
            Itself, unless single values are interpolated: a backtest that
            did so would show a model what came after its cutoff.
        """
        hindsight = self.missing in ("interpolate", "seasonal") and self.aggregate is None
        return replace(self, missing="keep") if hindsight else self


def parse_age(age: str) -> float:
    """Read a length of time.

    Parameters
    ----------
    age : str
        A number and min, h, d or w.

    Returns
    -------
    float
        Hours.

    Raises
    ------
    UsageError

    Examples
    --------
    >>> parse_age("2d"), parse_age("90min")
    (48.0, 1.5)
    """
    match = AGE.fullmatch(age)
    if match is None:
        raise UsageError(
            f"max-age is '{age[:40]}'; allowed: a number and min, h, d or w", fix="--max-age 2d"
        )
    return float(match[1]) * _HOURS[match[2].lower()]
