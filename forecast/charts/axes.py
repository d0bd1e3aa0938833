"""One pair of axes: bands, lines and marks, a quiet grid, and dates that can be read."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from forecast.charts.downsample import downsample
from forecast.charts.palette import Theme
from forecast.charts.picture import Facet, Line, Marks, Picture, X
from forecast.charts.ticks import date_labels, number_labels
from forecast.timeline.zones import find_zone

Array = NDArray[np.float64]

LARGEST = 1e150
"""Values beyond are drawn there, since their squares are no numbers."""

_POINTS = 640  # of a line, for each inch of width
_BINS = 50  # marks told apart, for each inch of width
_NUMBER_ROOM, _HEIGHT_ROOM = 0.6, 0.65  # inches between numbers along the axes
_MOST_DATES, _CHARACTER, _APART = 12, 0.075, 0.25  # inches of one character, and between dates
_SHAPES, _ABSENT = "os^Dv<>Ph8", "|x+1234"  # of values, and of what is missing
_LABEL_POINTS, _TITLE_POINTS = 8.5, 9.5


@dataclass(frozen=True)
class Look:
    """How large and in which colours axes are drawn.

    Attributes
    ----------
    theme : Theme
    width, height : float
        In inches, with the room for words.
    marks : tuple of str
        Names of all marks of the picture, whose order gives their shapes.
    """

    theme: Theme
    width: float
    height: float
    marks: tuple[str, ...] = ()


def draw_facet(axes: Axes, facet: Facet, look: Look) -> None:
    """Draw a facet on empty axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    facet : Facet
    look : Look
    """
    theme = look.theme
    low, high = limits(facet)
    for rank, band in enumerate(facet.bands):
        colour = theme.band(rank, len(facet.bands))
        x, bounds = _places(band.x), (_drawable(band.low), _drawable(band.high))
        axes.fill_between(x, *bounds, color=colour, linewidth=0, zorder=0.3 + rank / 100)
    for cutoff in facet.cutoffs:
        at = float(_places(np.array([cutoff]))[0])
        axes.axvline(at, color=theme.faint, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    for line in facet.lines:
        _draw_line(axes, line, look)
    axes.set_xlim(*_ends(facet))
    for marks in facet.marks:
        _draw_marks(axes, marks, low, look)
    axes.set_ylim(low, high)
    axes.set_title(facet.title, loc="left", fontsize=_TITLE_POINTS, fontweight="bold")
    axes.set_xlabel(facet.x_label, fontsize=_LABEL_POINTS, loc="left")
    _draw_grid(axes, facet, look)


def limits(facet: Facet) -> tuple[float, float]:
    """Choose the ends of the y axis.

    Parameters
    ----------
    facet : Facet

    Returns
    -------
    tuple of float
        With some room; from zero on where what is shown comes near it from above.
    """
    values = _drawable(np.concatenate([np.empty(0), *facet.shown]))
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.06 * (high - low)
    if low == high:
        room = 0.1 * abs(low) or 1.0
    near_zero = 0 <= low <= 0.25 * high
    return (0.0 if near_zero else low - room), high + room


def legend_entries(picture: Picture, theme: Theme) -> list[tuple[str, Artist]]:
    """Give the names of what is drawn with their symbols: lines, intervals, marks.

    Parameters
    ----------
    picture : Picture
    theme : Theme

    Returns
    -------
    list of tuple
        Empty where one line is all there is.
    """
    entries: dict[str, Artist] = {}
    facets = picture.all_facets
    for line in (one for facet in facets for one in facet.lines):
        entries.setdefault(line.name, _symbol(line, theme))
    bands = picture.facets[0].bands
    for rank in reversed(range(len(bands))):
        entries[bands[rank].name] = Patch(facecolor=theme.band(rank, len(bands)))
    names = mark_names(picture)
    for marks in (one for facet in facets for one in facet.marks):
        if marks.name not in entries:
            shape = _shape(marks, names, absent=bool(np.isnan(marks.y).all()))
            entries[marks.name] = Line2D(
                [], [], linestyle="none", **_mark_style(theme.findings[marks.severity], shape)
            )
    return list(entries.items()) if len(entries) > 1 else []


def mark_names(picture: Picture) -> tuple[str, ...]:
    """Name all marks of a picture once, in order."""
    marks = (one.name for facet in picture.all_facets for one in facet.marks)
    return tuple(dict.fromkeys(marks))


def _draw_line(axes: Axes, line: Line, look: Look) -> None:
    kept = downsample(line.y, max(int(_POINTS * look.width), 4))
    x, y = _places(line.x[kept]), _drawable(line.y[kept])
    symbol = _symbol(line, look.theme)
    axes.add_line(symbol)
    symbol.set_data(x, y)
    seen = np.concatenate([[False], np.isfinite(y), [False]])
    alone = seen[1:-1] & ~seen[:-2] & ~seen[2:]
    if alone.any():
        axes.plot(x[alone], y[alone], ".", color=symbol.get_color(), markersize=4, label="_")


def _draw_marks(axes: Axes, marks: Marks, low: float, look: Look) -> None:
    """Mark values where they are, and what is missing at the bottom; no two in one place."""
    colour = look.theme.findings[marks.severity]
    x, absent = _places(marks.x), np.isnan(marks.y)
    left, right = axes.get_xlim()
    bins = np.round((x - left) / (right - left) * look.width * _BINS)
    heights = np.where(absent, low, _drawable(marks.y))
    for is_absent in (True, False):
        rows = np.flatnonzero(absent == is_absent)
        if not len(rows):
            continue
        apart = np.unique(np.stack([bins[rows], heights[rows]]), axis=1, return_index=True)[1]
        rows = rows[apart]
        style = _mark_style(colour, _shape(marks, look.marks, absent=is_absent))
        axes.plot(x[rows], heights[rows], linestyle="none", clip_on=False, zorder=4, **style)


def _symbol(line: Line, theme: Theme) -> Line2D:
    if line.model is None:
        return Line2D([], [], color=theme.history, linewidth=1.3, zorder=2)
    colour, dashes = theme.model_style(line.model)
    over = 3 - line.model / 100  # the first model is the one in question
    symbol = Line2D([], [], color=colour, linewidth=1.5, zorder=over)
    if dashes:
        symbol.set_linestyle((0, dashes))
    return symbol


def _shape(marks: Marks, names: tuple[str, ...], *, absent: bool) -> str:
    """Choose a shape: one for each name, of few strokes where many stand side by side."""
    shapes = _ABSENT if absent else _SHAPES
    return shapes[names.index(marks.name) % len(shapes)]


def _mark_style(colour: str, shape: str) -> dict[str, Any]:
    return {
        "marker": shape,
        "markersize": 7.0 if shape in _ABSENT else 5.5,
        "markerfacecolor": "none",
        "markeredgecolor": colour,
        "markeredgewidth": 1.6,
    }


def _draw_grid(axes: Axes, facet: Facet, look: Look) -> None:
    theme = look.theme
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=theme.rule, linewidth=0.7)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=_LABEL_POINTS)
    axes.tick_params(axis="x", length=3, color=theme.rule, labelsize=_LABEL_POINTS)
    low, high = axes.get_ylim()
    most = max(2, round(look.height / _HEIGHT_ROOM))
    found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    heights = [float(one) for one in found if low <= one <= high]
    axes.set_yticks(heights, number_labels(heights))
    if facet.has_dates:
        _write_dates(axes, facet.zone, look.width)
    else:
        left, right = axes.get_xlim()
        most = max(2, min(10, round(look.width / _NUMBER_ROOM)))
        found = MaxNLocator(nbins=most, integer=True).tick_values(left, right)
        ticks = [float(one) for one in found if left <= one <= right]
        axes.set_xticks(ticks, [f"{one:.0f}" for one in ticks])


def _write_dates(axes: Axes, zone_name: str | None, width: float) -> None:
    """Choose as many dates as have room beside each other."""
    zone = find_zone(zone_name) if zone_name else UTC
    left, right = axes.get_xlim()
    ends = num2date(left, zone), num2date(right, zone)
    for most in range(_MOST_DATES, 2, -1):
        found = AutoDateLocator(tz=zone, minticks=most // 2, maxticks=most).tick_values(*ends)
        ticks = [float(one) for one in found if left <= one <= right]
        labels = date_labels([num2date(one, zone) for one in ticks])
        words = [len(line) for one in labels for line in one.split("\n")]
        if len(ticks) * (max(words, default=0) * _CHARACTER + _APART) <= width:
            break
    below = any("\n" in one for one in labels)  # one height for all
    labels = [one if "\n" in one or not below else f"{one}\n " for one in labels]
    axes.set_xticks(ticks, labels)


def _ends(facet: Facet) -> tuple[float, float]:
    """Give the ends of the x axis, with some room."""
    x = np.concatenate([_places(one.x) for one in facet.lines])
    left, right = (float(x.min()), float(x.max())) if len(x) else (0.0, 1.0)
    room = 0.01 * (right - left) or 0.5
    return left - room, right + room


def _places(x: X) -> Array:
    """Give places on the x axis as numbers: days of a calendar, or as they are."""
    if x.dtype.kind == "M":
        return np.asarray(date2num(x.astype("M8[us]")), dtype=np.float64)
    return np.asarray(x, dtype=np.float64)


def _drawable(values: Array) -> Array:
    return np.clip(values, -LARGEST, LARGEST)
