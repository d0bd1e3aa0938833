"""Texts that lie in one array of bytes, seen eight characters at a time as whole numbers.

A word holds its first character in its lowest byte. What the characters mean is
left to ``plaintimes`` and to ``forecast.text.digits``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MARGIN = 64
"""Bytes that an array has before and after its texts, so that no word reaches beyond it."""

_LOWEST = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


@dataclass(frozen=True, eq=False)
class Spans:
    """Texts as places in an array of bytes.

    Attributes
    ----------
    data : ndarray of uint8
        With `MARGIN` bytes before the first and after the last text.
    starts, ends : ndarray of shape (T,), int64
        Text i is ``data[starts[i]:ends[i]]``.
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Spans":
        """Lay out texts one after the other.

        Examples
        --------
        >>> Spans.of(["ab", "c"]).words(1)
        array([[25185,    99]], dtype=uint64)
        """
        written = [one.encode() for one in texts]
        ends = MARGIN + np.cumsum([len(one) for one in written], dtype=np.int64)
        starts = np.append(MARGIN, ends[:-1])[: len(texts)].astype(np.int64)
        return cls(with_margins(np.frombuffer(b"".join(written), np.uint8)), starts, ends)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Bytes of each text."""
        return self.ends - self.starts

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest text."""
        return int(self.lengths.max(initial=0))

    def words(self, count: int) -> NDArray[np.uint64]:
        """Give the first bytes of each text, with zeros behind its end.

        Parameters
        ----------
        count : int
            Words of eight bytes, at most ``MARGIN // 8``.

        Returns
        -------
        ndarray of shape (count, T), uint64
        """
        found = self._words_at(self.starts, count)
        shortest = int(self.lengths.min(initial=8 * count))
        for place in range(shortest // 8, count):
            if shortest == self.longest:
                found[place] &= _LOWEST[max(0, shortest - 8 * place)]
            else:
                found[place] &= _LOWEST[np.clip(self.lengths - 8 * place, 0, 8)]
        return found

    def last_words(self, count: int) -> NDArray[np.uint64]:
        """Give the last bytes of each text, with whatever stands before its beginning.

        Parameters
        ----------
        count : int
            Words of eight bytes, at most ``MARGIN // 8``.

        Returns
        -------
        ndarray of shape (count, T), uint64
            The very last first.
        """
        return self._words_at(self.ends - 8 * count, count)[::-1]

    def _words_at(self, places: NDArray[np.int64], count: int) -> NDArray[np.uint64]:
        """Give so many words from each place on, all copied at once."""
        size = 8 * count
        every = np.ndarray((len(self.data) - size + 1,), f"V{size}", self.data, strides=(1,))
        return np.ascontiguousarray(every[places].view("<u8").reshape(-1, count).T)


def with_margins(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give bytes with `MARGIN` zeros on both sides."""
    padded = np.zeros(len(data) + 2 * MARGIN, np.uint8)
    padded[MARGIN : MARGIN + len(data)] = data
    return padded
