"""The picture of an explanation, by its structure."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from forecast.charts.explain import draw_explanation, render_explanation
from forecast.charts.figure import Kind, settings
from forecast.charts.inside import draw_trust
from forecast.charts.palette import DARK
from forecast.charts.slopes import picture_slopes
from forecast.explain.explanation import Explanation
from forecast.reading.columns import Columns


def heights(axes: Axes) -> float:
    """Sum of the heights of all bars."""
    outlines = [path.vertices for one in axes.collections for path in one.get_paths()]
    return float(sum(np.asarray(one)[1, 1] - np.asarray(one)[0, 1] for one in outlines))


def test_draw_explanation_shows_every_finding(explained: Explanation) -> None:
    """A panel for each part of the explanation, its numbers in it; names are text."""
    columns = Columns(time="month", target="$x^2$\n<b>" + "y" * 200, time_format="%Y-%m")
    with settings(DARK):
        figure = draw_explanation(replace(explained, columns=columns), DARK)
    title = figure.texts[0].get_text()
    assert title.startswith("Why $x^2$ <b>yyy")
    assert len(title) < 100
    assert figure.get_label() == title  # of the file, for screen readers
    assert to_hex(figure.get_facecolor()) == DARK.background
    panels = {axes.get_title("left"): axes for axes in figure.axes}
    assert list(panels) == [
        "What was read, and the forecast with its 80 % interval",
        "How each value moves each step of the forecast",
        "How far the forecast would move without a value",
        "What each part adds to the level",
        "What the gates trust",
        "Map of the hidden state",
        "The state beside the series",
        "Gradients, going back",
    ]
    series, slopes, left_out, parts, trust, _, _, memory = panels.values()
    image = np.asarray(slopes.images[0].get_array())
    gradient = explained.lags.gradient[:, ::-1]  # the oldest to the left
    np.testing.assert_allclose(np.sign(image) * image**2, gradient, atol=1e-6)
    assert series.get_xlim() == slopes.get_xlim() == left_out.get_xlim()
    level = next(part.values.sum() for part in explained.parts if part.name == "level")
    assert heights(parts) == pytest.approx(explained.forecast.sum() - level)
    assert heights(trust) == pytest.approx(100 * 14)
    labels = [str(line.get_label()) for line in memory.lines]
    assert labels == [f"{one.cell} {one.verdict}" for one in explained.memory]
    assert labels[0] == "RNN-tanh vanishes"


def test_draw_trust_tells_bases_apart(explained: Explanation) -> None:
    """Shifted bases have colours of their own, and long names stay within their panel."""
    weighted = [one for one in explained.parts if one.name.startswith(("profile", "season"))]
    shifted = [replace(part, name=f"shifted {part.name}") for part in weighted]
    with settings(DARK):
        figure = Figure(figsize=(3.6, 2.8))
        axes = figure.add_subplot()
        draw_trust(axes, replace(explained, parts=(*weighted, *shifted)), DARK)
        figure.draw_without_rendering()
    colours = {str(np.asarray(one.get_facecolor()).tolist()) for one in axes.collections}
    assert len(colours) == 2 * len(weighted)
    legend = axes.get_legend()
    assert legend is not None
    words, panel = legend.get_window_extent(), axes.get_window_extent()
    assert words.x1 <= panel.x1 + 1
    assert words.y0 >= axes.transData.transform((0, 100))[1] - 1  # above the bars


def test_draw_trust_puts_the_least_trusted_together(explained: Explanation) -> None:
    """Four structural forecasts have names, and all bars still reach 100 %."""
    some = next(part for part in explained.parts if np.isfinite(part.weight).all())
    shares = (0.3, 0.25, 0.2, 0.1, 0.08, 0.07)
    parts = tuple(
        replace(some, name=f"season {place}", weight=np.full(14, share))
        for place, share in enumerate(shares)
    )
    axes = Figure().add_subplot()
    draw_trust(axes, replace(explained, parts=parts), DARK)
    legend = axes.get_legend()
    assert legend is not None
    assert [one.get_text() for one in legend.get_texts()][3:] == ["season 3 10%", "others 15%"]
    assert heights(axes) == pytest.approx(100 * 14)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_render_explanation_is_the_same_file_twice(
    explained: Explanation, kind: Kind, begins: bytes
) -> None:
    """A picture has no date and no chance in it, and a size that can be sent."""
    first = render_explanation(explained, kind)
    assert first.startswith(begins)
    assert len(first) < 1_000_000
    assert first == render_explanation(explained, kind)


def test_picture_slopes_has_the_first_and_the_last_step(explained: Explanation) -> None:
    """On a terminal, lines over the past."""
    (facet,) = picture_slopes(explained).facets
    assert [line.name for line in facet.lines] == ["forecast of 1961-01", "forecast of 1962-02"]
    np.testing.assert_array_equal(facet.lines[1].y, explained.lags.gradient[13, ::-1])
    assert (np.diff(facet.lines[0].x) > np.timedelta64(0)).all()
