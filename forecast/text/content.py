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

from forecast.errors import DataError

PART_BYTES = 1 << 20
"""Bytes that are read at a time."""


@dataclass(frozen=True, eq=False)
class Content:
    """Bytes, wherever they are.

    Attributes
    ----------
    raw : bytes or None
        None where they are on the disk.
    path : str
        Of the file, where they are not in memory.
    stamp : tuple of int
        Size and time of change of that file.
    begin : int
        Bytes of the file that do not belong to them.
    """

    raw: bytes | None = field(repr=False)
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
                yield self.raw[start : start + size]
            return
        with Path(self.path).open("rb", buffering=0) as file:
            self._refuse_change(os.fstat(file.fileno()))
            file.seek(self.begin + begin)
            while part := file.read(size):
                yield part
            self._refuse_change(Path(self.path).stat())

    def head(self, size: int) -> bytes:
        """Give the first bytes, as many as there are."""
        return self.raw[:size] if self.raw is not None else next(self.parts(size=size), b"")

    def whole(self, begin: int = 0) -> bytes:
        """Give all bytes from a place on at once."""
        if self.raw is not None:
            return self.raw[begin:]
        return b"".join(self.parts(begin))

    def lines(self, begin: int, size: int) -> Iterator[bytes]:
        """Give whole lines, about so many bytes of them at a time.

        Parameters
        ----------
        begin, size : int

        Yields
        ------
        bytes
            Ending with a line feed, but for the last.
        """
        if self.raw is not None:
            while begin < len(self.raw):
                end = self.raw.rfind(b"\n", begin, begin + size) + 1
                end = end or self.raw.find(b"\n", begin + size) + 1 or len(self.raw)
                yield self.raw[begin:end]
                begin = end
            return
        rest: list[bytes] = []
        for part in self.parts(begin, size):
            end = part.rfind(b"\n") + 1
            if end:
                yield b"".join([*rest, part[:end]])
                rest = []
            rest.append(part[end:])
        if last := b"".join(rest):
            yield last

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
        found = hashlib.sha256(self.raw or b"")
        if self.raw is not None:
            return found.hexdigest()
        for part in self.parts():
            found.update(part)
        return found.hexdigest()

    @cached_property
    def survey(self) -> "Survey":
        """What bytes there are."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        is_utf8, has_zero, feeds, returns = True, False, 0, 0
        for part in self.parts():
            has_zero = has_zero or b"\0" in part
            if is_utf8 and not (part.isascii() and not decoder.getstate()[0]):
                is_utf8 = _goes_on(decoder, part)
            if b"\r" in part:
                returns += part.count(b"\r")
                feeds += part.count(b"\n")
        is_utf8 = is_utf8 and _goes_on(decoder, b"", final=True)
        return Survey(is_utf8, has_zero, returns > feeds)

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
    is_utf8, has_zero : bool
    has_bare_returns : bool
        Whether more lines end with carriage returns than with line feeds in the parts that
        have any.
    """

    is_utf8: bool
    has_zero: bool
    has_bare_returns: bool


def _goes_on(decoder: codecs.IncrementalDecoder, part: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(part, final)
    except UnicodeDecodeError:
        return False
    return True


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns
