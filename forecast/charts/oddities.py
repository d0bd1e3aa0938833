"""The picture of an input: its series, with what was found marked where it was found."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.charts.fan import headline
from forecast.charts.picture import (
    MOST_FACETS,
    Facet,
    Line,
    Marks,
    Picture,
    clean,
    of_series,
    zone_of,
)
from forecast.finding import Finding, by_severity
from forecast.panel import Panel
from forecast.read import Input
from forecast.timeline.frequency import describe_frequency

WHOLE = frozenset(("empty", "constant", "short"))
"""Codes of findings about whole series: they are named, not marked."""


def picture_findings(given: Input, findings: Sequence[Finding] | None = None) -> Picture:
    """Show the series of an input, and mark what was found.

    Parameters
    ----------
    given : Input
    findings : sequence of Finding, optional
        The input's own where None.

    Returns
    -------
    Picture
        Where there are many series, those with findings, the most severe first.
    """
    panel = given.panel
    found = by_severity(given.findings if findings is None else findings)
    marks: dict[int, list[Marks]] = {}
    words: dict[int, list[str]] = {}
    for finding in found:
        for series, rows in _rows(given, finding):
            if finding.code in WHOLE:
                words.setdefault(series, []).append(finding.code)
            else:
                start = int(panel.indptr[series])
                x, y = panel.timestamps[start + rows], panel.target[start + rows]
                marks.setdefault(series, []).append(Marks(finding.code, finding.severity, x, y))
    noted = list(dict.fromkeys([*marks, *words]))
    order = (noted or list(range(len(panel))))[:MOST_FACETS]
    zone = zone_of(given.columns.time_format)
    facets = []
    for series in order:
        one = panel[series]
        title = clean(one.id, 40) if len(panel) > 1 else ""
        title = ", ".join([*([title] if title else []), *words.get(series, ())])
        line = Line("values", one.timestamps, one.target)
        facets.append(Facet(title, (line,), marks=tuple(marks.get(series, ())), zone=zone))
    told = [f"{len(panel.target):,} rows", describe_frequency(panel.freq)]
    if len(panel) > 1 and noted:
        told += [f"{len(order)} of {len(noted):,} series with findings, {len(panel):,} in all"]
    else:
        told += of_series(len(order), len(panel))
    return Picture(headline(given.columns, panel), ", ".join(told), tuple(facets))


def _rows(given: Input, finding: Finding) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Series that a finding concerns, and rows within each."""
    panel = given.panel
    if finding.places is None:
        yield from _rows_of_lines(given, finding)
        return
    known = {one: place for place, one in enumerate(panel.ids)}
    for own in np.unique(finding.places.series).tolist():
        series = known.get(finding.places.ids[own])
        if series is None:
            continue
        times = finding.places.timestamps[finding.places.series == own]
        there = panel[series].timestamps
        if times.dtype.kind != there.dtype.kind:
            continue
        rows = np.searchsorted(there, times)
        inside = (rows < len(there)) & (times >= there[0])
        if inside.any():
            yield series, np.unique(rows[inside])


def _rows_of_lines(given: Input, finding: Finding) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Rows that stand where lines of the file were, of faults that left no row."""
    if given.lines is None or finding.severity != "error":
        return
    for line in finding.lines:
        before = np.where(given.lines <= line, given.lines, 0)
        row = int(before.argmax())
        if before[row] == 0:
            continue
        if given.lines[row] < line and row + 1 < len(given.lines) and given.lines[row + 1] == 0:
            row += 1  # the gap that it left
        series = _owner(given.panel, row)
        yield series, np.array([row - given.panel.indptr[series]])


def _owner(panel: Panel, row: int) -> int:
    return int(np.searchsorted(panel.indptr, row, side="right")) - 1
