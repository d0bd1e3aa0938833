"""The long trials of ``make soak`` in short."""

import subprocess
import sys

from tests.commands import BARE, ROOT

SHORT = (
    "flips=300",
    "cuts=200",
    "hostile=20",
    "kills=1",
    "resumes=1",
    "pairs=1",
    "endings=3",
    "places=2",
)


def test_soak_keeps_its_promises() -> None:
    """Kills, rivals, damage, hostile files and terminations: a few of each."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", *SHORT],
        cwd=ROOT, env=BARE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        one.partition("=")[0] for one in SHORT
    ]
