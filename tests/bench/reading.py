"""Single files as their authors published them: read as the index says, with how many flags.

    python -m tests.bench.reading BENCH

A file counts as read when its time and value columns, its frequency and all its
values are those of the index; a file that is refused is tried again with the
one flag that the index gives reason for.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from forecast.errors import ForecastError
from forecast.read import Input, read_csv
from forecast.spec import DataSpec


def read_singles(bench: Path) -> Iterator[tuple[str, str, int]]:
    """Read every file of the index.

    Parameters
    ----------
    bench : Path

    Yields
    ------
    file, verdict : str
        "right", or what is not.
    flags : int
        That were needed.
    """
    folder = bench / "singles"
    for entry in json.loads((folder / "index.json").read_text())["index"]:
        path = folder / entry["file"]
        specs = (DataSpec(), _one_flag(entry))
        verdict, flags = _try(entry, path, specs[0]), 0
        if verdict.startswith("refused"):
            verdict, flags = _try(entry, path, specs[1]), 1
        yield entry["file"], verdict, flags


def _try(entry: dict[str, Any], path: Path, spec: DataSpec) -> str:
    try:
        return _verdict(entry, read_csv(path, spec), path, spec)
    except ForecastError as error:
        return f"refused: {error.message}"


def _one_flag(entry: dict[str, Any]) -> DataSpec:
    if entry["kind"] in ("multivariate", "future-covariates") and not any(
        "repeated times" in one for one in entry["quirks"]
    ):
        return DataSpec(target=entry["value_column"] or entry["columns"][-1])
    return DataSpec(duplicates="last")


def _verdict(entry: dict[str, Any], found: Input, path: Path, spec: DataSpec) -> str:
    """Compare with the index, and the values with the column as numbers of the csv's own text."""
    column = str(entry["value_column"] or spec.target)
    wrong = []
    if found.columns.time != (entry["time_column"] or "row"):
        wrong.append(f"time {found.columns.time}")
    if found.columns.target != column:
        wrong.append(f"target {found.columns.target}")
    if entry["freq"] is not None and found.panel.freq != entry["freq"]:
        wrong.append(f"frequency {found.panel.freq} for {entry['freq']}")
    known = found.panel.target[~np.isnan(found.panel.target)]
    if entry.get("value_range", given := [known.min(), known.max()]) not in (given, None):
        wrong.append("range")
    missed = Counter(_values(path, column)) - Counter(known.tolist())
    extra = Counter(known.tolist()) - Counter(_values(path, column))
    merged = spec.duplicates != "error"
    if extra or (missed and not merged):
        wrong.append(f"{missed.total()} values missed, {extra.total()} invented")
    return ", ".join(wrong) or "right"


def _values(path: Path, column: str) -> list[float]:
    lines = path.read_text().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = [one.strip('" ') for one in lines[0].split(",")].index(column)
    cells = [line.split(",")[place].strip('" ') for line in lines[1:] if line.strip()]
    return [float(one) for one in cells if one not in ("", "NA")]


def main() -> None:
    """Print one line for each file that needs a flag or is wrong, and the count."""
    rows = list(read_singles(Path(sys.argv[1])))
    for file, verdict, flags in rows:
        if flags or verdict != "right":
            print(f"{file}: {verdict}, {flags} flags")
    right = [flags for _, verdict, flags in rows if verdict == "right"]
    print(f"{len(right)} of {len(rows)} right, {right.count(0)} without a flag")


if __name__ == "__main__":
    main()
