"""Every changed, missing and added byte of a model file is found before it is used."""

from pathlib import Path

import numpy as np

from forecast.artifact import from_bytes
from forecast.errors import ArtifactError
from tests.soak.child import made


def flips(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Change single bytes: each one in turn, with another mask, as often as is asked for."""
    content = made(0)
    damaged = bytearray(content)
    for number in range(count):
        at = number % len(content) if count >= len(content) else int(rng.integers(len(content)))
        mask = int(rng.integers(1, 256))
        damaged[at] ^= mask
        demand_refusal(bytes(damaged), f"byte {at} with {mask}")
        damaged[at] ^= mask
    from_bytes(bytes(damaged), "m")
    every = "every byte" if count >= len(content) else "some bytes"
    return f"{count} flips, {every} of {len(content)}, all found"


def cuts(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Cut a file after each byte, and add bytes to it."""
    content = made(0)
    lengths = list(range(len(content)))
    if count < len(content):
        lengths = rng.choice(len(content), count, replace=False).tolist()
    for length in lengths:
        demand_refusal(content[:length], f"cut after {length}")
    for added in range(256):
        demand_refusal(content + bytes([added]), f"with {added} added")
    demand_refusal(content + content, "twice")
    return f"{len(lengths)} cuts and 257 additions to {len(content)} bytes, all found"


def demand_refusal(content: bytes, what: str) -> None:
    """Raise where a file is taken for a model."""
    try:
        from_bytes(content, "m")
    except ArtifactError:
        return
    raise AssertionError(f"a model file {what} was taken for whole")
