"""What the series of a panel are like: span, frequency, seasons, trend, stationarity.

Shares are of all series; what takes long is measured on some of them, in ``nature``.
Nothing here is found fault with: that is left to ``check``.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.nature import Nature, measure_nature
from forecast.panel import Panel
from forecast.read import Input
from forecast.timeline.calendar import split_timestamps, units_per_step
from forecast.timeline.timestamps import format_timestamps

MOST_SHOWN = 10
"""Series that are described one by one."""

COURSE_POINTS = 24
"""Means that the course of a series is drawn with."""

_BLOCK = 100_000  # rows looked at in one go


@dataclass(frozen=True)
class Shape:
    """One series.

    Attributes
    ----------
    id : str
    rows : int
        Steps from its first to its last value.
    missing, zeros : float
        Shares of the rows, and of the known values.
    low, mean, high : float
        Of the known values.
    course : tuple of float or None
        Means of at most `COURSE_POINTS` equal stretches; None where nothing is known.
    """

    id: str
    rows: int
    missing: float
    zeros: float
    low: float
    mean: float
    high: float
    course: tuple[float | None, ...]


@dataclass(frozen=True)
class Profile:
    """What a panel is like.

    Attributes
    ----------
    series, rows : int
        Rows are steps of the calendar, with a value or without.
    shortest, typical, longest : int
        Rows of a series: least, median, most.
    first, last : str
        Times as the file writes them.
    freq : str
    agreeing : float
        Share of the steps between rows of the file that are one of ``freq``.
    missing, zeros, negative : float
        Shares: of the rows, and of the known values.
    nature : Nature
    shapes : tuple of Shape
    """

    series: int
    rows: int
    shortest: int
    typical: int
    longest: int
    first: str
    last: str
    freq: str
    agreeing: float
    missing: float
    zeros: float
    negative: float
    nature: Nature
    shapes: tuple[Shape, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give all fields, those of the nature among them, as a dictionary that JSON can hold."""
        fields = asdict(self)
        return {**fields.pop("nature"), **fields}


def profile(given: Input, nature: Nature | None = None) -> Profile:
    """Describe what was read.

    Parameters
    ----------
    given : Input
    nature : Nature, optional
        Of its panel, where that was measured already.

    Returns
    -------
    Profile
    """
    panel = given.panel
    nature = nature or measure_nature(panel)
    known = ~np.isnan(panel.target)
    values = max(1, int(np.count_nonzero(known)))
    ends = np.array([panel.timestamps.min(), panel.timestamps.max()])
    first, last = format_timestamps(ends, given.columns.time_format)
    return Profile(
        series=len(panel),
        rows=len(panel.target),
        shortest=int(panel.lengths.min()),
        typical=int(np.median(panel.lengths)),
        longest=int(panel.lengths.max()),
        first=str(first),
        last=str(last),
        freq=panel.freq,
        agreeing=agreeing_steps(panel, known if given.lines is None else given.lines > 0),
        missing=float(1 - known.mean()),
        zeros=np.count_nonzero(panel.target == 0) / values,
        negative=np.count_nonzero(panel.target < 0) / values,
        nature=nature,
        shapes=_shapes(given),
    )


def agreeing_steps(panel: Panel, there: NDArray[np.bool_]) -> float:
    """Measure how many steps between neighbouring rows are one step of the frequency.

    Parameters
    ----------
    panel : Panel
    there : ndarray of shape (T,), bool
        Rows that the file has.

    Returns
    -------
    float
        A share; 1 where there is no step.
    """
    unit = units_per_step(panel.freq)
    agreeing = steps = 0
    some = max(1, _BLOCK * len(panel) // len(there))  # whose rows stay in the processor's memory
    for edges in (panel.indptr[first : first + some + 1] for first in range(0, len(panel), some)):
        rows = slice(edges[0], edges[-1])
        kept = there[rows]
        ordinals = split_timestamps(panel.timestamps[rows][kept], panel.freq)[0]
        within = np.ones(len(ordinals), dtype=bool)  # a series, not from one to the next
        counts = np.add.reduceat(kept, edges[:-1] - edges[0], dtype=np.int64)
        starts = np.cumsum(counts) - counts
        within[starts[counts > 0]] = False
        agreeing += int(np.count_nonzero((np.diff(ordinals) == unit) & within[1:]))
        steps += int(np.count_nonzero(within[1:]))
    return agreeing / steps if steps else 1.0


def _shapes(given: Input) -> tuple[Shape, ...]:
    """Describe some series: those found fault with first, then those with most missing values."""
    panel = given.panel
    missing = np.diff(np.searchsorted(np.flatnonzero(np.isnan(panel.target)), panel.indptr))
    blamed = {one.series for one in given.findings if one.severity != "note"}
    faults = np.array([one in blamed for one in panel.ids])
    worst = np.lexsort((-missing / panel.lengths, ~faults))[:MOST_SHOWN]
    return tuple(_shape(panel, int(index)) for index in worst)


def _shape(panel: Panel, index: int) -> Shape:
    series = panel[index]
    known = series.target[~np.isnan(series.target)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    parts = np.array_split(series.target, min(COURSE_POINTS, len(series.target)))
    means = [one[~np.isnan(one)] for one in parts]
    return Shape(
        id=series.id,
        rows=len(series.target),
        missing=float(1 - len(known) / len(series.target)),
        zeros=float((known == 0).mean()) if len(known) else 0.0,
        low=float(low),
        mean=_mean(known),
        high=float(high),
        course=tuple(_mean(one) if len(one) else None for one in means),
    )


def _mean(values: NDArray[np.float64]) -> float:
    """Mean without a sum that could overflow; 0 of nothing."""
    return float((values / max(1, len(values))).sum())
