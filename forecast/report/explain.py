"""An explanation on the terminal: sentences, then what the forecast is made of and moved by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from forecast.report.sparkline import sparkline
from forecast.report.terminal import NumberTable, decimals_of, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecast.explain.explanation import Explanation

MOST_STEPS = 4
"""Steps ahead that have a column: the first, the last, and some between."""

MOST_LAGS = 8
"""Past values that have a row: those with most influence on the steps shown."""


@dataclass(frozen=True)
class ExplanationReport:
    """An explanation, ready to be drawn.

    Attributes
    ----------
    explanation : Explanation
    """

    explanation: "Explanation"

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Draw it."""
        e = self.explanation
        for sentence in e.summary:
            yield Text(f"• {sentence}")
        shown = steps_shown(len(e.forecast))
        yield _parts(e, shown)
        yield _lags(e, shown)
        if len(e.voices) > 1:
            yield _voices(e, shown)
        yield _memory(e)


def steps_shown(horizon: int) -> list[int]:
    """Choose steps ahead, from 0: the first and the last, evenly spaced between.

    Parameters
    ----------
    horizon : int

    Returns
    -------
    list of int
    """
    return sorted(set(np.linspace(0, horizon - 1, MOST_STEPS).round().astype(int).tolist()))


def _parts(e: "Explanation", shown: list[int]) -> NumberTable:
    table = _table("What it is made of", e, shown)
    table.add_column("trusted", justify="right")
    form = _form(e.forecast)
    for part in e.parts:
        cells = [_signed(part.values[step], form, part.name == "level") for step in shown]
        trust = float(part.weight.mean())
        table.add_row(Text(part.name), *cells, Text("" if np.isnan(trust) else f"{trust:.0%}"))
    table.add_section()
    table.add_row("forecast", *(number(e.forecast[step], form) for step in shown), "")
    return table


def _lags(e: "Explanation", shown: list[int]) -> NumberTable:
    lags, influence = e.lags, e.lags.influence[shown]
    ranked = np.argsort(-influence.max(0), kind="stable")[:MOST_LAGS]
    ranked = np.sort(ranked[influence[:, ranked].max(0) > 0])
    table = _table("Change for each unit that a value is higher", e, shown)
    table.columns[0].header = "value of"
    for title in ("back", "value"):
        table.add_column(title, justify="right", no_wrap=True)
    form, values = _form(lags.gradient[shown]), _form(lags.values)
    times = e.times(lags.timestamps)
    for place in ranked.tolist():
        cells = [_signed(lags.gradient[step, place], form) for step in shown]
        back, value = str(lags.lag[place]), number(lags.values[place], values)
        table.add_row(Text(times[place]), *cells, Text(back), Text(value))
    return table


def _voices(e: "Explanation", shown: list[int]) -> NumberTable:
    table = _table("Networks that forecast together", e, shown)
    table.add_column("share", justify="right")
    form = _form(e.forecast)
    for one in e.voices:
        cells = [Text(number(one.forecast[step], form)) for step in shown]
        table.add_row(Text(one.name), *cells, Text(f"{one.share:.0%}"))
    return table


def _memory(e: "Explanation") -> NumberTable:
    table = NumberTable(
        box=SIMPLE_HEAD, title="How far back the state is felt", title_justify="left"
    )
    table.add_column("gradient of", no_wrap=True)
    table.add_column("one step back", justify="right")
    table.add_column("each further", justify="right")
    table.add_column("half in", justify="right")
    table.add_column("all the way", justify="right")
    table.add_column("back from now", no_wrap=True)
    table.add_column("")
    for one in e.memory:
        half = f"{one.half_life:,.0f}" if np.isfinite(one.half_life) else "-"
        cells = (
            one.cell if one.shipped else f"{one.cell} trained here",
            f"{one.norms[1]:.0%}" if len(one.norms) > 1 else "-",
            f"x {one.rate:.2f}" if one.rate == one.rate else "-",
            half,
            f"{one.norms[-1]:.1%} at {(len(one.norms) - 1) * one.steps:,}",
            sparkline([None if np.isnan(norm) else norm for norm in one.norms.tolist()], 0.0),
            one.verdict or "",
        )
        table.add_row(*map(Text, cells))
    return table


def _table(title: str, e: "Explanation", shown: list[int]) -> NumberTable:
    """Begin a table with a column for each of some steps ahead."""
    table = NumberTable(box=SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    for time in e.times(e.timestamps[shown]):
        table.add_column(Text(time), justify="right", no_wrap=True)
    return table


def _signed(value: float, form: str, plain: bool = False) -> Text:
    return Text(number(value, form if plain else f"+{form}"))


def _form(values: "NDArray[np.float64]") -> str:
    return f",.{decimals_of(float(np.nanmax(np.abs(values), initial=0)))}f"
