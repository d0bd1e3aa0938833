"""Rules of forecast.files.checkpoint."""

from pathlib import Path

import numpy as np
import pytest

from forecast.errors import WriteError
from forecast.files.checkpoint import Checkpoint, Progress, State

IDENTITY = {"input": "abc", "training": {"seed": 0, "steps": None}, "levels": (1, 2)}


def progress(seconds: float) -> Progress:
    """Two stages, the second without tensors."""
    first = State({"a.b": np.arange(3.0), "c": np.array(seconds)}, {"finished": True, "n": 2**100})
    return Progress(seconds, (first, State({}, {"finished": False})))


def test_write_then_read_gives_the_same(tmp_path: Path) -> None:
    """Seconds, tensors and facts survive; the file before stays as .prev."""
    checkpoint = Checkpoint(tmp_path / "m", IDENTITY)
    assert checkpoint.read() == (None, ())
    checkpoint.write(progress(1.5))
    checkpoint.write(progress(2.5))
    found, differences = Checkpoint(tmp_path / "m", IDENTITY).read()
    assert found is not None
    assert (found.seconds, differences) == (2.5, ())
    assert [stage.facts for stage in found.stages] == [s.facts for s in progress(2.5).stages]
    tensors = found.stages[0].tensors
    assert {name: values.tolist() for name, values in tensors.items()} == {
        "a.b": [0, 1, 2],
        "c": 2.5,
    }
    assert {one.name for one in tmp_path.iterdir()} == {"m.checkpoint", "m.checkpoint.prev"}
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []


def test_read_falls_back_on_the_generation_before(tmp_path: Path) -> None:
    """A damaged file, or one of another run, is passed over; two of them are no checkpoint."""
    checkpoint = Checkpoint(tmp_path / "m", IDENTITY)
    for seconds in (1.0, 2.0):
        checkpoint.write(progress(seconds))
    newest, before = checkpoint.generations
    newest.write_bytes(newest.read_bytes()[:-1])
    found, _ = checkpoint.read()
    assert found is not None
    assert found.seconds == 1.0
    Checkpoint(tmp_path / "m", {"input": "other"}).write(progress(3.0))
    newest.replace(before)
    checkpoint.write(progress(4.0))
    newest.unlink()
    assert checkpoint.read() == (None, ("input", "training", "levels"))
    before.write_bytes(b"")
    assert checkpoint.read() == (None, ())


def test_read_names_what_differs(tmp_path: Path) -> None:
    """What was made with other settings is not used, and they are named."""
    Checkpoint(tmp_path / "m", IDENTITY).write(progress(1.0))
    other = IDENTITY | {"input": "x", "training": {"seed": 0, "steps": 5}}
    assert Checkpoint(tmp_path / "m", other).read() == (None, ("input", "training steps"))


def test_read_passes_over_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an older program wrote is not used, and that is told."""
    with monkeypatch.context() as patch:
        patch.setattr("forecast.files.checkpoint.VERSION", 2)
        Checkpoint(tmp_path / "m", IDENTITY).write(progress(1.0))
    assert Checkpoint(tmp_path / "m", IDENTITY).read() == (None, ("format",))


def test_write_keeps_both_generations_when_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there can still be read."""
    checkpoint = Checkpoint(tmp_path / "m", IDENTITY)
    checkpoint.write(progress(1.0))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        with pytest.raises(WriteError):
            checkpoint.write(progress(2.0))
    found, _ = checkpoint.read()
    assert found is not None
    assert found.seconds == 1.0
