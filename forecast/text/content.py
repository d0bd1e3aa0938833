"""What a file holds: bytes in memory, or on the disk, where they are read anew each time.

A large file is never in memory as a whole. What the bytes mean is left to
``encoding`` and ``fields``.
"""

import codecs
import hashlib
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.timeline.words import MARGIN, with_margins

PART_BYTES = 1 << 20
"""Bytes that are read at a time."""

_TAIL = 1 << 10  # bytes at the end of a part in which its last line may begin


@dataclass(frozen=True, eq=False)
class Content:
    """Bytes, wherever they are.

    Attributes
    ----------
    raw : bytes, ndarray of uint8, or None
        None where they are on the disk.
    path : str
        Of the file, where they are not in memory.
    stamp : tuple of int
        Size and time of change of that file.
    begin : int
        Bytes of the file that do not belong to them.
    """

    raw: bytes | NDArray[np.uint8] | None = field(repr=False)
    path: str = ""
    stamp: tuple[int, int] = (0, 0)
    begin: int = 0

    @classmethod
    def on_disk(cls, path: str) -> "Content":
        """Leave a file where it is."""
        return cls(None, path, _stamp(Path(path).stat()))

    def __len__(self) -> int:
        return len(self.raw) if self.raw is not None else self.stamp[0] - self.begin

    def parts(self, begin: int = 0, size: int = PART_BYTES) -> Iterator[bytes]:
        """Give all bytes from a place on, some at a time.

        Parameters
        ----------
        begin : int
        size : int

        Yields
        ------
        bytes

        Raises
        ------
        DataError
            When the file has been changed.
        """
        if self.raw is not None:
            for start in range(begin, len(self.raw), size):
                yield bytes(self.raw[start : start + size])
            return
        with Path(self.path).open("rb", buffering=0) as file:
            self._refuse_change(os.fstat(file.fileno()))
            file.seek(self.begin + begin)
            while part := file.read(size):
                yield part
            self._refuse_change(Path(self.path).stat())

    def head(self, size: int) -> bytes:
        """Give the first bytes, as many as there are."""
        return next(self.parts(size=size), b"") if size else b""

    def whole(self, begin: int = 0) -> bytes:
        """Give all bytes from a place on at once."""
        if self.raw is not None:
            return bytes(self.raw[begin:])
        return b"".join(self.parts(begin))

    def lines(self, begin: int, size: int) -> Iterator[NDArray[np.uint8]]:
        """Give whole lines, about so many bytes of them at a time.

        Parameters
        ----------
        begin, size : int

        Yields
        ------
        ndarray of uint8
            Lines that end with a line feed, but for the last, between margins (see
            `forecast.timeline.words`) in which anything may stand.
        """
        if self.raw is None:
            yield from self._lines_on_disk(begin, size)
            return
        array = np.frombuffer(self.raw, np.uint8)
        while begin < len(array):
            end = begin + _whole_lines(array[begin : begin + size])
            while end == begin and begin + size < len(array):
                size *= 2
                end = begin + _whole_lines(array[begin : begin + size])
            end = len(array) if end == begin or len(array) - begin <= size else end
            if begin >= MARGIN and end <= len(array) - MARGIN:
                yield array[begin - MARGIN : end + MARGIN]
            else:
                yield with_margins(array[begin:end])
            begin = end

    def _lines_on_disk(self, begin: int, size: int) -> Iterator[NDArray[np.uint8]]:
        rest: list[bytes] = []
        for part in self.parts(begin, size):
            end = part.rfind(b"\n") + 1
            if end:
                yield with_margins(b"".join([*rest, part[:end]]))
                rest = []
            rest.append(part[end:])
        if last := b"".join(rest):
            yield with_margins(last)

    def without_mark(self, size: int) -> "Content":
        """Leave out the first bytes."""
        if self.raw is not None:
            return replace(self, raw=self.raw[size:])
        return replace(self, begin=self.begin + size)

    @cached_property
    def ends_line(self) -> bool:
        """Whether the last byte ends a line."""
        return next(self.parts(len(self) - 1), b"") in (b"\n", b"\r")

    @cached_property
    def sha256(self) -> str:
        """Of all bytes, in hex."""
        if self.raw is not None:
            return hashlib.sha256(np.frombuffer(self.raw, np.uint8).data).hexdigest()
        found = hashlib.sha256()
        for part in self.parts():
            found.update(part)
        return found.hexdigest()

    @cached_property
    def survey(self) -> "Survey":
        """What bytes there are."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8, has_zero, has_quotes, feeds, returns = True, False, False, 0, 0
        for part in self.parts(size=PART_BYTES if self.raw is None else PART_BYTES // 4):
            has_zero = has_zero or b"\0" in part
            has_quotes = has_quotes or b'"' in part
            if is_utf8 and not (part.isascii() and not decoder.getstate()[0]):
                is_utf8 = _goes_on(decoder, part)
            if b"\r" in part:
                returns += part.count(b"\r")
                feeds += part.count(b"\n")
        is_utf8 = is_utf8 and _goes_on(decoder, b"", final=True)
        return Survey(is_utf8, has_zero, has_quotes, returns > 0, returns > feeds)

    def _refuse_change(self, found: os.stat_result) -> None:
        if _stamp(found) != self.stamp:
            word = shlex.quote(self.path)
            raise DataError(
                "the file changes while it is read",
                where=self.path,
                fix=f"cp {word} copy.csv && forecast train copy.csv",
                kind="changing-file",
            )


@dataclass(frozen=True)
class Survey:
    """What bytes there are.

    Attributes
    ----------
    is_utf8, has_zero, has_quotes, has_returns : bool
    has_bare_returns : bool
        Whether more lines end with carriage returns than with line feeds in the parts that
        have any.
    """

    is_utf8: bool
    has_zero: bool
    has_quotes: bool
    has_returns: bool
    has_bare_returns: bool


def _whole_lines(text: NDArray[np.uint8]) -> int:
    """Count the bytes up to the end of the last whole line."""
    size = _TAIL
    while True:
        begin = max(0, len(text) - size)
        found = text[begin:].tobytes().rfind(b"\n")
        if found >= 0 or not begin:
            return begin + found + 1 if found >= 0 else 0
        size *= 8


def _goes_on(decoder: codecs.IncrementalDecoder, part: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(part, final)
    except UnicodeDecodeError:
        return False
    return True


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns
