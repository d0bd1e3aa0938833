"""Quantiles that cannot cross and the loss that trains them, in torch, gradients by hand.

These act on every quantile of every step ahead, which is most of the numbers in
a training step. Quantiles are the first axis, so that each is one contiguous
block that stays in the processor's cache from the first operation to the last.

Letters: Q quantiles, the median in the middle; "..." any shape.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

LEAST_REST = 1e-30
"""Least sigmoid of a negated raw distance: the distances end at 69 scales."""


def spread(raw: Tensor) -> Tensor:
    """Turn a median and raw distances into non-decreasing quantiles.

    Parameters
    ----------
    raw : Tensor of shape (Q, ...)
        The median in the middle; elsewhere the softplus of a value is the
        distance to the neighbour nearer the median.

    Returns
    -------
    Tensor of shape (Q, ...)
    """
    made: Tensor = _Spread.apply(raw)  # type: ignore[no-untyped-call]
    return made


def pinball(target: Tensor, quantiles: Tensor, known: Tensor, levels: tuple[float, ...]) -> Tensor:
    """Give the mean quantile loss over what is known.

    Parameters
    ----------
    target : Tensor of shape (...)
        Finite everywhere.
    quantiles : Tensor of shape (Q, ...)
    known : Tensor of shape (...), bool
        What counts.
    levels : tuple of float, length Q

    Returns
    -------
    Tensor of shape ()
        Twice the loss of Koenker and Bassett (1978): the absolute error where
        the level is the median. 0 where nothing is known.
    """
    arguments = target, quantiles, known, levels
    made: Tensor = _Pinball.apply(*arguments)  # type: ignore[no-untyped-call]
    return made


class _Spread(Function):
    """Softplus of all but the median, summed outwards from it."""

    @staticmethod
    def forward(ctx: Any, raw: Tensor) -> Tensor:
        # softplus(x) = -log(sigmoid(-x)); its slope is one minus that: one exponential for both.
        rest = torch.sigmoid(-raw).clamp_(min=LEAST_REST)
        made = torch.log(rest).neg_()
        ctx.save_for_backward(rest)
        middle = len(raw) // 2
        made[middle] = raw[middle]
        for q in range(middle + 1, len(raw)):
            made[q] += made[q - 1]
        for q in range(middle - 1, -1, -1):
            torch.sub(made[q + 1], made[q], out=made[q])
        return made

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (rest,) = ctx.saved_tensors
        middle, back = len(rest) // 2, gradient.clone()
        for q in range(len(rest) - 1, middle, -1):  # what moves a quantile moves those beyond
            back[q - 1] += back[q]
        for q in range(middle):
            back[q + 1] += back[q]
        own = back[middle].clone()
        back.addcmul_(back, rest, value=-1)
        back[:middle].neg_()
        back[middle] = own
        return back


class _Pinball(Function):
    """tau e + max(-e, 0) for an error e, and its slope tau - [e < 0]."""

    @staticmethod
    def forward(
        ctx: Any, target: Tensor, quantiles: Tensor, known: Tensor, levels: tuple[float, ...]
    ) -> Tensor:
        counts = known.to(target.dtype)
        error = torch.sub(target, quantiles).mul_(counts)
        taus = target.new_tensor(levels).view(-1, *[1] * target.ndim)
        slopes = torch.sign(error).clamp_(max=0).addcmul_(counts, taus)
        loss = (error * slopes).sum()
        weight = 2 / len(levels) / counts.sum().clamp(min=1)
        ctx.save_for_backward(slopes, weight)
        return loss * weight

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        slopes, weight = ctx.saved_tensors
        back = slopes * (gradient * weight)
        return back.sum(0), back.neg_(), None, None
