"""Run a trained network in NumPy, so that forecasting needs no torch.

The equations are those of ``forecast.network.segments``; a test holds both equal.

Letters: B windows, K recurrent steps, E ends decoded, O output segments,
P phases, M bases, Q quantiles, F inputs, D hidden units.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecast.network.features import Features
from forecast.spec import Nonlinearity, RecurrentSpec

Weights = Mapping[str, NDArray[np.float32]]
"""Parameters by their names in ``forecast.network.segments.SegmentNetwork``."""


def forward(
    weights: Weights,
    spec: RecurrentSpec,
    features: Features,
    phases: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Run windows through the cell and decode the last end.

    Parameters
    ----------
    weights : mapping of str to ndarray
    spec : RecurrentSpec
        Cell, nonlinearity, layers and direction that the weights belong to.
    features : Features
        With one end; float32.
    phases : int
        Values that a segment is resampled to (P).

    Returns
    -------
    gates : ndarray of shape (B, 1, O, M + 1), float32
    correction : ndarray of shape (Q, B, 1, O, P), float32
        Non-decreasing along Q.
    """
    inputs, outlook = features.inputs, features.outlook
    state = _last_state(weights, spec, inputs)
    context = _times(state, weights["state.weight"]) + weights["state.bias"]
    context = context + _times(inputs[:, -1], weights["skip.weight"])
    mixed = context[:, None, None] + weights["position"][: outlook.shape[2]]
    if "outlook.weight" in weights:
        mixed = mixed + _times(outlook, weights["outlook.weight"])
    decoded = np.maximum(mixed, 0)
    gates = _times(decoded, weights["gates.weight"]) + weights["gates.bias"]
    # Rows of the head are P times Q; with the quantiles first, each is one block.
    head, bias = (
        np.moveaxis(weights[f"head.{name}"].reshape(phases, -1, *rest), 0, 1)
        for name, rest in (("weight", decoded.shape[-1:]), ("bias", ()))
    )
    raw = _times(decoded, head.reshape(-1, decoded.shape[-1])) + bias.ravel()
    return gates, _spread(np.moveaxis(raw.reshape(*raw.shape[:3], -1, phases), 3, 0))


def _times(values: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply the last axis as one large product: NumPy makes a small one of each window."""
    flat = values.reshape(-1, values.shape[-1]) @ weight.T
    return flat.reshape(*values.shape[:-1], -1)


def _last_state(
    weights: Weights, spec: RecurrentSpec, inputs: NDArray[np.float32]
) -> NDArray[np.float32]:
    """State after the window, (B, D), or both directions' states, (B, 2 D)."""
    states = inputs
    for layer in range(spec.layers):
        runs = [_run(weights, spec, states, f"l{layer}")]
        if spec.bidirectional:
            runs.append(_run(weights, spec, states[:, ::-1], f"l{layer}_reverse")[::-1])
        if layer + 1 < spec.layers:
            states = np.concatenate([np.stack(run, 1) for run in runs], 2)
    # the backward pass has read everything at the first step
    return np.concatenate([runs[0][-1], *(run[0] for run in runs[1:])], 1)


def _run(
    weights: Weights, spec: RecurrentSpec, inputs: NDArray[np.float32], name: str
) -> list[NDArray[np.float32]]:
    """Unroll one layer in one direction, K states of (B, D).

    The inputs of a step, a one for the bias, and the hidden state stand side by side:
    what drives a gate and what is fed back to it are then one product.
    """
    driving, recurrent = (weights[f"encoder.weight_{kind}_{name}"] for kind in ("ih", "hh"))
    biases = [weights[f"encoder.bias_{kind}_{name}"][:, None] for kind in ("ih", "hh")]
    if spec.cell == "gru":
        step: _Step = _Gru(driving, recurrent, biases)
    else:
        every = np.concatenate([driving, biases[0] + biases[1], recurrent], 1).T
        step = _Lstm(every) if spec.cell == "lstm" else _Elman(every, spec.nonlinearity)
    windows, steps, count = inputs.shape
    joined = np.ones((windows, count + 1 + recurrent.shape[1]), np.float32)
    joined[:, count + 1 :] = 0
    states = []
    for k in range(steps):
        joined[:, :count] = inputs[:, k]
        states.append(step(joined, count))
        joined[:, count + 1 :] = states[-1]
    return states


class _Step(Protocol):
    """One recurrent step: from inputs, a one and the hidden state to the next state."""

    def __call__(self, joined: NDArray[np.float32], count: int) -> NDArray[np.float32]: ...


class _Gru:
    """Cho et al. (2014), the reset gate applied after the recurrent product.

    A logistic is half of one plus the tanh of half its argument: weights are halved
    beforehand, which rounds nothing, instead of values at every step.
    """

    def __init__(
        self,
        driving: NDArray[np.float32],
        recurrent: NDArray[np.float32],
        biases: list[NDArray[np.float32]],
    ) -> None:
        gates, half = 2 * recurrent.shape[1], np.float32(0.5)
        both = [driving[:gates], biases[0][:gates] + biases[1][:gates], recurrent[:gates]]
        self._gates = (np.concatenate(both, 1) * half).T
        self._driving = np.concatenate([driving[gates:], biases[0][gates:]], 1).T
        self._fed_back = (np.concatenate([biases[1][gates:], recurrent[gates:]], 1) * half).T

    def __call__(self, joined: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        gates = joined @ self._gates
        np.tanh(gates, out=gates)
        gates += np.float32(1)  # twice the reset and the update gate
        twice_reset, twice_update = np.split(gates, 2, 1)
        new = joined[:, count:] @ self._fed_back
        new *= twice_reset
        new += joined[:, : count + 1] @ self._driving
        np.tanh(new, out=new)
        kept = joined[:, count + 1 :] - new
        kept *= twice_update
        kept *= np.float32(0.5)
        kept += new
        return kept


class _Lstm:
    """Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000)."""

    def __init__(self, every: NDArray[np.float32]) -> None:
        self._every = every
        self._memory: NDArray[np.float32] = np.zeros((1, 1), np.float32)

    def __call__(self, joined: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        enter, forget, new, leave = np.split(joined @ self._every, 4, 1)
        self._memory = _sigmoid(forget) * self._memory + _sigmoid(enter) * np.tanh(new)
        return np.asarray(_sigmoid(leave) * np.tanh(self._memory))


class _Elman:
    """Elman (1990)."""

    def __init__(self, every: NDArray[np.float32], nonlinearity: Nonlinearity) -> None:
        self._every, self._nonlinearity = every, nonlinearity

    def __call__(self, joined: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        total: NDArray[np.float32] = joined @ self._every
        if self._nonlinearity == "tanh":
            return np.tanh(total)
        return _sigmoid(total) if self._nonlinearity == "sigmoid" else np.maximum(total, 0)


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    made = np.multiply(values, np.float32(0.5))
    np.tanh(made, out=made)
    made += np.float32(1)
    made *= np.float32(0.5)
    return made


def _spread(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median and raw distances to non-decreasing quantiles; see ``quantiles.spread``."""
    made = _softplus(raw)
    middle = len(raw) // 2
    made[middle] = raw[middle]
    for q in range(middle + 1, len(raw)):
        made[q] += made[q - 1]
    for q in range(middle - 1, -1, -1):
        np.subtract(made[q + 1], made[q], out=made[q])
    return made


def _softplus(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """log(1 + exp(values)); ``numpy.logaddexp`` takes six times as long."""
    rest = np.exp(-np.abs(values, order="C"))
    return np.asarray(np.log(rest + np.float32(1), out=rest) + np.maximum(values, 0))
