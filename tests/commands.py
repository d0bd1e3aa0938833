"""Run the command line as a user or a cron job does: a process of its own, a bare environment."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PASSENGERS = ROOT / "data" / "air_passengers.csv"
RECORD = Path(tempfile.gettempdir()) / f"forecast-connections-{os.getpid()}"
"""Where attempts to reach a network are written down, see ``tests/offline``."""

BARE = {
    "PYTHONPATH": f"{ROOT / 'tests' / 'offline'}{os.pathsep}{ROOT}",
    "OFFLINE_RECORD": str(RECORD),
    "OMP_NUM_THREADS": "1",
}
"""No HOME, no TERM, no LANG, no PATH; no network either."""

BRIEF = ("--steps", "5", "--members", "1", "--hidden", "4", "--from-scratch")
"""Training flags of tests that do not look at the forecasts."""


def forecast(
    *arguments: str | os.PathLike[str],
    cwd: Path,
    stdin: bytes = b"",
    environment: dict[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run one command and give what it printed.

    Parameters
    ----------
    *arguments : str or path
        What follows ``forecast``.
    cwd : Path
    stdin : bytes
    environment : dict, optional
        Added to the bare one.

    Returns
    -------
    subprocess.CompletedProcess
        Output as text, read as UTF-8.
    """
    done = subprocess.run(
        [sys.executable, "-m", "forecast", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=BARE | (environment or {}),
        check=False,
    )
    texts = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)
