"""The option --plot of several commands: a chart as a file, or of characters on stderr.

stdout carries the result alone, so that a chart of characters goes to stderr.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from forecast.charts.palette import THEMES, Theme, ThemeName
from forecast.cli.common import say
from forecast.cli.effect import refuse_idle
from forecast.cli.targets import reserve
from forecast.errors import UsageError
from forecast.extra import extra

if TYPE_CHECKING:
    from forecast.charts.figure import Kind
    from forecast.charts.picture import Picture

PlotOption = Annotated[
    str | None,
    typer.Option(
        "--plot", metavar="FILE", help="Draw a chart: .png, .svg or .pdf; - for characters."
    ),
]
ThemeOption = Annotated[ThemeName, typer.Option("--plot-theme", help="Background of the chart.")]

_KINDS: "dict[str, Kind]" = {".png": "png", ".svg": "svg", ".pdf": "pdf"}


@dataclass(frozen=True)
class Plot:
    """Where a chart goes, and how it looks.

    Attributes
    ----------
    path : str or None
        None for no chart, "-" for one of characters on stderr.
    theme : {"light", "dark"}
    """

    path: str | None
    theme: ThemeName = "light"

    @classmethod
    def asked(
        cls, context: typer.Context, path: str | None, theme: ThemeName, *inputs: str | None
    ) -> Self:
        """Take the options, and find out before long work whether the chart can be made.

        Parameters
        ----------
        context : typer.Context
            Of the command.
        path : str or None
        theme : {"light", "dark"}
        *inputs : str or None
            Files that it must not replace.

        Returns
        -------
        Plot

        Raises
        ------
        UsageError
            When its suffix is none that charts have, an input would be replaced, or a
            theme was typed for no chart, or for one of characters.
        DependencyError
            When the library that draws it is not installed.
        WriteError
            When its file cannot be written.
        """
        if path is None or path == "-":
            refuse_idle(context, ["plot_theme"], "beside --plot -" if path else "without --plot")
        chart = cls(path, theme)
        chart._check(*inputs)
        return chart

    def _check(self, *inputs: str | None) -> None:
        if self.path is None:
            return
        if self.path == "-":
            with extra("report", "drawing a chart of characters", "plotext"):
                import forecast.charts.characters
            return
        suffix = Path(self.path).suffix.lower()
        if suffix not in _KINDS:
            raise UsageError(
                f"a chart is {', '.join(_KINDS)}, or - for characters, not '{suffix}'",
                where=self.path,
                fix="--plot forecast.png",
            )
        reserve(self.path, *inputs)
        with extra("report", "drawing a chart", "matplotlib"):
            import forecast.charts.figure  # noqa: F401

    def show(self, make: "Callable[[], Picture]") -> None:
        """Draw the chart, where there is to be one.

        Parameters
        ----------
        make : callable
            Gives the picture.
        """
        if self.path is None:
            return
        if self.path == "-":
            _show_characters(make())
            return
        from forecast.charts.figure import render

        self.write(lambda kind, theme: render(make(), kind, theme))

    def write(self, draw: "Callable[[Kind, Theme], bytes]") -> None:
        """Write the file of a chart that is no `Picture`, where there is to be one.

        Parameters
        ----------
        draw : callable
            Gives its bytes.
        """
        if self.path is None:
            return
        from forecast.files.storage import write_output

        kind = _KINDS[Path(self.path).suffix.lower()]
        write_output(draw(kind, THEMES[self.theme]), self.path)


def _show_characters(picture: "Picture") -> None:
    """Draw a chart on stderr, with the width, colours and characters that it has."""
    from rich.console import Console

    from forecast.charts.characters import Screen, as_characters

    console = Console(stderr=True)
    has_colours = console.color_system in ("256", "truecolor") and not console.no_color
    is_unicode = console.encoding.lower().startswith("utf")
    screen = Screen(console.width, is_unicode, console.is_terminal and has_colours)
    say(as_characters(picture, screen).rstrip("\n"))
