"""How past forecasts came true, for the terminal."""

import math
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.text import Text

from forecast.finding import counted
from forecast.report.terminal import NumberTable

if TYPE_CHECKING:
    from forecast.ledger.track import LiveScores, TrackRecord

MOST_LEADS = 24
"""Steps ahead that get a row of their own; with more, only some are shown."""


def track_report(record: "TrackRecord") -> Group:
    """Show a track record: a row for each step ahead, one for all, and what to think of it.

    Parameters
    ----------
    record : TrackRecord

    Returns
    -------
    rich renderable
    """
    table = NumberTable(box=SIMPLE_HEAD)
    heads = ["values", f"MASE (m={record.subject.season})", "promised", "WAPE", "bias"]
    levels = list(record.overall.coverage)
    table.add_column("steps ahead", justify="right", no_wrap=True)
    for head in [*heads, *(f"in {level} %" for level in levels)]:
        table.add_column(head, justify="right", no_wrap=True)
    shown = list(record.leads)
    shown = shown[:: -(-len(shown) // MOST_LEADS)] if shown else []
    for step in shown:
        table.add_row(str(step), *_cells(record.leads[step]))
    table.add_row("all", *_cells(record.overall))
    lines = [counts(record), backtest(record), verdict(record)]
    return Group(table, *(Text(line) for line in lines if line))


def counts(record: "TrackRecord") -> str:
    """Say how much was scored."""
    cutoffs, values = counted(record.cutoffs, "cutoff"), counted(record.overall.values, "value")
    text = f"{record.series:,} series, {cutoffs}, {values}"
    if record.open:
        text += f"; {counted(record.open, 'forecast')} without an actual value yet"
    if others := ", ".join(record.subject.others):
        text += f"; forecasts of {record.subject.model}, not those of {others}, see --of"
    return text


def backtest(record: "TrackRecord") -> str:
    """Say what the backtest of the model promised; empty where it said nothing."""
    promise = record.subject.promise
    parts = [f"MASE {promise['mase']:.3f}"] if "mase" in promise else []
    parts += [
        f"{share:.0%} in {name.removeprefix('coverage-')} %"
        for name, share in promise.items()
        if name.startswith("coverage-")
    ]
    return f"the backtest of {record.subject.model} promised {', '.join(parts)}" if parts else ""


def verdict(record: "TrackRecord") -> str:
    """Say in one sentence whether there is drift.

    Parameters
    ----------
    record : TrackRecord

    Returns
    -------
    str
    """
    drift = record.drift
    if not drift.is_tested:
        return "Too few values for a test of drift."
    beside = (
        f"errors are {abs(drift.excess):.0%} {'above' if drift.excess > 0 else 'below'} the"
        f" promised ones over the last {drift.times:,} times, p = {drift.pvalue:.2g}"
    )
    if drift.is_drift:
        return f"Drift: {beside}: train again, or find out what has changed."
    return f"No drift: {beside}."


def _cells(scores: "LiveScores") -> list[str]:
    return [
        f"{scores.values:,}",
        _number(scores.mase, ".3f"),
        _number(scores.promised_mase, ".3f"),
        _number(scores.wape, ".2%"),
        _number(scores.bias, "+.2%"),
        *(_number(share, ".0%") for share in scores.coverage.values()),
    ]


def _number(value: float, form: str) -> str:
    return f"{value:{form}}" if math.isfinite(value) else "-"
