"""Find seasons in values: which lengths repeat, and how much of the variation that explains.

What one series shows is measured in ``cycle``, usual seasons of a frequency are in
``timeline.frequency``; here the two are brought together.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel
from forecast.season.cycle import (
    CLEAR,
    LEAST_CYCLES,
    best_length,
    have_echo,
    prepared,
    season_strength,
)
from forecast.spec import DataSpec
from forecast.timeline.frequency import season_lengths

MOST_ROWS, MOST_SERIES = 10_000, 20
"""Last values of a series, and series of a panel, that are looked at."""

OVERWHELMING, MANY_CYCLES = 0.7, 8
"""Strength and cycles from which a season is used where its frequency has none."""

UNUSUAL_CYCLES = 2 * MANY_CYCLES
"""Cycles from which a season is used instead of the usual ones of its frequency."""

LAST_ROWS, FEW_SERIES = 2_000, 5
"""Last values, and series, that are searched for such a one: every command does so."""

_TOGETHER = 16  # series whose echoes are looked for at once
_SHARE = 0.5  # of the series looked at that must agree
_BETTER = 1.5  # times the strength of a usual season that one of its kin must have to be named
_WITHIN = 0.6  # share of a season's strength that one within it must have to be named


@dataclass(frozen=True)
class Season:
    """A length that repeats.

    Attributes
    ----------
    length : int
        Steps.
    strength : float
        Share of the variation around the trend that the mean of all other
        cycles explains, 0 to 1; the median over series.
    cycles : int
        Whole cycles in the typical series.
    """

    length: int
    strength: float
    cycles: int


def seasons_of(panel: Panel, reading: DataSpec, history: Panel | None = None) -> tuple[int, ...]:
    """Give the season lengths to use, shortest first.

    Parameters
    ----------
    panel : Panel
    reading : DataSpec
    history : Panel, optional
        The values that may be looked at; those of the panel where None.

    Returns
    -------
    tuple of int
        As asked for, else the usual ones of the frequency of which the typical
        series holds enough, unless the values show another one far more clearly;
        where a frequency has none, what the values show beyond doubt; (1,) means none.
    """
    if reading.season:
        return reading.season
    if season_lengths(panel.freq) != (1,):
        fitting = season_lengths(panel.freq, int(np.median(panel.lengths)))
        return unusual_seasons(history or panel, fitting) or fitting
    sure = [one.length for one in find_seasons(history or panel) if is_overwhelming(one)]
    return tuple(sure) or (1,)


def unusual_seasons(panel: Panel, usual: tuple[int, ...]) -> tuple[int, ...]:
    """Find seasons that explain far more than the usual ones do.

    Parameters
    ----------
    panel : Panel
        A few series, evenly spread, are looked at.
    usual : tuple of int

    Returns
    -------
    tuple of int
        Shortest first; empty where the values show none beyond doubt.
    """
    series = _some(panel, FEW_SERIES, LAST_ROWS)
    return _unusual(series, usual) if have_echo(series, UNUSUAL_CYCLES).any() else ()


def _unusual(series: list[NDArray[np.float64]], usual: tuple[int, ...]) -> tuple[int, ...]:
    rows = int(np.median([len(one) for one in series]))
    if rows < max(2 * UNUSUAL_CYCLES, LEAST_CYCLES * usual[0]):
        return ()
    known = max(_judged(series, one).strength for one in usual)
    if _BETTER * known > 1:  # nothing can be so much stronger
        return ()
    best = _shared(series, UNUSUAL_CYCLES)
    if best is None or best.length in usual or best.strength < max(OVERWHELMING, _BETTER * known):
        return ()
    return tuple(one.length for one in (*_parts(series, best), best) if is_overwhelming(one))


def own_seasons(
    panel: Panel, reading: DataSpec, usual: tuple[int, ...]
) -> dict[str, tuple[int, ...]]:
    """Find the series of a panel that repeat by a season of their own.

    Parameters
    ----------
    panel : Panel
    reading : DataSpec
        Seasons that it tells are those of every series.
    usual : tuple of int
        Seasons of the panel.

    Returns
    -------
    dict of str to tuple of int
        By name of the series; empty for a single one, whose seasons are the panel's.
        Series that hold less than 16 of the shortest usual season are left as they are.
    """
    if reading.season or len(panel) == 1:
        return {}
    long = np.flatnonzero(panel.lengths >= UNUSUAL_CYCLES * max(usual[0], 2)).tolist()
    found = {}
    for begin in range(0, len(long), _TOGETHER):
        ends = {one: prepared(panel[one].target[-LAST_ROWS:]) for one in long[begin:][:_TOGETHER]}
        series = {one: values for one, values in ends.items() if values is not None}
        echoes = have_echo([*series.values()], UNUSUAL_CYCLES)
        for (one, values), echo in zip(series.items(), echoes, strict=True):
            if echo and (seasons := _unusual([values], usual)):
                found[panel.ids[one]] = seasons
    return found


def describe_own(own: Mapping[str, tuple[int, ...]]) -> str:
    """Say how many series have which seasons of their own; empty where none has.

    Parameters
    ----------
    own : mapping of str to tuple of int
        See `own_seasons`.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_own({"a": (23,), "b": (7, 21), "c": (23,)})
    'seasons of their own: 23 steps (2 series), 7 and 21 steps (1 series)'
    """
    kinds = [
        f"{' and '.join(map(str, season))} steps ({count:,} series)"
        for season, count in Counter(own.values()).most_common()
    ]
    return f"seasons of their own: {', '.join(kinds)}" if kinds else ""


def is_overwhelming(season: Season) -> bool:
    """Say whether a season is beyond doubt."""
    return season.strength >= OVERWHELMING and season.cycles >= MANY_CYCLES


def find_seasons(panel: Panel, usual: tuple[int, ...] = ()) -> list[Season]:
    """Find the seasons that most series of a panel share.

    Parameters
    ----------
    panel : Panel
        At most `MOST_SERIES` series are looked at, evenly spread.
    usual : tuple of int
        Lengths that are judged, whether or not they are clear.

    Returns
    -------
    list of Season
        The usual ones in their order; then clear ones, shortest first, unless
        a usual one that is a multiple, part or near neighbour is about as clear.

    Examples
    --------
    >>> wave = np.tile([0.0, 1.0, 5.0, 1.0, 0.0, 2.0, 2.0], 9)
    >>> panel = Panel(("a",), np.array([0, 63]), np.arange(63), wave, "1")
    >>> find_seasons(panel)
    [Season(length=7, strength=0.997, cycles=9)]
    """
    series = _some(panel, MOST_SERIES, MOST_ROWS)
    if not series:
        return []
    found = [_judged(series, length) for length in usual]
    best = _shared(series, LEAST_CYCLES)
    if best is None or best.length in usual:
        return found
    known = max((one.strength for one in found if _akin(one.length, best.length)), default=0.0)
    return [*found, *_parts(series, best), best] if best.strength >= _BETTER * known else found


def _some(panel: Panel, most: int, rows: int) -> list[NDArray[np.float64]]:
    """The ends of some series, evenly spread, that hold enough values."""
    step = -(-len(panel) // most)
    ends = (panel[index].target[-rows:] for index in range(0, len(panel), step))
    return [one for one in map(prepared, ends) if one is not None]


def _shared(series: list[NDArray[np.float64]], cycles: int) -> Season | None:
    """The length that at least half of the series repeat by."""
    found = (best_length(one, cycles) for one in series)
    votes = Counter(length for length in found if length is not None)
    (length, count), *_ = votes.most_common(1) or [(0, 0)]
    return _judged(series, length) if length and count >= _SHARE * len(series) else None


def _judged(series: list[NDArray[np.float64]], length: int) -> Season:
    strengths = [season_strength(one, length) for one in series]
    known = [one for one in strengths if not np.isnan(one)] or [0.0]
    cycles = int(np.median([len(one) // length for one in series]))
    return Season(length, round(max(0.0, float(np.median(known))), 3), cycles)


def _parts(series: list[NDArray[np.float64]], whole: Season) -> list[Season]:
    """The strongest season within a longer one, such as the day within the week."""
    lengths = [one for one in range(2, whole.length // 2 + 1) if whole.length % one == 0]
    parts = [_judged(series, length) for length in lengths]
    best = max(parts, key=lambda one: one.strength, default=None)
    return [best] if best and best.strength >= max(CLEAR, _WITHIN * whole.strength) else []


def _akin(length: int, other: int) -> bool:
    """Say whether one is a multiple of the other, or hardly differs from it."""
    low, high = sorted((length, other))
    return high % low == 0 or high - low <= 0.02 * high
