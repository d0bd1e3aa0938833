"""Draw a picture with characters, for a terminal.

Lines are dots of Braille where a stream can carry them, else plain ASCII. Colours help,
but without them different characters tell things apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import plotext
from numpy.typing import NDArray

from forecast.charts.downsample import downsample
from forecast.charts.limits import drawable, limits
from forecast.charts.picture import Band, Facet, Line, Marks, Picture, X
from forecast.charts.ticks import date_ticks, number_labels, number_ticks
from forecast.finding import Severity
from forecast.timeline.zones import find_zone

Array = NDArray[np.float64]

MOST_FACETS = 3
"""Facets on a terminal; a file holds more."""

_TALL, _SHORT = 16, 11  # rows of a single facet, and of one of several
_NARROWEST, _ROWS_PER_TICK, _COLUMNS_PER_NUMBER = 40, 3, 9
_DOTS, _EPOCH, _DAY = "braille", datetime(1970, 1, 1, tzinfo=UTC), 86_400
_LINES = "*#+xo%@&"  # the first for what was observed, then one for each model
_BANDS = {True: "░▒▓", False: ".:="}  # in Unicode and in ASCII, the widest first
_MARKS = "ox+^v%&@"
_OBSERVED, _MODELS = 245, (32, 208, 36, 175)  # of 256 colours, those nearest to the files'
_SEVERITIES: dict[Severity, int] = {"note": 32, "warning": 175, "error": 202}
_ASCII = str.maketrans("│─┤┬└┼┴−…", "|-+++++-.")


@dataclass(frozen=True)
class Screen:
    """What characters are drawn on.

    Attributes
    ----------
    width : int
        Columns.
    is_unicode : bool
        Whether it shows more than ASCII.
    is_coloured : bool
    """

    width: int = 80
    is_unicode: bool = True
    is_coloured: bool = False


@dataclass(frozen=True)
class _Look:
    """A character, or the name of dots, and a colour of the 256."""

    symbol: str
    colour: int

    @property
    def marker(self) -> object:
        return plotext.marker(self.symbol, plotext.pixel(self.colour))

    def sample(self, screen: Screen) -> str:
        """Show it in a legend."""
        text = "⠤⠤" if self.symbol == _DOTS else self.symbol
        return f"\x1b[38;5;{self.colour}m{text}\x1b[0m" if screen.is_coloured else text


def as_characters(picture: Picture, screen: Screen) -> str:
    """Draw a picture with characters.

    Parameters
    ----------
    picture : Picture
    screen : Screen

    Returns
    -------
    str
        Lines no longer than the screen is wide, if that is forty columns or more.
    """
    looks = _looks(picture, screen)
    width = max(screen.width, _NARROWEST)
    height = _TALL if len(picture.all_facets) == 1 else _SHORT
    facets = list(picture.facets[:MOST_FACETS])
    rest = len(picture.facets) - len(facets)
    told = picture.subtitle(len(facets))
    lines = [picture.title[:width], told[:width], *_legend(looks, screen, width)]
    for facet in facets if picture.below is None else [*facets, picture.below]:
        drawn = _draw(facet, looks, (width, height)).build()
        lines += ["", *([facet.title[:width]] if facet.title else [])]
        lines += drawn.string(colorless=not screen.is_coloured).splitlines()
    if rest:
        lines.append(f"and {rest} more: --plot FILE.png shows them")
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    return text if screen.is_unicode else text.translate(_ASCII)


def _looks(picture: Picture, screen: Screen) -> dict[str, _Look]:
    """Choose a look for each name: different characters where colours cannot tell apart."""
    facets = picture.all_facets
    lines = {one.name: one.model for facet in facets for one in facet.lines}
    dots = screen.is_unicode and (screen.is_coloured or len(lines) <= 2)
    looks = {}
    for name, model in lines.items():
        place = 0 if model is None else 1 + model
        colour = _OBSERVED if model is None else _MODELS[model % len(_MODELS)]
        looks[name] = _Look(_DOTS if dots else _LINES[place % len(_LINES)], colour)
    shades = _BANDS[screen.is_unicode]
    for rank, band in enumerate(picture.facets[0].bands):
        looks[band.name] = _Look(shades[min(rank, len(shades) - 1)], _MODELS[0])
    marks = {one.name: one.severity for facet in facets for one in facet.marks}
    for place, (name, severity) in enumerate(marks.items()):
        looks[name] = _Look(_MARKS[place % len(_MARKS)], _SEVERITIES[severity])
    return looks


def _legend(looks: dict[str, _Look], screen: Screen, width: int) -> Iterator[str]:
    """Name what is drawn, in lines that fit."""
    line, room = "", width
    for name, look in looks.items():
        need = len(name) + 5
        if line and need > room:
            yield line
            line, room = "", width
        line += f"{look.sample(screen)} {name}   "
        room -= need
    yield line


def _draw(facet: Facet, looks: dict[str, _Look], size: tuple[int, int]) -> "plotext.figure":
    plotext.terminal.limit(False)  # the width was asked for
    figure = plotext.figure
    figure.clear()
    figure.theme("simple")
    figure.plot_size(*size)
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    low, high = limits(facet)
    for band in facet.bands:
        _fill(figure, band, looks[band.name], size[0])
    for line in facet.lines:
        _trace(figure, line, looks[line.name], size[0])
    for marks in facet.marks:
        _mark(figure, marks, looks[marks.name], low)
    y, x = figure.ruler("y", "left"), figure.ruler("x", "lower")
    y.lim(low, high)
    heights = number_ticks(low, high, max(size[1] // _ROWS_PER_TICK, 2))
    labels = number_labels(heights)
    y.ticks(heights, labels)
    places = np.concatenate([_places(one.x) for one in facet.lines])
    left, right = float(places.min()), float(places.max())
    if left == right:
        room = _DAY / 2 if facet.has_dates else 0.5
        left, right = left - room, right + room
    x.lim(left, right)
    room = size[0] - max(map(len, labels), default=0) - 1
    x.ticks(*_x_ticks(facet, (left, right), room))
    return figure


def _x_ticks(facet: Facet, ends: tuple[float, float], room: int) -> tuple[list[float], list[str]]:
    if not facet.has_dates:
        found = number_ticks(*ends, max(room // _COLUMNS_PER_NUMBER, 1), least=1.0)
        return found, [f"{one:.0f}" for one in found]
    zone = find_zone(facet.zone) if facet.zone else UTC
    first, last = ((_EPOCH + timedelta(seconds=one)).astimezone(zone) for one in ends)
    first, last = first.replace(tzinfo=None), last.replace(tzinfo=None)
    ticks = date_ticks(first, last, room, below=" ")
    return [at.replace(tzinfo=zone).timestamp() for at, _ in ticks], [one for _, one in ticks]


def _trace(figure: "plotext.figure", line: Line, look: _Look, width: int) -> None:
    """Draw a line, open where values are missing."""
    kept = downsample(line.y, 8 * width)
    x, y = _places(line.x[kept]), drawable(line.y[kept])
    seen = ~np.isnan(y)
    parts = np.split(np.arange(len(y)), np.flatnonzero(np.diff(seen)) + 1)
    for rows in parts:
        if len(rows) and seen[rows[0]]:
            signal = figure.signal(x[rows].tolist(), y[rows].tolist(), marker=look.marker)
            figure.draw(signal.lines())


def _fill(figure: "plotext.figure", band: Band, look: _Look, width: int) -> None:
    """Fill an interval, column by column."""
    known = np.isfinite(band.low) & np.isfinite(band.high)
    if not known.any():
        return
    x = _places(band.x[known])
    dense = np.linspace(x[0], x[-1], 2 * width)
    low, high = (
        np.interp(dense, x, drawable(one)).tolist() for one in (band.low[known], band.high[known])
    )
    bottom = figure.signal(dense.tolist(), low, marker=look.marker)
    figure.draw(figure.signal(dense.tolist(), high, marker=look.marker).fill(bottom))


def _mark(figure: "plotext.figure", marks: Marks, look: _Look, low: float) -> None:
    y = np.where(np.isnan(marks.y), low, drawable(marks.y))
    figure.draw(figure.signal(_places(marks.x).tolist(), y.tolist(), marker=look.marker))


def _places(x: X) -> Array:
    """Give places on the x axis as numbers: seconds since 1970, or as they are."""
    if x.dtype.kind == "M":
        return np.asarray(x.astype("M8[us]").astype(np.int64) / 1e6)
    return np.asarray(x, dtype=np.float64)
