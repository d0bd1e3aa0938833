"""The recurrent network, in torch: one step reads a segment, one decoder writes segments.

Scaling, bases and masks are prepared in ``forecast.network.features``; the training
loop is in ``forecast.training.loop``; ``forecast.network.infer`` runs the same network in NumPy.

Letters: B windows, K recurrent steps, E ends decoded, O output segments,
P phases, M bases, Q quantiles, F inputs, D hidden units.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from forecast.network.geometry import LONG_SEASON, Geometry
from forecast.network.gru import GRU
from forecast.network.quantiles import spread
from forecast.spec import RecurrentSpec

QUANTILE_STEP = -1.5
"""Initial raw distance between neighbouring quantiles: softplus(-1.5) = .2 scales."""

LINEAR_SHARE, LITTLE_DRIFT = 0.955, -5.0
"""Where there is a linear map: its weight among the bases at first, which is almost all of
the blend however many they are, and the logit of drift."""


class SegmentNetwork(nn.Module):
    """Recurrent encoder over segments and a shared decoder of output segments.

    Parameters
    ----------
    spec : RecurrentSpec
        With ``hidden`` filled in.
    geometry : Geometry
    quantiles : int
        Number of quantile levels (Q), odd, the median in the middle.

    Notes
    -----
    The last layers start at zero, so that an untrained network gives the
    blend of its bases: training can only depart from naive forecasts where
    that helps. A linear map among the bases is a constant: it is solved for
    beforehand and not trained.
    """

    linear: Tensor | None

    def __init__(self, spec: RecurrentSpec, geometry: Geometry, quantiles: int) -> None:
        super().__init__()
        hidden = spec.hidden or 64
        self.geometry, self.quantiles = geometry, quantiles
        self.bidirectional = spec.bidirectional
        self.encoder = _encoder(spec, geometry.input_count, hidden)
        self.state = nn.Linear(hidden * (2 if spec.bidirectional else 1), hidden)
        self.skip = nn.Linear(geometry.input_count, hidden, bias=False)
        if geometry.bases:
            self.outlook = nn.Linear(geometry.outlook_count, hidden, bias=False)
        self.position = nn.Parameter(torch.randn(geometry.ahead, hidden) * 0.1)
        lines = torch.zeros((spec.lags or 0) + 1, geometry.future) if spec.linear else None
        self.register_buffer("linear", lines)
        self.dropout = Dropout(spec.dropout or 0.0)
        self.gates = nn.Linear(hidden, geometry.base_count + 1)
        self.head = nn.Linear(hidden, geometry.phases * quantiles)
        self._start_at_the_bases()

    def _start_at_the_bases(self) -> None:
        for name, weights in self.encoder.named_parameters():
            if "weight_hh" in name:  # gates stacked in rows: each one orthogonal
                for gate in weights.data.split(weights.shape[1]):
                    nn.init.orthogonal_(gate)
        for layer in (self.gates, self.head):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        bias = self.head.bias.data.view(self.geometry.phases, self.quantiles)
        bias[:] = QUANTILE_STEP
        bias[:, self.quantiles // 2] = 0
        if self.linear is None:
            self.gates.bias.data[LONG_SEASON] = 1.0
            self.gates.bias.data[-1] = -2.0  # little drift
        else:
            odds = LINEAR_SHARE / (1 - LINEAR_SHARE) * (self.geometry.base_count - 1)
            self.gates.bias.data[0], self.gates.bias.data[-1] = math.log(odds), LITTLE_DRIFT

    def forward(self, inputs: Tensor, outlook: Tensor) -> tuple[Tensor, Tensor]:
        """Run the window through the cell and decode its last ends.

        Parameters
        ----------
        inputs : Tensor of shape (B, K, F)
        outlook : Tensor of shape (B, E, O, 2 P)

        Returns
        -------
        gates : Tensor of shape (B, E, O, M + 1)
        correction : Tensor of shape (Q, B, E, O, P)
            Non-decreasing along Q.
        """
        ends = outlook.shape[1]
        context = self.state(self.states(inputs)[:, -ends:]) + self.skip(inputs[:, -ends:])
        position_OD = self.position[: outlook.shape[2]]
        mixed_BEOD = context[:, :, None] + position_OD
        if self.geometry.bases:
            mixed_BEOD = mixed_BEOD + self.outlook(outlook)
        decoded = self.dropout(functional.relu(mixed_BEOD))
        return self.gates(decoded), spread(self._raw(decoded))

    def states(self, inputs: Tensor) -> Tensor:
        """Run the window through the cell.

        Parameters
        ----------
        inputs : Tensor of shape (B, K, F)

        Returns
        -------
        Tensor of shape (B, K, D), or (B, 1, 2 D) when bidirectional
            Hidden states of the last layer that the decoder reads.
        """
        states_BKD: Tensor = self.encoder(inputs)[0]
        if not self.bidirectional:
            return states_BKD
        hidden = states_BKD.shape[2] // 2  # the backward pass has read everything at the first step
        return torch.cat([states_BKD[:, -1:, :hidden], states_BKD[:, :1, hidden:]], 2)

    def _raw(self, decoded_BEOD: Tensor) -> Tensor:
        """Apply the head, whose rows are P times Q, with the quantiles first, (Q, B, E, O, P)."""
        split = self.geometry.phases, self.quantiles
        weight = self.head.weight.unflatten(0, split).transpose(0, 1).flatten(0, 1)
        bias = self.head.bias.unflatten(0, split).T.flatten()
        raw: Tensor = functional.linear(decoded_BEOD, weight, bias).unflatten(3, split[::-1])
        return raw.movedim(3, 0).contiguous()


class Dropout(nn.Module):
    """Drop a share of the units while training, drawing sixteen bits for each.

    Parameters
    ----------
    share : float
        In [0, 1), met to one in 65,536.

    Notes
    -----
    Srivastava et al. (2014); what is kept is scaled up. torch's own takes three
    times as long, most of it drawing numbers far finer than the share.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.dropped = min(round(share * 2**16), 2**16 - 1)

    def forward(self, units: Tensor) -> Tensor:
        """Scale what is kept and drop the rest, units of any shape."""
        if not (self.training and self.dropped):
            return units
        words = units.new_empty(-(-units.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        bits = words.view(torch.int16)[: units.numel()].view(units.shape)
        kept = (bits >= self.dropped - 2**15).to(units.dtype)
        return units * kept.mul_(2**16 / (2**16 - self.dropped))


class SigmoidRNN(nn.RNN):
    """Elman network with the logistic function, which torch's own cell lacks.

    Parameters, their names and the states are those of ``torch.nn.RNN``.

    Notes
    -----
    Elman (1990): ``h_t = sigmoid(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)``.
    """

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Unroll over the steps.

        Parameters
        ----------
        inputs : Tensor of shape (B, K, F)

        Returns
        -------
        states : Tensor of shape (B, K, D), or (B, K, 2 D) when bidirectional
        last : Tensor of shape (B, D), or (B, 2 D) when bidirectional
            Those of the last step.
        """
        states = inputs
        for layer in range(self.num_layers):
            if layer and self.dropout:
                states = functional.dropout(states, self.dropout, self.training)
            runs = [self._run(states, f"l{layer}")]
            if self.bidirectional:
                runs.append(self._run(states.flip(1), f"l{layer}_reverse").flip(1))
            states = torch.cat(runs, 2)
        return states, states[:, -1]

    def _run(self, states: Tensor, name: str) -> Tensor:
        weight_ih, weight_hh, bias_ih, bias_hh = (
            getattr(self, f"{kind}_{name}")
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        driven = functional.linear(states, weight_ih, bias_ih + bias_hh)
        hidden = driven.new_zeros(driven.shape[0], driven.shape[2])
        steps = []
        for k in range(driven.shape[1]):
            hidden = torch.sigmoid(driven[:, k] + hidden @ weight_hh.T)
            steps.append(hidden)
        return torch.stack(steps, 1)


def _encoder(spec: RecurrentSpec, inputs: int, hidden: int) -> nn.Module:
    between = spec.dropout or 0.0 if spec.layers > 1 else 0.0
    shared = {
        "num_layers": spec.layers,
        "batch_first": True,
        "bidirectional": spec.bidirectional,
        "dropout": between,
    }
    if spec.cell == "rnn" and spec.nonlinearity == "sigmoid":
        return SigmoidRNN(inputs, hidden, **shared)
    if spec.cell == "rnn":
        return nn.RNN(inputs, hidden, nonlinearity=spec.nonlinearity, **shared)
    return (GRU if spec.cell == "gru" else nn.LSTM)(inputs, hidden, **shared)
