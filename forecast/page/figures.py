"""The report's charts, drawn by Bokeh in the reader's browser.

A figure holds no text of the user's: names stand beside it in the page, and what changes
with the series that the reader chooses is put into its sources by ``page.js``. Colours are
roles of the palette, given by the page's script as the reader's device is light or dark.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from forecast.charts.palette import LIGHT
from forecast.evaluation.reliability import Reliability
from forecast.evaluation.residuals import Autocorrelation
from forecast.extra import extra

if TYPE_CHECKING:
    from bokeh.models import Axis, ColumnDataSource, Plot, Range, Scatter, VBar
    from bokeh.models.glyph import Glyph
    from bokeh.models.renderers import GlyphRenderer

with extra("report", "a report", "bokeh"):
    import bokeh.models as drawn
    from bokeh.document import Document
    from bokeh.models.annotations import BoxAnnotation, Span

BANDS = {"95": "band-0", "80": "band-1"}
"""Role of each interval's colour, widest first."""

_FONT = "system-ui, sans-serif"
_ZOOM = 0.02  # share of the range that is added at both ends
_SMALL, _USUAL = 130, 300  # heights


@dataclass(frozen=True)
class Lines:
    """Lines over one axis.

    Attributes
    ----------
    x : sequence of int
    values : mapping of str to sequence of float
        By name; NaN leaves a gap.
    below, beside : str
        What the axes show.
    from_zero, log : bool
        Whether the axis of values begins with zero, or is logarithmic.
    """

    x: Sequence[int]
    values: Mapping[str, Sequence[float]]
    below: str
    beside: str
    from_zero: bool = False
    log: bool = False


@dataclass
class Drawing:
    """Figures and the roles of their colours, as the page's script takes them.

    Attributes
    ----------
    calendar : bool
        Whether times are dates, else running numbers.
    figures : dict of str to Plot
        By the name of the element that holds each.
    """

    calendar: bool
    figures: "dict[str, Plot]" = field(default_factory=dict)
    _roles: list[tuple[Any, str, str]] = field(default_factory=list)

    def forecast(self) -> None:
        """Draw a series with the fan of its forecast, and below it a strip to move along."""
        plot = self._over_time("forecast", _USUAL, drawn.Range1d(name="seen"))
        plot.y_range = drawn.Range1d(name="heights")
        history = self._source("history", "t", "y")
        fan = self._source("fan", "t", "lo95", "lo80", "mid", "hi80", "hi95")
        for level, role in BANDS.items():
            self._add(plot, fan, drawn.VArea(x="t", y1=f"lo{level}", y2=f"hi{level}"), role)
        line = self._add(plot, history, drawn.Line(x="t", y="y", line_width=1.5), "history")
        self._add(plot, history, _dots("t", "y", 3), "history").name = "points"
        middle = self._add(plot, fan, drawn.Line(x="t", y="mid", line_width=2), "forecast")
        now = Span(dimension="height", line_dash=[3, 3], name="now", location=0)
        self._paint(now, "faint", "line_color")
        plot.add_layout(now)
        self._tell("hover-history", plot, line, ("observed", "@y"))
        bounds = ("80 %", "@lo80 to @hi80"), ("95 %", "@lo95 to @hi95")
        self._tell("hover-fan", plot, middle, ("forecast", "@mid"), *bounds)
        plot.add_tools(drawn.WheelZoomTool(dimensions="width", modifiers="ctrl"))
        plot.toolbar.active_scroll = None
        self._strip(plot.x_range, history, fan)

    def parts(self, seasons: Sequence[int]) -> None:
        """Draw the parts of a series below each other, on one time axis."""
        time = drawn.DataRange1d(range_padding=_ZOOM)
        source = self._source("parts", "t", "trend", "rest", *(f"season{n}" for n in seasons))
        for name in ("trend", *(f"season{n}" for n in seasons), "rest"):
            plot = self._over_time(f"part-{name}", _SMALL, time)
            role = "forecast" if name != "rest" else "history"
            line = self._add(plot, source, drawn.Line(x="t", y=name, line_width=1.5), role)
            self._tell(f"hover-{name}", plot, line, ("", f"@{name}"))

    def lines(self, name: str, lines: Lines, height: int = _USUAL) -> None:
        """Draw one line for each name, told apart by colour and dashes."""
        plot = self._plain(name, height, lines.below, log=lines.log)
        for place, (label, values) in enumerate(lines.values.items()):
            source = self._source(f"{name}-{place}", x=list(lines.x), y=list(values))
            line = self._add(plot, source, drawn.Line(x="x", y="y", line_width=2), f"model-{place}")
            line.glyph.line_dash = list(LIGHT.model_style(place)[1])
            dots = self._add(plot, source, _dots("x", "y", 5), f"model-{place}")
            rows = [("", label)] if len(lines.values) > 1 else []
            plot.add_tools(
                drawn.HoverTool(
                    renderers=[dots], tooltips=[*rows, (lines.below, "@x"), (lines.beside, "@y")]
                )
            )
        if lines.from_zero:
            plot.y_range = drawn.DataRange1d(start=0)

    def states(self, components: int) -> None:
        """Draw the components of a hidden state over time."""
        plot = self._over_time("states", 220, drawn.DataRange1d(range_padding=_ZOOM))
        for place in range(components):
            source = self._source(f"state-{place}", "t", "y")
            self._add(plot, source, drawn.Line(x="t", y="y", line_width=1.5), f"model-{place}")

    def calibration(self, found: Sequence[Reliability]) -> None:
        """Draw measured against nominal coverage, beside the line of a kept promise."""
        plot = self._plain("calibration", _USUAL, "nominal coverage, %")
        plot.x_range, plot.y_range = (
            drawn.Range1d(start=0, end=100),
            drawn.Range1d(start=0, end=103),
        )
        promised = self._source("promised", level=[0, 100], share=[0, 100])
        kept = self._add(plot, promised, drawn.Line(x="level", y="share", line_width=1.5), "faint")
        kept.glyph.line_dash = [4, 4]
        source = self._source(
            "coverage", level=[one.level for one in found], share=[100 * one.share for one in found]
        )
        self._add(plot, source, drawn.Line(x="level", y="share", line_width=2), "forecast")
        dots = self._add(plot, source, _dots("level", "share", 8), "forecast")
        plot.add_tools(
            drawn.HoverTool(
                renderers=[dots],
                tooltips=[("nominal", "@level %"), ("measured", "@share{0} %")],
            )
        )

    def influence(self, lags: Sequence[int], shares: Sequence[float]) -> None:
        """Draw how much each value of the past moves the forecast."""
        plot = self._plain("influence", 220, "steps back from the first one forecast")
        source = self._source("shares", lag=list(lags), share=list(shares))
        bars = self._add(plot, source, _bars("share", 0.7), "forecast")
        plot.y_range = drawn.DataRange1d(start=0)
        plot.add_tools(
            drawn.HoverTool(
                renderers=[bars],
                mode="vline",
                tooltips=[("steps back", "@lag"), ("share", "@share{0.0} %")],
            )
        )

    def autocorrelation(self, found: Autocorrelation) -> None:
        """Draw the autocorrelations of errors, and what chance may give."""
        plot = self._plain("residuals", 220, "steps apart")
        chance = BoxAnnotation(top=found.bound, bottom=-found.bound, line_alpha=0)
        self._paint(chance, "band-0", "fill_color")
        plot.add_layout(chance)
        source = self._source("lags", lag=list(found.lags), value=found.values.tolist())
        bars = self._add(plot, source, _bars("value", 0.55), "forecast")
        zero = Span(dimension="width", location=0)
        self._paint(zero, "faint", "line_color")
        plot.add_layout(zero)
        far = max(1.2 * found.bound, 1.1 * abs(found.values).max(), 0.3)
        plot.y_range = drawn.Range1d(start=max(-1.05, -far), end=min(1.05, far))
        plot.add_tools(
            drawn.HoverTool(
                renderers=[bars],
                tooltips=[("steps apart", "@lag"), ("correlation", "@value{0.00}")],
            )
        )

    def document(self) -> tuple[dict[str, Any], dict[str, str], list[tuple[str, str, str]]]:
        """Give what BokehJS takes: the document, its roots by element, and roles of colours.

        Identifiers are counted anew, so that the same figures give the same document.
        """
        document = Document(title="")
        with document.models.freeze():  # which are gathered once, not for each figure
            for plot in self.figures.values():
                document.add_root(plot)
        number: dict[str, str] = {}
        plain = _renumbered(document.to_json(deferred=False), number)
        roots = {name: number[plot.id] for name, plot in self.figures.items()}
        return plain, roots, [(number[model.id], name, role) for model, name, role in self._roles]

    def _tell(self, name: str, plot: "Plot", line: Any, *rows: tuple[str, str]) -> None:
        """Show numbers beside the pointer; the script gives them the digits of the series."""
        when = "@t{%F %H:%M}" if self.calendar else "@t{0}"
        plot.add_tools(
            drawn.HoverTool(
                renderers=[line],
                mode="vline",
                tooltips=[("", when), *rows],
                formatters={"@t": "datetime"} if self.calendar else {},
                name=name,
            )
        )

    def _source(self, name: str, *columns: str, **given: list[Any]) -> "ColumnDataSource":
        return drawn.ColumnDataSource(data={one: [] for one in columns} | given, name=name)

    def _over_time(self, name: str, height: int, time: "Range") -> "Plot":
        below = drawn.DatetimeAxis() if self.calendar else drawn.LinearAxis()
        left: Axis = drawn.LinearAxis()
        left.formatter = drawn.NumeralTickFormatter(name="values")
        plot = drawn.Plot(height=height, x_range=time)
        return self._framed(name, plot, below, left)

    def _plain(self, name: str, height: int, below: str, *, log: bool = False) -> "Plot":
        left = drawn.LogAxis() if log else drawn.LinearAxis()
        scale = drawn.LogScale() if log else drawn.LinearScale()
        plot = drawn.Plot(height=height, y_scale=scale)
        return self._framed(name, plot, drawn.LinearAxis(axis_label=below), left)

    def _framed(self, name: str, plot: "Plot", below: "Axis", left: "Axis") -> "Plot":
        """Give a plot its axes, and both their colours; nothing else, which would say nothing."""
        plot.toolbar_location = None
        plot.output_backend = "svg"
        plot.sizing_mode = "stretch_width"
        plot.outline_line_color = plot.background_fill_color = plot.border_fill_color = None
        plot.min_border_left = 48  # so that figures below each other are flush
        plot.min_border_right = 12
        for axis in (below, left):
            axis.minor_tick_line_color = axis.major_tick_line_color = None
            axis.major_label_text_font = axis.axis_label_text_font = _FONT
            axis.major_label_text_font_size = axis.axis_label_text_font_size = "12px"
            axis.axis_label_text_font_style = "normal"
            self._paint(axis, "faint", "major_label_text_color", "axis_label_text_color")
        self._paint(below, "rule", "axis_line_color")
        left.axis_line_color = None
        grid = drawn.Grid(axis=left, dimension=1)
        self._paint(grid, "rule", "grid_line_color")
        plot.add_layout(below, "below")
        plot.add_layout(left, "left")
        plot.add_layout(grid)
        self.figures[name] = plot
        return plot

    def _strip(self, seen: "Range", history: "ColumnDataSource", fan: "ColumnDataSource") -> None:
        plot = self._over_time("strip", 56, drawn.Range1d(name="all"))
        plot.y_range = drawn.DataRange1d(range_padding=0.1)
        plot.axis.visible = plot.grid.visible = False
        self._add(plot, history, drawn.Line(x="t", y="y", line_width=1), "faint")
        self._add(plot, fan, drawn.Line(x="t", y="mid", line_width=1), "forecast")
        tool = drawn.RangeTool(x_range=seen, start_gesture="pan")
        tool.overlay.fill_alpha = 0.25
        tool.overlay.line_alpha = 0
        self._paint(tool.overlay, "forecast", "fill_color")
        plot.add_tools(tool)

    def _add(
        self, plot: "Plot", source: "ColumnDataSource", glyph: "Glyph", role: str
    ) -> "GlyphRenderer[Any]":
        """Draw without the looks (chosen, muted) that ``bokeh.plotting`` would add."""
        self._paint(glyph, role, "line_color" if isinstance(glyph, drawn.Line) else "fill_color")
        return plot.add_glyph(source, glyph)

    def _paint(self, model: Any, role: str, *properties: str) -> None:
        for name in properties:
            self._roles.append((model, name, role))


def _dots(x: str, y: str, size: int) -> "Scatter":
    return drawn.Scatter(x=x, y=y, size=size, line_alpha=0)


def _bars(top: str, width: float) -> "VBar":
    return drawn.VBar(x="lag", top=top, width=width, line_alpha=0)


def _renumbered(value: Any, number: dict[str, str]) -> Any:
    """Count identifiers of models from one on, in the order they appear."""
    if isinstance(value, dict):
        return {key: _renumbered(one, number) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_renumbered(one, number) for one in value]
    if isinstance(value, str) and re.fullmatch(r"p\d+", value):
        return number.setdefault(value, f"p{len(number) + 1}")
    return value
