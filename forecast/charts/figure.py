"""Draw a picture as PNG, SVG or PDF: the same bytes for the same picture.

With ``axes`` the only module that knows Matplotlib. It uses neither pyplot nor a
window, and no setting of the user's own, so that a picture looks the same everywhere.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from forecast.charts.palette import LIGHT, Theme
from forecast.charts.picture import Picture, clean
from forecast.charts.quiet import quiet

with quiet():
    import matplotlib as mpl
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from forecast.charts.axes import Look, draw_facet, legend_entries, mark_styles

Kind = Literal["png", "svg", "pdf"]

_METADATA: dict[Kind, dict[str, None]] = {  # without dates and versions
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_DPI = 160

_FONTS = (
    "DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "Microsoft YaHei",
    "Malgun Gothic", "Noto Sans", "Noto Sans Devanagari", "Noto Sans Thai", "Nirmala UI",
    "Noto Emoji", "Segoe UI Symbol", "Symbola",
)  # fmt: skip
"""The first comes with Matplotlib; the others, where there are any, know further scripts."""

_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}  # of facets, by their number; three for more
_SIZES = {1: (9.0, 4.2), 2: (4.9, 3.0), 3: (3.8, 2.4)}  # of a facet in inches, by columns
_BELOW = 2.7
_MARGIN, _TITLE, _LINE = 0.16, 0.34, 0.25
_TITLE_POINTS, _TEXT_POINTS = 13.0, 9.5
_CHARACTER, _BOLD = 0.082, 0.13  # inches of one, in the legend and the title
_HANDLE = 0.55  # inches of a legend's symbol and the space around it


def render(picture: Picture, kind: Kind = "png", theme: Theme = LIGHT) -> bytes:
    """Draw a picture to the bytes of a file.

    Parameters
    ----------
    picture : Picture
    kind : {"png", "svg", "pdf"}
    theme : Theme

    Returns
    -------
    bytes
        The same for the same picture.
    """
    with settings(theme):
        return saved(_draw(picture, theme), kind)


def saved(figure: Figure, kind: Kind) -> bytes:
    """Write a figure as the bytes of a file, without dates and versions.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its label becomes the title of the file, which screen readers read out.
    kind : {"png", "svg", "pdf"}

    Returns
    -------
    bytes
    """
    stream = io.BytesIO()
    metadata: dict[str, str | None] = {**_METADATA[kind], "Title": str(figure.get_label())}
    figure.savefig(stream, format=kind, metadata=metadata)
    return stream.getvalue()


def draw(picture: Picture, theme: Theme = LIGHT) -> Figure:
    """Lay a picture out.

    Parameters
    ----------
    picture : Picture
    theme : Theme

    Returns
    -------
    matplotlib.figure.Figure
        Without a window, and unknown to pyplot.
    """
    with settings(theme):
        return _draw(picture, theme)


def _draw(picture: Picture, theme: Theme) -> Figure:
    count = len(picture.facets)
    columns = _COLUMNS.get(count, 3)
    rows = -(-count // columns)
    width = _SIZES[columns][0] * columns
    entries = legend_entries(picture, theme)
    lines = _in_lines(entries, width - 2 * _MARGIN)
    head = _MARGIN + _TITLE + _LINE * (1 + len(lines))
    heights = [_SIZES[columns][1]] * rows + ([_BELOW] if picture.below else [])
    height = head + sum(heights) + _MARGIN
    layout = ConstrainedLayoutEngine(
        rect=(_MARGIN / width, _MARGIN / height / 2, 1 - 2 * _MARGIN / width, 1 - head / height),
        w_pad=0.05,
        h_pad=0.07,
        wspace=0.03,
        hspace=0.06,
    )
    figure = Figure(figsize=(width, height), dpi=_DPI, layout=layout)
    figure.set_label(f"{picture.title}: {picture.subtitle(len(picture.facets))}")
    _write_head(figure, picture, lines, theme)
    grid = figure.add_gridspec(len(heights), columns, height_ratios=heights)
    share, styles = width / columns, mark_styles(picture, theme)
    for place, facet in enumerate(picture.facets):
        axes = figure.add_subplot(grid[place // columns, place % columns])
        draw_facet(axes, facet, Look(theme, share, _SIZES[columns][1], styles))
    if picture.below is not None:
        axes = figure.add_subplot(grid[-1, :])
        draw_facet(axes, picture.below, Look(theme, width, _BELOW))
    return figure


def _write_head(
    figure: Figure, picture: Picture, lines: Sequence[Sequence[tuple[str, Artist]]], theme: Theme
) -> None:
    """Write title, subtitle and legend from the top left, where reading begins."""
    width, height = figure.get_size_inches()
    left, top = _MARGIN / width, 1 - _MARGIN / height
    words: dict[str, Any] = {"ha": "left", "va": "top"}
    title = clean(picture.title, int((width - 2 * _MARGIN) / _BOLD))
    figure.text(left, top, title, size=_TITLE_POINTS, weight="bold", **words)
    top -= _TITLE / height
    figure.text(
        left,
        top,
        picture.subtitle(len(picture.facets)),
        size=_TEXT_POINTS,
        color=theme.faint,
        **words,
    )
    for line in lines:
        top -= _LINE / height
        figure.legend(
            [handle for _, handle in line],
            [name for name, _ in line],
            loc="upper left",
            bbox_to_anchor=(left, top + 0.02 / height),
            ncols=len(line),
        )


def _in_lines(
    entries: Sequence[tuple[str, Artist]], width: float
) -> list[list[tuple[str, Artist]]]:
    """Break a legend into lines that fit."""
    lines: list[list[tuple[str, Artist]]] = []
    room = 0.0
    for entry in entries:
        need = _HANDLE + _CHARACTER * len(entry[0])
        if not lines or need > room:
            lines.append([])
            room = width
        lines[-1].append(entry)
        room -= need
    return lines


@contextmanager
def settings(theme: Theme) -> Iterator[None]:
    """Draw with settings of our own, for a while; names of columns are no formulas.

    Parameters
    ----------
    theme : Theme
    """
    installed = {one.name for one in fontManager.ttflist}
    ours: Any = {
        "font.family": [*(one for one in _FONTS if one in installed), "sans-serif"],
        "font.sans-serif": ["DejaVu Sans"],  # for viewers of SVG, which use their own
        "font.size": _TEXT_POINTS,
        "text.parse_math": False,
        "text.color": theme.ink,
        "figure.facecolor": theme.background,
        "savefig.facecolor": theme.background,
        "axes.facecolor": "none",
        "axes.edgecolor": theme.rule,
        "axes.labelcolor": theme.faint,
        "axes.titlecolor": theme.ink,
        "xtick.labelcolor": theme.faint,
        "ytick.labelcolor": theme.faint,
        "legend.frameon": False,
        "legend.fontsize": _TEXT_POINTS,
        "legend.borderpad": 0.0,
        "legend.borderaxespad": 0.0,
        "legend.handlelength": 1.7,
        "legend.handletextpad": 0.5,
        "legend.columnspacing": 1.4,
        "svg.hashsalt": "forecast",
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "path.simplify": True,
    }
    usual = {one: mpl.rcParamsDefault[one] for one in mpl.rcParams if "backend" not in one}
    with quiet(), mpl.rc_context({**usual, **ours}):
        yield
