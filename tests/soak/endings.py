"""SIGTERM at random moments of train, compare and predict: out within two seconds."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from forecast.artifact import load
from tests.soak.child import PASSENGERS, end, files, made, often, start, train

MOST = 2.0
"""Seconds to the end, at the 99th percentile."""

LONG = ("--steps", "100000")


def endings(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Terminate commands; they say so, leave the old model, and nothing half-written."""
    old = made(0)
    place = folder / "place"
    place.mkdir()
    model = place / "forecast.model"
    commands = {
        "train": train(1, *LONG),
        "compare": ["compare", str(PASSENGERS), "--quiet", "--baseline", "arima", *LONG],
        "predict": ["predict", "--quiet", "--horizon", "12", "-o", "out.csv"],
    }
    took: list[float] = []
    missed = 0
    for number in range(count):
        name = list(commands)[number % 3]
        model.write_bytes(old)
        child = start(commands[name], place, often if number % 2 else lambda: None)
        time.sleep(float(rng.uniform(0.05, 0.1 if name == "predict" else 1.5)))
        began = time.monotonic()
        os.kill(child, signal.SIGTERM)
        code = end(child)
        said = (place / "stderr").read_text()
        if code in (0, -signal.SIGTERM) and not said:  # it had ended, or not begun
            missed += 1
            continue
        assert code == 143, (name, code, said)
        took.append(time.monotonic() - began)
        assert said.startswith("terminated\n"), (name, said)
        load(model)
        assert model.read_bytes() == old
        known = {model.name, *(f"{model.name}.checkpoint{end}" for end in ("", ".prev"))}
        assert files(place) <= known | {"out.csv"}, files(place)
    assert missed <= 1 + count / 6, f"{missed} of {count} were not under way"
    high, most = np.percentile(took, 99), max(took)
    assert high <= MOST, f"{high:.2f} s at the 99th percentile"
    return f"{len(took)} ends, {high:.2f} s at the 99th percentile, at most {most:.2f} s"
