"""A gated recurrent unit whose gradients are written down, in torch.

On the processor, most of a step of a small cell is spent on the many small operations
of its gradient. Here all that does not depend on later steps is done for all steps at
once, and the gradient by the weights is one product.

Letters: K steps, B batch, D hidden units, F inputs.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional


class GRU(nn.GRU):
    """Gated recurrent unit (Cho et al. 2014), reset gate after the recurrent product.

    Parameters, their names and the outputs are those of ``torch.nn.GRU`` with
    ``batch_first``, which it is but for training one layer forwards on the processor.
    """

    def forward(  # type: ignore[override]
        self, inputs: Tensor, start: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Unroll over the steps.

        Parameters
        ----------
        inputs : Tensor of shape (B, K, F)
        start : Tensor, optional
            State before the first step; zeros where None.

        Returns
        -------
        states : Tensor of shape (B, K, D), or (B, K, 2 D) when bidirectional
        last : Tensor of shape (layers and directions, B, D)
        """
        plain = self.num_layers == 1 and not self.bidirectional and start is None
        if not (plain and self.training and inputs.device.type == "cpu"):
            made: tuple[Tensor, Tensor] = super().forward(inputs, start)
            return made
        steps = inputs.transpose(0, 1).contiguous()
        weight, recurrent, bias, recurrent_bias = self.parameters()
        arguments = functional.linear(steps, weight, bias), recurrent, recurrent_bias
        states: Tensor = _Unroll.apply(*arguments)  # type: ignore[no-untyped-call]
        return states.transpose(0, 1), states[-1:]


class _Unroll(Function):
    """States of (K, B, D) from what drives the gates, (K, B, 3 D): reset, update, new."""

    @staticmethod
    def forward(ctx: Any, driven: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        steps, batch, width = driven.shape
        size = width // 3
        states = driven.new_zeros(steps + 1, batch, size)
        fed_back = torch.empty_like(driven)
        gates = driven.new_empty(steps, batch, 2 * size)
        new = driven.new_empty(steps, batch, size)
        parts = (
            *(driven[..., : 2 * size], driven[..., 2 * size :]),
            *(fed_back, fed_back[..., : 2 * size], fed_back[..., 2 * size :]),
            *(gates, gates[..., :size], gates[..., size:]),
            *(new, states[:-1], states[1:]),
        )
        back = weight.t()
        for step in zip(*(one.unbind() for one in parts), strict=True):
            for_gates, for_new, fed, fed_gates, fed_new, gate, reset, update, n, h, after = step
            torch.addmm(bias, h, back, out=fed)
            torch.add(for_gates, fed_gates, out=gate).sigmoid_()
            torch.addcmul(for_new, reset, fed_new, out=n).tanh_()
            torch.lerp(n, h, update, out=after)
        ctx.save_for_backward(weight, states, fed_back, gates, new)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weight, states, fed_back, gates, new = ctx.saved_tensors
        steps, batch, size = new.shape
        reset, update = gates[..., :size], gates[..., size:]
        # Slopes of a state by what goes into the new value and the gates, before it is known
        # how much the loss depends on that state.
        own = (1 - update).mul_(1 - new * new)
        slopes = new.new_empty(steps, batch, 3, size)
        by_reset, by_update, by_fed = slopes.unbind(2)
        torch.mul(own, reset, out=by_fed)
        torch.mul(by_fed, fed_back[..., 2 * size :], out=by_reset).mul_(1 - reset)
        torch.sub(states[:-1], new, out=by_update).mul_(update).mul_(1 - update)
        flow, back = torch.empty_like(new), torch.empty_like(slopes)
        rows = back.view(steps, batch, 3 * size)
        for k in range(steps - 1, -1, -1):
            reaching = flow[k]
            if k == steps - 1:
                reaching.copy_(gradient[k])
            else:
                torch.addcmul(gradient[k], flow[k + 1], update[k + 1], out=reaching)
                reaching.addmm_(rows[k + 1], weight)
            torch.mul(slopes[k], reaching[:, None], out=back[k])
        flat = rows.view(-1, 3 * size)
        by_weight = flat.t() @ states[:-1].view(-1, size)
        by_bias = flat.sum(0)
        torch.mul(own, flow, out=back[:, :, 2])  # what drives the new value is not reset
        return rows, by_weight, by_bias
