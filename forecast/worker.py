"""What runs inside a worker process: take jobs from stdin, give results on stdout.

Started by ``forecast.aside``. Standard library only; the function that does the work
brings its own imports.
"""

import os
import pickle
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

from forecast.errors import ForecastError
from forecast.loading import loading


def serve() -> None:
    """Do the jobs that arrive until stdin ends.

    The first thing to arrive is the function, then its jobs. Each is answered
    by a pair: whether it succeeded, and the result or the exception.
    Whatever a library prints is lost, so that it cannot get between results,
    and when the process that sends jobs is gone, this one ends at once.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    reader = threading.Thread(target=_receive, args=(sys.stdin.buffer, arrived), daemon=True)
    reader.start()
    function = arrived.get()
    answers.write(pickle.dumps((True, None)))
    answers.flush()
    while True:
        answers.write(_answer(function, arrived.get()))
        answers.flush()


def _receive(stream: BinaryIO, arrived: "queue.SimpleQueue[Any]") -> None:
    """Read ahead, because only the end of stdin tells that the parent has died."""
    try:
        with loading():  # what the function imports
            arrived.put(pickle.load(stream))
        while True:
            arrived.put(pickle.load(stream))
    finally:
        os._exit(0)


def _answer(function: Any, job: Any) -> bytes:
    try:
        return pickle.dumps((True, function(job)))
    except Exception as error:
        try:
            return pickle.dumps((False, error))
        except Exception:
            return pickle.dumps((False, ForecastError(f"{type(error).__name__}: {error}")))
