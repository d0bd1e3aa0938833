"""forecast train, run as a user does."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from torch import Tensor

from forecast.artifact import load
from forecast.cli.common import run
from forecast.training.learner import Learner
from tests.commands import BARE, BRIEF, PASSENGERS, forecast


def test_train_saves_a_model_and_says_what_it_did(tmp_path: Path) -> None:
    """Only stderr is written to: it says what was read, chosen and reached."""
    done = forecast("train", PASSENGERS, *BRIEF, "--verbose", "--seed", "7", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    first, second, *course, last = done.stderr.splitlines()
    assert first == "time 'month', target 'passengers', monthly (MS), season 12, 144 rows"
    assert second.startswith("network: GRU, 1 layer of 4 units, 60 lags in segments of 12")
    assert len(course) == 5  # as many as there were steps
    assert all("gradient norm" in line for line in course)
    for word in (" s: ", "steps", "windows", "MASE", "seasonal naive", "80 %", "forecast.model"):
        assert word in last
    assert load(tmp_path / "forecast.model").manifest.training.seed == 7


def test_train_quietly_from_a_pipe(tmp_path: Path) -> None:
    """With --quiet nothing is printed; - is standard input; the cells are a choice."""
    environment = {"FORECAST_MODEL": "other.model"}
    flags = ("--cell", "rnn", "--nonlinearity", "relu", "--bidirectional", "--lags", "24")
    done = forecast(
        "train", "-", *BRIEF, *flags, "--quiet",
        cwd=tmp_path, stdin=PASSENGERS.read_bytes(), environment=environment,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = load(tmp_path / "other.model")
    assert found.manifest.source is None
    assert (found.manifest.recurrent.cell, found.manifest.recurrent.lags) == ("rnn", 24)


def test_train_gives_json(tmp_path: Path) -> None:
    """--json prints one document on stdout, and nothing on stderr."""
    done = forecast("train", PASSENGERS, *BRIEF, "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (document["schema"], document["ok"]) == ("forecast.train/1", True)
    assert (document["data"]["path"], document["data"]["rows"]) == ("forecast.model", 144)
    assert document["warnings"][0].startswith("time 'month'")


def test_train_refuses_a_device_that_is_not_there(
    trained: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A card that was asked for is not replaced; a model tells which device it was trained on."""
    monkeypatch.chdir(trained.parent)
    monkeypatch.setattr(
        "forecast.training.device._trouble", lambda: "no graphics card works: none there"
    )
    assert run(["train", str(PASSENGERS), "--device", "cuda", "--model", "x.model", "-q"]) == 10
    cause, way_out = capfd.readouterr().err.splitlines()
    assert cause == "error: device is cuda, but no graphics card works: none there"
    assert way_out.endswith("--device cpu")
    assert not (trained.parent / "x.model").exists()
    assert run(["info", str(trained), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["data"]["training"]["device"] in ("cpu", "cuda")


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_train_interrupted_leaves_the_old_model_and_a_checkpoint(
    tmp_path: Path, trained: Path, sent: signal.Signals, code: int, said: str
) -> None:
    """Ctrl-C and SIGTERM end training with their code, and say how to go on."""
    model = tmp_path / "forecast.model"
    before = trained.read_bytes()
    model.write_bytes(before)
    hook = tmp_path / "hook"  # says on stderr that a training step was made
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import sys, threading, time\n"
        "def watch():\n"
        "    name = 'forecast.training.learner'\n"
        "    while not hasattr(sys.modules.get(name), 'Learner'): time.sleep(0.05)\n"
        "    learner = sys.modules[name].Learner\n"
        "    step = learner.step\n"
        "    def first(self, loss):\n"
        "        step(self, loss)\n"
        "        learner.step = step\n"
        "        print('begun', file=sys.stderr, flush=True)\n"
        "    learner.step = first\n"
        "threading.Thread(target=watch, daemon=True).start()\n"
    )
    endless = ("train", str(PASSENGERS), *BRIEF, "--steps", "1000000")
    running = subprocess.Popen(
        [sys.executable, "-m", "forecast", *endless],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=BARE | {"PYTHONPATH": f"{hook}{os.pathsep}{BARE['PYTHONPATH']}"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with running:
        assert running.stderr is not None
        while "begun" not in running.stderr.readline():
            assert running.poll() is None
        running.send_signal(sent)
        stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout) == (code, "")
    assert stderr == f"{said}\nfix: forecast {' '.join(endless)} --resume\n"
    assert model.read_bytes() == before
    found = {one.name for one in tmp_path.iterdir()}
    found -= {"forecast.model.checkpoint.prev"}  # there too where a step takes seconds
    assert found == {"forecast.model", "forecast.model.checkpoint", "hook"}


@pytest.fixture
def left_after_three_steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Interrupt the first training in a folder of its own; give its command line."""
    monkeypatch.chdir(tmp_path)
    typed = ["train", str(PASSENGERS), *BRIEF]
    step = Learner.step

    def interrupted(self: Learner, loss: Tensor) -> None:
        step(self, loss)
        if self.taken == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(Learner, "step", interrupted)
        assert run(typed) == 143
    return typed


def test_train_resumes(
    left_after_three_steps: list[str], trained: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was left goes on to the same bytes, and the checkpoint is gone in the end."""
    capfd.readouterr()
    assert run([*left_after_three_steps, "--resume"]) == 0
    assert "\nresumed after " in capfd.readouterr().err
    assert Path("forecast.model").read_bytes() == trained.read_bytes()
    assert [one.name for one in Path().iterdir()] == ["forecast.model"]


def test_train_starts_anew_with_other_settings(
    left_after_three_steps: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """A checkpoint of other settings is not used, which is said; nor without --resume."""
    for other, said in (
        (["--resume", "--seed", "3"], "is of another training seed: training starts anew"),
        ([], "is of a run that was interrupted: --resume goes on with it"),
    ):
        kept = Path("forecast.model.checkpoint").read_bytes()
        capfd.readouterr()
        assert run([*left_after_three_steps, *other]) == 0
        assert said in capfd.readouterr().err
        assert not Path("forecast.model.checkpoint").exists()
        Path("forecast.model.checkpoint").write_bytes(kept)


def test_train_skips_what_is_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With --skip-unchanged the same input and settings are not trained again; others are."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(PASSENGERS, "a.csv")
    typed = ["train", "a.csv", *BRIEF, "--skip-unchanged", "--model", "m"]
    model = Path("m")
    assert run([*typed, "--quiet"]) == 0
    made = model.stat().st_mtime_ns
    capfd.readouterr()
    assert run(typed) == 0
    said = "m is of the same input and settings: nothing to do"
    assert capfd.readouterr() == ("", f"{said}\n")
    assert run([*typed, "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert (document["data"]["trained"], document["warnings"][-1]) == (False, said)
    assert model.stat().st_mtime_ns == made
    content = model.read_bytes()
    for change in ("other seed", "another row", "damage"):
        model.write_bytes(content[:-1] if change == "damage" else content)
        with Path("a.csv").open("a") as table:
            table.write("1961-01,450\n" if change == "another row" else "")
        seed = ["--seed", "3"] if change == "other seed" else []
        assert run([*typed, *seed, "--quiet"]) == 0
        assert (model.read_bytes() == content) is (change == "damage")
        Path("a.csv").write_bytes(PASSENGERS.read_bytes())


def test_train_leaves_baselines_to_predict(tmp_path: Path) -> None:
    """Only networks are trained: the fix is the command that forecasts by a baseline."""
    done = forecast("train", "a b.csv", "--baseline", "ets", cwd=tmp_path)
    assert done.returncode == 2
    assert "fix: forecast predict 'a b.csv' --baseline ets" in done.stderr
