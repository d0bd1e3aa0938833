"""The command line: parse, call one library function, show.

Nothing heavy is imported here: a command loads what it needs when it runs.
"""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from forecast.loading import loading


def main() -> NoReturn:
    """Run the command line and exit with one of the documented codes."""
    # Before NumPy is loaded. Its products here are small: a second thread of its own waits more
    # than it works, and stands in the way of chunks and processes that do share the cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with loading():
            from forecast.cli.common import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the boundary is in place
        code = 130
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(code)  # at once: taking down all that was loaded takes a fifth of the time of --help
