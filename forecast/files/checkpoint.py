"""The checkpoint file: what a training that was left had done, two generations of it.

It lies beside the model file, sealed and written as that is. What is in it and
when it is written is decided in ``forecast.training.run``.
"""

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecast.errors import ArtifactError, WriteError
from forecast.files.seal import Tensors, seal, unseal
from forecast.files.storage import write_output

VERSION = 3
"""Grows when an older program could not read the file rightly."""


@dataclass(frozen=True, eq=False)
class State:
    """What something needs to be taken up again where it was left.

    Attributes
    ----------
    tensors : dict of str to ndarray
    facts : dict
        What JSON can hold, without NaN.
    """

    tensors: Tensors = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a training had come.

    Attributes
    ----------
    seconds : float
        Used by all attempts so far.
    stages : tuple of State
        Those that were finished, and the one that was left.
    """

    seconds: float = 0.0
    stages: tuple[State, ...] = ()


class Checkpoint:
    """The checkpoint of one model file.

    Parameters
    ----------
    model : str or Path
        The model file.
    identity : mapping
        All that decides what the training gives: its input, settings, versions.
        A checkpoint of another identity is never used.
    """

    def __init__(self, model: str | Path, identity: Mapping[str, Any]) -> None:
        target = Path(os.path.realpath(model))
        self.path = target.with_name(f"{target.name}.checkpoint")
        self.identity: dict[str, Any] = json.loads(json.dumps(identity))

    @property
    def generations(self) -> tuple[Path, Path]:
        """The newer file and the one before."""
        return self.path, self.path.with_name(f"{self.path.name}.prev")

    def read(self) -> tuple[Progress | None, tuple[str, ...]]:
        """Give what an earlier attempt had done.

        Returns
        -------
        progress : Progress or None
            From the newest file that is intact and of this identity.
        differences : tuple of str
            Where there is none: what an intact one was made with that is different now.
        """
        differences: tuple[str, ...] = ()
        for path in self.generations:
            try:
                document, tensors = unseal(path.read_bytes(), str(path))
                if document["checkpoint_version"] != VERSION:
                    differences = differences or ("format",)
                    continue
                found = tuple(_differences(document["identity"], self.identity))
                if not found:
                    return _progress(document, tensors), ()
                differences = differences or found
            except (OSError, ArtifactError, KeyError, TypeError, ValueError, AttributeError):
                continue
        return None, differences

    def write(self, progress: Progress) -> None:
        """Write it down; the generation before stays.

        Parameters
        ----------
        progress : Progress

        Raises
        ------
        WriteError
            When it cannot be written; both generations are then as they were.
        """
        content = seal(
            {
                f"stage{number}.{name}": values
                for number, stage in enumerate(progress.stages)
                for name, values in stage.tensors.items()
            },
            {
                "checkpoint_version": VERSION,
                "identity": self.identity,
                "seconds": progress.seconds,
                "stages": [stage.facts for stage in progress.stages],
            },
        )

        def verify(written: bytes) -> None:
            if written != content:
                raise WriteError("the disk gave back other bytes", where=str(self.path))

        write_output(content, self.path, verify=verify, keep_previous=True)

    def remove(self) -> None:
        """Remove both generations, where there are any."""
        for path in self.generations:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _progress(document: dict[str, Any], tensors: Tensors) -> Progress:
    stages = [State({}, dict(facts)) for facts in document["stages"]]
    for name, values in tensors.items():
        owner, _, rest = name.partition(".")
        stages[int(owner.removeprefix("stage"))].tensors[rest] = values
    return Progress(float(document["seconds"]), tuple(stages))


def _differences(
    before: Mapping[str, Any], now: Mapping[str, Any], prefix: str = ""
) -> Sequence[str]:
    """Name what differs, groups of settings by their fields."""
    found: list[str] = []
    for name in dict.fromkeys([*before, *now]):
        old, new = before.get(name), now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found += _differences(old, new, f"{name} ")
        elif old != new:
            found.append(f"{prefix}{name}")
    return found
