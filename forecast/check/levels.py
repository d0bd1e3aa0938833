"""Values out of line: stretches in another unit, and single outliers.

Both are judged by what is usual in the series itself, on its own scale.
"""

from collections.abc import Iterator
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecast.check.subject import Subject, shown
from forecast.finding import Finding, counted

_MOST_POWER = 3  # of ten, by which units that are mistaken for one another differ
_NEAR = 0.3  # a step within a factor of two of such a power
_BESIDE, _SAME = 6, 0.15  # values beside a stretch, whose median is that of it in the right unit
_MOST_LEAPS = 8  # more are a way of varying
_CALM = 0.3  # steps of a level that hardly ever changes by more than a factor of two
_LEAST = 12  # values of a series that has something usual
_SPAN = 7  # values whose median is what an outlier is away from
_MOSTLY = 0.9  # share of the distances that are no larger than the usual one
_FAR = 12.0  # usual distances from that median
_RARE = 0.001  # share of a series beyond which far values are nothing unusual
_BLOCK = 1 << 14  # rows looked at together


def check_levels(subject: Subject) -> Iterator[Finding]:
    """Find stretches that seem to be in another unit, and outliers.

    Parameters
    ----------
    subject : Subject

    Yields
    ------
    Finding
        Codes "unit" and "outlier".
    """
    rescaled = np.zeros(len(subject.panel.target), dtype=bool)
    for series, factor, rows in _stretches(subject):
        rescaled[rows] = True
        yield from _tell_stretch(subject, series, factor, rows)
    yield from _outliers(subject, rescaled)


def _stretches(subject: Subject) -> Iterator[tuple[int, float, NDArray[np.int64]]]:
    """Series, factor and rows of each stretch whose level is off by a power of ten."""
    panel = subject.panel
    for series in _leaping(subject):
        start, end = panel.indptr[series : series + 2]
        yield from _of_one(subject, series, start + np.flatnonzero(panel.target[start:end] > 0))


def _leaping(subject: Subject) -> list[int]:
    """Series of positive values that have a few steps of about a power of ten."""
    target, indptr = subject.panel.target, subject.panel.indptr
    positive = subject.lows > 0
    if not positive.any():
        return []
    found = [np.empty(0, np.int64)]
    before = np.empty(0, np.int64)  # the last positive value of the blocks so far
    for begin in range(0, len(target), _BLOCK):
        known = np.append(before, begin + np.flatnonzero(target[begin : begin + _BLOCK] > 0))
        values = target[known]
        steps = values[1:] / values[:-1]
        large = np.flatnonzero((steps > 10 ** (1 - _NEAR)) | (steps < 10 ** (_NEAR - 1)))
        large = large[_powers(np.log10(steps[large])) != 0]
        owners = subject.series_of(known[large])
        found.append(owners[owners == subject.series_of(known[large + 1])])
        before = known[-1:]
    leaps = np.bincount(np.concatenate(found), minlength=len(indptr) - 1)
    return np.flatnonzero((leaps > 0) & (leaps <= _MOST_LEAPS) & positive).tolist()


def _of_one(
    subject: Subject, series: int, rows: NDArray[np.int64]
) -> Iterator[tuple[int, float, NDArray[np.int64]]]:
    logs = np.log10(subject.panel.target[rows])
    steps = np.diff(logs)
    powers = _powers(steps)
    leaps = np.flatnonzero(powers)
    usual = np.delete(np.abs(steps), leaps)
    if len(usual) < _LEAST or usual.max() > _CALM:
        return
    edges = np.concatenate([[0], leaps + 1, [len(rows)]])
    levels = np.concatenate([[0], np.cumsum(powers[leaps])]).astype(np.int64)
    usual_level = int(np.bincount(levels - levels.min(), np.diff(edges)).argmax()) + levels.min()
    for level, (low, high) in zip(levels.tolist(), pairwise(edges.tolist()), strict=True):
        power = level - usual_level
        at_end = high - low == 1 and (low == 0 or high == len(rows))  # seen from one side only
        if not power or abs(power) > _MOST_POWER or at_end:
            continue
        beside = np.append(logs[max(0, low - _BESIDE) : low], logs[high : high + _BESIDE])
        if abs(np.median(logs[low:high]) - np.median(beside) - power) < _SAME:
            yield series, 10.0**power, rows[low:high]


def _powers(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The power of ten that each step of logarithms is close to, 0 where to none."""
    nearest = np.round(steps)
    return np.where(np.abs(steps - nearest) < _NEAR, nearest, 0.0)


def _tell_stretch(
    subject: Subject, series: int, factor: float, rows: NDArray[np.int64]
) -> Iterator[Finding]:
    times = f"{factor:g} times" if factor > 1 else f"a {1 / factor:g}th of"

    def say(_: int, own: NDArray[np.int64]) -> str:
        values = counted(len(own), "value")
        first, last = subject.time(int(own[0])), subject.time(int(own[-1]))
        span = f"{values} from {first} to {last}" if len(own) > 1 else f"the value of {first}"
        return f"{span} at {times} the level of the others: perhaps another unit"

    fix = subject.rescaled(rows, f"/{factor:g}" if factor > 1 else f"*{1 / factor:g}")
    yield from subject.findings(("warning", "unit"), rows, say, fix)


def _outliers(subject: Subject, left_out: NDArray[np.bool_]) -> Iterator[Finding]:
    """Values unlike their neighbours, and unlike a season before and after."""
    panel = subject.panel
    target = np.where(left_out, np.nan, panel.target) if left_out.any() else panel.target
    away = distances(target, panel.indptr, subject.season)
    unknown = np.isnan(away)
    starts, counts = panel.indptr[:-1], panel.lengths
    if unknown.any():
        np.copyto(away, 0.0, where=unknown)
        counts = counts - np.add.reduceat(unknown, starts, dtype=np.int64)
    peaks, sums = np.maximum.reduceat(away, starts), np.add.reduceat(away, starts)
    found = [np.empty(0, np.int64)]
    places = (_MOSTLY * (counts - 1)).astype(np.int64)
    # of the ordered distances the one at that place is what is usual: at least so much
    least = (sums - (counts - 1 - places) * peaks) / (places + 1)
    possible = (counts >= 4 * _LEAST) & (peaks > _FAR * least)
    for series in np.flatnonzero(possible).tolist():
        own = slice(*panel.indptr[series : series + 2])
        known = ~unknown[own]
        if np.count_nonzero((_FAR * away[own] < peaks[series]) & known) <= places[series]:
            continue  # the usual distance is not much less than the largest
        ordered = away[own][known]
        ordered.partition(places[series])
        usual = ordered[places[series]]
        far = np.flatnonzero(away[own] > _FAR * usual) if usual > 0 else found[0]
        if len(far) <= max(2, _RARE * counts[series]):
            found.append(own.start + far)
    rows = np.concatenate(found)

    def say(series: int, own: NDArray[np.int64]) -> str:
        values = shown(panel.target[own].tolist())
        return f"{counted(len(own), 'value')} far from all around: {values}"

    yield from subject.findings(("note", "outlier"), rows, say)


def distances(
    target: NDArray[np.float64], indptr: NDArray[np.int64], seasons: tuple[int, ...]
) -> NDArray[np.float64]:
    """Give how far each value is from the median around it, or from a season before or after.

    Parameters
    ----------
    target : ndarray of shape (T,)
        NaN where missing.
    indptr : ndarray of shape (N + 1,), int64
        Rows of each series.
    seasons : tuple of int

    Returns
    -------
    ndarray of shape (T,)
        The least of these distances; NaN where a value is missing or has too few
        neighbours.
    """
    away = _medians(target, indptr)
    np.abs(np.subtract(target, away, out=away), out=away)
    owner = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    for season in seasons:
        for begin in range(0, len(target) - season if season > 1 else 0, _BLOCK):
            here = slice(begin, min(begin + _BLOCK, len(target) - season))
            later = slice(here.start + season, here.stop + season)
            apart = np.abs(target[later] - target[here])
            if owner[here.start] != owner[later.stop - 1]:
                np.copyto(apart, np.nan, where=owner[later] != owner[here])
            np.fmin(away[here], apart, out=away[here])
            np.fmin(away[later], apart, out=away[later])
    return away


def _medians(target: NDArray[np.float64], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    """Median of what is known around each value; NaN where that is too little."""
    reach, last = _SPAN // 2, len(target) - 1
    middle = np.full(len(target), np.nan)
    for begin in range(reach, len(target) - reach, _BLOCK):
        end = min(begin + _BLOCK, len(target) - reach)
        middle[begin:end] = _middles(target[begin - reach : end + reach])
    # beside the ends of series, or NaN since some are missing
    middle[np.clip(indptr[:, None] + np.arange(-reach, reach), 0, last)] = np.nan
    odd = np.flatnonzero(np.isnan(middle))
    for hard in np.array_split(odd, 1 + len(odd) // _BLOCK):
        owner = np.searchsorted(indptr, hard, side="right") - 1
        near = hard[:, None] + np.arange(-reach, reach + 1)
        near = np.clip(near, indptr[owner, None], indptr[owner + 1, None] - 1)
        around = np.sort(target[near], axis=1)  # NaN last
        count = (~np.isnan(around)).sum(axis=1)
        found = around[np.arange(len(hard)), np.maximum(count - 1, 0) // 2]
        middle[hard] = np.where(count > reach, found, np.nan)
    return middle


def _middles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each seven neighbours; NaN where any of them is.

    Each is that of its fourth value and two ordered triples beside it, which are
    shared: the two middle ones of these six are found by pairs of opposite ranks.
    """
    one, two, three = values[:-2], values[1:-1], values[2:]
    low, high = np.minimum(one, two), np.maximum(one, two)
    between, most = np.minimum(high, three), np.maximum(high, three)
    least, between = np.minimum(low, between), np.maximum(low, between)
    left, right = slice(None, -4), slice(4, None)
    pairs = (
        (least[left], most[right]),
        (between[left], between[right]),
        (most[left], least[right]),
    )
    lower = reduce(np.maximum, (np.minimum(*pair) for pair in pairs))
    upper = reduce(np.minimum, (np.maximum(*pair) for pair in pairs))
    return np.minimum(np.maximum(values[3:-3], lower), upper)
