"""Panels of what goes on inside the networks: parts, gates, hidden states, gradients."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator
from numpy.typing import NDArray

from forecast.charts.axes import places, quieten, write_dates, write_heights
from forecast.charts.palette import Theme, mixed
from forecast.timeline.zones import zone_of

if TYPE_CHECKING:
    from forecast.explain.explanation import Explanation, Memory, StateMap

Array = NDArray[np.float64]

FAINTEST = 1e-4
"""Of a gradient: what is less is drawn there."""

_POINTS, _LABEL_POINTS = 9.5, 8.5
_BAR = 0.8  # steps
_WIDE, _NARROW = 96, 44  # characters that a legend has room for beside each other
_SAMPLE = 6  # characters that a bar or a line beside a name takes
_NAMED, _OTHERS = 4, "others"  # structural forecasts told apart, the most trusted, and the rest
_PALE = {"profile": 0.45, "adjusted season": 0.2}  # shares of the colour of seasons
_MOVED = {"shifted ": 0.5, "rising ": 0.75}  # bases moved to the newest values, or along a line
_HEIGHT, _WIDTH = 2.8, 3.6  # inches of a panel, about
_LEGEND_LINE = 0.12  # of the height of a panel
_TOLD = 0.005, 0.02  # shares of weights, and of what a panel shows, from which there is a legend


def draw_parts(axes: Axes, e: "Explanation", theme: Theme) -> None:
    """Stack what each part adds to the level, step by step ahead.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Empty.
    e : Explanation
    theme : Theme
    """
    ahead = np.arange(1.0, len(e.forecast) + 1)
    level = next(part.values for part in e.parts if part.name == "level")
    others = [part for part in e.parts if part.name != "level"]
    colours = [_colour(part.name, e, theme) for part in others]
    down, up = _stack(axes, level, colours, [part.values for part in others])
    least = _TOLD[1] * max((float(np.ptp(part.values)) for part in others), default=0.0)
    handles: list[Any] = [
        Patch(facecolor=colour, label=part.name)
        for part, colour in zip(others, colours, strict=True)
        if np.abs(part.values).max() > least
    ]
    edges = np.concatenate([[0.5], ahead + 0.5])
    dashed: dict[str, Any] = {"color": theme.ink, "linewidth": 1.0, "linestyle": (0, (2, 2))}
    axes.step(edges, [level[0], *level], where="pre", **dashed)
    dotted: dict[str, Any] = {"color": theme.ink, "linewidth": 1.2, "marker": "o", "markersize": 3}
    axes.plot(ahead, e.forecast, **dotted)
    handles += [Line2D([], [], label="level", **dashed), Line2D([], [], label="forecast", **dotted)]
    low, high = min(down.min(), e.forecast.min()), max(up.max(), e.forecast.max())
    room = (high - low) or abs(high) or 1.0
    columns = _columns(handles, _WIDE)
    lines = -(-len(handles) // columns)
    bottom = low - 0.05 * room
    axes.set_ylim(bottom, bottom + 1.1 * room / (1 - _LEGEND_LINE * lines))
    axes.legend(handles=handles, loc="upper left", ncols=columns)
    write_title(axes, "What each part adds to the level", "", theme)
    _finish_steps(axes, len(ahead), theme)


def draw_trust(axes: Axes, e: "Explanation", theme: Theme) -> None:
    """Stack the weights that the gates give to structural forecasts.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Empty.
    e : Explanation
    theme : Theme
    """
    steps = len(e.forecast)
    trusted = [part for part in e.parts if np.nan_to_num(part.weight).any()]
    trusted.sort(key=lambda part: -part.weight.mean())
    names = [part.name for part in trusted[:_NAMED]]
    weights = [100 * part.weight for part in trusted]
    if len(trusted) > _NAMED:
        names, weights = [*names, _OTHERS], [*weights[:_NAMED], np.sum(weights[_NAMED:], axis=0)]
    colours = [_colour(name, e, theme) for name in names]
    _stack(axes, np.zeros(steps), colours, weights)
    handles = [
        Patch(facecolor=colour, label=f"{name} {weight.mean():.0f}%")
        for name, weight, colour in zip(names, weights, colours, strict=True)
        if weight.mean() >= 100 * _TOLD[0]
    ]
    columns = _columns(handles, _NARROW)
    axes.set_ylim(0, 100 / (1 - _LEGEND_LINE * -(-len(handles) // columns)))
    write_title(axes, "What the gates trust", "% of the weight", theme)
    _finish_steps(axes, steps, theme)
    axes.set_yticks([0, 50, 100], ["0", "50", "100"])
    if handles:
        axes.legend(handles=handles, loc="upper left", ncols=columns)
    else:
        axes.text(0.5, 0.5, "no structural forecasts", transform=axes.transAxes, ha="center")


def draw_map(axes: Axes, states: "StateMap", theme: Theme) -> None:
    """Draw the way of the hidden state through the plane in which it moved most.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Empty.
    states : StateMap
    theme : Theme
    """
    first, second = (_column(states.components, place) for place in (0, 1))
    axes.plot(first, second, color=theme.rule, linewidth=0.8, zorder=1)
    pale = mixed(theme.forecast, theme.background, 0.2)
    colours = LinearSegmentedColormap.from_list("time", [pale, theme.forecast])
    order = np.arange(len(first))
    axes.scatter(first, second, c=order, cmap=colours, s=14, linewidths=0, zorder=2)
    for place, word in {0: "start", len(first) - 1: "now"}.items():
        at = float(first[place]), float(second[place])
        ring: dict[str, Any] = {"facecolors": "none", "edgecolors": theme.models[1]}
        axes.scatter(*at, s=55, linewidths=1.5, zorder=3, **ring)
        words: dict[str, Any] = {"fontsize": _LABEL_POINTS, "fontweight": "bold"}
        axes.annotate(word, at, (6, 5), textcoords="offset points", color=theme.models[1], **words)
    shares = [f"{share:.0%} of the variance" for share in states.shares[:2]]
    if len(shares) == 2:
        axes.set_xlabel(f"component 1: {shares[0]}", fontsize=_LABEL_POINTS)
        axes.set_ylabel(f"component 2: {shares[1]}", fontsize=_LABEL_POINTS)
    axes.margins(0.12)
    tone = "darker" if theme.name == "light" else "brighter"
    write_title(axes, "Map of the hidden state", f"later: {tone}", theme)
    quieten(axes, theme)
    axes.grid(axis="both", color=theme.rule, linewidth=0.7)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=4))


def draw_components(axes: Axes, e: "Explanation", theme: Theme) -> None:
    """Draw the components over time, below the series, each on a scale of its own.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Empty.
    e : Explanation
    theme : Theme
    """
    states = e.states
    x, tones = places(states.timestamps), (1.0, 0.75, 0.5)
    rows = [("series", states.values, theme.history)]
    for number, component in enumerate(states.components.T):
        colour = mixed(theme.forecast, theme.background, tones[number])
        rows.append((f"component {number + 1}", component, colour))
    for place, (name, values, colour) in enumerate(reversed(rows)):
        axes.plot(x, place + 0.68 * _from_0_to_1(values), color=colour, linewidth=1.2)
        left: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "bottom"}
        axes.text(0.0, place + 0.7, name, color=colour, fontsize=_LABEL_POINTS, **left)
    axes.set_ylim(-0.08, len(rows) + 0.05)
    write_title(axes, "The state beside the series", "", theme)
    quieten(axes, theme)
    axes.set_yticks([])
    if x.size and states.timestamps.dtype.kind == "M":
        write_dates(axes, zone_of(e.columns.time_format), _WIDTH)


def draw_memory(axes: Axes, memory: Sequence["Memory"], theme: Theme) -> None:
    """Draw the norms of gradients against the steps back, each cell a line.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Empty.
    memory : sequence of Memory
    theme : Theme
    """
    lowest, highest = 0.1, 1.0
    for place, one in enumerate(memory):
        colour, dashes = theme.model_style(place)
        norms = np.where(np.isfinite(one.norms), np.maximum(one.norms, FAINTEST), np.nan)
        back = np.arange(len(norms)) * one.steps
        name = one.cell if one.shipped else f"{one.cell} trained here"
        label = f"{name} {one.verdict}" if one.verdict else name
        style: dict[str, Any] = {"linestyle": (0, dashes)} if dashes else {}
        axes.plot(back, norms, color=colour, linewidth=1.6, label=label, **style)
        highest = max(highest, float(np.nanmax(norms, initial=1.0)))
        lowest = min(lowest, float(np.nanmin(norms, initial=1.0)))
    axes.set_yscale("log")
    axes.set_ylim(0.5 * lowest, 1.6 * highest)
    axes.yaxis.set_minor_locator(NullLocator())
    write_title(axes, "Gradients, going back", "1: nothing lost", theme)
    axes.set_xlabel("steps back", fontsize=_LABEL_POINTS)
    quieten(axes, theme)
    powers = [10.0**power for power in range(-4, 10)]
    low, high = axes.get_ylim()
    shown = [one for one in powers if low <= one <= high]
    axes.set_yticks(shown, [f"{one:g}" for one in shown])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    if memory:
        axes.legend(loc="best")


def draw_bars(
    axes: Axes, x: Array, bottom: Array, height: Array, *, width: float, colour: str
) -> None:
    """Draw bars as one thing: hundreds of single ones take seconds.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, bottom, height : ndarray of shape (N,)
    width : float
    colour : str
    """
    left, right, top = x - width / 2, x + width / 2, bottom + height
    corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
    outlines = np.stack([np.stack(corner, 1) for corner in corners], 1)  # (N, 4, 2)
    axes.add_collection(PolyCollection(list(outlines), facecolors=colour, linewidths=0))
    axes.autoscale_view()


def write_title(axes: Axes, text: str, beside: str, theme: Theme) -> None:
    """Write what a panel shows at the left of its top, and how to read it at the right."""
    axes.set_title(text, loc="left", fontsize=_POINTS, fontweight="bold")
    axes.set_title(beside, loc="right", fontsize=_LABEL_POINTS, color=theme.faint)


def _stack(
    axes: Axes, base: Array, colours: Sequence[str], heights: Sequence[Array]
) -> tuple[Array, Array]:
    """Stack bars on a base, those that fall below it; give how far down and up they reach."""
    ahead = np.arange(1.0, len(base) + 1)
    up, down = base.copy(), base.copy()
    for colour, height in zip(colours, heights, strict=True):
        rise, fall = np.maximum(height, 0), np.minimum(height, 0)
        for bottom, one in ((up, rise), (down, fall)):
            if one.any():
                draw_bars(axes, ahead, bottom, one, width=_BAR, colour=colour)
        up, down = up + rise, down + fall
    return down, up


def _finish_steps(axes: Axes, steps: int, theme: Theme) -> None:
    quieten(axes, theme)
    axes.set_xlim(0.4, steps + 0.6)
    axes.set_xlabel("steps ahead", fontsize=_LABEL_POINTS)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True, min_n_ticks=1))
    write_heights(axes, _HEIGHT)


def _columns(handles: Sequence[Any], room: int) -> int:
    """Names beside each other in a legend, all as wide as the longest."""
    longest = max((len(one.get_label()) for one in handles), default=1)
    return max(1, min(len(handles), room // (longest + _SAMPLE)))


def _colour(name: str, e: "Explanation", theme: Theme) -> str:
    """One family of colours for seasons, and one colour for each of the other parts."""
    others = {
        "drift": theme.models[2],
        "correction": theme.models[1],
        "limit": theme.faint,
        _OTHERS: theme.faint,
        "linear map": theme.models[3],
        "last value": mixed(theme.history, theme.background, 0.6),
        "mean": mixed(theme.history, theme.background, 0.45),
        "trend line": mixed(theme.models[3], theme.background, 0.5),
        "level": mixed(theme.history, theme.background, 0.3),
    }
    if name in others:
        return others[name]
    for moved, share in _MOVED.items():
        if name.startswith(moved):
            return mixed(_colour(name.removeprefix(moved), e, theme), theme.ink, share)
    for kind, share in _PALE.items():
        if name.startswith(kind):
            return mixed(theme.forecast, theme.background, share)
    seasons = [part.name for part in e.parts if part.name.startswith("season")]
    return mixed(theme.forecast, theme.ink, 1.0 if name in seasons[-1:] else 0.65)


def _column(components: Array, place: int) -> Array:
    """One component; zeros where there are fewer."""
    if place < components.shape[1]:
        return np.asarray(components[:, place])
    return np.zeros(len(components))


def _from_0_to_1(values: Array) -> Array:
    low, high = np.nanmin(values, initial=np.inf), np.nanmax(values, initial=-np.inf)
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
