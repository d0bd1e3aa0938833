"""Rules of forecast.training.heap."""

import ctypes
import resource
from pathlib import Path

import numpy as np
import pytest

from forecast.training.heap import keeping_freed

BLOCK = 2**20  # numbers, eight megabytes
PAGES = BLOCK * 8 // resource.getpagesize()


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def resident() -> int:
    """Pages of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library")
def test_keeping_freed_hands_the_same_memory_out_again() -> None:
    """Pages are cleared by the system for the first block; in the end they are given back."""
    with keeping_freed():
        np.ones(BLOCK).sum()
        before = faults()
        for _ in range(20):
            np.ones(BLOCK).sum()
        assert faults() - before < PAGES
        kept = resident()
    assert kept - resident() > PAGES / 2


def test_keeping_freed_does_nothing_without_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other C libraries have no such settings."""
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    with keeping_freed():
        assert np.ones(BLOCK).sum() == BLOCK
