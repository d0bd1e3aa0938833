"""The command line: parse, call one library function, show.

Nothing heavy is imported here: a command loads what it needs when it runs.
"""

import os
import sys


def main() -> None:
    """Run the command line and exit with one of the documented codes."""
    # Before NumPy is loaded. Its products here are small: a second thread of its own waits more
    # than it works, and stands in the way of chunks and processes that do share the cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from forecast.cli.common import run

        code = run(sys.argv[1:])
        if code in (130, 143):  # at once: taking the libraries down would take its time
            os._exit(code)
    except KeyboardInterrupt:  # before the boundary is in place
        code = 130
    sys.exit(code)
