"""Find seasons in values: which lengths repeat, and how much of the variation that explains.

Candidates are peaks of the autocorrelations and of the periodogram; what counts
is how well each cycle is forecast by the mean of all others. Usual seasons of a
frequency are in ``frequency``; here the two are brought together.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel
from forecast.reading.impute import fill_missing, moving_mean
from forecast.spec import DataSpec
from forecast.timeline.frequency import season_lengths

MOST_ROWS, MOST_SERIES = 10_000, 20
"""Last values of a series, and series of a panel, that are looked at."""

LEAST_CYCLES = 4
"""Cycles that a series must hold before their likeness means anything."""

CLEAR = 0.3
"""Strength from which a season is worth proposing."""

OVERWHELMING, MANY_CYCLES = 0.7, 8
"""Strength and cycles from which a season is used where its frequency has none."""

UNUSUAL_CYCLES = 2 * MANY_CYCLES
"""Cycles from which a season is used instead of the usual ones of its frequency."""

LAST_ROWS, FEW_SERIES = 2_000, 5
"""Last values, and series, that are searched for such a one: every command does so."""

_USUAL = (
    2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 20, 24, 26, 30, 36, 48, 52, 60, 72, 90, 96, 120, 144, 168,
    180, 240, 288, 336, 360, 365, 480, 504, 672, 720, 1008, 1440, 2016, 2880,
)  # fmt: skip
_PEAKS = 12  # of each kind that are tried
_REFINEMENTS = 3  # of the best length so far
_AS_GOOD = 0.95  # share of the best strength at which a shorter or more usual length is preferred
_DOUBT = 0.8  # strength, divided by the cycles, that chance may give a wandering series
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
        return _unusual(history or panel, fitting) or fitting
    sure = [one.length for one in find_seasons(history or panel) if is_overwhelming(one)]
    return tuple(sure) or (1,)


def _unusual(panel: Panel, usual: tuple[int, ...]) -> tuple[int, ...]:
    """The seasons that explain far more than the usual ones do; none where these are not known."""
    series = _some(panel, FEW_SERIES, LAST_ROWS)
    rows = int(np.median([len(one) for one in series])) if series else 0
    if rows < max(2 * UNUSUAL_CYCLES, LEAST_CYCLES * usual[0]):
        return ()
    known = max(_judged(series, one).strength for one in usual)
    if _BETTER * known > 1:  # nothing can be so much stronger
        return ()
    best = _shared(series, UNUSUAL_CYCLES)
    if best is None or best.length in usual or best.strength < max(OVERWHELMING, _BETTER * known):
        return ()
    return tuple(one.length for one in (*_parts(series, best), best) if is_overwhelming(one))


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
    step = max(1, -(-len(panel) // most))
    prepared = (_prepared(panel[index].target[-rows:]) for index in range(0, len(panel), step))
    return [one for one in prepared if one is not None]


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


def best_length(values: NDArray[np.float64], cycles: int = LEAST_CYCLES) -> int | None:
    """Find the length whose cycles are most alike, if any are.

    Parameters
    ----------
    values : ndarray of shape (T,), float64
        None missing.
    cycles : int
        That the values must hold; at least `LEAST_CYCLES`.

    Returns
    -------
    int or None
        Steps, the shortest of those that explain about as much; None where
        none is clear.
    """
    longest = len(values) // cycles
    tried = {one: season_strength(values, one) for one in _candidates(values, longest)}
    for _ in range(_REFINEMENTS):  # a peak is a little beside the truth where periods are long
        best = max(tried, key=lambda one: tried[one], default=None)
        if best is None or tried[best] < CLEAR / 2:
            return None
        reach = max(1, best // 50)
        near = [*range(best - reach, best + reach + 1, max(1, reach // 4))]
        for length in [*near, *(round(best / part) for part in range(2, 8))]:
            if 2 <= length <= longest and length not in tried:
                tried[length] = season_strength(values, length)
    chosen = _preferred(tried)
    return chosen if tried[chosen] >= CLEAR + _DOUBT / (len(values) // chosen) else None


def _preferred(tried: dict[int, float]) -> int:
    """The strongest length; a much shorter, or usual and near one, that is about as strong."""
    best = max(tried, key=lambda one: tried[one])
    good = [one for one in tried if tried[one] >= _AS_GOOD * tried[best]]
    short = [one for one in good if one <= 0.7 * best]
    if short:
        return _preferred({one: tried[one] for one in short})
    near = [one for one in good if one in _USUAL and abs(one - best) <= 0.02 * best]
    return near[0] if near else best


def season_strength(values: NDArray[np.float64], length: int) -> float:
    """Measure how alike the cycles of one length are.

    Parameters
    ----------
    values : ndarray of shape (T,), float64
        None missing.
    length : int
        At least 2.

    Returns
    -------
    float
        At most 1; below 0 where forecasting a cycle by the mean of all others
        is worse than no season; NaN for fewer than `LEAST_CYCLES` cycles.

    Notes
    -----
    With x the deviation from the moving mean over one season, c cycles and
    the sum S of a phase over cycles, leaving a cycle out leaves the residual
    (c x - S) / (c - 1), whose squares are compared with those of x.
    """
    cycles = len(values) // length
    if cycles < LEAST_CYCLES or length < 2:
        return float("nan")
    apart = values - moving_mean(values, length)
    x = apart[len(apart) - cycles * length :].reshape(cycles, length)
    total = float((x**2).sum())
    if total <= 1e-12 * max(1.0, float((values**2).sum())):
        return 0.0
    left = (cycles * x - x.sum(axis=0)) / (cycles - 1)
    return 1.0 - float((left**2).sum()) / total


def _prepared(target: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """A series with gaps filled, in units of its largest value; None where too few are known."""
    known = np.flatnonzero(~np.isnan(target))
    if len(known) < 3 * LEAST_CYCLES:
        return None
    target = target[known[0] : known[-1] + 1]
    if np.isnan(target).mean() > 0.5:
        return None
    target = target / max(float(np.nanmax(np.abs(target))), np.finfo(float).tiny)
    return fill_missing(target, np.array([0, len(target)]), "interpolate")


def _candidates(values: NDArray[np.float64], longest: int) -> list[int]:
    """Usual lengths, peaks of the autocorrelations, and peaks of the periodogram."""
    found = [length for length in _USUAL if length <= longest]
    rows = len(values)
    time = np.linspace(-1.0, 1.0, rows)
    flat = values - np.polyval(np.polyfit(time, values, 2), time)
    for one in (flat, np.diff(values)):  # differences are free of any trend
        size = 1 << int(2 * len(one) - 1).bit_length()
        power = np.abs(np.fft.rfft(one - one.mean(), size)) ** 2
        correlations = np.fft.irfft(power, size)[: longest + 2]
        found += _peaks(correlations)[:_PEAKS].tolist()
        plain = np.abs(np.fft.rfft(one - one.mean())) ** 2
        found += [round(len(one) / k) for k in _peaks(plain)[:_PEAKS].tolist() if k >= LEAST_CYCLES]
    return [length for length in dict.fromkeys(found) if 2 <= length <= longest]


def _peaks(curve: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of the local maxima but the first value, highest first."""
    inner = np.flatnonzero((curve[1:-1] >= curve[:-2]) & (curve[1:-1] > curve[2:])) + 1
    return np.asarray(inner[np.argsort(-curve[inner], kind="stable")])
