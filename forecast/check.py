"""Look at a panel and report what a forecaster should know; change nothing.

What makes a file unreadable is refused by ``read`` before a panel exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecast.frequency import season_lengths
from forecast.panel import Panel, Series


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
    return [finding for series in panel for finding in _check_series(series, season)]


def _check_series(series: Series, season: int) -> Iterator[Finding]:
    rows = len(series.target)
    known = series.target[~np.isnan(series.target)]
    if len(known) == 0:
        yield Finding("error", "missing", series.id, f"all {rows} values are missing")
        return
    if len(known) > 1 and (known == known[0]).all():
        yield Finding("note", "constant", series.id, f"all {len(known)} values are {known[0]:.10g}")
    if len(known) < max(4, 2 * season):
        text = f"{len(known)} values, less than two seasons of {season}"
        short = text if season > 1 else f"{len(known)} values, fewer than 4"
        yield Finding("note", "short", series.id, short)
    if len(known) < rows:
        share = (rows - len(known)) / rows
        severity: Literal["note", "warning"] = "warning" if share > 0.5 else "note"
        text = f"{rows - len(known)} of {rows} values are missing ({share:.1%})"
        yield Finding(severity, "missing", series.id, text)
