"""What reading costs: beside pandas on a million rows, and on wide files and ten million rows.

python -m tests.bench.reading_speed

CPU seconds, the median of five in turns with pandas, so that what else runs on
the machine slows both alike. Made up here, in a temporary folder.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.read import read_csv
from forecast.spec import DataSpec
from tests.bench.page import READING
from tests.bench.speed import run, write_series

_TURNS = 5
_WIDE = ((1_000, 1_000), (10_000, 100), (200_000, 12))  # columns, rows


def main() -> None:
    """Print a line for each file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for series, rows in ((1, 1_000_000), (100, 10_000)):
            path = folder / f"{series}.csv"
            _write_long(path, series, rows)
            ours, c, arrow = _in_turns(
                partial(read_csv, path),
                partial(pd.read_csv, path, engine="c", parse_dates=["date"]),
                partial(pd.read_csv, path, engine="pyarrow", parse_dates=["date"]),
            )
            times = f"{ours / c:.2f} times pandas with its engine c, {ours / arrow:.2f} pyarrow"
            print(f"{series} series of {rows:,} hours: {ours:.3f} s, {times}")
        for columns, rows in _WIDE:
            path = folder / "wide.csv"
            _write_wide(path, columns, rows)
            (seconds,) = _in_turns(partial(read_csv, path, DataSpec(wide=True)))
            each = 1e6 * seconds / columns
            print(f"{columns:,} columns of {rows:,} rows: {seconds:.2f} s, {each:.0f} us a column")
        write_series(folder / "many.csv", 1_000, 10_000, "h")
        cost = run((sys.executable, "-c", READING), folder)
        print(f"10 million rows: {cost.cpu_seconds:.1f} s, {cost.peak_mb:,.0f} MB")


def _in_turns(*tasks: Callable[[], object]) -> list[float]:
    """Median of the CPU seconds of each."""
    seconds = np.empty((_TURNS, len(tasks)))
    for turn in range(_TURNS):
        for place, task in enumerate(tasks):
            begin = time.process_time()
            task()
            seconds[turn, place] = time.process_time() - begin
    return [float(one) for one in np.median(seconds, axis=0)]


def _write_long(path: Path, series: int, rows: int) -> None:
    times = pd.date_range("1900-01-01", periods=rows, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    values = np.random.default_rng(0).normal(scale=100, size=series * rows).round(3)
    columns = {"date": np.tile(times, series), "y": values}
    if series > 1:
        columns = {"id": np.repeat([f"s{one}" for one in range(series)], rows), **columns}
    pd.DataFrame(columns).to_csv(path, index=False)


def _write_wide(path: Path, columns: int, rows: int) -> None:
    days = pd.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d")
    rng = np.random.default_rng(0)
    with path.open("w") as file:
        file.write(",".join(["date", *(f"c{one}" for one in range(columns))]) + "\n")
        for day in days:
            cells = rng.normal(100, 10, columns).round(2).tolist()
            file.write(",".join([day, *map(str, cells)]) + "\n")


if __name__ == "__main__":
    main()
