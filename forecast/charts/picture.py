"""What a picture shows, before it is said how that looks: facets of lines, bands and marks.

Made by ``fan``, ``folds`` and ``oddities``; drawn by ``figure`` as a file and by
``characters`` on a terminal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.finding import Severity

MOST_FACETS = 12
"""Series in a picture; a page with more is read by nobody."""

LONGEST_TITLE = 90
"""Characters of a name in words of a picture."""

X = NDArray[Any]
"""Times as datetime64, or whole numbers."""


@dataclass(frozen=True, eq=False)
class Line:
    """Values over time, in order.

    Attributes
    ----------
    name : str
        In the legend; lines of one name look alike and are listed once.
    x : ndarray of shape (T,), datetime64 or number
    y : ndarray of shape (T,), float64
        The line is open where NaN.
    model : int or None
        Which of the models, from 0; None for what was observed.
    """

    name: str
    x: X
    y: NDArray[np.float64]
    model: int | None = None


@dataclass(frozen=True, eq=False)
class Band:
    """An interval over time.

    Attributes
    ----------
    level : int
        Coverage in per cent.
    x : ndarray of shape (T,)
    low, high : ndarray of shape (T,), float64
    """

    level: int
    x: X
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def name(self) -> str:
        """What the legend says."""
        return f"{self.level} % interval"


@dataclass(frozen=True, eq=False)
class Marks:
    """Points that something was found at.

    Attributes
    ----------
    name : str
    severity : {"note", "warning", "error"}
    x : ndarray of shape (K,)
    y : ndarray of shape (K,), float64
        NaN where there is no value to mark, which is marked at the bottom.
    """

    name: str
    severity: Severity
    x: X
    y: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Facet:
    """One pair of axes.

    Attributes
    ----------
    title : str
        Empty where the picture's own title says it all.
    lines : tuple of Line
        The later are drawn over the earlier.
    bands : tuple of Band
    marks : tuple of Marks
    cutoffs : tuple
        Places on the x axis that forecasts start from.
    zone : str or None
        In which to show times, that are UTC then.
    """

    title: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    marks: tuple[Marks, ...] = ()
    cutoffs: tuple[Any, ...] = ()
    zone: str | None = None

    @property
    def shown(self) -> Iterator[NDArray[np.float64]]:
        """Everything that has a height, for the limits of the y axis."""
        yield from (one.y for one in self.lines)
        for band in self.bands:
            yield from (band.low, band.high)
        yield from (one.y for one in self.marks)

    @property
    def has_dates(self) -> bool:
        """Whether the x axis is a calendar."""
        return any(one.x.dtype.kind == "M" for one in self.lines)


@dataclass(frozen=True, eq=False)
class Picture:
    """A page: words above, facets of equal size, and perhaps a wide one below them.

    Attributes
    ----------
    title : str
        What the y axes show.
    words : str
        What else there is to say of all facets.
    facets : tuple of Facet
        At least one.
    below : Facet or None
    total : int
        Series that there are, shown or not.
    kind : str
        Of which kind those are.
    """

    title: str
    words: str
    facets: tuple[Facet, ...]
    below: Facet | None = None
    total: int = 1
    kind: str = "series"

    @property
    def all_facets(self) -> tuple[Facet, ...]:
        """The facets, and the one below them."""
        return self.facets if self.below is None else (*self.facets, self.below)

    def subtitle(self, shown: int) -> str:
        """Give the words, and how many of the series are shown unless there is but one.

        Parameters
        ----------
        shown : int
            Facets that there is room for.

        Returns
        -------
        str

        Examples
        --------
        >>> Picture("sales", "monthly", (), total=1428).subtitle(12)
        'monthly, 12 of 1,428 series'
        """
        if shown < self.total:
            return f"{self.words}, {shown} of {self.total:,} {self.kind}"
        if self.total == 1 and self.kind == Picture.kind:
            return self.words
        return f"{self.words}, {self.total:,} {self.kind}"


def clean(name: str, most: int = LONGEST_TITLE) -> str:
    r"""Make a name from a file fit for one line of a picture.

    Parameters
    ----------
    name : str
    most : int
        Characters.

    Returns
    -------
    str

    Examples
    --------
    >>> clean("net\tsales\n(EUR)"), clean("abcdefgh", 5)
    ('net sales (EUR)', 'abcd…')
    """
    words = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
