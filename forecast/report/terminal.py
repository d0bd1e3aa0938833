"""Tables for the terminal: forecasts and the model card, and what all tables share."""

import math
from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import (
    Console,
    ConsoleOptions,
    Group,
    JustifyMethod,
    RenderableType,
    RenderResult,
)
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from forecast.finding import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ROWS = 60
"""Forecast rows shown; files hold all of them."""

PLAIN_WIDTH = 200
"""Columns of a table that no terminal bounds."""

NARROWEST = 10
"""Columns of a terminal that names are folded into where the numbers beside them need the rest."""

LARGE = 1e9
"""From here on a number is short and rough: its digits say nothing."""

SMALL, MOST_DECIMALS = 1e-6, 8
"""Decimals of a number at most, and below which it needs an exponent where it has so many."""

_DIGITS = 4
_UNBOUNDED = 100_000  # columns


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
        console.print(renderable, crop=False)
    text = captured.get()
    return text if personal else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


class NumberTable(Table):
    """A table whose numbers are whole: one that is cut, as 12,9…, may be any.

    Columns that may wrap are folded where the terminal is narrow; if that is not enough, lines
    run over its edge.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it as wide as it has to be."""
        unbounded = options.update_width(_UNBOUNDED)
        width = Measurement.get(console, unbounded, self).maximum
        for column in self.columns:
            if not column.no_wrap:
                cells = [Measurement.get(console, unbounded, one).maximum for one in column.cells]
                width -= max(0, max(cells, default=0) - NARROWEST)
        width = max(width, options.max_width)
        yield from super().__rich_console__(console, options.update_width(width))


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
    table = NumberTable(box=SIMPLE_HEAD, title=Text(f"{forecast['model'][0]} forecast"))
    columns: list[list[str]] = []
    for name, values in forecast.items():
        if name == "model" or (name == "source" and not fallen):
            continue
        numeric = values.dtype.kind == "f"
        decimals = decimals_of(float(abs(values).max())) if numeric else 0
        shown = values[:MOST_ROWS].tolist()
        columns.append([f"{v:,.{decimals}f}" if numeric else str(v) for v in shown])
        justify: JustifyMethod = "right" if numeric else "left"
        table.add_column(Text(name), justify=justify, no_wrap=numeric, overflow="fold")
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    rest = rows - min(rows, MOST_ROWS)
    more = [Text(f"and {counted(rest, 'more row')}: -o FILE writes all of them")] if rest else []
    return Group(table, *more)


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


def decimals_of(largest: float) -> int:
    """Give the decimals that leave about four digits that mean something.

    Parameters
    ----------
    largest : float

    Returns
    -------
    int
    """
    if not math.isfinite(largest) or largest <= 0:
        return 2
    return min(max(0, _DIGITS - 1 - math.floor(math.log10(largest))), MOST_DECIMALS)


def number(value: float, form: str) -> str:
    """Write a number, or a dash where it is undefined.

    Parameters
    ----------
    value : float
    form : str
        Format specification, for example ".2f".

    Returns
    -------
    str
        With an exponent where it is huge, or where all decimals would be zeros.

    Examples
    --------
    >>> number(1e300, ",.0f"), number(1.5e-30, ",.8f"), number(1.5, ",.8f")
    ('1e+300', '1.5e-30', '1.50000000')
    """
    is_tiny = form.endswith(f".{MOST_DECIMALS}f") and 0 < abs(value) < SMALL
    if is_tiny or (abs(value) >= LARGE and math.isfinite(value)):
        return f"{value:.3g}"
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
