"""``python -m forecast.pretrain``: make the shipped weights, see forecast/pretrained/README.md."""

import argparse
import platform
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import torch

from forecast.pretrain.curriculum import CURRICULUM
from forecast.pretrain.pretrain import PretrainSpec, pretrain
from forecast.pretrained import load_weights, write_weights
from forecast.result import DEFAULT_QUANTILES
from forecast.runtime import library_versions
from forecast.spec import Device
from forecast.training.device import choose_device, describe_device
from forecast.training.heap import keeping_freed

PROVENANCE = ("command", "commit", "start", "seconds", "validation", "zero_shot")
"""What a manifest repeats of the weights that its own began with."""


def main(arguments: list[str] | None = None) -> None:
    """Pretrain as the command line says and write the weights.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the process where None.
    """
    default = PretrainSpec()
    parser = argparse.ArgumentParser(prog="python -m forecast.pretrain", description=__doc__)
    parser.add_argument("--cell", choices=("gru", "lstm", "rnn"), default=default.cell)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--hidden", type=int, default=default.hidden)
    parser.add_argument("--learning-rate", type=float, default=default.learning_rate)
    parser.add_argument("--start", type=Path, help="weights to begin with where they fit")
    parser.add_argument("--device", choices=get_args(Device), default="cpu")
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("-o", "--output", type=Path, required=True, help="weights to write")
    given = parser.parse_args(arguments)
    spec = PretrainSpec(given.cell, given.seed, given.steps, given.hidden, given.learning_rate)
    start, origin = load_weights(given.cell, given.start) if given.start else (None, None)
    device = choose_device(given.device)
    commit = _commit()  # of the code that runs, not of what is there when it ends
    checkpoint = given.output.with_suffix(".checkpoint")
    with keeping_freed():
        network, summary = pretrain(
            spec,
            checkpoint,
            start=start,
            device=device,
            every=given.every,
            progress=_print_progress,
        )
    weights = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
    command = arguments if arguments is not None else sys.argv[1:]
    manifest = {
        "command": " ".join(["python -m forecast.pretrain", *command]),
        "commit": commit,
        "start": origin and {name: origin.get(name) for name in PROVENANCE},
        "spec": asdict(spec),
        "curriculum": [asdict(setting) for setting in CURRICULUM],
        "quantiles": DEFAULT_QUANTILES,
        "seconds": round(summary.pop("seconds")),
        "hardware": _hardware(device),
        "versions": library_versions(),
        "validation": {season: round(loss, 5) for season, loss in summary.items()},
    }
    write_weights(given.output, weights, manifest)
    checkpoint.unlink(missing_ok=True)


def _print_progress(step: int, loss: float, exam: dict[str, float]) -> None:
    marks = " ".join(f"{season}: {mark:.4f}" for season, mark in exam.items())
    print(f"step {step} loss {loss:.4f} validation {marks}", flush=True)


def _commit() -> str | None:
    """Commit of the source, or None outside a repository."""
    command = ["git", "rev-parse", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def _hardware(device: str) -> str:
    if device.startswith("cuda"):
        return f"1 {describe_device(device)}"
    return f"{torch.get_num_threads()} CPU thread(s), {platform.machine()}"


if __name__ == "__main__":
    main()
