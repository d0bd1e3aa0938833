"""How well training uses the machine: arithmetic, windows, memory, cost against work.

    python -m tests.bench.training_speed [PART ...]

Parts: ``rate``, ``windows``, ``work``, ``memory``; all where none is named. One
thread, series made up here. Every ratio is the median of repetitions in turns.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader, TensorDataset

from forecast.configure import LEAST_PAST, choose_recurrent, choose_training, geometry_of
from forecast.models.fit import fit_recurrent
from forecast.models.members import train_network
from forecast.network.segments import SegmentNetwork
from forecast.network.window import Windows
from forecast.panel import Panel
from forecast.result import DEFAULT_QUANTILES
from forecast.spec import RecurrentSpec, TrainSpec
from forecast.training.heap import keeping_freed
from forecast.training.learner import Learner
from forecast.training.loop import pinball_loss
from forecast.training.practice import Batch, Drawn, Practice, gather_rows, look

HOURLY = RecurrentSpec(season=(24, 168), log=False)
"""As chosen for hourly series; 414 of them with 960 rows stand for M4's."""

ATEN = torch.ops.aten
PRODUCTS = {ATEN.mm, ATEN.addmm, ATEN.addmm_, ATEN.bmm, ATEN.baddbmm}


class Recorder(TorchDispatchMode):
    """Remembers the shapes of all matrix products."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.shapes: list[tuple[torch.Size, torch.Size]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note an operation, and do it."""
        if func.overloadpacket in PRODUCTS:
            left, right = [one for one in args if isinstance(one, Tensor)][-2:]
            self.shapes.append((left.shape, right.shape))
        return func(*args, **(kwargs or {}))


def panel_of(series: int, rows: int) -> Panel:
    """Make positive series with a daily and a weekly season."""
    rng = np.random.default_rng(0)
    step = np.arange(rows)
    wave = np.sin(2 * np.pi * step / 24) + 0.3 * np.sin(2 * np.pi * step / 168)
    target = np.exp(
        4 + 0.3 * wave + 0.1 * rng.standard_normal((series, rows), dtype=np.float32)
    ).ravel()
    indptr = np.arange(series + 1, dtype=np.int64) * rows
    names = tuple(map(str, range(series)))
    return Panel(names, indptr, np.tile(step, series), target.astype(np.float64), "1")


def learner_of(panel: Panel) -> tuple[Learner, Practice, TrainSpec]:
    """Begin the training that default settings give, with a horizon of 48."""
    spec = choose_recurrent(HOURLY, panel, 48)
    windows = Windows.of(panel, LEAST_PAST)
    training = choose_training(TrainSpec(), spec, len(windows))
    network = SegmentNetwork(spec, geometry_of(spec), len(DEFAULT_QUANTILES))
    size, steps = training.batch or 1, training.steps or 1
    practice = Practice(windows, network, size, size * steps)
    return Learner(network, training, windows), practice, training


def seconds_of(work: Callable[[], object]) -> float:
    """Time one call, in processor seconds: others may keep the machine busy."""
    start = time.process_time()
    work()
    return time.process_time() - start


def paired(mine: Callable[[], object], other: Callable[[], object], pairs: int = 7) -> float:
    """Give the median ratio of times, calls in turns."""
    mine(), other()
    return median(seconds_of(mine) / seconds_of(other) for _ in range(pairs))


def measure_rate() -> None:
    """Hold a training step against its own matrix products, done alone."""
    learner, practice, training = learner_of(panel_of(414, 960))

    def step() -> None:
        batch = practice.batch(learner.draw(training.batch or 1))
        learner.step(
            pinball_loss(learner.network, batch, learner.network.geometry, DEFAULT_QUANTILES)
        )

    with Recorder() as recorder:
        step()
    operands = [(torch.randn(left), torch.randn(right)) for left, right in recorder.shapes]
    count = sum(2 * left.numel() * right.shape[-1] for left, right in operands)

    def products() -> None:
        for left, right in operands:
            left @ right

    with keeping_freed():  # as every training does
        share = 1 / paired(step, products)
    print(
        f"training step, M4 hourly's shapes: {count / 1e9:.2f} GFLOP in {len(operands)} matrix"
        f" products; at {share:.0%} of the rate of these products alone (bar 40 %, goal 60 %)"
    )


def measure_windows() -> None:
    """Hold batches against those of a plain loader, whose windows have one target each.

    The loader's windows are copied beforehand, one history and what came after it; the
    network, its features and its step are the same. Read in two ways: windows with one
    target each, as the loader has them, and windows as they are learnt from here, a target
    at every segment end.
    """
    learner, practice, training = learner_of(panel_of(414, 960))
    network, size = learner.network, training.batch or 1
    g, windows = network.geometry, learner.windows
    values = torch.as_tensor(windows.values)

    def gathered(drawn: Drawn) -> Tensor:
        return gather_rows(values, g, *torch.as_tensor(np.stack(drawn)))

    every = gathered(windows.draw(40 * size, np.random.default_rng(0)))
    loader = iter(DataLoader(TensorDataset(every), batch_size=size, shuffle=True))

    def learn(batch: Batch) -> None:
        learner.step(pinball_loss(network, batch, g, DEFAULT_QUANTILES))

    def plain() -> None:
        learn(look(next(loader)[0], network, g, 1))

    with keeping_freed():
        alike = paired(lambda: learn(look(gathered(learner.draw(size)), network, g, 1)), plain)
        ratio = paired(lambda: learn(practice.batch(learner.draw(size))), plain)
    print(
        "a second, against a plain DataLoader over materialised windows of one target each:"
        f" {1 / alike:.2f} windows of one target; {1 / ratio:.2f} windows of {g.segments}"
        f" targets, {g.segments / ratio:.1f} targets (bar 5, goal 10)"
    )


def measure_work() -> None:
    """Time 30 steps on 1, 10 and 100 times as many series."""
    spec = TrainSpec(steps=30, batch=128, learning_rate=1e-3)
    times = {}
    for series in (100, 1_000, 10_000):
        panel = panel_of(series, 360)
        complete = replace(choose_recurrent(HOURLY, panel, 48), hidden=64)
        times[series] = train_network(panel, complete, spec)[1].seconds
    shown = ", ".join(f"{series:,} series {seconds:.2f} s" for series, seconds in times.items())
    print(f"30 training steps: {shown} (bar: constant)")


def measure_memory() -> None:
    """Give the peak of a training on ten million rows beyond the panel's own arrays."""
    learner_of(panel_of(2, 400))  # what is loaded once
    panel = panel_of(10_000, 1_000)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of making the panel
    before = megabytes("VmRSS")
    fit_recurrent(panel, HOURLY, TrainSpec(steps=10, members=1, from_scratch=True), 48)
    more = megabytes("VmHWM") - before
    print(f"training on 10,000,000 rows: {more:.0f} MB more (bar 300, goal 150)")


def megabytes(name: str) -> float:
    """Read a figure of this process's memory as Linux gives it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


PARTS: dict[str, Callable[[], None]] = {
    "memory": measure_memory,  # first: the others raise the peak
    "rate": measure_rate,
    "windows": measure_windows,
    "work": measure_work,
}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    wanted = parser.parse_args().parts or list(PARTS)
    torch.set_num_threads(1)
    for name in PARTS:
        if name in wanted:
            PARTS[name]()


if __name__ == "__main__":
    main()
