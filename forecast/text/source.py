"""The bytes of a file, stream or pipe, unpacked; what is no table at all is named.

Nothing is read twice that cannot be, nothing waits for a writer that is not
there, and nothing endless is begun. What the bytes say is left to ``encoding``.
"""

import bz2
import gzip
import io
import lzma
import os
import shlex
import stat
import time
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError, NotFoundError, UsageError
from forecast.extra import extra
from forecast.text.content import Content
from forecast.text.foreign import refuse_foreign
from forecast.text.parquet import PARQUET

LONGEST_LINE = 1 << 26
"""Bytes within which the first line must end; a plain file of more is left on the disk."""

_TRIES = 3  # to read a file that changes meanwhile
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_NO_FILES = {
    stat.S_IFDIR: ("is a folder, not a file", "name one file in it"),
    **dict.fromkeys(
        (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK),
        ("is a device, not a file", "name a file, or - for stdin"),
    ),
}


def read_source(source: str | Path | BinaryIO, name: str) -> Content:
    """Give the unpacked bytes of a file or stream.

    Parameters
    ----------
    source : str, Path or binary stream
        Plain, or packed by gzip, bzip2, xz or zstd.
    name : str
        What messages call it.

    Returns
    -------
    Content
        Text in some encoding, or a Parquet file.

    Raises
    ------
    NotFoundError
        When there is no such file or it may not be read.
    DataError
        When it is a folder, a device, a pipe that nobody writes to, a file
        that keeps changing, damaged, or of a kind that is no table.
    DependencyError
        When unpacking needs a package that is not installed.
    UsageError
        When it is neither path nor binary stream.
    """
    try:
        if isinstance(source, str | Path):
            content = _read_path(str(source))
        else:
            _refuse_no_stream(source)
            content = Content(_read_all(source, name))
        kind = next(
            (kind for magic, kind in _PACKED.items() if content.head(6).startswith(magic)), None
        )
        if kind is not None:
            content = Content(_unpack(content.whole(), kind, name))
    except MemoryError as error:
        raise DataError(
            "is larger than the memory at hand",
            where=name,
            fix="give fewer rows or only the columns that matter",
            kind="too-large",
        ) from error
    refuse_foreign(content, name)
    return content


def _refuse_no_stream(source: object) -> None:
    if isinstance(source, io.TextIOBase) or not hasattr(source, "read"):
        raise UsageError(
            f"a {type(source).__name__} is no source; allowed: a path, a binary stream, a frame",
            fix="open(path, 'rb')",
        )


def _read_path(path: str) -> Content:
    try:
        kind = stat.S_IFMT(Path(path).stat().st_mode)
        if kind in _NO_FILES:
            problem, fix = _NO_FILES[kind]
            raise DataError(problem, where=path, fix=fix, kind="no-file")
        if kind == stat.S_IFIFO:
            return Content(_read_pipe(path))
        return Content.on_disk(path) if _can_stay(path) else Content(_read_steady(path))
    except FileNotFoundError as error:
        parent = Path(path).parent
        near = sorted(one.name for one in parent.glob("*.csv*"))[:5] if parent.is_dir() else []
        hint = f"files here: {', '.join(near)}" if near else "check the path"
        raise NotFoundError("no such file", where=path, fix=hint) from error
    except (OSError, ValueError) as error:  # a zero byte in the name is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise NotFoundError(f"cannot be read: {reason}", where=path) from error


def _read_steady(path: str) -> bytes | NDArray[np.uint8]:
    """Read a file that nobody changes meanwhile."""
    for _ in range(_TRIES):
        with Path(path).open("rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            raw = _read_known(file, path, before.st_size)
            after = Path(path).stat()
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return raw
        time.sleep(0.1)
    raise DataError(
        "the file changes while it is read",
        where=path,
        fix=f"cp {shlex.quote(path)} copy.csv && forecast train copy.csv",
        kind="changing-file",
    )


def _can_stay(path: str) -> bool:
    """Say whether a file is large, plain text in lines, as far as its beginning tells."""
    if Path(path).stat().st_size <= LONGEST_LINE:
        return False
    with Path(path).open("rb") as file:
        head = file.read(LONGEST_LINE)
    special = head.startswith((*_PACKED, PARQUET, b"PK"))
    return not special and (b"\n" in head or b"\r" in head)


def _read_pipe(path: str) -> bytes:
    """Read a named pipe to its end; refuse at once when nobody writes to it."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb", buffering=0) as pipe:
        for _ in range(10):  # a writer that starts at the same time may be a little late
            try:
                first = os.read(handle, 1)
            except BlockingIOError:
                first = b"?"
                break
            if first:
                break
            time.sleep(0.05)
        else:
            raise DataError(
                "is a pipe that nobody writes to",
                where=path,
                fix="start its writer first",
                kind="no-file",
            )
        os.set_blocking(handle, True)
        return (b"" if first == b"?" else first) + _read_all(pipe, path)


def _read_known(file: io.FileIO, name: str, size: int) -> bytes | NDArray[np.uint8]:
    """Read a file of a known size; an array takes its memory in larger pages than bytes do."""
    if size < LONGEST_LINE:
        array = np.empty(size, np.uint8)
        if file.readinto(array.data) == size and not file.read(1):
            return array
        file.seek(0)
    return _read_all(file, name, size)


def _read_all(file: BinaryIO, name: str, size: int = LONGEST_LINE) -> bytes:
    """Read to the end, about so many bytes, but not beyond a first line without end."""
    try:
        head = file.read(min(size + 1, LONGEST_LINE))  # room for more costs time
        parts = [head]
        if len(head) == LONGEST_LINE and b"\n" not in head and b"\r" not in head:
            magic = head[:6]
            if not magic.startswith((*_PACKED, PARQUET, b"PK")):
                raise DataError(
                    f"the first line has no end within {LONGEST_LINE >> 20} MB",
                    where=f"{name}:1",
                    fix="give a text file with one row per line",
                    kind="endless-line",
                )
        if len(head) == LONGEST_LINE and file.seekable():  # at once: parts would be there twice
            parts, head = [], b""
            file.seek(-LONGEST_LINE, os.SEEK_CUR)
            return file.read()
        while part := file.read(-1 if len(parts) > 1 else LONGEST_LINE):
            parts.append(part)
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}", where=name, fix="name a file", kind="unreadable"
        ) from error
    return b"".join(parts) if len(parts) > 1 else head


def _unpack(raw: bytes, kind: str, name: str) -> bytes:
    try:
        if kind == "gzip":
            return gzip.decompress(raw)
        if kind == "bzip2":
            return bz2.decompress(raw)
        return lzma.decompress(raw) if kind == "xz" else _unpack_zstd(raw)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        raise DataError(
            f"the {kind} file is damaged: {error}",
            where=name,
            fix="copy the file here again",
            kind="damaged-file",
        ) from error


def _unpack_zstd(raw: bytes) -> bytes:
    with extra("zstd", "reading a zstd file", "zstandard"):
        import zstandard
    try:
        parts = []
        while raw:
            frame = zstandard.ZstdDecompressor().decompressobj()
            parts.append(frame.decompress(raw))
            if not frame.eof:
                raise ValueError("it ends within a frame")
            raw = frame.unused_data
        return b"".join(parts)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
