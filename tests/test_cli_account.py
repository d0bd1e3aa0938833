"""--manifest and --metrics-file, after success and failure."""

import json
from pathlib import Path

import pytest

from forecast.cli.common import run
from tests.commands import BRIEF, PASSENGERS

FLAGS = ("--manifest", "run.json", "--metrics-file=run.prom", "-q")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run there, with nothing set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORECAST_MODEL", raising=False)


def account() -> tuple[dict[str, object], str]:
    """Read what the last run left."""
    return json.loads(Path("run.json").read_text()), Path("run.prom").read_text()


def test_runs_leave_an_account(capfd: pytest.CaptureFixture[str]) -> None:
    """What train, predict and score did can be read, and watched."""
    data = str(PASSENGERS)
    assert run(["train", data, *BRIEF, *FLAGS]) == 0
    found, metrics = account()
    assert (found["exit"], found["error"]) == (0, None)
    assert found["input"]["columns"] == {"time": "month", "target": "passengers", "id": None}  # type: ignore[index]
    assert found["model"]["path"] == "forecast.model"  # type: ignore[index]
    assert 'forecast_backtest_mase{command="train"}' in metrics
    assert run(["predict", data, "--horizon", "2", "--ledger", "l.db", *FLAGS]) == 0
    found, metrics = account()
    assert found["forecast"] == {"rows": 2, "fallbacks": {}}
    assert 'forecast_fallback_rows{command="predict"} 0.0\n' in metrics
    assert run(["score", data, "--ledger", "l.db", *FLAGS]) == 0
    found, metrics = account()
    assert found["scores"]["open"] == 2  # type: ignore[index]
    assert 'forecast_live_values{command="score"} 0.0\n' in metrics
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [(["predict", "none.csv"], 4), (["predict", "--horizn", "3"], 2), (["score", "x.csv"], 4)],
)
def test_failures_leave_an_account(typed: list[str], code: int) -> None:
    """Even a command line that is refused."""
    assert run([*typed, *FLAGS]) == code
    found, metrics = account()
    assert (found["ok"], found["exit"]) == (False, code)
    assert found["error"]["message"]  # type: ignore[index]
    assert f'forecast_exit_code{{command="{typed[0]}"}} {code}.0\n' in metrics


def test_an_account_tells_names_that_are_no_text(capfd: pytest.CaptureFixture[str]) -> None:
    """A file whose name is not UTF-8 is named with a sign for each byte that cannot be read."""
    assert run(["predict", "caf\udce9.csv", "--manifest", "run.json"]) == 4
    told = json.loads(Path("run.json").read_text(encoding="utf-8"))
    assert told["argv"][1] == "caf\ufffd.csv"


def test_help_leaves_the_account_of_the_last_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was done, even where a variable or a file asks for an account of all runs."""
    monkeypatch.setenv("FORECAST_MANIFEST", "run.json")
    assert run(["predict", "none.csv"]) == 4
    before = Path("run.json").read_bytes()
    assert run(["predict", "--help"]) == 0
    assert Path("run.json").read_bytes() == before


@pytest.mark.parametrize("typed", [["check"], ["predict", "--bad"], ["train"], ["predict"]])
def test_an_account_replaces_no_other_file(
    typed: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Not the data, whatever else is wrong with the command line."""
    Path("d.csv").write_bytes(PASSENGERS.read_bytes())
    assert run([*typed, "d.csv", "--manifest", "d.csv"]) == 2
    assert Path("d.csv").read_bytes() == PASSENGERS.read_bytes()
    assert capfd.readouterr().err.startswith("error: ")


def test_an_account_that_cannot_be_written(capfd: pytest.CaptureFixture[str]) -> None:
    """Is found out before the work, and said once."""
    assert run(["train", str(PASSENGERS), "--manifest", "none/run.json"]) == 7
    assert capfd.readouterr().err.count("error: none/run.json") == 1
    assert not Path("forecast.model").exists()


def test_account_of_a_run_that_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The manifest says what ended the run, and with which exit code."""

    def interrupt(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("forecast.given.read", interrupt)
    path = tmp_path / "run.json"
    assert run(["predict", str(PASSENGERS), "--baseline", "naive", "--manifest", str(path)]) == 130
    document = json.loads(path.read_text())
    error = {"code": "interrupted", "message": "interrupted", "hint": None}
    assert (document["ok"], document["exit"], document["error"]) == (False, 130, error)
    assert capfd.readouterr().err == "interrupted\n"


def test_an_account_of_another_command_line_is_left_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What follows -- is for schedule to print: neither its files nor its --json are meant."""
    job = ["predict", "a.csv", "--json", "--manifest", "run.json", "--metrics-file=run.prom"]
    assert run(["schedule", "--cron", "--", *job]) == 0
    assert not Path("run.json").exists() and not Path("run.prom").exists()
    assert run(["schedule", "--cron", "--at", "25:00", "--", *job]) == 2
    assert not Path("run.json").exists() and not Path("run.prom").exists()
    assert capfd.readouterr().err == (
        "error: at is '25:00'; allowed: 00:00 to 23:59\n"
        f"fix: forecast schedule --cron --at 03:15 -- {' '.join(job)}\n"
    )
