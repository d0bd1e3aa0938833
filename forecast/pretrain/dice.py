"""Random numbers of one seeded generator on one device.

Every random choice of the generator goes through a ``Dice``, so that a seed
gives the same series and no tensor is made on the wrong device. What is done
with the numbers is the business of the other modules of this folder.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Dice:
    """Draw float32 tensors from one generator.

    Parameters
    ----------
    generator : torch.Generator
        On the same device.
    device : torch.device
    """

    generator: torch.Generator
    device: torch.device

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw from [low, high)."""
        unit = torch.rand(shape, generator=self.generator, device=self.device)
        return low + (high - low) * unit

    def normal(self, *shape: int) -> Tensor:
        """Draw from the standard normal distribution."""
        return torch.randn(shape, generator=self.generator, device=self.device)

    def log_uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw numbers whose logarithm is uniform between those of ``low`` and ``high``."""
        return self.uniform(math.log(low), math.log(high), *shape).exp()

    def log_normal(self, median: float, spread: float, *shape: int) -> Tensor:
        """Draw numbers whose logarithm is normal with deviation ``spread``, at most 3 of them."""
        return median * (spread * self.normal(*shape).clamp(-3, 3)).exp()

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """Draw int64 from low to high, both included."""
        return torch.randint(
            low, high + 1, shape, generator=self.generator, device=self.device, dtype=torch.int64
        )

    def happens(self, probability: float | Tensor, *shape: int) -> Tensor:
        """Draw booleans that are true with ``probability``."""
        return torch.rand(shape, generator=self.generator, device=self.device) < probability

    def pick(self, weights: tuple[float, ...], count: int) -> Tensor:
        """Draw ``count`` int64 choices in proportion to ``weights``."""
        odds = torch.tensor(weights, dtype=torch.float32, device=self.device)
        return torch.multinomial(odds, count, replacement=True, generator=self.generator)

    def signs(self, *shape: int) -> Tensor:
        """Draw -1 or 1, equally likely."""
        return self.integers(0, 1, *shape).float() * 2 - 1

    def student(self, freedom: float, *shape: int) -> Tensor:
        """Draw heavy-tailed numbers of unit variance, near Student's t, at most 12.

        Notes
        -----
        A normal divided by the root of a chi-square over its degrees of
        freedom; the chi-square is Wilson and Hilferty's (1931) cube of a normal.
        """
        narrow = 2.0 / (9.0 * freedom)
        cube = (1 - narrow + math.sqrt(narrow) * self.normal(*shape)).clamp_min(0.25) ** 3
        unit = math.sqrt(max(freedom - 2, 0.5) / freedom)
        return (self.normal(*shape) / cube.sqrt() * unit).clamp(-12, 12)
