"""Put bytes on disk: the whole new file or the unchanged old one, never half of either."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from forecast.errors import WriteError


def write_output(
    content: str | bytes,
    path: str | Path,
    *,
    verify: Callable[[bytes], None] = lambda written: None,
    keep_previous: bool = False,
) -> None:
    """Write a whole file or nothing: a reader never sees half of it.

    Parameters
    ----------
    content : str or bytes
        Text is written as UTF-8.
    path : str or Path
        An existing file is replaced and keeps its permissions; a link is followed.
    verify : callable
        Given what was read back before the old file is replaced; raises when
        it is not right.
    keep_previous : bool
        Keep the replaced file beside the new one, as ``NAME.prev``.

    Raises
    ------
    WriteError
        When the folder is missing or read-only, or the disk is full; an
        existing file is then unchanged.
    """
    raw = content.encode() if isinstance(content, str) else content
    if Path(path).exists() and not Path(path).is_file():
        _write_special(raw, path)
        return
    target = Path(path).resolve()
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        verify(Path(temporary).read_bytes())
        Path(temporary).chmod(_permissions(target))
        if keep_previous and target.exists():
            _keep(target)
        Path(temporary).replace(target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise _write_error(error, path) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def check_writable(path: str | Path) -> None:
    """Find out before long work whether a file can be written.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    WriteError
        When its folder is missing or read-only, or the path is a folder.
    """
    target = Path(path).resolve()
    try:
        if target.is_dir():
            raise IsADirectoryError(21, "is a directory")
        if not target.exists() or target.is_file():
            handle, probe = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            os.close(handle)
            Path(probe).unlink()
    except OSError as error:
        raise _write_error(error, path) from error


def _keep(target: Path) -> None:
    """Give the old file a second name, so that there is a complete file at every moment."""
    previous = target.with_name(f"{target.name}.prev")
    spare = target.with_name(f".{target.name}.prev.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        spare.unlink()
    try:
        os.link(target, spare)
    except OSError:  # a file system without links
        spare.write_bytes(target.read_bytes())
    spare.replace(previous)


def _write_special(raw: bytes, path: str | Path) -> None:
    """Write to a device or pipe such as /dev/stdout, which cannot be replaced."""
    try:
        with Path(path).open("wb") as file:
            file.write(raw)
    except OSError as error:
        raise _write_error(error, path) from error


def _write_error(error: OSError, path: str | Path) -> WriteError:
    return WriteError(
        f"cannot be written: {(error.strerror or str(error)).lower()}",
        where=str(path),
        fix="choose another file, in a folder that exists and can be written to",
    )


def _permissions(target: Path) -> int:
    """Those of the file that is replaced, else what the user's umask gives new files."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system allows it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
