"""How far back the recurrent state is felt: norms of slopes against the steps between.

Whether gradients vanish or explode, measured on trained cells reading this very
series, side by side: the pretrained RNN, GRU and LSTM, and the model's own network
where it has one.

Letters: K recurrent steps, D hidden units, F inputs.
"""

from dataclasses import replace
from itertools import chain
from typing import get_args

import numpy as np
import torch
from torch import Tensor, nn

from forecast.explain.explanation import Array, Memory
from forecast.models.member import Member
from forecast.models.members import network_of
from forecast.models.recurrent import RecurrentModel, model_name
from forecast.models.zero_shot import shipped_member
from forecast.network.features import extract
from forecast.network.window import gather, location_and_spread
from forecast.panel import Series
from forecast.pretrained import has_weights, load_weights
from forecast.spec import Cell


def measure_memory(model: RecurrentModel, series: Series) -> tuple[Memory, ...]:
    """Measure the shipped cells, and the model's own largest network if it was trained.

    Parameters
    ----------
    model : RecurrentModel
    series : Series

    Returns
    -------
    tuple of Memory
        Of RNN, GRU and LSTM, which read the series as the model mostly does, then of
        the model's own.
    """
    chief = model.chief
    found = [memory_of(_like(chief, cell), series) for cell in get_args(Cell) if has_weights(cell)]
    if chief.origin != "pretrained":
        found.append(memory_of(chief, series))
    return tuple(found)


def _like(chief: Member, cell: Cell) -> Member:
    """Give a shipped network that reads series as another does."""
    spec = chief.spec
    member = shipped_member(spec.seasons, load_weights(cell), log=spec.log is True)
    return replace(member, spec=replace(member.spec, adjust=spec.adjust))


def memory_of(member: Member, series: Series) -> Memory:
    """Measure one network.

    Parameters
    ----------
    member : Member
    series : Series

    Returns
    -------
    Memory

    Notes
    -----
    Bengio, Simard and Frasconi (1994) and Pascanu, Mikolov and Bengio (2013): errors
    flow back through products of the slopes of each state by the one before, whose
    norms shrink or grow geometrically. The norm is Frobenius', over that of the
    last state by itself, so that 1 means that on average nothing is lost. What reads in
    both directions has no rate: nothing is far from both ends.
    """
    network = network_of(member).double().eval().requires_grad_(False)
    inputs = _inputs(member, series).requires_grad_()
    steps = member.geometry.segments
    encoder = network.encoder
    if isinstance(encoder, nn.RNN | nn.GRU | nn.LSTM) and _takes_a_state(member):
        states = _unroll(encoder, inputs)
        *by, by_inputs = _slopes(states[0][0][-1, 0], [*chain(*states), inputs])
        squares = np.array([float(one.square().sum()) for one in by]).reshape(steps, -1)
        by_state = np.sqrt(squares.sum(1) / squares[0].sum())
    else:
        (by_inputs,) = _slopes(network.states(inputs)[0, -1], [inputs])
        by_state = np.full(steps, np.nan)
    norms = by_inputs[:, 0].square().sum((0, 2)).sqrt().numpy()[::-1]  # (K,)
    by_input = norms / norms[0] if norms[0] > 0 else np.zeros(steps)
    rate = rate_of(by_input if np.isnan(by_state).any() else by_state)
    if member.spec.bidirectional:
        rate = np.nan  # one direction ends with the newest step, the other with the oldest
    shipped = member.origin == "pretrained"
    return Memory(
        model_name(member.spec), shipped, member.geometry.segment, by_state, by_input, rate
    )


def rate_of(norms: Array) -> float:
    """Fit a geometric course to norms against steps back.

    Parameters
    ----------
    norms : ndarray of shape (K,)
        From 0 steps back on.

    Returns
    -------
    float
        Factor for each further step from the first on, by least squares through the
        logarithms; NaN where fewer than two are positive. What is lost within the last
        step alone says nothing about those before.
    """
    back = np.flatnonzero(norms > 0)[1:]
    if len(back) < 2:
        return np.nan
    return float(np.exp(np.polyfit(back, np.log(norms[back]), 1)[0]))


def _inputs(member: Member, series: Series) -> Tensor:
    """What the network reads of the end of the series, (1, K, F)."""
    g = member.geometry
    end, rows = np.array([len(series.target)]), np.array([0])
    values, _ = member.read(gather(series.target, end, (rows, end), member.past, 0))
    past = values[:, -g.past :]
    location, spread = location_and_spread(past)
    return torch.as_tensor(extract((past - location) / spread, g, 1, np).inputs)


def _takes_a_state(member: Member) -> bool:
    """Say whether the cell can be run step by step: one direction, and torch's own."""
    sigmoid = member.spec.cell == "rnn" and member.spec.nonlinearity == "sigmoid"
    return not (member.spec.bidirectional or sigmoid)


def _unroll(encoder: nn.RNNBase, inputs: Tensor) -> list[tuple[Tensor, ...]]:
    """Run step by step; give what is handed on after each, the newest first."""
    states: list[tuple[Tensor, ...]] = []
    handed: tuple[Tensor, ...] | Tensor | None = None
    for k in range(inputs.shape[1]):
        handed = encoder(inputs[:, k : k + 1], handed)[1]
        states.insert(0, handed if isinstance(handed, tuple) else (handed,))
    return states


def _slopes(last: Tensor, causes: list[Tensor]) -> list[Tensor]:
    """Slopes of each unit of the last state, (D, ...) for each of the causes."""
    rows = torch.eye(len(last), dtype=last.dtype)
    found = torch.autograd.grad(last, causes, rows, is_grads_batched=True, allow_unused=True)
    zeros = (torch.zeros((1, *one.shape), dtype=last.dtype) for one in causes)
    return [zero if one is None else one for one, zero in zip(found, zeros, strict=True)]
