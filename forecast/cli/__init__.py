"""The command line: parse, call one library function, show.

Nothing heavy is imported here: a command loads what it needs when it runs.
"""

import sys


def main() -> None:
    """Run the command line and exit with one of the documented codes."""
    try:
        from forecast.cli.common import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the boundary is in place
        code = 130
    sys.exit(code)
