"""The picture of an explanation: what moved a forecast, what it is made of, what is recalled.

Panels that share the time axis stand below each other: the series, the slopes of every
step by every value, and what leaving values out changes. Below them stand those of
``forecast.charts.inside``.
"""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from forecast.charts.axes import places, quieten, write_dates, write_heights
from forecast.charts.figure import Kind, saved, settings
from forecast.charts.inside import (
    draw_bars,
    draw_components,
    draw_map,
    draw_memory,
    draw_parts,
    draw_trust,
    write_title,
)
from forecast.charts.palette import LIGHT, Theme
from forecast.charts.picture import clean
from forecast.finding import counted
from forecast.timeline.zones import zone_of

if TYPE_CHECKING:
    from forecast.explain.explanation import Explanation

WIDTH = 11.0
"""Inches."""

_HEIGHTS = (2.3, 2.1, 1.5, 2.8, 2.9)  # of the rows of panels
_HEAD = 0.72
_TITLE_POINTS, _POINTS, _LABEL_POINTS = 13.0, 9.5, 8.5
_DPI = 160
_MARKED = 5  # values that are circled


def render_explanation(
    explanation: "Explanation", kind: Kind = "png", theme: Theme = LIGHT
) -> bytes:
    """Draw the picture of an explanation to the bytes of a file.

    Parameters
    ----------
    explanation : Explanation
    kind : {"png", "svg", "pdf"}
    theme : Theme

    Returns
    -------
    bytes
        The same for the same explanation.
    """
    with settings(theme):
        return saved(draw_explanation(explanation, theme), kind)


def draw_explanation(explanation: "Explanation", theme: Theme) -> Figure:
    """Lay the picture of an explanation out.

    Parameters
    ----------
    explanation : Explanation
    theme : Theme

    Returns
    -------
    matplotlib.figure.Figure
        Without a window, and unknown to pyplot.
    """
    e, height = explanation, sum(_HEIGHTS) + _HEAD
    layout = ConstrainedLayoutEngine(
        rect=(0.012, 0.008, 0.976, 1 - _HEAD / height),
        w_pad=0.06,
        h_pad=0.07,
        wspace=0.03,
        hspace=0.02,
    )
    figure = Figure(figsize=(WIDTH, height), dpi=_DPI, layout=layout)
    _write_head(figure, e, theme)
    rows = figure.add_gridspec(len(_HEIGHTS), 1, height_ratios=_HEIGHTS)
    top = figure.add_subplot(rows[0])
    slopes, left_out = (figure.add_subplot(rows[row], sharex=top) for row in (1, 2))
    _draw_series(top, e, theme)
    _draw_slopes(slopes, e, theme)
    _draw_left_out(left_out, e, theme)
    for axes in (top, slopes):
        axes.tick_params(axis="x", labelbottom=False)
    two, three = rows[3].subgridspec(1, 2, width_ratios=(2, 1)), rows[4].subgridspec(1, 3)
    draw_parts(figure.add_subplot(two[0]), e, theme)
    draw_trust(figure.add_subplot(two[1]), e, theme)
    draw_map(figure.add_subplot(three[0]), e.states, theme)
    draw_components(figure.add_subplot(three[1]), e, theme)
    draw_memory(figure.add_subplot(three[2]), e.memory, theme)
    return figure


def _write_head(figure: Figure, e: "Explanation", theme: Theme) -> None:
    height = float(figure.get_size_inches()[1])
    networks = e.voices[0].name if len(e.voices) == 1 else f"{len(e.voices)} networks together"
    times = e.times(e.timestamps)
    ahead = f"{counted(len(times), 'step')} ahead, {times[0]} to {times[-1]}"
    words = f"{e.model} ({networks}), {ahead if len(times) > 1 else f'one step ahead, {times[0]}'}"
    title = f"Why {clean(e.name, 60)} is forecast as it is"
    figure.set_label(title)
    left, top = 0.015, 1 - 0.14 / height
    figure.text(left, top, title, size=_TITLE_POINTS, weight="bold", ha="left", va="top")
    top -= 0.3 / height
    figure.text(left, top, words, size=_POINTS, color=theme.faint, ha="left", va="top")


def _draw_series(axes: Axes, e: "Explanation", theme: Theme) -> None:
    """What was read, the forecast, and circles around what it depends on most."""
    lags = e.lags
    past = places(lags.timestamps)
    ahead = places(np.concatenate([lags.timestamps[:1], e.timestamps]))
    low, high, median = (np.append(lags.values[0], one) for one in (e.low, e.high, e.forecast))
    axes.fill_between(ahead, low, high, color=theme.band(0, 1), linewidth=0)
    axes.plot(past, lags.values, color=theme.history, linewidth=1.3, zorder=2)
    axes.plot(ahead, median, color=theme.forecast, linewidth=1.6, zorder=2)
    share = lags.influence.mean(0)
    marked = np.argsort(-share, kind="stable")[:_MARKED]
    marked = marked[share[marked] > 0]
    axes.scatter(
        past[marked],
        lags.values[marked],
        s=40 + 700 * share[marked],
        facecolors="none",
        edgecolors=theme.models[1],
        linewidths=1.4,
        zorder=3,
    )
    room = 0.01 * float(ahead[-1] - past[-1]) or 0.5
    axes.set_xlim(float(past[-1]) - room, float(ahead[-1]) + room)
    write_title(
        axes,
        "What was read, and the forecast with its 80 % interval",
        "circles: values that it depends on most",
        theme,
    )
    quieten(axes, theme)
    write_heights(axes, _HEIGHTS[0])


def _draw_slopes(axes: Axes, e: "Explanation", theme: Theme) -> None:
    """The slope of every step by every value; its root, so that small ones are seen, too."""
    gradient = e.lags.gradient
    shown = np.sign(gradient) * np.sqrt(np.abs(gradient))
    most = float(np.abs(shown).max()) or 1.0
    colours = (theme.models[1], theme.background, theme.forecast)
    past, half = places(e.lags.timestamps), _half_a_step(e)
    axes.imshow(
        shown[:, ::-1],
        cmap=LinearSegmentedColormap.from_list("slopes", colours),
        vmin=-most,
        vmax=most,
        aspect="auto",
        interpolation="nearest",
        extent=(float(past[-1]) - half, float(past[0]) + half, len(shown) + 0.5, 0.5),
    )
    blue = f"blue: one more raises it, by up to {max(gradient.max(), 0):.3g}"
    orange = f"orange: lowers it, by up to {max(-gradient.min(), 0):.3g}"
    write_title(axes, "How each value moves each step of the forecast", f"{blue}; {orange}", theme)
    axes.set_ylabel("steps ahead", fontsize=_LABEL_POINTS)
    quieten(axes, theme)
    axes.grid(False)
    axes.set_yticks(sorted({1, (len(shown) + 1) // 2, len(shown)}))


def _draw_left_out(axes: Axes, e: "Explanation", theme: Theme) -> None:
    """How far the forecast would move without a value, and without a segment of them."""
    lags, past, width = e.lags, places(e.lags.timestamps), 2 * _half_a_step(e)
    if lags.segment > 1:
        segments = np.abs(np.nan_to_num(lags.masked_segments)).mean(0)
        of_lag = segments[(lags.lag - 1) // lags.segment]
        draw_bars(axes, past, 0 * past, of_lag, width=width, colour=theme.band(0, 1))
    singly = np.abs(np.nan_to_num(lags.masked)).mean(0)
    draw_bars(axes, past, 0 * past, singly, width=0.75 * width, colour=theme.forecast)
    axes.set_ylim(bottom=0)
    beside = "mean over the steps"
    if lags.segment > 1:
        beside = f"{beside}; pale: without all {lags.segment} values of a segment"
    write_title(axes, "How far the forecast would move without a value", beside, theme)
    quieten(axes, theme)
    write_heights(axes, _HEIGHTS[2])
    if e.timestamps.dtype.kind == "M":
        write_dates(axes, zone_of(e.columns.time_format), WIDTH)


def _half_a_step(e: "Explanation") -> float:
    """Half of what lies between two times, as they are placed on the axis."""
    both = np.concatenate([places(e.timestamps)[::-1], places(e.lags.timestamps)])
    return float(np.median(-np.diff(both))) / 2
