"""kill -9 at random moments of a training: there is a whole model, and --resume ends alike."""

import signal
from pathlib import Path

import numpy as np

from forecast.artifact import from_bytes
from tests.soak.child import (
    call,
    die_before,
    end,
    files,
    kill_after,
    made,
    often,
    start,
    train,
    undisturbed,
)

REPORTED = 50
"""Repetitions between two lines on how far a trial has come."""


def kills(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Kill trainings; what is left is the old model or the new one, and is swept."""
    old, new = made(0), made(1)
    place = folder / "place"
    place.mkdir()
    model = place / "forecast.model"
    seen = {"old": 0, "new": 0, "ended before": 0, "left something": 0}
    for number in range(count):
        model.write_bytes(old)
        resume = ["--resume"] if number % 4 < 2 else []
        seen["ended before"] += killed(resume, place, rng, by_clock=bool(number % 2)) == 0
        content = model.read_bytes()
        assert content in (old, new), f"kill {number}: neither the old nor the new model"
        from_bytes(content, "forecast.model")
        seen["new" if content == new else "old"] += 1
        seen["left something"] += bool(files(place) - {model.name, f"{model.name}.prev"})
        if number % 20 == 19:
            assert call(train(1, "--resume"), place) == 0
            assert model.read_bytes() == new
            assert files(place) == {model.name, f"{model.name}.prev"}, files(place)
        if number % REPORTED == REPORTED - 1:
            print(f"  {number + 1} kills: {seen}", flush=True)
    counts = ", ".join(f"{name} {times}" for name, times in seen.items())
    return f"{count} kills, every model whole: {counts}"


def resumes(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Kill a training again and again until it ends; its bytes are those of one in one go."""
    new = made(1)
    attempts = 0
    for number in range(count):
        place = folder / f"run{number}"
        place.mkdir()
        code = -1
        while code:
            code = killed(["--resume"], place, rng, by_clock=rng.random() < 0.5)
            assert code in (0, -signal.SIGKILL), (place / "stderr").read_text()
            attempts += 1
        assert (place / "forecast.model").read_bytes() == new, f"run {number} gave other bytes"
        assert files(place) <= {"forecast.model", "forecast.model.prev"}, files(place)
        if number % REPORTED == REPORTED - 1:
            print(f"  {number + 1} resumed in {attempts} attempts", flush=True)
    return f"{count} trainings in {attempts} attempts, all of the same bytes"


def killed(flags: list[str], place: Path, rng: np.random.Generator, *, by_clock: bool) -> int:
    """Kill a training at a random moment, or before a random change of files; give its end."""
    seconds, changes = undisturbed()
    if by_clock:
        child = start(train(1, *flags), place, often)
        kill_after(float(rng.uniform(0, 1.1 * seconds)), child, signal.SIGKILL)
    else:
        change = int(rng.integers(1, changes + 1))
        child = start(train(1, *flags), place, lambda: die_before(change))
    return end(child)
