"""How long a report takes on many long series, and how much of it is reading the file.

    python -m tests.bench.page [--series 1000] [--rows 10000]

The bar is 10 seconds and 15 megabytes for a thousand series of ten thousand hours on an
idle machine of two cores. All input is made up here, in a temporary folder.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.speed import FORECAST, run, write_series

READING = "from forecast.read import read_csv; read_csv('many.csv')"


def main() -> None:
    """Measure and print three lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_series(folder / "many.csv", given.series, given.rows, "h")
        costs = {
            "reading alone": run((sys.executable, "-c", READING), folder),
            "whole report": run((*FORECAST, "report", "many.csv", "--quiet"), folder),
        }
        for label, cost in costs.items():
            print(
                f"{label}: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} CPU s in all processes,"
                f" {cost.peak_mb:,.0f} MB"
            )
        print(f"page: {(folder / 'report.html').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
