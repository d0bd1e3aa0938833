"""Two trainers of one model file at once: one wins, and readers see only whole models."""

import os
import time
from pathlib import Path

import numpy as np

from forecast.artifact import from_bytes
from tests.soak.child import end, files, made, start, train

PAUSE = 0.002
"""Seconds between reads, so that the trainers get on."""


def pairs(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Start two at nearly the same time, again and again, and read meanwhile."""
    results = [made(seed) for seed in (1, 2)]
    place = folder / "place"
    reads = apart = 0
    for number in range(count):
        for one in place.iterdir() if number else ():
            one.unlink()
        place.mkdir(exist_ok=True)
        model = place / "forecast.model"
        model.write_bytes(results[0])
        order = [int(one) for one in rng.permutation([0, 1])]
        children = {which: start(train(which + 1), place) for which in order}
        while all(os.waitid(os.P_PID, one, NOT_YET) is None for one in children.values()):
            content = model.read_bytes()
            assert content in results, f"pair {number}: a reader saw something else"
            from_bytes(content, "forecast.model")
            reads += 1
            time.sleep(PAUSE)
        codes = {which: end(child) for which, child in children.items()}
        assert sorted(codes.values()) in ([0, 75], [0, 0]), codes
        apart += sorted(codes.values()) == [0, 0]
        winners = [results[which] for which, code in codes.items() if code == 0]
        assert model.read_bytes() in winners, f"pair {number}: not what the winner made"
        assert files(place) == {model.name, f"{model.name}.prev"}, files(place)
        if number % 50 == 49:
            print(f"  {number + 1} pairs, {apart} of them apart", flush=True)
    met = count - apart
    return f"{met} pairs that met, one winner each; {apart} one after the other; {reads} reads"


NOT_YET = os.WEXITED | os.WNOHANG | os.WNOWAIT
