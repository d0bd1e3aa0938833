"""What the doctor finds, and the exit code of the first failure."""

import json
import resource
from collections.abc import Iterable
from pathlib import Path

import pytest

from forecast.cli.common import run
from forecast.doctor import Check, examine, first_failure
from forecast.files.lock import only_trainer
from forecast.runtime import library_versions


def found(path: Path) -> dict[str, Check]:
    return {one.name: one for one in examine(path)}


def failed(checks: Iterable[Check]) -> int:
    error = first_failure(checks)
    return error.exit_code if error else 0


def test_examine_a_healthy_model(trained: Path) -> None:
    """Everything is fine, and nothing is left behind."""
    before = sorted(trained.parent.iterdir())
    checks = found(trained)
    assert {one.verdict for one in checks.values()} == {"fine"}
    assert first_failure(checks.values()) is None
    assert sorted(trained.parent.iterdir()) == before
    assert library_versions()["torch"] in checks["versions"].found


def test_examine_names_what_is_wrong(trained: Path, tmp_path: Path) -> None:
    """A damaged seal is 5, a missing folder 7, a lock 75; no model yet is a warning."""
    damaged = tmp_path / "forecast.model"
    damaged.write_bytes(trained.read_bytes()[:-1])
    assert found(damaged)["seal"] == Check("seal", "failure", found(damaged)["seal"].found, 5)
    assert failed(examine(damaged)) == 5
    nothing = found(tmp_path / "none.model")
    assert (nothing["seal"].verdict, failed(nothing.values())) == ("warning", 0)
    assert failed(examine(tmp_path / "no" / "m")) == 7
    with only_trainer(trained):
        assert found(trained)["lock"].code == 75


def test_examine_finds_a_disk_without_room(trained: Path) -> None:
    """What train refuses with 7 is a failure with 7."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        access = found(trained)["write access"]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (access.verdict, access.code) == ("failure", 7)


def test_examine_compares_versions(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other libraries than the model was made with are a warning, missing ones a failure."""
    real = library_versions()
    monkeypatch.setattr("forecast.doctor.library_versions", lambda: real | {"torch": "9.9"})
    assert found(trained)["versions"].verdict == "warning"
    del real["numpy"]
    assert found(trained)["versions"].code == 10


def test_doctor_exits_as_the_first_failure_says(
    trained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The table goes to stdout, and so does JSON; the failure, and its code, are the first one."""
    assert run(["doctor", str(trained)]) == 0
    stdout, stderr = capfd.readouterr()
    assert (stdout.startswith("ok       seal "), stderr) == (True, "")
    damaged = tmp_path / "forecast.model"
    damaged.write_bytes(b"x")
    assert run(["doctor", str(damaged), "--json"]) == 5
    stdout, stderr = capfd.readouterr()
    document, error = json.loads(stdout), json.loads(stderr)
    assert (document["schema"], document["ok"]) == ("forecast.doctor/1", False)
    assert document["data"][0]["verdict"] == "failure"
    assert (error["code"], error["exit"]) == ("model-file", 5)
    assert document["data"][0]["found"] in error["message"]
    assert run(["doctor", str(damaged)]) == 5
    assert capfd.readouterr().err.startswith("error: seal: this is not an intact model file")


def test_doctor_misses_a_model_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No ./forecast.model is no fault, a named file that is gone is one."""
    monkeypatch.chdir(tmp_path)
    assert run(["doctor"]) == 0
    assert capfd.readouterr().out.startswith("warning  seal")
    assert run(["doctor", "sales.model"]) == 4
    assert capfd.readouterr().out.startswith("FAILED   seal          there is no sales.model")
