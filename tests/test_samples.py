"""The sample series in data/ are what their README says."""

import hashlib
import re
from pathlib import Path

import pytest

from forecast.read import read_csv
from forecast.timeline.frequency import season_lengths

FOLDER = Path(__file__).parent.parent / "data"
TABLE = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \w+\.csv \|", line)
]


def test_readme_lists_every_file() -> None:
    """No sample lacks a source and a licence."""
    assert sorted(row[0] for row in TABLE) == sorted(one.name for one in FOLDER.glob("*.csv"))


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_samples_read_as_stated(row: list[str]) -> None:
    """Each file has the stated checksum, rows, frequency and seasons, read without a flag."""
    name, _, rows, freq, seasons, licence, sha256 = row
    path = FOLDER / name
    found = read_csv(path)
    lengths = season_lengths(found.panel.freq, int(found.panel.lengths.min()))
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert (str(len(found.panel.target)), found.panel.freq) == (rows, freq)
    assert seasons == (", ".join(map(str, lengths)) if lengths != (1,) else "none")
    assert licence in ("public domain", "CC0", "facts")


def test_samples_hold_a_panel_and_gaps() -> None:
    """Between them the samples show several series and missing values."""
    assert read_csv(FOLDER / "macro.csv").panel.ids == ("realgdp", "realcons", "realinv")
    assert "59 of 2,284 values missing (2.6%)" in read_csv(FOLDER / "co2.csv").notes
