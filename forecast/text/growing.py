"""Arrays that are appended to, part by part, and never copied as long as they grow as expected."""

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


class Growing(Generic[Scalar]):
    """An array of one more part after the other.

    Examples
    --------
    >>> grown = Growing[np.int32]()
    >>> for part in ([1], [2, 3]):
    ...     grown.append(np.array(part, np.int32), expected=3)
    >>> grown.whole()
    array([1, 2, 3], dtype=int32)
    """

    def __init__(self) -> None:
        self.size = 0
        self._room: NDArray[Scalar] | None = None

    def append(self, part: NDArray[Scalar], expected: int) -> None:
        """Add a part.

        Parameters
        ----------
        part : ndarray of shape (..., n)
            Grows along its last axis.
        expected : int
            Rows in all, as far as is known.
        """
        end = self.size + part.shape[-1]
        if self._room is None or end > self._room.shape[-1]:
            larger = np.empty((*part.shape[:-1], max(end, expected)), part.dtype)
            if self._room is not None:
                larger[..., : self.size] = self._room[..., : self.size]
            self._room = larger
        self._room[..., self.size : end] = part
        self.size = end

    def whole(self) -> NDArray[Scalar]:
        """Give what was added."""
        assert self._room is not None
        return self._room[..., : self.size]
