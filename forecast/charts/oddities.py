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
)
from forecast.finding import Finding, by_severity
from forecast.panel import Series
from forecast.read import Input
from forecast.timeline.frequency import describe_frequency
from forecast.timeline.zones import zone_of

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
    marks: dict[int, list[Marks]] = {}
    words: dict[int, list[str]] = {}
    noted: set[int] = set()
    for finding in by_severity(given.findings if findings is None else findings):
        for series, times in _places(given, finding):
            noted.add(series)
            if len(noted) > MOST_FACETS and series not in marks:
                continue
            found, named = marks.setdefault(series, []), words.setdefault(series, [])
            if finding.code in WHOLE:
                named.append(finding.code)
            else:
                found += _marks(panel[series], times, finding)
    order = list(marks) or list(range(min(len(panel), MOST_FACETS)))
    zone = zone_of(given.columns.time_format)
    facets = []
    for series in order:
        one = panel[series]
        title = clean(one.id, 40) if len(panel) > 1 else ""
        title = ", ".join([*([title] if title else []), *words.get(series, ())])
        line = Line("values", one.timestamps, one.target)
        facets.append(Facet(title, (line,), marks=tuple(marks.get(series, ())), zone=zone))
    told = [f"{len(panel.target):,} rows", describe_frequency(panel.freq)]
    total, kind = len(panel), Picture.kind
    if len(panel) > 1 and noted:
        total, kind = len(noted), f"series with findings, {len(panel):,} in all"
    title = headline(given.columns, panel)
    return Picture(title, ", ".join(told), tuple(facets), total=total, kind=kind)


def _places(given: Input, finding: Finding) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """Series that a finding concerns, and times within each."""
    if finding.places is None:
        yield from _places_of_lines(given, finding)
        return
    known = {one: place for place, one in enumerate(given.panel.ids)}
    order = np.argsort(finding.places.series, kind="stable")
    owners, starts = np.unique(finding.places.series[order], return_index=True)
    parts = np.split(finding.places.timestamps[order], starts[1:])
    for own, times in zip(owners.tolist(), parts, strict=False):  # a part, but no owner, of none
        series = known.get(finding.places.ids[own])
        if series is not None:
            yield series, times


def _places_of_lines(given: Input, finding: Finding) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """Times that stand where lines of the file were, of faults that left no row."""
    if given.lines is None or finding.severity != "error":
        return
    panel = given.panel
    for line in finding.lines:
        before = np.where(given.lines <= line, given.lines, 0)
        row = int(before.argmax())
        if before[row] == 0:
            continue
        if given.lines[row] < line and row + 1 < len(given.lines) and given.lines[row + 1] == 0:
            row += 1  # the gap that it left
        series = int(np.searchsorted(panel.indptr, row, side="right")) - 1
        yield series, panel.timestamps[row : row + 1]


def _marks(one: Series, times: NDArray[np.generic], finding: Finding) -> list[Marks]:
    """Mark the rows of a series at some times, or after them; none outside of it."""
    there = one.timestamps
    if times.dtype.kind != there.dtype.kind:
        return []
    rows = np.searchsorted(there, times)
    rows = np.unique(rows[(rows < len(there)) & (times >= there[0])])
    if not len(rows):
        return []
    return [Marks(finding.code, finding.severity, there[rows], one.target[rows])]
