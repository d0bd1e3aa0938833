"""Score pretrained weights on real series that they have never seen.

``python -m tests.bench.zero_shot BENCH_FOLDER [WEIGHTS ...] [--record]`` prints, for
each panel, the scores of forecasting values as they are, their logarithms, and
the mean of both, and which of the three the last horizon of the training part
would have chosen; all of M3 as chosen; then AirPassengers on a rolling origin.
Several weights, for example of two seeds, are scored one by one, and then the
mean of their forecasts. ``--record`` writes the scores of the chosen forecasts
into the manifest of the weights. Nothing is trained, and intervals are not
calibrated: ``accuracy.py`` measures what the command makes of the weights.

Letters: N series, H horizon, Q quantile levels.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.metrics import pinball
from forecast.models.member import Member
from forecast.network.universal import universal_geometry
from forecast.network.window import gather
from forecast.pretrained import FOLDER, load_weights, write_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec
from forecast.timeline.frequency import season_lengths
from tests.bench.command import Cost
from tests.bench.panels import PANELS, all_of_m3, load_scorer, score_forecasts
from tests.bench.passengers import HORIZON, SEASON, last_origins, read_passengers, targets
from tests.bench.rows import Row

Array = NDArray[np.float64]

LEAST_HISTORY = 4
"""Values left in a series of which the last horizon is held back."""


class Candidate:
    """One set of weights or the mean of several, read with logarithms, without, or both."""

    def __init__(self, paths: Sequence[Path], season: tuple[int, ...], horizon: int) -> None:
        self.horizon, self.geometry = horizon, universal_geometry(season, None, horizon)
        self.raw: list[Member] = []
        self.log: list[Member] = []
        for path in paths:
            weights, manifest = load_weights(path.stem, path)
            spec = RecurrentSpec(cell=manifest["spec"]["cell"], hidden=manifest["spec"]["hidden"])
            self.raw.append(Member(spec, self.geometry, weights, mirror=True))
            logarithms = RecurrentSpec(**{**spec.to_dict(), "log": True})
            self.log.append(Member(logarithms, self.geometry, weights, mirror=True))

    def forecasts(self, series: list[Array]) -> dict[str, Array]:
        """Quantiles (N, H, Q) of each way to read the series."""
        stops = np.cumsum([len(one) for one in series])
        starts = np.concatenate([[0], stops[:-1]])
        past = gather(np.concatenate(series), stops, (starts, stops), self.geometry.past, 0)
        raw, log = (
            np.mean([member.forecast(past, self.horizon) for member in members], axis=0)
            for members in (self.raw, self.log)
        )
        return {"raw": raw, "log": log, "both": (raw + log) / 2}


def pooled_loss(series: list[Array], season: int, candidate: Candidate) -> dict[str, float]:
    """Quantile loss of the last horizon held back, over the series long enough.

    Geometric mean of the loss in units of the scale and in those of the values, as the
    package itself judges how to read a panel.
    """
    h = candidate.horizon
    long = [one for one in series if len(one) >= h + max(LEAST_HISTORY, season + 1)]
    found = candidate.forecasts([one[:-h] for one in long])
    truth = np.stack([one[-h:] for one in long])
    scale = np.array([np.abs(one[season:-h] - one[: -h - season]).mean() for one in long])
    losses = {
        way: pinball(truth, quantiles, DEFAULT_QUANTILES).mean((1, 2))
        for way, quantiles in found.items()
    }
    units = scale, np.abs(truth).mean(1)

    def mean_in(unit: Array, loss: Array) -> float:
        return float((loss[unit > 0] / unit[unit > 0]).mean())

    return {
        way: float(np.sqrt(np.prod([mean_in(unit, loss) for unit in units])))
        for way, loss in losses.items()
    }


def score_panel(scorer: Any, panel: Any, weights: Sequence[Path]) -> tuple[Row, dict[str, Row]]:
    """The way that the held back part prefers, and all of them."""
    candidate = Candidate(weights, season_lengths(panel.meta["freq"]), panel.h)
    series = [panel.train[name] for name in panel.ids]
    held_back = pooled_loss(series, panel.m, candidate)
    chosen = min(held_back, key=held_back.__getitem__)
    rows = {}
    for way, quantiles in candidate.forecasts(series).items():
        frame = panel.test[["unique_id", "ds"]].copy()
        for number, level in enumerate(DEFAULT_QUANTILES):
            frame[f"q{level}"] = quantiles[:, :, number].ravel()
        mark = "*" if way == chosen else ""
        setting = f"{way}{mark} (held back {held_back[way]:.4f})"
        rows[way] = score_forecasts(scorer, panel, frame, setting, Cost())
    return rows[chosen], rows


def air_passengers(weights: Sequence[Path], bench: Path) -> dict[str, float]:
    """MAPE of each way over all origins."""
    y = read_passengers(bench)["value"].to_numpy(float)
    candidate = Candidate(weights, (SEASON,), HORIZON)
    found = candidate.forecasts([y[:origin] for origin in last_origins(len(y))])
    median = len(DEFAULT_QUANTILES) // 2
    errors = {way: np.abs(q[:, :, median] / targets(y) - 1) for way, q in found.items()}
    return {way: round(100 * float(error.mean()), 3) for way, error in errors.items()}


def score_weights(bench: Path, weights: Sequence[Path]) -> dict[str, Any]:
    """Print every score of some weights; give those of the chosen ways as a manifest has them."""
    scorer = load_scorer(bench)
    chosen: dict[str, Row] = {}
    record: dict[str, Any] = {}
    print("mean of " * (len(weights) > 1) + ", ".join(str(path) for path in weights))
    for name in PANELS:
        panel = scorer.Panel(bench / "panels" / name)
        best, rows = score_panel(scorer, panel, weights)
        for row in rows.values():
            print(row, inside(row), sep=", ", flush=True)
        chosen[name] = best
        record[name] = {"read as": best.setting.partition("*")[0], **rounded(best)}
    m3 = all_of_m3(chosen)
    if m3 is not None:
        print(m3, inside(m3), sep=", ")
    record["AirPassengers MAPE"] = air_passengers(weights, bench)
    print("AirPassengers MAPE", record["AirPassengers MAPE"])
    return record


def inside(row: Row) -> str:
    """Measured coverage in words."""
    return ", ".join(f"in {level} % {share:.3f}" for level, share in row.coverage.items())


def rounded(row: Row) -> dict[str, float]:
    """Scores as the manifest of the weights keeps them."""
    scores = {name: round(value, 4) for name, value in row.measures.items()}
    return scores | {f"coverage {level}": round(c, 3) for level, c in row.coverage.items()}


def main() -> None:
    """Print the scores, and write them into the weights if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", type=Path)
    parser.add_argument("weights", type=Path, nargs="*", default=[FOLDER / "gru.safetensors"])
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    for path in given.weights:
        record = score_weights(given.bench, [path])
        if given.record:
            weights, manifest = load_weights(path.stem, path)
            write_weights(path, weights, {**manifest, "zero_shot": record})
    if len(given.weights) > 1:
        score_weights(given.bench, given.weights)


if __name__ == "__main__":
    main()
