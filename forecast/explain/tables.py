"""An explanation as tables, for files, and as what JSON can hold.

Letters: H steps ahead, L lags, P parts, T points of time, K recurrent steps.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.explain import Content
from forecast.explain.explanation import Explanation

Table = dict[str, NDArray[Any]]

_TIME = ""
"""Stands for the name of the time column, which is the user's."""

_DIGITS = 7
"""That numbers are written with."""


def tabulate(explanation: Explanation, content: Content) -> Table:
    """Lay one part of an explanation out as columns.

    Parameters
    ----------
    explanation : Explanation
    content : {"lags", "segments", "parts", "networks", "states", "memory"}
        - lags: a row for each step ahead and past value, with "gradient", "per_deviation"
          and "masked";
        - segments: a row for each step and segment left out;
        - parts: a row for each step and part, with what it "adds", and the "weight" and
          forecast ("says") of those that gates choose from;
        - networks: a row for each step and network;
        - states: a row for each point of time, with the components "pc1" and so on;
        - memory: a row for each cell and recurrent step back.

    Returns
    -------
    dict of str to ndarray
        Led by the series, where there are several, and the time forecast, in the words
        of the input.
    """
    makers: dict[Content, Callable[[Explanation], Table]] = {
        "lags": _lags,
        "segments": _segments,
        "parts": _parts,
        "networks": _networks,
        "states": _states,
        "memory": _memory,
    }
    made, columns = makers[content](explanation), explanation.columns
    rows = len(next(iter(made.values())))
    table: Table = {}
    if columns.id is not None:
        table[columns.id] = _repeated([explanation.series] * rows)
    if _TIME in made:
        table[columns.time] = made.pop(_TIME)
    for name, values in made.items():
        while name in table:  # a user's own column may be called "step"
            name += "_"
        table[name] = _rounded(values) if values.dtype.kind == "f" else values
    return table


def to_dict(explanation: Explanation) -> dict[str, Any]:
    """Give all of an explanation as JSON can hold it.

    Parameters
    ----------
    explanation : Explanation

    Returns
    -------
    dict
        Numbers with seven digits; null where a value is missing.
    """
    e, lags, states = explanation, explanation.lags, explanation.states
    return {
        "series": e.series,
        "target": e.columns.target,
        "model": e.model,
        "summary": list(e.summary),
        "times": e.times(e.timestamps),
        "yhat": _listed(e.forecast),
        "yhat-lo-80": _listed(e.low),
        "yhat-hi-80": _listed(e.high),
        "widened": _listed(e.widened),
        "passes": e.passes,
        "lags": {
            "lag": lags.lag.tolist(),
            "time": e.times(lags.timestamps),
            "value": _listed(lags.values),
            "deviation": _listed(np.array(lags.deviation)),
            "gradient": _listed(lags.gradient),
            "masked": _listed(lags.masked),
            "segment": lags.segment,
            "masked_segments": _listed(lags.masked_segments),
        },
        "parts": [
            {
                "part": part.name,
                "adds": _listed(part.values),
                "weight": _listed(part.weight),
                "says": _listed(part.says),
            }
            for part in e.parts
        ],
        "networks": [
            {"network": one.name, "share": one.share, "yhat": _listed(one.forecast)}
            for one in e.voices
        ],
        "states": {
            "network": states.network,
            "time": e.times(states.timestamps),
            "value": _listed(states.values),
            "components": _listed(states.components),
            "share": _listed(states.shares),
            "correlation": _listed(states.follows),
        },
        "memory": [
            {
                "cell": one.cell,
                "shipped": one.shipped,
                "steps": one.steps,
                "state": _listed(one.state),
                "inputs": _listed(one.inputs),
                "rate": _listed(np.array(one.rate)),
                "half_life": _listed(np.array(one.half_life)),
                "verdict": one.verdict,
            }
            for one in e.memory
        ],
    }


def _lags(e: Explanation) -> Table:
    lags = e.lags
    steps, count = lags.gradient.shape
    return {
        **_ahead(e, count),
        "lag": np.tile(lags.lag, steps),
        "from": _repeated(e.times(lags.timestamps) * steps),
        "value": np.tile(lags.values, steps),
        "gradient": lags.gradient.ravel(),
        "per_deviation": (lags.gradient * lags.deviation).ravel(),
        "masked": lags.masked.ravel(),
    }


def _segments(e: Explanation) -> Table:
    lags = e.lags
    steps, count = lags.masked_segments.shape
    first = np.arange(count) * lags.segment + 1
    last = np.minimum(first + lags.segment - 1, len(lags.lag))
    return {
        **_ahead(e, count),
        "first_lag": np.tile(first, steps),
        "last_lag": np.tile(last, steps),
        "masked": lags.masked_segments.ravel(),
    }


def _parts(e: Explanation) -> Table:
    return {
        **_ahead(e, len(e.parts)),
        "part": _repeated([part.name for part in e.parts] * len(e.forecast)),
        "adds": np.stack([part.values for part in e.parts], 1).ravel(),
        "weight": np.stack([part.weight for part in e.parts], 1).ravel(),
        "says": np.stack([part.says for part in e.parts], 1).ravel(),
    }


def _networks(e: Explanation) -> Table:
    steps = len(e.forecast)
    return {
        **_ahead(e, len(e.voices)),
        "network": _repeated([one.name for one in e.voices] * steps),
        "share": np.tile([one.share for one in e.voices], steps),
        "yhat": np.stack([one.forecast for one in e.voices], 1).ravel(),
    }


def _states(e: Explanation) -> Table:
    return {
        _TIME: _repeated(e.times(e.states.timestamps)),
        "value": e.states.values,
        **{f"pc{n + 1}": one for n, one in enumerate(e.states.components.T)},
    }


def _memory(e: Explanation) -> Table:
    return {
        "cell": _repeated([one.cell for one in e.memory for _ in one.state]),
        "shipped": np.concatenate([[one.shipped] * len(one.state) for one in e.memory]),
        "back": np.concatenate([np.arange(len(one.state)) * one.steps for one in e.memory]),
        "state": np.concatenate([one.state for one in e.memory]),
        "inputs": np.concatenate([one.inputs for one in e.memory]),
    }


def _ahead(e: Explanation, count: int) -> Table:
    """Time and number of each step ahead, ``count`` rows each."""
    times = e.times(e.timestamps)
    return {
        _TIME: _repeated([time for time in times for _ in range(count)]),
        "step": np.repeat(np.arange(1, len(times) + 1), count),
    }


def _repeated(texts: list[str]) -> NDArray[np.object_]:
    return np.array(texts, dtype=object)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep the digits that mean something."""
    return np.array([float(f"{one:.{_DIGITS}g}") for one in values.ravel()]).reshape(values.shape)


def _listed(values: NDArray[np.float64]) -> Any:
    """Numbers as lists, null where there is none."""
    found = _rounded(np.asarray(values, dtype=np.float64)).astype(object)
    found[~np.isfinite(found.astype(np.float64))] = None
    return found.tolist()
