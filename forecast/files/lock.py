"""One trainer for each model file: a kernel lock, which ends with the process that holds it."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from forecast.errors import LockedError, WriteError
from forecast.files.storage import is_special

_POLL = 0.1
"""Seconds between attempts."""

USUAL_WAIT = 600
"""Seconds that are suggested: the usual time limit of a training."""


@contextlib.contextmanager
def only_trainer(path: str | Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of a model file.

    Parameters
    ----------
    path : str or Path
        Of the model file; the lock is a hidden file beside it, which is removed
        at the end. One that a killed run left behind holds nobody up.
    wait : float
        Seconds to wait for another run.

    Raises
    ------
    LockedError
        When another run has it; names its process and since when.
    WriteError
        When the lock file cannot be made.
    """
    from filelock import FileLock, Timeout  # only training needs it

    if is_special(path):
        yield
        return
    target = Path(os.path.realpath(path))
    place = target.with_name(f".{target.name}.lock")
    lock = FileLock(place, poll_interval=_POLL)
    try:
        target.parent.stat()  # the lock would make a folder that is missing
        lock.acquire(timeout=wait)
    except Timeout:
        raise LockedError(
            f"another run is training this model: {_owner(place)}",
            where=str(path),
            fix=f"--lock-wait {USUAL_WAIT}",
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WriteError(f"cannot be locked: {reason}", where=str(path)) from error
    try:
        since = datetime.now(UTC).isoformat(" ", "seconds")
        with contextlib.suppress(OSError):  # it only tells others who has the lock
            place.write_text(json.dumps({"pid": os.getpid(), "since": since}))
        yield
    finally:
        with contextlib.suppress(OSError):
            place.unlink()  # while it is held: whoever waits for it sees that it is gone
        lock.release()


def _owner(place: Path) -> str:
    """Say who has the lock."""
    try:
        said = json.loads(place.read_text())
        since = datetime.fromisoformat(said["since"]).astimezone(UTC)
        return f"process {int(said['pid'])} since {since:%Y-%m-%d %H:%M:%S} UTC"
    except (OSError, ValueError, KeyError, TypeError):
        return "it began a moment ago"
