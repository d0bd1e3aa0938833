"""What was found in a file, and what its series are like, for a terminal."""

from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from forecast.examine import Examination
from forecast.finding import Finding, by_severity, counted
from forecast.nature import Nature
from forecast.profile import Profile, Shape
from forecast.report.sparkline import sparkline
from forecast.report.terminal import NumberTable
from forecast.season import Season
from forecast.season.cycle import LEAST_CYCLES
from forecast.timeline.frequency import describe_frequency

WIDTH = 80
"""Columns that everything but long commands fits into."""

MOST_FINDINGS = 40
"""Findings shown; JSON holds all of them."""

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_NAME = 16  # characters of a series' name


def checkup(
    name: str, found: Examination, complete: Callable[[str], str] = lambda fix: fix
) -> Group:
    """Show an examination.

    Parameters
    ----------
    name : str
        Of the file.
    found : Examination
    complete : callable
        Makes the whole command out of a fix.

    Returns
    -------
    rich renderable
    """
    ordered = by_severity(found.findings)
    alone = found.profile is None or found.profile.series == 1
    parts: list[RenderableType] = [Text(f"{name}: {verdict(ordered)}")]
    for one in ordered[:MOST_FINDINGS]:
        parts.append(_described(one, alone, complete))
    if len(ordered) > MOST_FINDINGS:
        parts.append(
            Text(f"and {counted(len(ordered) - MOST_FINDINGS, 'more finding')}: --json has all")
        )
    if found.given is not None:
        parts += [Text(""), _indented(Text(f"read as {found.given.summary}"))]
    if found.profile is not None:
        parts += [_overview(found.profile), Text(""), _series(found.profile)]
    return Group(*parts)


def verdict(findings: Sequence[Finding]) -> str:
    """Say in a few words how usable a file is.

    Parameters
    ----------
    findings : sequence of Finding

    Returns
    -------
    str

    Examples
    --------
    >>> verdict([Finding("warning", "unit", None, "")] * 2), verdict([])
    ('can be used; 2 warnings', 'nothing to find fault with')
    """
    counts = {
        severity: sum(one.severity == severity for one in findings)
        for severity in ("error", "warning", "note")
    }
    said = ", ".join(counted(n, kind) for kind, n in counts.items() if n)
    if not said:
        return "nothing to find fault with"
    return f"{'cannot be used as it is' if counts['error'] else 'can be used'}; {said}"


def _described(finding: Finding, alone: bool, complete: Callable[[str], str]) -> Group:
    text = Text(f"{finding.severity:8}", style=_COLOURS[finding.severity])
    message = finding.message if alone else str(finding)
    text.append(f"{_place(finding)}{message}", style="default")
    text.append(f" [{finding.code}]", style="dim")
    lines: list[RenderableType] = [_indented(text)]
    if finding.fix:
        lines.append(Text(f"        fix: {complete(finding.fix)}", no_wrap=False, overflow="fold"))
    return Group(*lines)


def _place(finding: Finding) -> str:
    if not finding.lines:
        return ""
    more = ", ..." if finding.count > len(finding.lines) else ""
    noun = "line" if len(finding.lines) == 1 and not more else "lines"
    return f"{noun} {', '.join(map(str, finding.lines))}{more}: "


def _indented(text: Text) -> Table:
    """Wrap a text so that further lines begin below its second word."""
    table = Table.grid()
    table.add_column(width=8, no_wrap=True)
    table.add_column(max_width=WIDTH - 8, overflow="fold")
    table.add_row(text[:8], text[8:])
    return table


def _overview(described: Profile) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(max_width=WIDTH - 15, overflow="fold")
    rows = counted(described.rows, "row")
    if described.series > 1:
        lengths = dict.fromkeys((f"{described.shortest:,}", f"{described.longest:,}"))
        rows = f"{described.series:,}, of {' to '.join(lengths)} rows"
    nature = described.nature
    seasons = map(season_words, nature.seasons)
    some = 0 < nature.tested < described.series
    tested = f" (of {nature.tested} tested)" if some else ""
    regular = described.agreeing == 1
    agree = "every step" if regular else f"{min(described.agreeing, 0.999):.1%} of the steps"
    lines = {
        "series" if described.series > 1 else "length": rows,
        "span": f"{described.first} to {described.last}",
        "frequency": f"{describe_frequency(described.freq)}, {agree}",
        "seasons": ", ".join(seasons) or "none found",
        "trend": "too short" if nature.trend is None else f"strength {nature.trend:.2f}",
        "stationary": f"{_stationarity(nature, described.series)}{tested}",
        "values": f"{described.missing:.1%} missing, {described.zeros:.1%} zero, "
        f"{described.negative:.1%} negative",
    }
    for head, body in lines.items():
        table.add_row(Text(head), Text(body))
    return table


def season_words(season: Season) -> str:
    """Say how strong a season is, where the series hold enough of its cycles to tell.

    Parameters
    ----------
    season : Season

    Returns
    -------
    str

    Examples
    --------
    >>> season_words(Season(12, 0.9, 6)), season_words(Season(365, 0.0, 1))
    ('12 (strength 0.90)', '365 (too short to tell)')
    """
    told = season.cycles >= LEAST_CYCLES
    words = f"strength {season.strength:.2f}" if told else "too short to tell"
    return f"{season.length} ({words})"


def _stationarity(nature: Nature, series: int) -> str:
    if nature.tested == 0:
        return "too short to tell"
    if series == 1:
        yes = "yes" if nature.stationary else "no: it wanders" if nature.wandering else ""
        return f"{yes or 'unclear'} (ADF and KPSS at 5 %)"
    return f"{nature.stationary:,} yes, {nature.wandering:,} no, {nature.unclear:,} unclear"


def _series(described: Profile) -> Table:
    table = NumberTable(box=None, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("series", no_wrap=True)
    for head in ("rows", "missing", "low", "mean", "high"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("course", no_wrap=True)
    for one in described.shapes:
        table.add_row(*_row(one))
    rest = described.series - len(described.shapes)
    if rest:
        table.add_row(Text(f"{rest:,} more"))
    return table


def _row(shape: Shape) -> list[Text]:
    name = shape.id if len(shape.id) <= _NAME else f"{shape.id[: _NAME - 1]}…"
    numbers = (f"{one:.4g}" for one in (shape.low, shape.mean, shape.high))
    cells = [name, f"{shape.rows:,}", f"{shape.missing:.1%}", *numbers, sparkline(shape.course)]
    return [Text(one) for one in cells]
