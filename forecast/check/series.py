"""Series as a whole: empty, constant, short, or largely missing."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from forecast.check.subject import Subject
from forecast.finding import Finding, counted

MISSING_SHARE = 0.5
"""Of a series: beyond it, missing values are worth a warning."""


def check_series(subject: Subject) -> Iterator[Finding]:
    """Find series that hold no values, one value, few values or many gaps.

    Parameters
    ----------
    subject : Subject

    Yields
    ------
    Finding
        Codes "empty", "constant", "short" and "missing".
    """
    panel = subject.panel
    starts, lengths = panel.indptr[:-1], panel.lengths
    known = lengths - subject.missing_counts
    low, high = subject.lows, subject.highs

    def empty(series: int, _: object) -> str:
        return f"all {counted(int(lengths[series]), 'value')} are missing"

    def constant(series: int, _: object) -> str:
        return f"all {known[series]:,} values are {low[series]:.10g}"

    yield from subject.findings(("error", "empty"), starts[known == 0], empty)
    same = (known > 1) & (low == high)
    yield from subject.findings(("warning", "constant"), starts[same], constant)
    yield from _short(subject, known)
    yield from _missing(subject)


def _short(subject: Subject, known: NDArray[np.int64]) -> Iterator[Finding]:
    season = subject.season[0]
    least = max(4, 2 * season)

    def short(series: int, _: object) -> str:
        if known[series] == 1:
            return "1 value, which is its forecast, with intervals of no width"
        values = f"{known[series]:,} values"
        return f"{values}, {f'less than two seasons of {season}' if season > 1 else 'fewer than 4'}"

    few = (known > 0) & (known < least)
    yield from subject.findings(("note", "short"), subject.panel.indptr[:-1][few], short)


def _missing(subject: Subject) -> Iterator[Finding]:
    """Warn of series that are mostly missing; note empty cells, since gaps are noted as such."""
    panel, counts = subject.panel, subject.missing_counts
    if not counts.any():
        return
    partly = (counts > 0) & (counts < panel.lengths)
    mostly = partly & (counts > MISSING_SHARE * panel.lengths)
    rows = np.flatnonzero(subject.missing)
    owners = subject.series_of(rows)
    cells = np.ones(len(rows), dtype=bool) if subject.lines is None else subject.lines[rows] > 0

    def most(series: int, _: object) -> str:
        share, length = counts[series] / panel.lengths[series], int(panel.lengths[series])
        return f"{counts[series]:,} of {length:,} values missing ({share:.1%})"

    def some(series: int, own: NDArray[np.int64]) -> str:
        length = int(panel.lengths[series])
        return f"{len(own):,} of {length:,} values missing ({len(own) / length:.1%})"

    fix = "--missing interpolate"
    yield from subject.findings(("warning", "missing"), rows[mostly[owners]], most, fix)
    noted = cells & (partly & ~mostly)[owners]
    yield from subject.findings(("note", "missing"), rows[noted], some, fix)
