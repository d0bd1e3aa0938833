"""Tables for the terminal: forecasts, comparisons and the model card."""

import math
from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecast.comparison import Comparison

MOST_ROWS = 60
"""Forecast rows shown; files hold all of them."""

MOST_ORDERS = 5
"""ARIMA orders shown."""

PLAIN_WIDTH = 200
"""Columns of a table that no terminal bounds."""

_DIGITS = 4


def as_text(renderable: RenderableType, stream: TextIO | None) -> str:
    """Draw a table with what a stream can show: its width, colours and characters.

    Parameters
    ----------
    renderable : rich renderable
    stream : text stream or None
        A file where None: wide and plain.

    Returns
    -------
    str
    """
    personal = stream is not None and stream.isatty()
    console = Console(file=stream or StringIO(), width=None if personal else PLAIN_WIDTH)
    with console.capture() as captured:
        console.print(renderable)
    text = captured.get()
    return text if personal else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def forecast_table(forecast: Mapping[str, "NDArray[Any]"]) -> Group:
    """Show a forecast as a table.

    Parameters
    ----------
    forecast : mapping of str to ndarray
        Columns as laid out by ``forecast.write.forecast_columns``.

    Returns
    -------
    rich renderable
    """
    rows, fallen = len(forecast["model"]), (forecast["source"] != forecast["model"]).any()
    table = Table(box=SIMPLE_HEAD, title=Text(f"{forecast['model'][0]} forecast"))
    columns: list[list[str]] = []
    for name, values in forecast.items():
        if name == "model" or (name == "source" and not fallen):
            continue
        numeric = values.dtype.kind == "f"
        decimals = _decimals(float(abs(values).max())) if numeric else 0
        shown = values[:MOST_ROWS].tolist()
        columns.append([f"{v:,.{decimals}f}" if numeric else str(v) for v in shown])
        table.add_column(Text(name), justify="right" if numeric else "left", no_wrap=True)
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    rest = rows - min(rows, MOST_ROWS)
    more = [Text(f"and {rest:,} more rows: -o FILE writes all of them")] if rest else []
    return Group(table, *more)


def comparison_report(comparison: "Comparison", orders: Mapping[str, str]) -> Group:
    """Show scores, tests and the verdict.

    Parameters
    ----------
    comparison : Comparison
    orders : mapping of str to str
        ARIMA order of each series.

    Returns
    -------
    rich renderable
    """
    levels = list(comparison.scores[0].coverage)
    table = Table(box=SIMPLE_HEAD)
    table.add_column("model", no_wrap=True)
    heads = [f"MASE (m={comparison.season})", "WAPE", "sMAPE", "RMSE", "wQL"]
    for head in [*heads, *(f"in {level} %" for level in levels), "seconds"]:
        table.add_column(head, justify="right", no_wrap=True)
    decimals = _decimals(max((s.rmse for s in comparison.scores if s.rmse == s.rmse), default=0))
    for one in comparison.scores:
        table.add_row(
            Text(one.model),
            _number(one.mase, ".3f"),
            _number(one.wape, ".2%"),
            _number(one.smape, ".2f"),
            _number(one.rmse, f",.{decimals}f"),
            _number(one.quantile_loss, ".4f"),
            *(_number(one.coverage[level], ".0%") for level in levels),
            _number(one.seconds, ",.1f"),
        )
    lines = [*_skills(comparison), _orders(orders), _counts(comparison), comparison.verdict]
    return Group(table, *(Text(line) for line in lines if line))


def model_card(card: Mapping[str, Any]) -> Table:
    """Show what is known about a model.

    Parameters
    ----------
    card : mapping
        As given by ``forecast.report.describe.summarise``.

    Returns
    -------
    rich renderable
    """
    table = Table(box=SIMPLE_HEAD, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, value in card.items():
        table.add_row(Text(name.replace("_", " ")), Text(_plain(value)))
    return table


def _skills(comparison: "Comparison") -> list[str]:
    return [
        f"{comparison.reference} against {one.baseline}: skill {_number(one.percent, '.1f')} %,"
        f" {one.test} p = {_number(one.pvalue, '.3g')}"
        for one in comparison.skills
    ]


def _orders(orders: Mapping[str, str]) -> str:
    if not orders:
        return ""
    shown = [f"{name} {order}" for name, order in list(orders.items())[:MOST_ORDERS]]
    rest = len(orders) - len(shown)
    return f"ARIMA orders: {'; '.join(shown)}" + (f"; and {rest:,} more" if rest else "")


def _counts(comparison: "Comparison") -> str:
    text = (
        f"{comparison.series:,} series, {comparison.forecasts:,} forecasts,"
        f" {comparison.points:,} values"
    )
    if comparison.missing:
        text += f"; {comparison.missing:,} missing values left out"
    if comparison.unscaled:
        text += f"; {comparison.unscaled:,} series without a scale left out of MASE"
    fallbacks = [f"{one.model} {one.fallbacks:,}" for one in comparison.scores if one.fallbacks]
    return text + (f"; made by a fallback: {', '.join(fallbacks)}" if fallbacks else "")


def _decimals(largest: float) -> int:
    """Decimals that leave about four digits that mean something."""
    if not math.isfinite(largest) or largest <= 0:
        return 2
    return min(max(0, _DIGITS - 1 - math.floor(math.log10(largest))), 8)


def _number(value: float, form: str) -> str:
    return f"{value:{form}}" if math.isfinite(value) else "-"


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items() if v is not None)
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else "-" if value is None else str(value)
