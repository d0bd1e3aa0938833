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
        return cls(with_margins(b"".join(written)), starts, ends)

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

    @cached_property
    def shortest(self) -> int:
        """Bytes of the shortest text, 0 where there is none."""
        return int(self.lengths.min()) if len(self) else 0

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
        found = self.first_words(count)
        for place in range(self.shortest // 8, count):
            beyond = self.bits_beyond(8 * (place + 1))
            found[place] <<= beyond
            found[place] >>= beyond
        return found

    def bits_beyond(self, end: int) -> NDArray[np.uint64]:
        """Give how many bits of the last of ``end`` bytes are beyond each text, 64 at most.

        Shifting by 64 gives zero, as NumPy does it.
        """
        if self.shortest == self.longest:
            return np.array([min(64, max(0, 8 * (end - self.longest)))], np.uint64)
        bits = (end - self.lengths) << 3
        if self.shortest < end - 8 or self.longest > end:
            np.clip(bits, 0, 64, out=bits)
        return bits.view(np.uint64)

    def first_words(self, count: int) -> NDArray[np.uint64]:
        """Give the first bytes of each text, with whatever stands behind its end.

        Parameters
        ----------
        count : int
            Words of eight bytes, at most ``MARGIN // 8``.

        Returns
        -------
        ndarray of shape (count, T), uint64
        """
        return self._words_at(self.starts, count)

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
        found = every[places].view("<u8")
        return found[None] if count == 1 else np.ascontiguousarray(found.reshape(-1, count).T)


def with_margins(data: bytes | NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give bytes with `MARGIN` zeros on both sides."""
    padded = np.empty(len(data) + 2 * MARGIN, np.uint8)
    padded[:MARGIN] = padded[MARGIN + len(data) :] = 0
    padded[MARGIN : MARGIN + len(data)] = np.frombuffer(data, np.uint8)
    return padded
