"""Long trials of the promises that a cron job relies on: ``make soak``, or one of them.

``python -m tests.soak kills=1000 pairs=300`` runs some, with as many repetitions; without
arguments all are run as often as promised. Each prints one line; the first that breaks a
promise ends with an error. ``seed=1`` makes other random choices.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.soak import damage, endings, hostile, kills, pairs, places

Trial = Callable[[int, Path, np.random.Generator], str]

TRIALS: dict[str, tuple[Trial, int]] = {
    "flips": (damage.flips, 100_000),
    "cuts": (damage.cuts, 100_000),
    "hostile": (hostile.files, 10_000),
    "kills": (kills.kills, 1_000),
    "resumes": (kills.resumes, 100),
    "pairs": (pairs.pairs, 300),
    "endings": (endings.endings, 300),
    "places": (places.places, 200),
}
"""Names, what they do, and how often."""


def main(arguments: list[str]) -> None:
    """Run trials and say how they went."""
    chosen = dict(one.partition("=")[::2] for one in arguments)
    seed = int(chosen.pop("seed", "0"))
    chosen = chosen or dict.fromkeys(TRIALS, "")
    for name, count in chosen.items():
        trial, usual = TRIALS[name]
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            said = trial(int(count or usual), Path(folder), np.random.default_rng(seed))
        print(f"{name}: {said} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
