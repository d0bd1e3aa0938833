"""Keep a drawing library from speaking up, and from what the user's own settings say.

Matplotlib logs to stderr when its cache cannot be written or a font is missing, and
does not load at all where the environment names a backend that it does not know.
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_BACKEND = "MPLBACKEND"


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back warnings and log entries of a drawing library, and its choice of a window."""
    log = logging.getLogger("matplotlib")
    level, backend = log.level, os.environ.get(_BACKEND)
    log.setLevel(logging.CRITICAL)
    os.environ[_BACKEND] = "agg"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
        if backend is None:
            del os.environ[_BACKEND]
        else:
            os.environ[_BACKEND] = backend
