"""How quick the commands are: whole processes against what Python needs for its imports alone.

    python -m tests.bench.speed [PART ...] [--pairs 5] [--series 10000 100000]

Parts: ``contests``, ``series``, ``growth``, ``workers``; all where none is named.

Every ratio is the median of pairs run one right after the other, the order
taking turns, since machines differ and are never quite idle. All input is made
up here, in a temporary folder. No command may take longer than
`LONGEST`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

FORECAST = (sys.executable, "-m", "forecast")
ROOT = Path(__file__).parents[2]


LONGEST = 900.0
"""Seconds after which a command is ended, and the measurement with it."""


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds on the clock and of the processor, and megabytes."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Contest:
    """A command, what it is held against, and how much more it may take.

    Attributes
    ----------
    label : str
    arguments : tuple of str
        Of ``forecast``.
    yardstick : str
        Python code.
    bar, goal : float
        Ratios of seconds.
    """

    label: str
    arguments: tuple[str, ...]
    yardstick: str
    bar: float
    goal: float


AHEAD, TO_FILE = ("--horizon", "30"), ("-o", "o.csv", "--quiet")
IMPORTS = {
    "help": "import typer, rich",
    "predict": "import pandas",
    "train": "import torch, pandas",
}
FROM_MODEL = ("predict", "--model", "month.model", *AHEAD)

CONTESTS = (
    Contest("--help", ("--help",), IMPORTS["help"], 1.2, 1.0),
    Contest("predict, 144 months", ("predict", "month.csv", *AHEAD), IMPORTS["predict"], 1.5, 1.1),
    Contest("predict, 8,760 hours", ("predict", "hour.csv", *AHEAD), IMPORTS["predict"], 1.5, 1.1),
    Contest("predict from a model", FROM_MODEL, IMPORTS["predict"], 1.4, 1.0),
    Contest("train, 1,000 hours", ("train", "short.csv", "--quiet"), IMPORTS["train"], 3, 2),
    Contest("train, 1,000 months", ("train", "months.csv", "--quiet"), IMPORTS["train"], 3, 2),
)


def run(command: Sequence[str], folder: Path) -> Cost:
    """Run a process to its end.

    Parameters
    ----------
    command : sequence of str
    folder : Path
        To run in.

    Returns
    -------
    Cost
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("FORECAST_MODEL", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: compiled, like what it meets
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        limit = threading.Timer(LONGEST, child.kill)
        limit.start()
        _, status, usage = os.wait4(child.pid, 0)
        limit.cancel()
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            output.seek(0)
            raise SystemExit(f"{' '.join(command)}: {output.read().decode(errors='replace')}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compete(contest: Contest, pairs: int, folder: Path) -> list[str]:
    """Run a command and its yardstick in turns.

    Parameters
    ----------
    contest : Contest
    pairs : int
    folder : Path

    Returns
    -------
    list of str
        A row of the table.
    """
    both = (*FORECAST, *contest.arguments), (sys.executable, "-c", contest.yardstick)
    for one in both:  # what is read from disk is then in memory for both
        run(one, folder)
    found: list[tuple[Cost, Cost]] = []
    for number in range(pairs):
        first, second = (run(one, folder) for one in both[:: 1 if number % 2 else -1])
        found.append((first, second) if number % 2 else (second, first))
    return [
        f"{contest.label} : {contest.yardstick}",
        f"{median(mine.seconds for mine, _ in found):.2f}",
        f"{median(mine.seconds / other.seconds for mine, other in found):.2f}",
        f"{median(mine.cpu_seconds / other.cpu_seconds for mine, other in found):.2f}",
        f"{median(mine.peak_mb / other.peak_mb for mine, other in found):.2f}",
        f"{contest.bar:g}",
        f"{contest.goal:g}",
    ]


def write_series(path: Path, series: int, rows: int, step: str) -> None:
    """Write positive series with trend, season and noise in long format.

    Parameters
    ----------
    path : Path
    series, rows : int
    step : {"M", "h"}
        NumPy unit of the calendar.
    """
    rng = np.random.default_rng(0)
    time_of_row, season = np.arange(rows), 12 if step == "M" else 24
    unit = "D" if step == "M" else "s"
    stamps = np.datetime_as_string(
        (np.datetime64("2010-01-01").astype(f"M8[{step}]") + time_of_row).astype(f"M8[{unit}]")
    )
    with path.open("w") as file:
        file.write("unique_id,ds,y\n" if series > 1 else "ds,y\n")
        for number in range(series):
            phase = rng.integers(season)
            wave = 0.2 * np.sin(2 * np.pi * (time_of_row + phase) / season)
            noise = 0.1 * rng.standard_normal(rows)
            values = np.exp(4 + rng.standard_normal() + 0.1 * time_of_row / rows + wave + noise)
            name = f"T{number}," if series > 1 else ""
            lines = zip(stamps, values, strict=True)
            file.writelines(f"{name}{stamp},{value:.2f}\n" for stamp, value in lines)


def measure_contests(folder: Path, given: argparse.Namespace) -> None:
    """Print a table of commands against bare imports."""
    head = ["forecast", "seconds", "ratio", "CPU ratio", "memory ratio", "bar", "goal"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    write_series(folder / "month.csv", 1, 144, "M")
    write_series(folder / "hour.csv", 1, 8_760, "h")
    write_series(folder / "short.csv", 1, 1_000, "h")
    write_series(folder / "months.csv", 1, 1_000, "M")
    training = ("train", "month.csv", "--model", "month.model", "--steps", "20", "--quiet")
    run((*FORECAST, *training), folder)
    for contest in CONTESTS:
        print("| " + " | ".join(compete(contest, given.pairs, folder)) + " |", flush=True)


def measure_series(folder: Path, given: argparse.Namespace) -> None:
    """Forecast very many series in one run, without a model and from one."""
    for series in given.series:
        write_series(folder / "many.csv", series, 120, "M")
        once = ("--steps", "1", "--members", "1", "--from-scratch", "--quiet")
        run((*FORECAST, "train", "many.csv", "--model", "many.model", *once), folder)
        for source in (("many.csv",), ("--model", "many.model")):
            cost = run((*FORECAST, "predict", *source, *AHEAD, *TO_FILE), folder)
            print(
                f"predict {' '.join(source)}, {series:,} series of 120 months, 30 ahead:"
                f" {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} CPU s, {cost.peak_mb:,.0f} MB",
                flush=True,
            )


def measure_growth(folder: Path, given: argparse.Namespace) -> None:
    """Forecast 1, 10 and 100 times as many series without a model; one has to start, too."""
    costs = {}
    for series in (1, 100, 1_000, 10_000):
        write_series(folder / "many.csv", series, 120, "M")
        found = (run((*FORECAST, "predict", "many.csv", *AHEAD, *TO_FILE), folder) for _ in "123")
        costs[series] = min(cost.cpu_seconds for cost in found)
    start = costs.pop(1)
    each = ", ".join(
        f"{series:,}: {1e6 * (seconds - start) / series:,.0f}" for series, seconds in costs.items()
    )
    print(
        f"predict, CPU microseconds a series beyond the {start:.2f} s of one: {each} (bar: equal)"
    )


@contextmanager
def on_one_core() -> Iterator[None]:
    """Let what is started meanwhile have a single core."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def measure_workers(folder: Path, given: argparse.Namespace) -> None:
    """Compare with ARIMA by one worker on one core, and by two on two; the network is tiny.

    A worker fits while the process that started it trains, so that one worker has use
    for a second core, too.
    """
    write_series(folder / "some.csv", 40, 120, "M")
    tiny = ("--from-scratch", "--members", "1", "--steps", "1", "--hidden", "2")
    command = (*FORECAST, "compare", "some.csv", "--baseline", "arima", *tiny, "--quiet")
    found = []
    for _ in range(given.pairs):
        with on_one_core():
            alone = run((*command, "--workers", "1"), folder)
        found.append((alone, *(run((*command, "--workers", n), folder) for n in "12")))
    cores = median(alone.seconds / two.seconds for alone, _, two in found)
    more = median(two.cpu_seconds / alone.cpu_seconds for alone, _, two in found)
    workers = median(one.seconds / two.seconds for _, one, two in found)
    print(
        f"compare with ARIMA, 40 series, one core : two: {cores:.2f} (bar 1.7)"
        f" for {more:.2f} times the processor time; 1 : 2 workers on two cores: {workers:.2f}"
    )


PARTS = {
    "contests": measure_contests,
    "series": measure_series,
    "growth": measure_growth,
    "workers": measure_workers,
}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--series", type=int, nargs="*", default=[10_000])
    given = parser.parse_args()
    for name in given.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder), given)


if __name__ == "__main__":
    main()
