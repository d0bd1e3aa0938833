"""The page's look inside the network: the explanation of one forecast, drawn and told."""

from typing import Any

import numpy as np

from forecast.explain.explanation import Explanation
from forecast.page.figures import Drawing, Lines
from forecast.page.series import moments
from forecast.page.study import Study
from forecast.page.tables import Table
from forecast.report.terminal import decimals_of, number

MOST_LAGS, MOST_STATES = 400, 24
"""Past values drawn, and rows of the hidden state in its table."""

_MOST_MOVED = 15  # past values in the table


def draw_explanation(drawing: Drawing, found: Study) -> dict[str, Any]:
    """Draw why a forecast is what it is.

    Parameters
    ----------
    drawing : Drawing
        That the charts are added to.
    found : Study

    Returns
    -------
    dict
        What the template says beside them.
    """
    why = found.explanation
    if isinstance(why, str):
        return {"explained": None, "not_explained": why}
    shares = 100 * why.lags.influence.mean(axis=0)
    drawing.influence(why.lags.lag[:MOST_LAGS].tolist(), shares[:MOST_LAGS].tolist())
    steps = list(range(1, len(why.forecast) + 1))
    parts = {part.name: part.values.tolist() for part in why.parts[1:]}
    drawing.lines("parts-of", Lines(steps, parts, "steps ahead", "adds"), 240)
    memory = {one.cell + ("" if one.shipped else ", own"): one for one in why.memory}
    longest = max(len(one.norms) for one in memory.values())
    norms = {
        name: [value if value > 0 else float("nan") for value in one.norms.tolist()]
        for name, one in memory.items()
    }
    back = list(range(longest))
    drawing.lines(
        "memory", Lines(back, norms, "recurrent steps back", "what is left", log=True), 240
    )
    times = moments(why.states.timestamps, found.subject.given.columns.time_format)
    drawing.states(times.tolist(), why.states.components.T.tolist())
    return {
        "explained": why,
        "not_explained": "",
        "influence_table": _influence_table(why, shares),
        "parts_table": _parts_table(why),
        "memory_names": list(memory),
        "memory_table": Table(
            "What is left of the gradient",
            ("recurrent steps back", *memory),
            tuple(
                (str(step), *(_share(values, step) for values in norms.values())) for step in back
            ),
        ),
        "state_names": [
            f"component {place + 1} ({share:.0%})" for place, share in enumerate(why.states.shares)
        ],
        "state_table": _state_table(why),
    }


def _influence_table(why: Explanation, shares: np.ndarray[Any, Any]) -> Table:
    largest = np.argsort(-shares, kind="stable")[:_MOST_MOVED]
    times = why.times(why.lags.timestamps[largest])
    digits = decimals_of(float(np.abs(why.forecast).max()))
    rows = tuple(
        (
            str(why.lags.lag[place]),
            time,
            number(float(why.lags.values[place]), f",.{digits}f"),
            f"{shares[place]:.1f} %",
        )
        for place, time in zip(largest.tolist(), times, strict=True)
    )
    return Table("The values that move it most", ("steps back", "time", "value", "share"), rows)


def _parts_table(why: Explanation) -> Table:
    digits = decimals_of(float(np.abs(why.forecast).max()))
    columns = [part.values for part in why.parts] + [why.forecast]
    rows = tuple(
        (time, *(number(float(one[step]), f",.{digits}f") for one in columns))
        for step, time in enumerate(why.times(why.timestamps))
    )
    head = ("time", *(part.name for part in why.parts), "forecast")
    return Table("What each part adds", head, rows)


def _state_table(why: Explanation) -> Table:
    states = why.states
    last = states.components[-MOST_STATES:]
    times = why.times(states.timestamps[-MOST_STATES:])
    rows = tuple(
        (time, *(f"{value:.3g}" for value in row)) for time, row in zip(times, last, strict=True)
    )
    names = (f"component {place + 1}" for place in range(last.shape[1]))
    return Table("The latest hidden states", ("time", *names), rows)


def _share(values: list[float], step: int) -> str:
    return number(values[step], ".3g") if step < len(values) else ""
