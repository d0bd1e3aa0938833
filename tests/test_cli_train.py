"""forecast train, run as a user does."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.artifact import load
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


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_train_interrupted_leaves_the_old_model(
    tmp_path: Path, trained: Path, sent: signal.Signals, code: int, said: str
) -> None:
    """Ctrl-C and SIGTERM end training with their code, without a traceback, and change no file."""
    model = tmp_path / "forecast.model"
    before = trained.read_bytes()
    model.write_bytes(before)
    hook = tmp_path / "hook"  # says on stderr that the first training step was made
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import sys, threading, time\n"
        "def watch():\n"
        "    while 'forecast.train' not in sys.modules: time.sleep(0.05)\n"
        "    time.sleep(0.5)\n"
        "    print('begun', file=sys.stderr, flush=True)\n"
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
    assert (running.returncode, stdout, stderr) == (code, "", f"{said}\n")
    assert model.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["forecast.model", "hook"]
