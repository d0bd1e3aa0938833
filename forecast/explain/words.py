"""Say in plain sentences what an explanation shows."""

from collections.abc import Iterator

import numpy as np

from forecast.explain.explanation import Array, Explanation, LagEffects, Memory, Part
from forecast.finding import visible

_DIGITS, _LEAST_TRUST, _LONGEST_NAME = 4, 0.005, 60


def summarise(explanation: Explanation) -> tuple[str, ...]:
    """Say what moved the forecast, what it is made of, and what the state remembers.

    Parameters
    ----------
    explanation : Explanation

    Returns
    -------
    tuple of str
        The most important first.
    """
    return tuple(_sentences(explanation))


def number(value: float, beside: float = 0.0) -> str:
    """Write a number with about four digits that mean something.

    Parameters
    ----------
    value : float
    beside : float
        A larger number that it is read with, and has as many decimals as.

    Returns
    -------
    str

    Examples
    --------
    >>> number(1234.567), number(-0.0123456), number(0.5949, beside=470.7)
    ('1,235', '-0.01235', '0.6')
    """
    size = max(abs(value), abs(beside))
    if size == 0 or not np.isfinite(size):
        return "0" if size == 0 else "-"
    places = _DIGITS - 1 - int(np.floor(np.log10(size)))
    if not -6 <= places <= 8:
        return f"{value:.3g}"
    return f"{value:,.{max(places, 0)}f}"


def _sentences(e: Explanation) -> Iterator[str]:
    times, yhat = e.times(e.timestamps), [number(one) for one in e.forecast]
    yield f"{_plain(e.name)} at {times[0]}: {yhat[0]} = {_sum(e.parts)}."
    trusted = [part for part in e.parts if part.weight.mean() >= _LEAST_TRUST]
    if trusted:
        order = sorted(trusted, key=lambda part: -part.weight.mean())
        said = ", ".join(f"{part.name} {part.weight.mean():.0%}" for part in order)
        yield f"Over all steps the gates trust {said}."
    correction = next(part.values for part in e.parts if part.name == "correction")
    share = f", {_share(correction, e.forecast)} of it" if _share(correction, e.forecast) else ""
    yield (
        "The recurrent correction changes the forecast by"
        f" {number(float(np.abs(correction).mean()))} on average{share}."
    )
    for step in dict.fromkeys((0, len(e.forecast) - 1)):
        yield _strongest(e, step, times[step])
    if e.lags.masked_segments.size and np.isfinite(e.lags.masked_segments).any():
        yield _missed(e.lags, e.forecast, times)
    if len(e.voices) > 1:
        first = [voice.forecast[0] for voice in e.voices]
        yield (
            f"{len(e.voices)} networks forecast together, from {number(min(first))} to"
            f" {number(max(first))} at {times[0]}."
        )
    if e.passes > 1:
        yield (
            f"The horizon takes {e.passes} passes, each reading the medians of those before:"
            " effects are those through all of them."
        )
    if abs(float(e.widened.mean()) - 1) >= 0.005:
        change = "wider" if e.widened.mean() > 1 else "narrower"
        yield (
            "Calibration leaves the median where it is, and makes the 80 % interval"
            f" {abs(float(e.widened.mean()) - 1):.0%} {change}."
        )
    if e.states.shares.sum() > 0:
        follows = e.states.follows[0]
        tied = (
            f"; it follows the values with correlation {follows:.2f}" if follows == follows else ""
        )
        yield (
            f"One direction holds {e.states.shares[0]:.0%} of what the hidden state"
            f" ({e.states.network}) went through{tied}."
        )
    told = [memory for memory in e.memory if memory.verdict is not None]
    if told:
        fates = ", ".join(_fate(memory) for memory in told)
        yield f"What is left of the gradient by earlier hidden states: {fates}."


def _plain(name: str) -> str:
    """Write a name from a file so that no terminal obeys it."""
    shown = visible(name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"


def _sum(parts: tuple[Part, ...]) -> str:
    """Write the first step as a sum, parts that round to nothing left out."""
    added = {part.name: float(part.values[0]) for part in parts}
    largest = max(abs(value) for value in added.values())
    text = ""
    for name, value in added.items():
        if abs(value) > 1e-4 * largest or value == largest == 0:
            sign = (" - " if value < 0 else " + ") if text else ("-" if value < 0 else "")
            text += f"{sign}{number(abs(value), largest)} {name}"
    return text


def _share(values: Array, forecast: Array) -> str:
    size = float(np.abs(forecast).mean())
    return f"{np.abs(values).mean() / size:.1%}" if size > 0 else ""


def _strongest(e: Explanation, step: int, time: str) -> str:
    lags, share = e.lags, e.lags.influence[step]
    best = int(share.argmax())
    if share[best] == 0:
        return f"No single value moves the forecast of {time} at the margin."
    slope = float(lags.gradient[step, best])
    back = int(lags.lag[best]) + step
    steps = f"{back} steps before" if back > 1 else "the step before"
    return (
        f"The forecast of {time} depends most on the value of"
        f" {e.times(lags.timestamps[best : best + 1])[0]}, {steps} ({number(lags.values[best])}):"
        f" one more there makes it {number(abs(slope))} {'higher' if slope > 0 else 'lower'},"
        f" {share[best]:.0%} of all influence."
    )


def _missed(lags: LagEffects, forecast: Array, times: list[str]) -> str:
    change = np.nan_to_num(lags.masked_segments)
    segment = int(np.abs(change).mean(0).argmax())
    step = int(np.abs(change[:, segment]).argmax())
    without = float(forecast[step] - change[step, segment])
    first, last = segment * lags.segment + 1, min((segment + 1) * lags.segment, len(lags.lag))
    which = (
        f"the newest {last} values" if first == 1 else f"the values {first} to {last} steps back"
    )
    if last == 1:
        which = "the newest value"
    return (
        f"Without {which} the forecast would change most: at {times[step]} to"
        f" {number(without)} from {number(float(forecast[step]))}."
    )


def _fate(memory: Memory) -> str:
    norms, each = memory.norms, "step" if memory.steps == 1 else f"{memory.steps} steps"
    whose = "" if memory.shipped else " trained here"
    return (
        f"{memory.cell}{whose} {norms[-1]:.1%} after {(len(norms) - 1) * memory.steps:,} steps"
        f" (x {memory.rate:.2f} for each {each}: it {memory.verdict})"
    )
