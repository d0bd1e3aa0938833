"""How quick a ledger is: one million forecasts are scored, and thirty appended.

    python -m tests.bench.ledger [--rows 1000000]

The bars: a score within 5 s, process and all; an append within 50 ms.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from forecast.ledger.book import append
from tests.ledgers import entry

SERIES, HORIZON = 100, 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    nights = -(-parser.parse_args().rows // (SERIES * HORIZON))
    ids = tuple(f"shop {number}" for number in range(SERIES))
    with tempfile.TemporaryDirectory() as name:
        ledger, actuals = Path(name, "l.db"), Path(name, "y.csv")
        for night in range(nights):
            append(ledger, replace(entry(ids, night, HORIZON), scale=np.full(SERIES, 2.0)))
        days = np.datetime64("2024-01-01") + np.arange(nights + HORIZON + 1)
        values = np.random.default_rng(0).normal(10, 1, (len(days), SERIES)).round(3)
        with actuals.open("w") as file:
            file.write("day,shop,sales\n")
            for day, row in zip(days, values, strict=True):
                file.writelines(f"{day},{shop},{y}\n" for shop, y in zip(ids, row, strict=True))
        command = [sys.executable, "-m", "forecast", "score", str(actuals), "--ledger", str(ledger)]
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"score of {nights * SERIES * HORIZON:,} rows: {time.perf_counter() - start:.2f} s,"
            f" {cpu:.2f} CPU s, {after.ru_maxrss / 1024:.0f} MB"
        )
        seconds = []
        for night in range(20):
            one = entry(ids[:1], nights + night, HORIZON)
            start = time.perf_counter()
            append(ledger, one)
            seconds.append(time.perf_counter() - start)
        print(
            f"append of {HORIZON} rows: median {1000 * statistics.median(seconds):.0f} ms,"
            f" worst of 20 {1000 * max(seconds):.0f} ms"
        )


if __name__ == "__main__":
    main()
