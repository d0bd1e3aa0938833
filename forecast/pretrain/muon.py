"""Muon: the step of a matrix is its mean gradient with all singular values near one.

Written out because torch's own computes in bfloat16, for which a processor without
that type takes minutes a step.

Letters: K blocks, R rows of a block, C columns.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the odd polynomial that draws singular values towards one (Jordan et al. 2024)."""

ITERATIONS = 5
"""Of that polynomial: singular values from .01 up end between .7 and 1.2."""

TINY = 1e-7
"""Least norm that a gradient is divided by."""


class Muon:
    """Muon (Jordan et al. 2024) in float32, with decoupled weight decay.

    Parameters
    ----------
    matrices : sequence of Tensor of shape (K * R, C)
        Changed in place.
    rows : int
        Of a block (R), in matrices that hold a multiple of it, such as the gates of a
        recurrent cell above each other; any other matrix is one block.
    momentum : float
        Decay of the mean gradient.
    weight_decay : float
    """

    def __init__(
        self, matrices: Sequence[Tensor], *, rows: int, momentum: float, weight_decay: float
    ) -> None:
        self.matrices, self.rows = list(matrices), rows
        self.momentum, self.weight_decay = momentum, weight_decay
        self._means = [torch.zeros_like(one) for one in self.matrices]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Take one step down the gradients.

        Parameters
        ----------
        rate : float
            Root mean square of the change of an element, but for weight decay.
        """
        for matrix, mean in zip(self.matrices, self._means, strict=True):
            gradient = matrix.grad
            if gradient is None:
                continue
            mean.lerp_(gradient, 1 - self.momentum)
            ahead = gradient.lerp(mean, self.momentum)  # Nesterov
            count = len(matrix) // self.rows if len(matrix) % self.rows == 0 else 1
            blocks_KRC = ahead.view(count, -1, matrix.shape[1])
            step = orthogonal(blocks_KRC).view_as(matrix)
            size = max(blocks_KRC.shape[1:]) ** 0.5  # an element has 1 / size in the mean
            matrix.mul_(1 - rate * self.weight_decay).sub_(step, alpha=rate * size)

    def state(self) -> dict[str, Tensor]:
        """Give the mean gradients by number."""
        return {str(number): mean for number, mean in enumerate(self._means)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from mean gradients."""
        for name, mean in self.state().items():
            mean.copy_(state[name])


def orthogonal(blocks_KRC: Tensor) -> Tensor:
    """Draw the singular values of matrices towards one, their vectors kept.

    Parameters
    ----------
    blocks_KRC : Tensor of shape (K, R, C)

    Returns
    -------
    Tensor of shape (K, R, C)
    """
    first, third, fifth = COEFFICIENTS
    tall = blocks_KRC.shape[1] > blocks_KRC.shape[2]
    found: Tensor = blocks_KRC.mT if tall else blocks_KRC
    found = found / found.norm(dim=(1, 2), keepdim=True).clamp_min(TINY)
    for _ in range(ITERATIONS):
        square = found @ found.mT
        found = first * found + (third * square + fifth * square @ square) @ found
    return found.mT if tall else found
