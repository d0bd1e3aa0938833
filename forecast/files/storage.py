"""Put bytes on disk: the whole new file or the unchanged old one, never half of either.

Every file that the program writes goes through here. What a killed run leaves behind
is a temporary file whose kernel lock is gone, and the next run removes it.
"""

import contextlib
import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from forecast.errors import WriteError

if sys.platform != "win32":
    import fcntl

_BLOCK = 1 << 22
"""Bytes handed to the disk at once."""

_UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF)
"""What file systems answer that do not know a call."""

_LEFTOVER = re.compile(r"(?P<temporary>\.[0-9a-f]{8}\.tmp)(\.prev)?$")
"""How names of temporary files end, after a dot and the name of the file they become."""


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
        When the folder is missing or read-only, the disk is full, or it is a named pipe; an
        existing file is then unchanged. Also when the new file is in place,
        but the disk does not promise to keep it.
    """
    raw = as_utf8(content) if isinstance(content, str) else content
    _refuse_named_pipe(path)
    if is_special(path):
        _write_special(raw, path)
        return
    target = _target(path)
    try:
        with _temporary(target) as (handle, temporary):
            _write(handle, raw)
            verify(temporary.read_bytes())
            temporary.chmod(_permissions(target))
            if keep_previous and target.exists():
                _keep(target, temporary)
            os.replace(temporary, target)  # noqa: PTH105  # beside the other calls of the system
    except OSError as error:
        raise _write_error(error, path) from error
    _sync_folder(target.parent, path)


def check_writable(path: str | Path, room: int = 0) -> None:
    """Find out before long work whether a file can be written, and remove leftovers.

    Parameters
    ----------
    path : str or Path
    room : int
        Bytes that the disk must have left.

    Raises
    ------
    WriteError
        When its folder is missing, read-only or full, or the path is a folder or named pipe.
    """
    _refuse_named_pipe(path)
    try:
        if Path(path).is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a directory")
        if not is_special(path):
            target = _target(path)
            sweep(target)
            with _temporary(target) as (handle, _):
                _reserve(handle, room)
    except OSError as error:
        raise _write_error(error, path) from error


def sweep(path: str | Path) -> None:
    """Remove what killed runs left behind while they wrote a file, or files named after it.

    Parameters
    ----------
    path : str or Path
        Temporary files that a living process writes stay.
    """
    target = _target(path)
    with contextlib.suppress(OSError):
        for one in sorted(target.parent.glob(f".{_literal(target.name)}.*")):
            if ending := _LEFTOVER.search(one.name):
                _remove_if_abandoned(one, one.with_name(one.name[: ending.end("temporary")]))


def is_special(path: str | Path) -> bool:
    """Tell whether a path is a device or pipe such as /dev/stdout, which cannot be replaced.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    bool
    """
    return Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()


def is_named_pipe(path: str | Path) -> bool:
    """Tell whether a path is a pipe with a name, which holds up whoever opens it.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    bool
        False for the pipes of a shell, /dev/stdout and /dev/fd/63, which have another end.
    """
    return _target(path).is_fifo()


def as_utf8(text: str) -> bytes:
    r"""Encode text; names of files, which ASCII locales escape, come out as they were typed.

    Parameters
    ----------
    text : str

    Returns
    -------
    bytes
        Always valid: bytes of names that are no UTF-8 are replaced.

    Examples
    --------
    >>> as_utf8("caf\udce9.csv").decode()
    'caf\ufffd.csv'
    """
    try:
        return text.encode(errors="surrogateescape").decode(errors="replace").encode()
    except UnicodeEncodeError:  # a lone surrogate that a file of data holds
        return text.encode(errors="replace")


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[tuple[int, Path]]:
    """Open a file beside the target that is locked while it is written, and gone afterwards."""
    while True:
        path = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
        handle = -1
        try:  # before the file is made, since a signal may come between any two lines
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            if _is_ours(handle):  # else it was taken for a leftover before it was locked
                yield handle, path
                return
        finally:
            if handle >= 0:
                os.close(handle)
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _reserve(handle: int, room: int) -> None:
    """Fail where the disk has not so many bytes left."""
    if room and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, room)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise


def _write(handle: int, raw: bytes) -> None:
    rest = memoryview(raw)
    while rest:
        rest = rest[os.write(handle, rest[:_BLOCK]) :]
    os.fsync(handle)


def _keep(target: Path, temporary: Path) -> None:
    """Give the old file a second name, so that there is a complete file at every moment."""
    spare = temporary.with_name(f"{temporary.name}.prev")
    try:
        try:
            os.link(target, spare)
        except OSError:  # a file system without links
            handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _write(handle, target.read_bytes())
            finally:
                os.close(handle)
            spare.chmod(_permissions(target))
        os.replace(spare, target.with_name(f"{target.name}.prev"))  # noqa: PTH105
    finally:
        spare.unlink(missing_ok=True)


def _refuse_named_pipe(path: str | Path) -> None:
    """Refuse what would wait for a reader, perhaps for ever."""
    if is_named_pipe(path):
        raise WriteError("is a named pipe, not a file", where=str(path), fix="choose a file")


def _write_special(raw: bytes, path: str | Path) -> None:
    try:
        with Path(path).open("wb") as file:
            file.write(raw)
    except OSError as error:
        raise _write_error(error, path) from error


def _target(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


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


def _lock(handle: int) -> None:
    """Take the kernel's lock on an open file; it ends with the process, however that ends."""
    if sys.platform != "win32":  # an open file cannot be removed there
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_ours(handle: int) -> bool:
    """Lock a new file, and tell whether it is still there."""
    try:
        _lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, where nothing is ever taken for a leftover
        return True
    return os.fstat(handle).st_nlink > 0


def _remove_if_abandoned(leftover: Path, temporary: Path) -> None:
    """Remove a file whose writer, that of the temporary file, lives no more."""
    try:
        handle = os.open(temporary, os.O_RDONLY)
    except FileNotFoundError:
        leftover.unlink(missing_ok=True)
        return
    try:
        _lock(handle)
        leftover.unlink(missing_ok=True)
    except OSError:
        pass
    finally:
        os.close(handle)


def _literal(name: str) -> str:
    """Escape a name for use in a pattern of paths."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _sync_folder(folder: Path, path: str | Path) -> None:
    """Make the rename itself survive a power cut, where the system allows it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # a folder that may be written to but not read
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            reason = (error.strerror or str(error)).lower()
            raise WriteError(
                f"is written, but may not survive a power cut: {reason}",
                where=str(path),
                fix="look after the disk",
            ) from error
    finally:
        os.close(handle)
