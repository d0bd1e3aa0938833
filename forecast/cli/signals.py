"""Ctrl-C, SIGTERM and SIGHUP: leave in good order where that is quick, and in any case soon.

A signal ends a command by `SystemExit` with the documented code. Long
computations outside of Python cannot be interrupted; a thread ends the program
when it has not ended by itself. Files are never left half-written either way.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

INTERRUPTED, TERMINATED = 130, 143

GRACE = 1.5
"""Seconds from a signal to the end of the program at most."""

AGAIN = 0.01
"""Seconds after which a signal is repeated whose exception was lost."""

SAID = {INTERRUPTED: "interrupted", TERMINATED: "terminated"}
"""What stderr is told, by exit code."""

_CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}
if sys.platform != "win32":
    _CODES[signal.SIGHUP] = TERMINATED  # the terminal was closed

_ask: Callable[[BaseException], bool] | None = None


@contextlib.contextmanager
def handled() -> Iterator[None]:
    """Handle these signals; what was ignored stays so, as behind nohup."""
    now = {number: signal.getsignal(number) for number in _CODES}
    before = {number: one for number, one in now.items() if one not in (None, signal.SIG_IGN)}
    arrived, sent = os.pipe()
    os.set_blocking(sent, False)
    earlier = signal.set_wakeup_fd(sent, warn_on_full_buffer=False)
    unraisable, sys.unraisablehook = sys.unraisablehook, _send_again
    over = threading.Event()
    threading.Thread(target=_end_in_time, args=(arrived, over), daemon=True).start()
    try:
        for number in before:
            signal.signal(number, _leave)
        yield
    finally:
        over.set()
        sys.unraisablehook = unraisable
        signal.set_wakeup_fd(earlier)
        os.close(sent)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def asking(first: Callable[[BaseException], bool]) -> Iterator[None]:
    """Let a computation decide when it is left.

    Parameters
    ----------
    first : callable
        Given the exception that a signal stands for; true where it will raise
        that itself, soon.
    """
    global _ask
    _ask = first
    try:
        yield
    finally:
        _ask = None


def _leave(number: int, frame: FrameType | None) -> None:
    error = SystemExit(_CODES[signal.Signals(number)])
    if _ask is None or not _ask(error):
        raise error


def _send_again(lost: Any) -> None:
    """Repeat a signal whose exception was lost because it came while an object was removed."""
    for number, code in _CODES.items():
        if isinstance(lost.exc_value, SystemExit) and lost.exc_value.code == code:
            threading.Timer(AGAIN, os.kill, (os.getpid(), number)).start()
            return
    sys.__unraisablehook__(lost)


def _end_in_time(arrived: int, over: threading.Event) -> None:
    """End the program some time after a signal, whatever it does then."""
    with os.fdopen(arrived, "rb", buffering=0) as numbers:
        while number := numbers.read(1):
            code = _CODES.get(signal.Signals(number[0]))
            handled = signal.getsignal(number[0]) is _leave
            if code is not None and handled and not over.wait(GRACE):
                with contextlib.suppress(OSError):
                    os.write(2, f"{SAID[code]}\n".encode())
                os._exit(code)
