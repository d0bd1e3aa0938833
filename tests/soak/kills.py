"""kill -9 at random moments of a training: there is a whole model, and --resume ends alike."""

import signal
from pathlib import Path

import numpy as np

from forecast.artifact import load
from tests.soak.child import call, end, files, kill_after, made, often, start, train


def kills(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Kill trainings; what is left is the old model or the new one, and is swept."""
    old, seconds = made(0)
    new, _ = made(1)
    place = folder / "place"
    place.mkdir()
    model = place / "forecast.model"
    seen = {"old": 0, "new": 0, "ended before": 0, "left something": 0}
    for number in range(count):
        model.write_bytes(old)
        child = start(train(1, *(["--resume"] if number % 2 else [])), place, often)
        kill_after(float(rng.uniform(0, 1.1 * seconds)), child, signal.SIGKILL)
        seen["ended before"] += end(child) == 0
        load(model)
        content = model.read_bytes()
        assert content in (old, new), f"kill {number}: neither the old nor the new model"
        seen["new" if content == new else "old"] += 1
        seen["left something"] += bool(files(place) - {model.name, f"{model.name}.prev"})
        if number % 20 == 19:
            assert call(train(1, "--resume"), place) == 0
            assert model.read_bytes() == new
            assert files(place) == {model.name, f"{model.name}.prev"}, files(place)
    counts = ", ".join(f"{name} {times}" for name, times in seen.items())
    return f"{count} kills, every model whole: {counts}"


def resumes(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Kill a training again and again until it ends; its bytes are those of one in one go."""
    new, seconds = made(1)
    attempts = 0
    for number in range(count):
        place = folder / f"run{number}"
        place.mkdir()
        code = -1
        while code:
            child = start(train(1, "--resume"), place, often)
            if rng.random() < 0.7:
                kill_after(float(rng.uniform(0, seconds)), child, signal.SIGKILL)
            code = end(child)
            assert code in (0, -signal.SIGKILL), (place / "stderr").read_text()
            attempts += 1
        assert (place / "forecast.model").read_bytes() == new, f"run {number} gave other bytes"
        assert files(place) <= {"forecast.model", "forecast.model.prev"}, files(place)
    return f"{count} trainings in {attempts} attempts, all of the same bytes"
