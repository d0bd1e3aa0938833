"""Look at a panel and report what a forecaster should know; change nothing.

What makes a file unreadable is refused by ``read`` before a panel exists.
"""

from collections.abc import Iterator

import numpy as np

from forecast.finding import Finding, Severity
from forecast.frequency import season_lengths
from forecast.panel import Panel


def check_panel(panel: Panel) -> list[Finding]:
    """Find constant series, short series and missing values.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    list of Finding
        In order of the panel's series.

    Examples
    --------
    >>> panel = Panel(("a",), np.array([0, 4]), np.arange(4), np.ones(4), "1")
    >>> [str(finding) for finding in check_panel(panel)]
    ["series 'a': all 4 values are 1"]
    """
    season = season_lengths(panel.freq)[0]
    seen = ~np.isnan(panel.target)
    starts, lengths = panel.indptr[:-1], panel.lengths
    known = np.add.reduceat(seen, starts, dtype=np.int64)
    low = np.fmin.reduceat(panel.target, starts)
    constant = (known > 1) & (low == np.fmax.reduceat(panel.target, starts))
    short = known < max(4, 2 * season)
    told = np.flatnonzero(constant | short | (known < lengths))
    return [
        finding
        for one in told.tolist()
        for finding in _findings(
            panel.ids[one],
            (int(lengths[one]), int(known[one])),
            float(low[one]) if constant[one] else None,
            season,
        )
    ]


def _findings(
    series: str, counts: tuple[int, int], constant: float | None, season: int
) -> Iterator[Finding]:
    """Say what is found in a series of so many rows and values."""
    rows, known = counts
    if known == 0:
        yield Finding("error", "missing", series, f"all {rows} values are missing")
        return
    if constant is not None:
        yield Finding("note", "constant", series, f"all {known} values are {constant:.10g}")
    if known < max(4, 2 * season):
        text = f"{known} values, less than two seasons of {season}"
        short = text if season > 1 else f"{known} values, fewer than 4"
        yield Finding("note", "short", series, short)
    if known < rows:
        share = (rows - known) / rows
        severity: Severity = "warning" if share > 0.5 else "note"
        text = f"{rows - known} of {rows} values are missing ({share:.1%})"
        yield Finding(severity, "missing", series, text)
