"""The page's look inside the network: explanations of forecasts, drawn and told.

The charts are drawn once, without numbers; those of the series that the reader chooses
are put in by ``page.js``. Tables of all explained series are in the page, one shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.explain.explanation import Explanation
from forecast.page.figures import Drawing, Lines
from forecast.page.series import moments, pack, pack_times
from forecast.page.study import Study
from forecast.page.tables import Table
from forecast.report.terminal import decimals_of, number

MOST_LAGS, MOST_STATES = 400, 24
"""Past values drawn, and rows of the hidden state in its table."""

_MOST_MOVED = 15  # past values in the table

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Insight:
    """What is said of one explanation beside the charts.

    Attributes
    ----------
    place : int
        Of its series.
    why : Explanation
    memory, states : list of str
        Names of the lines of two charts.
    influence_table, parts_table, memory_table, state_table : Table
    """

    place: int
    why: Explanation
    memory: list[str]
    states: list[str]
    influence_table: Table
    parts_table: Table
    memory_table: Table
    state_table: Table


def draw_explanations(drawing: Drawing, found: Study) -> list[Insight]:
    """Draw why forecasts are what they are.

    Parameters
    ----------
    drawing : Drawing
        That the charts are added to.
    found : Study

    Returns
    -------
    list of Insight
        One for each series that is explained.
    """
    if not found.explanations:
        return []
    every = found.explanations.values()
    drawing.influence([], [])
    parts = _longest([part.name for part in one.parts[1:]] for one in every)
    memory = _longest(_memory(one) for one in every)
    left = "what is left"
    for name, lines, below, beside, log in (
        ("parts-of", parts, "steps ahead", "adds", False),
        ("memory", memory, "recurrent steps back", left, True),
    ):
        none: dict[str, list[float]] = {one: [] for one in lines}
        drawing.lines(name, Lines([], none, below, beside, log=log), 240)
    drawing.states(max(len(one.states.shares) for one in every))
    return [_insight(place, one) for place, one in found.explanations.items()]


def packed_explanations(found: Study) -> dict[int, dict[str, dict[str, Any]]]:
    """Give the numbers of the charts, for the page's script.

    Parameters
    ----------
    found : Study

    Returns
    -------
    dict
        By place of the series and source of a chart, its columns.
    """
    form = found.subject.given.columns.time_format
    return {place: _columns(one, form) for place, one in found.explanations.items()}


def _columns(why: Explanation, form: str) -> dict[str, dict[str, Any]]:
    steps = pack(np.arange(1, len(why.forecast) + 1))
    back = pack(np.arange(_steps_back(why)))
    times = pack_times(moments(why.states.timestamps, form))
    return {
        "shares": {"lag": pack(why.lags.lag[:MOST_LAGS]), "share": pack(_shares(why)[:MOST_LAGS])},
        **{
            f"parts-of-{place}": {"x": steps, "y": pack(part.values)}
            for place, part in enumerate(why.parts[1:])
        },
        **{
            f"memory-{place}": {"x": back, "y": pack(norms)}
            for place, norms in enumerate(_memory(why).values())
        },
        **{
            f"state-{place}": {"t": times, "y": pack(values)}
            for place, values in enumerate(why.states.components.T)
        },
    }


def _insight(place: int, why: Explanation) -> Insight:
    norms = _memory(why)
    return Insight(
        place=place,
        why=why,
        memory=list(norms),
        states=[f"component {n + 1} ({share:.0%})" for n, share in enumerate(why.states.shares)],
        influence_table=_influence_table(why, _shares(why)),
        parts_table=_parts_table(why),
        memory_table=_memory_table(norms),
        state_table=_state_table(why),
    )


def _shares(why: Explanation) -> Array:
    """Of each lag in all influence, mean over the steps ahead, in per cent."""
    return np.asarray(100 * why.lags.influence.mean(axis=0))


def _memory(why: Explanation) -> dict[str, Array]:
    """What is left of the gradient by steps back, for each cell; NaN where there is nothing."""
    steps = _steps_back(why)
    found = {}
    for one in why.memory:
        norms = np.full(steps, np.nan)
        norms[: len(one.norms)] = np.where(one.norms > 0, one.norms, np.nan)
        found[one.cell + ("" if one.shipped else ", own")] = norms
    return found


def _steps_back(why: Explanation) -> int:
    return max(len(one.norms) for one in why.memory)


def _longest(names: Iterable[Iterable[str]]) -> list[str]:
    return max(map(list, names), key=len)


def _influence_table(why: Explanation, shares: Array) -> Table:
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


def _memory_table(norms: dict[str, Array]) -> Table:
    rows = tuple(
        (str(step), *(number(float(one), ".3g") for one in row))
        for step, row in enumerate(zip(*norms.values(), strict=True))
    )
    return Table("What is left of the gradient", ("recurrent steps back", *norms), rows)
