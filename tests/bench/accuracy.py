"""Train and forecast the benchmark panels as a user would, and score them.

``python tests/bench/accuracy.py BENCH_FOLDER [PANEL ...] [-- TRAIN OPTIONS]`` runs
``forecast train`` and ``forecast predict`` on each panel with default settings
and prints scores, processor seconds of both commands and peak memory, with
published results beside them. ``-- --cell lstm --seed 1`` are given to train.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

PANELS = {
    "m4_hourly": "OWA, best of 49 M4 submissions .410, ES-RNN .440; MSIS 6.14 best, ES-RNN 7.93",
    "m3_yearly": "MASE, Theta 2.81, AutoARIMA 2.890",
    "m3_quarterly": "MASE, Theta 1.087, AutoARIMA 1.192",
    "m3_monthly": "MASE, Theta .858, AutoARIMA .875",
    "m3_other": "MASE, Theta 1.904",
}
"""Panels with published results: M4 ranking, M3 submissions, statsforecast's AutoARIMA."""


def run(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Run the command; give its processor seconds and peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "forecast", *arguments], cwd=folder, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024  # the largest child so far


def score_panel(folder: Path, options: list[str], score: Any) -> dict[str, Any]:
    """Scores, cost and memory on one panel."""
    horizon = json.loads((folder / "meta.json").read_text())["horizon"]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        train = ["train", str((folder / "train.csv").resolve()), "--quiet", *options]
        trained, train_memory = run(train, place)
        predicted, memory = run(["predict", "--horizon", str(horizon), "-o", "f.csv"], place)
        forecasts = pd.read_csv(place / "f.csv", dtype={"unique_id": str})
    forecasts = forecasts.drop(columns=["model", "source"])
    forecasts["ds"] = pd.to_datetime(forecasts["ds"])
    result, _, _ = score.score(score.Panel(folder), forecasts)
    intervals = result["quantiles"]["intervals"]
    return {
        "sMAPE": result["sMAPE"],
        "MASE": result["MASE"],
        "OWA": result["OWA"],
        "in 80 %": intervals[80.0]["coverage"],
        "in 95 %": intervals[95.0]["coverage"],
        "MSIS 95": intervals[95.0]["MSIS"],
        "CPU s": trained + predicted,
        "wall s": time.monotonic() - started,
        "MB": max(train_memory, memory),
    }


def main() -> None:
    """Score the panels asked for, all of them by default."""
    given, _, options = " ".join(sys.argv[1:]).partition(" -- ")
    bench, *names = given.split()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.path.insert(0, bench)
    score = importlib.import_module("score")
    for name in names or list(PANELS):
        row = score_panel(Path(bench) / "panels" / name, options.split(), score)
        shown = "  ".join(f"{key} {value:.4g}" for key, value in row.items())
        print(f"{name:13s} {shown}\n{'':13s} published: {PANELS[name]}", flush=True)


if __name__ == "__main__":
    main()
