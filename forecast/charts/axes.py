"""One pair of axes: bands, lines and marks, a quiet grid, and dates that can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import date2num, num2date
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from forecast.charts.downsample import downsample
from forecast.charts.limits import drawable, limits
from forecast.charts.palette import Theme, mixed
from forecast.charts.picture import Facet, Line, Marks, Picture, X, clean
from forecast.charts.ticks import date_ticks, number_labels, number_ticks
from forecast.timeline.zones import find_zone

Array = NDArray[np.float64]

_POINTS = 640  # of a line, for each inch of width
_BINS = 100  # marks told apart, for each inch of width
_NUMBER_ROOM, _HEIGHT_ROOM = 0.6, 0.65  # inches between numbers along the axes
_CHARACTER, _BOLD = 0.08, 0.095  # inches of a character, in dates and in titles
_AXIS = 0.88  # share of the width without words
_DENSE, _THIN = 100, 0.7  # points in an inch of a line, from which it is thin, and how thin
_SHAPES, _ABSENT = "os^Dv<>Ph8", "|"  # of values, and of what is missing
_STRENGTHS = (1.0, 0.55, 0.3)  # of the colours of what is missing, one for each kind
_LABEL_POINTS, _TITLE_POINTS = 8.5, 9.5
_POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Look:
    """How large and in which colours axes are drawn.

    Attributes
    ----------
    theme : Theme
    width, height : float
        In inches, with the room for words.
    marks : mapping of str to dict
        How those of each name look, see `mark_styles`.
    """

    theme: Theme
    width: float
    height: float
    marks: Mapping[str, dict[str, Any]] = field(default_factory=dict)


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
        x, bounds = places(band.x), (drawable(band.low), drawable(band.high))
        axes.fill_between(x, *bounds, color=colour, linewidth=0, zorder=0.3 + rank / 100)
    for cutoff in facet.cutoffs:
        at = float(places(np.array([cutoff]))[0])
        axes.axvline(at, color=theme.faint, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    for line in facet.lines:
        _draw_line(axes, line, look)
    axes.set_xlim(*_ends(facet))
    for marks in facet.marks:
        _draw_marks(axes, marks, (low, _step(facet)), look)
    axes.set_ylim(low, high)
    title = clean(facet.title, int(_AXIS * look.width / _BOLD))
    axes.set_title(title, loc="left", fontsize=_TITLE_POINTS, fontweight="bold")
    _draw_grid(axes, facet, look)


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
    for name, style in mark_styles(picture, theme).items():
        entries[name] = Line2D([], [], **style)
    return list(entries.items()) if len(entries) > 1 else []


def mark_styles(picture: Picture, theme: Theme) -> dict[str, dict[str, Any]]:
    """Give all marks of a picture their looks: the colour says how severe, the shape what.

    Parameters
    ----------
    picture : Picture
    theme : Theme

    Returns
    -------
    dict of str to dict
        Settings of a line by name. What is missing everywhere has strokes, which
        become a bar where they stand side by side.
    """
    found: dict[str, list[Marks]] = {}
    for marks in (one for facet in picture.all_facets for one in facet.marks):
        found.setdefault(marks.name, []).append(marks)
    styles: dict[str, dict[str, Any]] = {}
    shapes, strengths = cycle(_SHAPES), cycle(_STRENGTHS)
    for name, parts in found.items():
        colour = theme.findings[parts[0].severity]
        is_absent = all(np.isnan(one.y).all() for one in parts)
        if is_absent:
            colour = mixed(colour, theme.background, next(strengths))
        styles[name] = {
            "linestyle": "none",
            "marker": _ABSENT if is_absent else next(shapes),
            "markersize": 8.0 if is_absent else 5.5,
            "markerfacecolor": "none",
            "markeredgecolor": colour,
            "markeredgewidth": 1.6,
        }
    return styles


def _draw_line(axes: Axes, line: Line, look: Look) -> None:
    kept = downsample(line.y, max(int(_POINTS * look.width), 4))
    x, y = places(line.x[kept]), drawable(line.y[kept])
    symbol = _symbol(line, look.theme)
    axes.add_line(symbol)
    symbol.set_data(x, y)
    if len(x) > _DENSE * look.width:
        symbol.set_linewidth(_THIN)
    seen = np.concatenate([[False], np.isfinite(y), [False]])
    alone = seen[1:-1] & ~seen[:-2] & ~seen[2:]
    if alone.any():
        axes.plot(x[alone], y[alone], ".", color=symbol.get_color(), markersize=4, label="_")


def _draw_marks(axes: Axes, marks: Marks, at: tuple[float, float], look: Look) -> None:
    """Mark values where they are, and what is missing at the bottom; no two in one place."""
    low, step = at
    x, heights = places(marks.x), np.where(np.isnan(marks.y), low, drawable(marks.y))
    left, right = axes.get_xlim()
    bins = np.round((x - left) / (right - left) * look.width * _BINS)
    rows = np.unique(np.stack([bins, heights]), axis=1, return_index=True)[1]
    style = look.marks[marks.name]
    if style["marker"] == _ABSENT:
        stroke = step / (right - left) * look.width * _POINTS_PER_INCH
        style = {**style, "markeredgewidth": max(style["markeredgewidth"], stroke)}
    axes.plot(x[rows], heights[rows], clip_on=False, zorder=4, **style)


def _step(facet: Facet) -> float:
    """Give the distance of neighbouring rows on the x axis."""
    x = places(facet.lines[0].x[:3])
    return float(np.diff(x).min()) if len(x) > 1 else 0.0


def _symbol(line: Line, theme: Theme) -> Line2D:
    if line.model is None:
        return Line2D([], [], color=theme.history, linewidth=1.3, zorder=2)
    colour, dashes = theme.model_style(line.model)
    over = 3 - line.model / 100  # the first model is the one in question
    width = 1.2 if line.model else 1.8
    symbol = Line2D([], [], color=colour, linewidth=width, zorder=over)
    if dashes:
        symbol.set_linestyle((0, dashes))
    return symbol


def _draw_grid(axes: Axes, facet: Facet, look: Look) -> None:
    quieten(axes, look.theme)
    write_heights(axes, look.height)
    if facet.has_dates:
        write_dates(axes, facet.zone, look.width)
    else:
        left, right = axes.get_xlim()
        most = max(2, min(10, round(look.width / _NUMBER_ROOM)))
        ticks = number_ticks(left, right, most, least=1.0)
        axes.set_xticks(ticks, [f"{one:.0f}" for one in ticks])


def quieten(axes: Axes, theme: Theme) -> None:
    """Leave lines across and nothing around.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    theme : Theme
    """
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=theme.rule, linewidth=0.7)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=_LABEL_POINTS)
    axes.tick_params(axis="x", length=3, color=theme.rule, labelsize=_LABEL_POINTS)


def write_heights(axes: Axes, height: float) -> None:
    """Write as many numbers as have room above each other.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    height : float
        In inches.
    """
    low, high = axes.get_ylim()
    heights = number_ticks(low, high, max(2, round(height / _HEIGHT_ROOM)))
    axes.set_yticks(heights, number_labels(heights))


def write_dates(axes: Axes, zone_name: str | None, width: float) -> None:
    """Write as many dates as have room beside each other.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    zone_name : str or None
        In which to show them.
    width : float
        In inches.
    """
    zone = find_zone(zone_name) if zone_name else UTC
    first, last = (num2date(one, zone).replace(tzinfo=None) for one in axes.get_xlim())
    found = date_ticks(first, last, int(_AXIS * width / _CHARACTER))
    below = any("\n" in label for _, label in found)  # one height for all
    labels = [one if "\n" in one or not below else f"{one}\n " for _, one in found]
    axes.set_xticks([float(date2num(at.replace(tzinfo=zone))) for at, _ in found], labels)


def _ends(facet: Facet) -> tuple[float, float]:
    """Give the ends of the x axis, with some room."""
    x = np.concatenate([places(one.x) for one in facet.lines])
    left, right = (float(x.min()), float(x.max())) if len(x) else (0.0, 1.0)
    room = 0.01 * (right - left) or 0.5
    return left - room, right + room


def places(x: X) -> Array:
    """Give places on the x axis as numbers: days of a calendar, or as they are.

    Parameters
    ----------
    x : ndarray of datetime64 or number

    Returns
    -------
    ndarray of float64
    """
    if x.dtype.kind == "M":
        return np.asarray(date2num(x.astype("M8[us]")), dtype=np.float64)
    return np.asarray(x, dtype=np.float64)
