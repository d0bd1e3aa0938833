"""Score the classical baselines on panels, with what they cost per series.

``python -m tests.bench.baselines BENCH [SET ...] [--models arima ets theta]``
prints one table: MASE, coverage of the 80 % interval, and processor seconds per
series (median), beside bars and published figures; and the same of
statsforecast where that package is installed. ``--sample N`` takes N series,
evenly spread; ``--back K`` moves the cutoff K horizons into the training part,
which is where settings are chosen.
"""

import argparse
import importlib
import importlib.util
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from forecast.metrics import seasonal_scale
from forecast.models.baselines import BASELINES, fit_baseline
from forecast.panel import Panel, Series
from tests.bench.panels import load_scorer

Array = NDArray[np.float64]

SETS = ("m3_yearly", "m3_quarterly", "m3_monthly", "m4_hourly")
MODELS = ("arima", "ets", "theta")
LEVELS = (0.1, 0.5, 0.9)
MOST_SERIES = {("m4_hourly", "arima"): 40}
"""Series of a set for a model that takes seconds for each."""

MASE_BARS = {
    ("m3_yearly", "arima"): 2.95,
    ("m3_quarterly", "arima"): 1.20,
    ("m3_monthly", "arima"): 0.885,
    ("m4_hourly", "arima"): 1.03,
    ("m3_yearly", "ets"): 2.75,
    ("m3_quarterly", "ets"): 1.16,
    ("m3_monthly", "ets"): 0.875,
    ("m3_yearly", "theta"): 2.65,
    ("m3_quarterly", "theta"): 1.13,
    ("m3_monthly", "theta"): 0.87,
}
SECONDS_BARS = {("m3_monthly", "arima"): 0.6, ("m4_hourly", "arima"): 3.0}
PUBLISHED = {
    ("m3_yearly", "arima"): 2.890,
    ("m3_quarterly", "arima"): 1.192,
    ("m3_monthly", "arima"): 0.875,
    ("m4_hourly", "arima"): 1.02,
    ("m3_yearly", "ets"): 2.695,
    ("m3_quarterly", "ets"): 1.144,
    ("m3_monthly", "ets"): 0.863,
    ("m3_yearly", "theta"): 2.610,
    ("m3_quarterly", "theta"): 1.119,
    ("m3_monthly", "theta"): 0.855,
}
"""statsforecast's AutoARIMA, AutoETS and AutoTheta on M3; R's auto.arima on M4."""

THEIRS = {"arima": "AutoARIMA", "ets": "AutoETS", "theta": "AutoTheta"}


@dataclass(frozen=True)
class Task:
    """One series, what came after it, and its season.

    Attributes
    ----------
    name : str
    history, future : ndarray of shape (T,) and (H,)
    season : int
    """

    name: str
    history: Array
    future: Array
    season: int


@dataclass(frozen=True)
class Outcome:
    """What a model did on one series.

    Attributes
    ----------
    mase : float
        NaN where the history has no scale.
    inside : float
        Share of values within the 80 % interval.
    seconds : float
        Processor time of fitting and forecasting.
    made_by : str
        The model, or its fallback.
    """

    mase: float
    inside: float
    seconds: float
    made_by: str


def read_tasks(bench: Path, name: str, sample: int | None, back: int) -> list[Task]:
    """Read a panel of the benchmark folder.

    Parameters
    ----------
    bench : Path
    name : str
        Of a folder in ``panels``.
    sample : int or None
        How many series, evenly spread; None takes all.
    back : int
        Horizons by which the cutoff is moved into the training part.

    Returns
    -------
    list of Task
        Series too short for the earlier cutoff are left out.
    """
    panel = load_scorer(bench).Panel(bench / "panels" / name)
    futures = {id: part["y"].to_numpy(float) for id, part in panel.test.groupby("unique_id")}
    tasks = []
    for id in panel.ids:
        values, steps = np.r_[panel.train[id], futures[id]], len(futures[id])
        end = len(values) - steps * (back + 1)
        if end > max(panel.m + 1, 8):
            tasks.append(Task(id, values[:end], values[end : end + steps], panel.m))
    if sample is not None and sample < len(tasks):
        tasks = [tasks[i] for i in np.linspace(0, len(tasks) - 1, sample).astype(int)]
    return tasks


def ours(model: str, task: Task) -> tuple[Array, str]:
    """Forecast by a baseline of the project: quantiles (H, 3) and who made them."""
    series = Series(task.name, np.arange(len(task.history)), task.history)
    panel = Panel.from_series([series], "1")
    found = fit_baseline(model, panel, task.season).predict_quantiles(
        panel, len(task.future), LEVELS
    )
    return found.quantiles[0], found.source[0]


def theirs(model: str, task: Task) -> tuple[Array, str]:
    """Forecast by statsforecast at its defaults."""
    package: Any = importlib.import_module("statsforecast.models")
    made = getattr(package, THEIRS[model])(season_length=task.season).forecast(
        y=task.history, h=len(task.future), level=[80]
    )
    return np.column_stack([made["lo-80"], made["mean"], made["hi-80"]]), THEIRS[model]


def judge(forecast: Callable[[str, Task], tuple[Array, str]], model: str, task: Task) -> Outcome:
    """Forecast one series and score it."""
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantiles, made_by = forecast(model, task)
    seconds = time.process_time() - began
    scale = seasonal_scale(task.history, task.season)
    error = float(np.abs(quantiles[:, 1] - task.future).mean())
    inside = (quantiles[:, 0] <= task.future) & (task.future <= quantiles[:, 2])
    mase = error / scale if scale > 0 else float("nan")
    return Outcome(mase, float(inside.mean()), seconds, made_by)


def draw(rows: Sequence[tuple[str, ...]]) -> Table:
    """Lay out the table."""
    table = Table(title="baselines, each chosen and fitted per series")
    for heading in ("set", "model"):
        table.add_column(heading, no_wrap=True)
    for heading in ("series", "MASE", "bar", "published", "in 80 %", "CPU s", "bar", "fallbacks"):
        table.add_column(heading, justify="right", no_wrap=True)
    for number, row in enumerate(rows):
        if number and row[0] != rows[number - 1][0]:
            table.add_section()
        table.add_row(*row)
    return table


def summarise(name: str, model: str, shown: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Write one line of the table."""
    key = (name, model)
    return (
        name,
        shown,
        str(len(outcomes)),
        f"{np.nanmean([one.mase for one in outcomes]):.4f}",
        _figure(MASE_BARS.get(key)),
        _figure(PUBLISHED.get(key)),
        f"{100 * np.mean([one.inside for one in outcomes]):.1f}",
        f"{np.median([one.seconds for one in outcomes]):.3f}",
        _figure(SECONDS_BARS.get(key)),
        str(sum(one.made_by != shown for one in outcomes)),
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def main() -> None:
    """Print a line as soon as it is there, and then the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", type=Path)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--models", nargs="+", choices=tuple(BASELINES), default=MODELS)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--back", type=int, default=0)
    parser.add_argument("--ours-only", action="store_true")
    given = parser.parse_args()
    has_theirs = importlib.util.find_spec("statsforecast") is not None and not given.ours_only
    rows = []
    for name in given.sets:
        every = read_tasks(given.bench, name, given.sample, given.back)
        for model in given.models:
            most = MOST_SERIES.get((name, model), len(every))
            kept = np.linspace(0, len(every) - 1, min(most, len(every))).astype(int)
            sides = [(BASELINES[model], ours)]
            sides += [(THEIRS[model], theirs)] if has_theirs and model in THEIRS else []
            for shown, forecast in sides:
                outcomes = [judge(forecast, model, every[i]) for i in kept]
                rows.append(summarise(name, model, shown, outcomes))
                print(*rows[-1], flush=True)
    Console(width=120).print(draw(rows))


if __name__ == "__main__":
    main()
