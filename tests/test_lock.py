"""Rules of forecast.files.lock."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.errors import LockedError, WriteError
from forecast.files.lock import only_trainer
from tests.commands import BARE, BRIEF, PASSENGERS, forecast

HOLDER = """
import sys, time
from forecast.files.lock import only_trainer
with only_trainer(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> "subprocess.Popen[str]":
    """Start a process that holds the lock until its standard input ends."""
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=BARE,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "held\n"
    return started


def test_only_trainer_leaves_nothing_behind(tmp_path: Path) -> None:
    """While it is held there is a lock file, afterwards there is none, also after an error."""
    path = tmp_path / "forecast.model"
    with pytest.raises(ZeroDivisionError), only_trainer(path):
        assert [one.name for one in tmp_path.iterdir()] == [".forecast.model.lock"]
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_only_trainer_refuses_a_second_one(tmp_path: Path) -> None:
    """The message names the process that has the lock and since when; links are followed."""
    path, link = tmp_path / "forecast.model", tmp_path / "link.model"
    link.symlink_to(path)
    with holder(path) as first:
        for one in (path, link):
            with pytest.raises(LockedError) as caught, only_trainer(one):
                pass
            assert caught.value.exit_code == 75
            assert f"process {first.pid} since 20" in caught.value.message
            assert caught.value.fix == "--lock-wait 600"
        with only_trainer(tmp_path / "other.model"):
            pass
        first.communicate("")
    with only_trainer(path):
        pass


def test_only_trainer_waits(tmp_path: Path) -> None:
    """With time to wait the lock is had as soon as the other run ends."""
    path = tmp_path / "forecast.model"
    with holder(path) as first:
        with pytest.raises(LockedError), only_trainer(path, 0.3):
            pass
        assert first.stdin is not None
        first.stdin.close()
        with only_trainer(path, 60.0):
            pass


def test_only_trainer_ignores_locks_of_the_dead(tmp_path: Path) -> None:
    """What a killed run left behind holds nobody up, whatever it says."""
    path = tmp_path / "forecast.model"
    with holder(path) as first:
        first.kill()
    assert (tmp_path / ".forecast.model.lock").exists()
    with only_trainer(path):
        said = json.loads((tmp_path / ".forecast.model.lock").read_text())
        assert said["pid"] == os.getpid()
    (tmp_path / ".forecast.model.lock").write_bytes(b"\xff\0nonsense")
    with only_trainer(path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_only_trainer_refuses_a_missing_folder(tmp_path: Path) -> None:
    """Where no lock file can be made, no model file can."""
    with pytest.raises(WriteError, match="cannot be locked"), only_trainer(tmp_path / "no" / "m"):
        pass
    with only_trainer("/dev/null"):
        pass


def test_train_leaves_a_locked_model_alone(tmp_path: Path) -> None:
    """The second trainer exits with 75 before it has read anything, with a fix that works."""
    path = tmp_path / "forecast.model"
    with holder(path) as first:
        done = forecast("train", PASSENGERS, *BRIEF, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (75, "")
        error, fix = done.stderr.splitlines()
        assert error.startswith("error: forecast.model: another run is training this model")
        assert f"process {first.pid} " in error
        assert fix.endswith("--from-scratch --lock-wait 600")
        first.communicate("")
    done = forecast("train", PASSENGERS, *BRIEF, "--quiet", "--lock-wait", "600", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in tmp_path.iterdir()] == ["forecast.model"]
