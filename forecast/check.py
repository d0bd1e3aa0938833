"""Look at a panel and report what a forecaster should know; change nothing.

What makes a file unreadable is refused by ``read`` before a panel exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecast.frequency import season_lengths
from forecast.panel import Panel


@dataclass(frozen=True)
class Finding:
    """One observation about the input.

    Attributes
    ----------
    severity : {"note", "warning", "error"}
    code : str
        Stable name, for scripts: "constant", "short", "missing".
    series : str or None
        None when it concerns the whole file.
    message : str
        What was found, without the series' name.
    timestamp, line, fix : str, int, str, optional
        Where it is and what repairs it.
    """

    severity: Literal["note", "warning", "error"]
    code: str
    series: str | None
    message: str
    timestamp: str | None = None
    line: int | None = None
    fix: str | None = None

    def __str__(self) -> str:
        return f"series '{self.series}': {self.message}" if self.series else self.message


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
        severity: Literal["note", "warning"] = "warning" if share > 0.5 else "note"
        text = f"{rows - known} of {rows} values are missing ({share:.1%})"
        yield Finding(severity, "missing", series, text)
