"""The libraries that a report is made with: whether they are there, and what of them is inside."""

from functools import cache
from pathlib import Path

from forecast.extra import extra


def require_libraries() -> None:
    """Find out before long work whether a report can be made.

    Raises
    ------
    DependencyError
        When the extra "report" is not installed.
    """
    with extra("report", "a report", "bokeh"):
        import bokeh  # noqa: F401
    with extra("report", "a report", "Jinja2"):
        import jinja2  # noqa: F401


@cache
def bokeh_script() -> str:
    """Give BokehJS, as the package of Bokeh brings it.

    Returns
    -------
    str

    Raises
    ------
    DependencyError
        When the extra "report" is not installed.
    """
    with extra("report", "a report", "bokeh"):
        import bokeh

    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    return path.read_text(encoding="utf-8")
