"""Score pretrained weights on real series that they have never seen.

``python tests/bench/zero_shot.py BENCH_FOLDER [WEIGHTS] [--record]`` prints, for
each panel, the scores of forecasting values as they are, their logarithms, and
the mean of both, and which of the three the last horizon of the training part
would have chosen; then AirPassengers on a rolling origin. ``--record`` writes the
scores of the chosen forecasts into the manifest of the weights. Nothing is trained.

Letters: N series, H horizon, Q quantile levels.
"""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.models.recurrent import Member
from forecast.pretrained import FOLDER, load_weights, write_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec
from forecast.universal import universal_geometry
from forecast.window import gather

Array = NDArray[np.float64]

PANELS: dict[str, tuple[int, ...]] = {
    "m3_yearly": (1,),
    "m3_other": (1,),
    "m3_quarterly": (4,),
    "m3_monthly": (12,),
    "m4_hourly": (24, 168),
}
"""Season setting of each panel."""

LEAST_HISTORY = 4
"""Values left in a series of which the last horizon is held back."""


class Candidate:
    """One set of weights, read with logarithms, without, or both."""

    def __init__(self, path: Path, season: tuple[int, ...], horizon: int) -> None:
        weights, manifest = load_weights(path.stem, path)
        self.horizon, geometry = horizon, universal_geometry(season, None, horizon)
        spec = RecurrentSpec(cell=manifest["spec"]["cell"], hidden=manifest["spec"]["hidden"])
        self.raw = Member(spec, geometry, weights)
        self.log = Member(RecurrentSpec(**{**spec.to_dict(), "log": True}), geometry, weights)

    def forecasts(self, series: list[Array]) -> dict[str, Array]:
        """Quantiles (N, H, Q) of each way to read the series."""
        stops = np.cumsum([len(one) for one in series])
        starts = np.concatenate([[0], stops[:-1]])
        past = gather(np.concatenate(series), stops, (starts, stops), self.raw.geometry.past, 0)
        raw, log = self.raw.forecast(past, self.horizon), self.log.forecast(past, self.horizon)
        return {"raw": raw, "log": log, "both": (raw + log) / 2}


def pooled_error(series: list[Array], season: int, candidate: Candidate) -> dict[str, float]:
    """Scaled error of the last horizon held back, mean over the series long enough."""
    h = candidate.horizon
    long = [one for one in series if len(one) >= h + max(LEAST_HISTORY, season + 1)]
    found = candidate.forecasts([one[:-h] for one in long])
    truth = np.stack([one[-h:] for one in long])
    scale = np.array([np.abs(one[season:-h] - one[: -h - season]).mean() for one in long])
    errors = {way: np.abs(q[:, :, q.shape[2] // 2] - truth).mean(1) for way, q in found.items()}
    usable = scale > 0
    return {way: float((e[usable] / scale[usable]).mean()) for way, e in errors.items()}


def score_panel(folder: Path, weights: Path, season: tuple[int, ...], score: Any) -> dict[str, Any]:
    """Scores of each way on one panel, and the way that the held back part prefers."""
    panel = score.Panel(folder)
    candidate = Candidate(weights, season, panel.h)
    series = [panel.train[name] for name in panel.ids]
    rows = {}
    for way, quantiles in candidate.forecasts(series).items():
        frame = panel.test[["unique_id", "ds"]].copy()
        for number, level in enumerate(DEFAULT_QUANTILES):
            frame[f"q{level}"] = quantiles[:, :, number].ravel()
        found, _, _ = score.score(panel, frame)
        cover = found["quantiles"]["intervals"]
        rows[way] = {name: round(found[name], 4) for name in ("sMAPE", "MASE", "OWA")} | {
            "WQL": round(found["quantiles"]["mean_WQL"], 4),
            "coverage 80": round(cover[80.0]["coverage"], 3),
            "coverage 95": round(cover[95.0]["coverage"], 3),
        }
    held_back = pooled_error(series, panel.m, candidate)
    return {
        "ways": rows,
        "held back": held_back,
        "chosen": min(held_back, key=held_back.__getitem__),
    }


def air_passengers(weights: Path, bench: Path) -> dict[str, float]:
    """MAPE over the last 49 origins, 12 steps each."""
    y = pd.read_csv(bench / "singles/nixtla/air_passengers.csv")["value"].to_numpy(float)
    origins = range(len(y) - 60, len(y) - 11)
    found = Candidate(weights, (12,), 12).forecasts([y[:origin] for origin in origins])
    truth = np.stack([y[origin : origin + 12] for origin in origins])
    median = len(DEFAULT_QUANTILES) // 2
    errors = {way: np.abs(q[:, :, median] / truth - 1) for way, q in found.items()}
    return {way: round(100 * float(error.mean()), 3) for way, error in errors.items()}


def main() -> None:
    """Print the table, and write it into the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("weights", type=Path, nargs="?", default=FOLDER / "gru.safetensors")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    sys.path.insert(0, str(given.bench))
    score, record = importlib.import_module("score"), {}
    for name, season in PANELS.items():
        found = score_panel(given.bench / "panels" / name, given.weights, season, score)
        record[name] = {"read as": found["chosen"], **found["ways"][found["chosen"]]}
        for way, row in found["ways"].items():
            mark = "*" if way == found["chosen"] else " "
            print(f"{name:13}{mark}{way:5}held back {found['held back'][way]:.3f}", row, flush=True)
    passengers = air_passengers(given.weights, given.bench)
    print("AirPassengers MAPE", passengers)
    if given.record:
        weights, manifest = load_weights(given.weights.stem, given.weights)
        record["AirPassengers MAPE"] = passengers
        write_weights(given.weights, weights, {**manifest, "zero_shot": record})


if __name__ == "__main__":
    main()
