"""Dirty files: read exactly, or refused at the right line with a command that works."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests.bench.dirty import judge, try_fix
from tests.dirty import PAINS, write_dirty


def verdicts(seeds: range) -> tuple[Counter[str], Counter[str], list[str]]:
    """Judge files; also whether fixes work, and what was neither right nor refused rightly."""
    judged, fixes, wrong = Counter[str](), Counter[str](), []
    for seed in seeds:
        written = write_dirty(seed)
        verdict, detail = judge(written)
        judged[verdict] += 1
        if verdict in ("WRONG", "refused wrongly"):
            wrong.append(f"{seed} {written.pains}: {detail}")
        if verdict.startswith("refused"):
            fixes[try_fix(written, detail.rpartition("\nfix: ")[2])] += 1
    return judged, fixes, wrong


def test_write_dirty_draws_every_pain() -> None:
    """Each pain comes up, alone or with up to three others."""
    files = [write_dirty(seed) for seed in range(120)]
    assert {pain for one in files for pain in one.pains} == set(PAINS)
    assert max(len(one.pains) for one in files) == 4


def test_read_csv_reads_dirty_files_exactly_or_refuses_them_rightly() -> None:
    """Of some files none is read wrong, and all refusals name a line that is the reason."""
    judged, fixes, wrong = verdicts(range(80))
    assert wrong == []
    assert judged["exact"] > 50
    assert fixes["failed"] == 0


@pytest.mark.slow
def test_read_csv_keeps_its_bars_on_five_thousand_dirty_files() -> None:
    """At least 99 % right, at most 0.1 % wrong in silence, 95 % of the fixes work."""
    judged, fixes, _ = verdicts(range(20_000, 25_000))
    assert judged["exact"] + judged["refused rightly"] >= 0.99 * judged.total()
    assert judged["WRONG"] <= 0.001 * judged.total()
    assert fixes["works"] >= 0.95 * fixes.total()


@pytest.mark.parametrize(
    "files",
    [100, pytest.param(2000, marks=pytest.mark.slow)],
)
def test_read_csv_meets_mutated_files_without_a_traceback(files: int) -> None:
    """Bytes changed at random are read or refused, in a process that ends well and soon."""
    command = [sys.executable, "-m", "tests.mutated", "0", str(files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert (found["failed"], found["slow"]) == ([], [])
    assert found["read"] + found["refused"] == files
