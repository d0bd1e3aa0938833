"""Values that may not mean what they say: codes for "missing", zero runs, other units, outliers.

Each rule speaks only where another explanation is unlikely: a false alarm costs
more trust than a missed oddity. The limits were set on some ninety public
series, so that hardly any of these is found fault with.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from forecast.check.subject import Subject
from forecast.finding import Finding, counted

SENTINELS = (
    -9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, -9999999.0, -999.9, -999.99, -99.9, -99.99,
    -9999.9, 9999.0, 99999.0, 999999.0, 9999999.0, 99999999.0, 1e20, 1e30, -1e20, -1e30, -1.0,
)  # fmt: skip
"""Numbers that are written for "no value"."""

_TOTAL_WITHIN = 1e-6  # of itself, a total is that of the others
_LEAST_REST = 8  # other values that a series needs before one can stand out
_ZERO_RUN = 8  # zeros on end, at least two seasons of them, in a series that has none elsewhere


def check_values(subject: Subject) -> tuple[list[Finding], NDArray[np.bool_]]:
    """Find values that stand for something else.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    findings : list of Finding
        Codes "sentinel", "zero-run" and "total".
    coded : ndarray of shape (T,), bool
        The values that they are about.
    """
    coded = np.zeros(len(subject.panel.target), dtype=bool)
    found: list[Finding] = []
    for number, rows in _sentinels(subject):
        coded[rows] = True
        found += _tell_sentinels(subject, number, rows)
    zeros = _zero_runs(subject)
    coded[zeros] = True
    found += _tell_zeros(subject, zeros)
    totals = _totals(subject, coded)
    coded[totals] = True
    return found + _tell_totals(subject, totals), coded


def _sentinels(subject: Subject) -> Iterator[tuple[float, NDArray[np.int64]]]:
    """Numbers with their rows, where they are far from all others of their series."""
    panel = subject.panel
    found: dict[float, list[NDArray[np.int64]]] = {}
    # what stands beyond all other values is the least or greatest, or another such number is
    suspect = np.isin(subject.lows, SENTINELS) | np.isin(subject.highs, SENTINELS)
    for owner in np.flatnonzero(suspect).tolist():
        start, end = panel.indptr[owner : owner + 2]
        values = panel.target[start:end]
        coded = np.isin(values, SENTINELS)
        rest = values[~np.isnan(values) & ~coded]
        for number, count in zip(*np.unique(values[coded], return_counts=True), strict=True):
            if len(rest) >= max(_LEAST_REST, count) and _stands_out(number, count, rest):
                found.setdefault(number, []).append(start + np.flatnonzero(values == number))
    for number in SENTINELS:
        if number in found:
            yield number, np.concatenate(found[number])


def _stands_out(number: float, count: int, rest: NDArray[np.float64]) -> bool:
    """Say whether a number is far from all other values."""
    low, high = float(rest.min()), float(rest.max())
    span = high - low
    if count < 2 and abs(number) < 999:
        return False
    if number == -1.0:  # only beside large values that vary little
        return count > 2 and low > 20 and span < 5 * low
    if number < 0:
        return low - number > span * (0.5 if low >= 0 else 2) and low > number
    return count > 1 and number - high > 3 * span


def _tell_sentinels(subject: Subject, number: float, rows: NDArray[np.int64]) -> list[Finding]:
    def say(series: int, own: NDArray[np.int64]) -> str:
        return f"{number:.10g} {_times(len(own))}, far from all other values: perhaps no value"

    return subject.findings(("warning", "sentinel"), rows, say, f"--na {number:.10g}")


def _zero_runs(subject: Subject) -> NDArray[np.int64]:
    """Rows of zeros on end in series that are far from zero everywhere else."""
    panel = subject.panel
    if not (subject.lows == 0).any():  # in such a series no value is below
        return np.empty(0, np.int64)
    zero = panel.target == 0
    starts, ends = _runs(zero, panel.indptr)
    long = ends - starts >= max(_ZERO_RUN, 2 * subject.season[0])
    starts, ends = starts[long], ends[long]
    owners = subject.series_of(starts)
    inside = np.bincount(owners, ends - starts, len(panel))
    zeros = np.add.reduceat(zero, panel.indptr[:-1], dtype=np.int64)
    rest = panel.lengths - subject.missing_counts - zeros
    possible = (inside > 0) & (inside <= rest) & (zeros - inside <= 0.01 * rest)
    possible &= subject.lows == 0
    for owner in np.flatnonzero(possible).tolist():
        values = panel.target[panel.indptr[owner] : panel.indptr[owner + 1]]
        values = values[values > 0]
        possible[owner] = np.quantile(values, 0.05) > 0.2 * np.median(values)
    runs = zip(starts[possible[owners]].tolist(), ends[possible[owners]].tolist(), strict=True)
    return np.concatenate([np.empty(0, np.int64), *(np.arange(*run) for run in runs)])


def _tell_zeros(subject: Subject, rows: NDArray[np.int64]) -> list[Finding]:
    first = subject.panel.indptr[:-1]

    def say(series: int, own: NDArray[np.int64]) -> str:
        breaks = int((np.diff(own) > 1).sum())
        cause = "it had not begun" if own[0] == first[series] and not breaks else "no value"
        return (
            f"{len(own):,} zeros in {counted(breaks + 1, 'run')}, from {subject.time(int(own[0]))},"
            f" in a series that is never near zero otherwise: perhaps {cause}"
        )

    zeros = np.flatnonzero(subject.panel.target == 0)
    others = np.setdiff1d(zeros, rows)
    owners = subject.series_of(rows)
    fix = "--na 0"
    if np.isin(subject.series_of(others), owners).any() or np.isin(rows, first).any():
        fix = _without_rows(subject, rows) or fix  # other zeros, now or later, are values
    return subject.findings(("warning", "zero-run"), rows, say, fix)


def _without_rows(subject: Subject, rows: NDArray[np.int64]) -> str | None:
    """Give a command that leaves out the lines of some rows, where they hold no others."""
    lines = subject.lines_of(rows)
    is_alone = subject.lines is not None and np.isin(subject.lines, lines).sum() == len(rows)
    return subject.without_lines(rows) if is_alone else None


def _totals(subject: Subject, coded: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of last values that are the sum of all before."""
    panel = subject.panel
    last = panel.indptr[1:] - 1
    rest = np.add.reduceat(panel.target, panel.indptr[:-1]) - 2 * panel.target[last]
    if not coded.any() and (np.abs(rest) > 2 * _TOTAL_WITHIN * np.abs(panel.target[last])).all():
        return np.empty(0, np.int64)  # nowhere near, and nothing is missing
    known = np.where(np.isnan(panel.target) | coded, 0.0, panel.target)
    before = np.add.reduceat(known, panel.indptr[:-1]) - known[last]
    values = np.add.reduceat(known != 0, panel.indptr[:-1], dtype=np.int64)
    close = np.isclose(known[last], before, rtol=_TOTAL_WITHIN, atol=0.0)
    return np.asarray(last[close & (values > _LEAST_REST) & (known[last] != 0)])


def _tell_totals(subject: Subject, rows: NDArray[np.int64]) -> list[Finding]:
    def say(series: int, own: NDArray[np.int64]) -> str:
        value = float(subject.panel.target[own[0]])
        return f"the last value, {value:.10g}, is the sum of all others: a total, no observation"

    return subject.findings(("warning", "total"), rows, say, subject.without_lines(rows))


def _runs(
    marked: NDArray[np.bool_], indptr: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and end of each run of marked rows within one series."""
    begins = marked.copy()
    begins[1:] &= ~marked[:-1]
    begins[indptr[:-1]] = marked[indptr[:-1]]
    ends = marked.copy()
    ends[:-1] &= ~marked[1:]
    ends[indptr[1:] - 1] = marked[indptr[1:] - 1]
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
