"""One training from its start to its end, however often it is left and taken up again.

A training is a sequence of stages, one for each network that is trained. What
lies between them is quick and the same each time, so that it is done again:
stages that were finished are remembered by their names, the one that was left
goes on, and the clock counts the seconds of all attempts.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from forecast.errors import ArtifactError, WriteError
from forecast.files.checkpoint import Checkpoint, Progress, State
from forecast.files.storage import is_special
from forecast.runtime import library_versions

EVERY = 5.0
"""Seconds between checkpoints, at least."""

SHARE = 0.01
"""Part of the time that writing checkpoints may take."""


class Resumable(Protocol):
    """What can be taken up again from its state."""

    def state(self) -> State:
        """Give a copy of all that changes."""

    def restore(self, state: State) -> None:
        """Become what it was."""


Part = TypeVar("Part", bound=Resumable)


class Run:
    """The clock and the memory of one training.

    An exception that a run was left by has the note "--resume" where it can go on.

    Parameters
    ----------
    checkpoint : Checkpoint, optional
        Where to keep what was done; nowhere where None.
    earlier : Progress, optional
        What attempts before this one had done.
    """

    def __init__(self, checkpoint: Checkpoint | None = None, earlier: Progress | None = None):
        earlier = earlier or Progress()
        self._checkpoint = checkpoint
        self._earlier = {str(stage.facts["name"]): stage for stage in earlier.stages}
        self._zero = time.monotonic() - earlier.seconds
        self._next, self._stages = time.monotonic() + EVERY, list[State]()
        self._current: Stage | None = None
        self._asked: BaseException | None = None
        self.trouble: WriteError | None = None
        """Why the last checkpoint could not be written."""

    @property
    def seconds(self) -> float:
        """Seconds used by all attempts so far."""
        return time.monotonic() - self._zero

    def stage(
        self, name: str, seconds: float = float("inf"), first: float | None = None
    ) -> "Stage":
        """Begin a stage.

        Parameters
        ----------
        name : str
            Of no other stage: not all that were begun in one attempt are in the next.
        seconds : float
            Time limit; one that was left keeps the limit that it had.
        first : float, optional
            Time limit of its first step, where that may come later.

        Returns
        -------
        Stage
        """
        return Stage(self, name, (seconds, seconds if first is None else first), self._earlier)

    def interrupt(self, error: BaseException) -> bool:
        """Write a checkpoint as soon as possible; to be called by a signal's handler.

        Parameters
        ----------
        error : BaseException

        Returns
        -------
        bool
            True where a stage is in the middle of a step: it raises the error
            when the step is done. Else it is the caller's turn to raise it.
        """
        if self._checkpoint is None or self._asked is not None:
            return False
        self._asked = error
        if self._current is None:
            self._write()
        return self._current is not None

    def finished(self) -> None:
        """Remove the checkpoint: its training has given a model."""
        if self._checkpoint is not None:
            self._checkpoint.remove()

    def enter(self, stage: "Stage") -> None:
        """Tell which stage is being worked on."""
        self._current = stage

    def keep(self) -> None:
        """Write a checkpoint where one is due, and leave where that was asked for."""
        if self._checkpoint is None:
            return
        if self._asked is not None:
            self._write()
            raise self._asked
        if time.monotonic() >= self._next:
            self._write()

    def close(self, state: State | None) -> None:
        """Remember what the current stage came to, if to anything."""
        self._current = None
        if self._checkpoint is not None:
            self._stages += [state] if state is not None else []
            self.keep()

    def _write(self) -> None:
        """Keep what was done; a full disk does not end the training."""
        current = [self._current.state()] if self._current is not None else []
        stages = (*self._stages, *current)
        if self._checkpoint is None or not stages:
            return
        began = time.monotonic()
        self.trouble = None
        try:
            self._checkpoint.write(Progress(self.seconds, stages))
            if self._asked is not None and not hasattr(self._asked, "__notes__"):
                self._asked.add_note("--resume")  # once, though it was asked for while writing
        except WriteError as error:
            self.trouble = error
        ended = time.monotonic()
        self._next = ended + max(EVERY, (ended - began) / SHARE)


def begin(
    model: str | Path, fingerprint: Mapping[str, Any], *, resume: bool
) -> tuple[Run, str | None]:
    """Begin a run that is kept in a checkpoint, or go on with the one that is.

    Parameters
    ----------
    model : str or Path
        The model file; where it is a device or pipe, nothing is kept.
    fingerprint : mapping
        Of the training, see `forecast.files.fingerprint`.
    resume : bool
        Go on where there is something to go on with.

    Returns
    -------
    run : Run
    note : str or None
        What a user should know about it.
    """
    if is_special(model):
        return Run(), None
    checkpoint = Checkpoint(model, {**fingerprint, "version": library_versions()})
    earlier, differences = checkpoint.read()
    name = checkpoint.path.name
    if not resume:
        note = f"{name} is of a run that was interrupted: --resume goes on with it"
        return Run(checkpoint), note if earlier else None
    if earlier is not None:
        return Run(checkpoint, earlier), f"resumed after {earlier.seconds:.1f} s of training"
    if differences:
        listed = ", ".join(differences[:5])
        return Run(checkpoint), f"{name} is of another {listed}: training starts anew"
    return Run(checkpoint), f"there is no {name} to resume from: training starts anew"


class Stage:
    """The training of one network within a run; made by `Run.stage`.

    Attributes
    ----------
    began : float
        Seconds of the run when it began, in whichever attempt that was.
    """

    def __init__(
        self, run: Run, name: str, limits: tuple[float, float], earlier: Mapping[str, State]
    ) -> None:
        self._run, self._name, self._earlier = run, name, earlier.get(name)
        self._parts: dict[str, Resumable] = {}
        facts = self._earlier.facts if self._earlier else {}
        self.began = float(facts.get("began", run.seconds))
        self._ended: float | None = facts.get("ended")
        until = facts.get("until", run.seconds + limits[0])
        self._until = float("inf") if until is None else float(until)
        self._first = run.seconds + limits[1]

    @property
    def finished(self) -> bool:
        """True where it is done, perhaps in an earlier attempt: all that is left is its result."""
        return self._ended is not None

    @property
    def seconds(self) -> float:
        """Seconds used so far, in all where it is finished."""
        return (self._run.seconds if self._ended is None else self._ended) - self.began

    @property
    def is_late(self) -> bool:
        """Whether the time is up."""
        return self._run.seconds > self._until

    @property
    def is_too_late(self) -> bool:
        """Whether the time is up even for a first step."""
        return self._run.seconds > max(self._until, self._first)

    def follow(self, name: str, part: Part) -> Part:
        """Include something in checkpoints; it becomes what it was in an earlier attempt.

        Parameters
        ----------
        name : str
        part : Resumable

        Returns
        -------
        Resumable
            The same object.
        """
        self._parts[name] = part
        self._run.enter(self)
        if self._earlier is not None:
            tensors = {
                key.removeprefix(f"{name}."): values
                for key, values in self._earlier.tensors.items()
                if key.startswith(f"{name}.")
            }
            try:
                part.restore(State(tensors, self._earlier.facts["parts"][name]))
            except (KeyError, TypeError, ValueError, RuntimeError) as error:
                raise ArtifactError(
                    f"the checkpoint is inconsistent: {error!r}", fix="train without --resume"
                ) from error
        return part

    def keep(self) -> None:
        """Tell that a step is done: a checkpoint may be written, or the run be left."""
        self._run.keep()

    def finish(self) -> None:
        """Tell that the network is trained."""
        if self._ended is None:
            self._ended = self._run.seconds
        self._run.close(self.state())

    def skip(self) -> None:
        """Tell that the network will not be trained."""
        self._run.close(None)

    def state(self) -> State:
        """Give the state of all that is followed."""
        parts = {name: part.state() for name, part in self._parts.items()}
        return State(
            {f"{name}.{key}": v for name, one in parts.items() for key, v in one.tensors.items()},
            {
                "name": self._name,
                "began": self.began,
                "ended": self._ended,
                "until": None if self._until == float("inf") else self._until,
                "parts": {name: one.facts for name, one in parts.items()},
            },
        )
