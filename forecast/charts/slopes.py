"""The picture of slopes for a terminal, which has no colours to spare for a map of them."""

from typing import TYPE_CHECKING

from forecast.charts.picture import Facet, Line, Picture, clean
from forecast.timeline.zones import zone_of

if TYPE_CHECKING:
    from forecast.explain.explanation import Explanation


def picture_slopes(explanation: "Explanation") -> Picture:
    """Show how the first and the last step depend on each past value.

    Parameters
    ----------
    explanation : Explanation

    Returns
    -------
    Picture
    """
    e, lags = explanation, explanation.lags
    times, steps = e.times(e.timestamps), dict.fromkeys((0, len(e.forecast) - 1))
    lines = tuple(
        Line(f"forecast of {times[step]}", lags.timestamps[::-1], lags.gradient[step, ::-1], place)
        for place, step in enumerate(steps)
    )
    facet = Facet("", lines, zone=zone_of(e.columns.time_format))
    words = "change of the forecast for each unit that a value is higher"
    return Picture(f"What {clean(e.name, 60)} depends on", words, (facet,))
