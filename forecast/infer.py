"""Run a trained network in NumPy, so that forecasting needs no torch.

The equations are those of ``forecast.networks``; a test holds both equal.

Letters: B windows, K recurrent steps, E ends decoded, O output segments,
P phases, M bases, Q quantiles, F inputs, D hidden units.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from forecast.features import Features
from forecast.spec import Nonlinearity, RecurrentSpec

Weights = Mapping[str, NDArray[np.float32]]
"""Parameters by their names in ``forecast.networks.SegmentNetwork``."""


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
    """Unroll one layer in one direction, K states of (B, D)."""
    recurrent = weights[f"encoder.weight_hh_{name}"].T
    bias = weights[f"encoder.bias_hh_{name}"]
    driven = _times(inputs, weights[f"encoder.weight_ih_{name}"])
    driven += weights[f"encoder.bias_ih_{name}"]
    hidden = np.zeros((len(inputs), recurrent.shape[0]), np.float32)
    memory = np.zeros_like(hidden)
    states: list[NDArray[np.float32]] = []
    for k in range(inputs.shape[1]):
        fed_back = hidden @ recurrent
        fed_back += bias
        if spec.cell == "gru":
            hidden = _gru(driven[:, k], fed_back, hidden)
        elif spec.cell == "lstm":
            hidden, memory = _lstm(driven[:, k] + fed_back, memory)
        else:
            hidden = _elman(driven[:, k] + fed_back, spec.nonlinearity)
        states.append(hidden)
    return states


def _gru(
    driven: NDArray[np.float32], fed_back: NDArray[np.float32], hidden: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Cho et al. (2014), the reset gate applied after the recurrent product."""
    gates = 2 * hidden.shape[1]
    reset, update = np.split(_sigmoid(driven[:, :gates] + fed_back[:, :gates]), 2, 1)
    new = reset * fed_back[:, gates:]
    new += driven[:, gates:]
    np.tanh(new, out=new)
    kept = hidden - new
    kept *= update
    kept += new
    return kept


def _lstm(
    total: NDArray[np.float32], memory: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000)."""
    enter, forget, new, leave = np.split(total, 4, 1)
    memory = _sigmoid(forget) * memory + _sigmoid(enter) * np.tanh(new)
    return _sigmoid(leave) * np.tanh(memory), memory


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    made = np.multiply(values, np.float32(0.5))
    np.tanh(made, out=made)
    made += np.float32(1)
    made *= np.float32(0.5)
    return made


def _elman(total: NDArray[np.float32], nonlinearity: Nonlinearity) -> NDArray[np.float32]:
    """Elman (1990)."""
    if nonlinearity == "tanh":
        return np.tanh(total)
    return _sigmoid(total) if nonlinearity == "sigmoid" else np.maximum(total, 0)


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
