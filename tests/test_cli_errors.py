"""Every refusal: its exit code, where it is, and a fix that works; nothing else is touched."""

import errno
import io
import json
import os
import shlex
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from forecast.cli import common
from forecast.cli.common import emit, run
from forecast.cli.options import _OPTIONS
from forecast.errors import ForecastError, WriteError
from tests.commands import BARE, BRIEF, PASSENGERS, forecast

MONTHS = [f"{2000 + n // 12}-{n % 12 + 1:02d}" for n in range(36)]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run there, with nothing set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORECAST_MODEL", raising=False)


def table(values: list[str], months: list[str] = MONTHS) -> str:
    """Write a CSV with a month and a value column."""
    pairs = zip(months, values, strict=False)
    return "month,sales\n" + "".join(f"{month},{value}\n" for month, value in pairs)


NUMBERS = [str(100 + n % 12) for n in range(36)]
REFUSED = {
    "empty": ("", "s.csv: the file is empty"),
    "header only": ("month,sales\n", "s.csv: only a header"),
    "3 rows": (table(NUMBERS[:3]), "s.csv: 3 rows; at least 4"),
    "text in the target": (table([*NUMBERS[:9], "many", *NUMBERS[10:]]), "s.csv:11: "),
    "duplicates": (table(NUMBERS, [*MONTHS[:9], MONTHS[8], *MONTHS[10:]]), "s.csv:11: "),
    "infinite": (table([*NUMBERS[:9], "inf", *NUMBERS[10:]]), "s.csv:11: "),
    "broken quote": (table(['"1', *NUMBERS[1:]]), "s.csv:2: a quoted field has no end"),
    "not a table": ("\0\1\2", "s.csv:1: the file holds zero bytes"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("command", ["train", "check"])
def test_run_refuses_bad_data(
    case: str, command: str, trained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, file and line, a fix; stdout is only check's report; the old model stays."""
    content, place = REFUSED[case]
    path = tmp_path / "s.csv"
    path.write_text(content)
    model = tmp_path / "forecast.model"
    model.write_bytes(trained.read_bytes())
    assert run([command, "s.csv"]) == 3
    stdout, stderr = capfd.readouterr()
    assert stdout.startswith("s.csv: cannot be used as it is" if command == "check" else "")
    assert (stdout == "") == (command == "train")
    assert stderr.startswith(f"error: {place}")
    assert stderr.splitlines()[-1].startswith("fix: ")
    assert len(stderr.splitlines()) <= 6
    assert model.read_bytes() == trained.read_bytes()


def test_run_names_a_fix_that_works(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command after "fix:" can be typed as it is, other flags included."""
    name = "my sales.csv"
    (tmp_path / name).write_text(REFUSED["duplicates"][0])
    assert run(["train", name, *BRIEF, "--quiet"]) == 3
    fix = capfd.readouterr().err.splitlines()[-1].removeprefix("fix: ")
    assert fix.startswith("forecast train 'my sales.csv' --steps 5 ")
    assert run(shlex.split(fix)[1:]) == 0
    assert (tmp_path / "forecast.model").exists()


def test_run_repeats_what_was_typed_behind_a_repair(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A fix that writes another file goes on with the command and the flags that failed."""
    (tmp_path / "my kwh.csv").write_text(table([f"{one} kWh" for one in NUMBERS]))
    typed = ["predict", "my kwh.csv", "--horizon", "2", "--quiet"]
    assert run(typed) == 3
    fix = capfd.readouterr().err.splitlines()[-1].removeprefix("fix: ")
    repair, _, command = fix.partition(" && ")
    assert shlex.split(command)[1:] == ["predict", "repaired.csv", *typed[2:]]
    subprocess.run(["bash", "-c", repair], check=True)
    assert run(shlex.split(command)[1:]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 3


def test_run_leaves_a_step_out_that_the_times_do_not_go_in(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The fix is the command without the step; where none was typed, a training of its own."""
    (tmp_path / "s.csv").write_text(table(NUMBERS))
    assert run(["check", "s.csv", "--freq", "1"]) == 3
    assert capfd.readouterr().err.splitlines()[-1] == "fix: forecast check s.csv"
    assert run(["train", "s.csv", *BRIEF, "--quiet"]) == 0
    (tmp_path / "n.csv").write_text(table(NUMBERS, [str(n) for n in range(36)]))
    assert run(["predict", "n.csv"]) == 3
    assert capfd.readouterr().err.splitlines()[-1] == "fix: forecast train n.csv"


@pytest.mark.parametrize(
    ("typed", "said", "fix"),
    [
        (["--wide", "--id", "shop"], "wide and id exclude each other",
         "forecast check s.csv --id shop"),
        (["--wide"], "has a second row for 2000-01", "forecast check s.csv --id shop"),
        (["--dayfirst", "--monthfirst"], "exclude each other", "forecast check s.csv --dayfirst"),
        (["--decimal", ".", "--thousands", "."], "the same sign", "--thousands . --decimal ,"),
    ],
)  # fmt: skip
def test_run_leaves_the_rival_of_a_flag_out_of_a_fix(
    typed: list[str], said: str, fix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of two flags that exclude each other the fix has one."""
    rows = (f"{shop},{month},{n}" for shop in "ab" for n, month in enumerate(MONTHS, 7))
    (tmp_path / "s.csv").write_text("\n".join(["shop,month,y", *rows]))
    assert run(["check", "s.csv", *typed]) in (2, 3)
    stdout, stderr = capfd.readouterr()
    assert said in stdout + stderr
    assert (stdout + stderr).split("fix: ")[1].split("\n")[0].endswith(fix)


@pytest.mark.parametrize(
    ("typed", "said", "fix"),
    [
        (["predict", "--level", "80,95"], "--level is '80,95'", "--level 80 --level 95"),
        (["predict", "--level", "50", "--level", "80, 95"], "one value for each --level",
         "--level 50 --level 80 --level 95"),
        (["predict", "--level", "0.8"], "--level is '0.8'; allowed: a whole number (PERCENT)",
         "--level 80 --level 95"),
        (["predict", "--level", "80%"], "--level is '80%'", "--level 80 --level 95"),
        (["predict", "--horizon", "x"], "--horizon is 'x'; allowed: a whole number (STEPS)",
         "forecast predict --help"),
        (["check", "--season", "7,365"], "--season is '7,365'", "--season 7 --season 365"),
        (["check", "--na", "many"], "--na is 'many'; allowed: a number", "forecast check --help"),
        (["compare", "--baseline", "arima,ets"], "'arima,ets'", "--baseline arima --baseline ets"),
        (["compare", "--metric", "mase,wape"], "'mase,wape'", "--metric mase --metric wape"),
    ],
)  # fmt: skip
def test_run_says_how_values_are_written(
    typed: list[str], said: str, fix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each of several values has a flag of its own, and numbers are digits alone."""
    (tmp_path / "s.csv").write_text(table(NUMBERS))
    assert run([typed[0], "s.csv", *typed[1:]]) == 2
    stderr = capfd.readouterr().err
    assert said in stderr
    assert stderr.splitlines()[-1].endswith(fix)


@pytest.mark.parametrize(
    ("typed", "said", "fix"),
    [
        (["predict", "s.csv", "-o", ""], "--output is empty", "forecast predict s.csv"),
        (["train", "s.csv", "--model", ""], "--model is empty", "forecast train s.csv"),
        (["predict", "s.csv", "--model="], "--model is empty", "forecast predict s.csv"),
        (["check", "s.csv", "--id", "", "--wide"], "--id is empty", "forecast check s.csv --wide"),
        (["score", "s.csv", "--ledger", ""], "--ledger is empty", "forecast score s.csv"),
        (["check", ""], "DATA is empty", "name a file"),
        (["info", ""], "MODEL is empty", "name a file"),
    ],
)
def test_run_refuses_empty_paths_and_names(
    typed: list[str], said: str, fix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A variable that is not set stands for nothing, neither a folder nor the usual file."""
    (tmp_path / "s.csv").write_text(table(NUMBERS))
    assert run(typed) == 2
    assert capfd.readouterr().err == f"error: {said}\nfix: {fix}\n"
    assert [one.name for one in tmp_path.iterdir()] == ["s.csv"]


@pytest.mark.parametrize(
    "values",
    [
        ["5"] * 36,
        [*NUMBERS[:9], "NaN", "", *NUMBERS[11:]],
        [*NUMBERS[:9], "-3.5", *NUMBERS[10:]],
        ["0"] * 36,
    ],
)
def test_run_forecasts_odd_series(
    values: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A constant, missing values, negative numbers and nothing but zeros are fine."""
    lines = table(values).splitlines(keepends=True)
    (tmp_path / "s.csv").write_text(lines[0] + "".join(reversed(lines[1:])))  # unsorted, too
    assert run(["train", "s.csv", *BRIEF, "--quiet"]) == 0
    assert run(["predict", "--horizon", "2", "--quiet"]) == 0
    stdout, stderr = capfd.readouterr()
    rows = [line.split(",") for line in stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["2003-01", "2003-02"]
    assert "nan" not in stdout.lower()
    assert stderr == ""
    if len(set(values)) == 1:
        assert [float(row[1]) for row in rows] == pytest.approx([float(values[0])] * 2, abs=1e-3)


def test_run_fills_gaps(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Missing rows become missing values, which a note tells."""
    (tmp_path / "s.csv").write_text(table(NUMBERS[:35], [*MONTHS[:20], *MONTHS[21:]]))
    assert run(["check", "s.csv"]) == 0
    assert "1 missing timestamp inserted" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["train", "nowhere.csv"], 4, "nowhere.csv: no such file"),
        (["train", "{data}", "--target", "pasengers"], 4, "pasengers"),
        (["train", "{data}", "--model", "{data}"], 2, "the output would replace the input"),
        (["train", "{data}", "--model", "none/m"], 7, "none/m: cannot be written"),
        (["train", "{data}", "--model", "/proc/m"], 7, "/proc/m: cannot be written"),
        (["train", "{data}", "--model", "{data}/m"], 7, "cannot be written"),
        (["train", "{data}", "--horizon", "0"], 2, "horizon is 0; allowed: 1 or more"),
        (["train", "{data}", "--cell", "gro"], 2, "gro"),
        (["train", "{data}", "--lags", "10", "--segment", "3"], 2, "not a multiple"),
        (["train", "{data}", "--dropout", "1"], 2, "dropout is 1"),
        (["train", "{data}", "--freq", "fortnight"], 2, "fortnight"),
        (["train", "{data}", "--max-seconds", "1e-9", *BRIEF], 6, "no training step"),
        (["train", "{data}", "--hiden", "3"], 2, "--hiden"),
        (["train"], 2, "DATA"),
        (["trian", "{data}"], 2, "train"),
        (["predict", "--model", "{model}", "--horizon", "0"], 2, "horizon is 0"),
        (["predict", "{data}", "--baseline", "naive", "--horizon", "0"], 2, "horizon is 0"),
        (["predict", "--model", "{model}", "--horizon", "x"], 2, "--horizon"),
        (["predict", "--model", "{model}", "--level", "100"], 2, "level is 100"),
        (["predict", "--model", "{model}", "-o", "none/f.csv"], 7, "none/f.csv"),
        (["predict", "--model", "{model}", "-o", "/dev/full"], 7, "no space left"),
        (["predict", "--model", "{model}", "-o", "{model}"], 2, "replace the input"),
        (["predict", "--model", "{data}"], 5, "no"),
        (["predict", "--model", "{model}", "--horizon", "1000000000"], 2, "allowed: 1 to"),
        (["predict", "{macro}", "--model", "{model}"], 4, "month"),
        (["predict"], 4, "forecast.model: there is no such model file"),
        (["predict"], 4, "fix: forecast predict DATA, or first forecast train DATA"),
        (["compare"], 4, "fix: forecast compare DATA, or first forecast train DATA"),
        (["report"], 4, "fix: forecast report DATA, or first forecast train DATA"),
        (["compare", "{data}", "--baseline", "prophet"], 2, "prophet"),
        (["compare", "{data}", "--windows", "0"], 2, "windows is 0"),
        (["info", "none"], 4, "none: there is no such model file"),
    ],
)
def test_run_refuses(
    typed: list[str], code: int, said: str, trained: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each kind of refusal has its code and at most six lines, and keeps the files."""
    names = {
        "{data}": str(PASSENGERS),
        "{macro}": str(PASSENGERS.parent / "macro.csv"),
        "{model}": str(trained),
        "{data}/m": f"{PASSENGERS}/m",
    }
    before = trained.read_bytes(), PASSENGERS.read_bytes()
    found = run([names.get(word, word) for word in typed])
    stdout, stderr = capfd.readouterr()
    assert (found, stdout) == (code, "")
    assert said in stderr
    assert len(stderr.splitlines()) <= 6
    assert "Traceback" not in stderr
    assert (trained.read_bytes(), PASSENGERS.read_bytes()) == before
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["predict", "{data}", "-o", "pipe"], 7),
        (["predict", "{data}", "-q", "--horizon", "1", "--manifest", "pipe"], 7),
        (["predict", "--model", "pipe"], 5),
        (["info", "pipe"], 5),
        (["train", "{data}", "--model", "pipe"], 7),
        (["train", "{data}", "--model", "pipe", "--force"], 7),
    ],
)
def test_run_waits_for_no_other_end_of_a_pipe(typed: list[str], code: int, tmp_path: Path) -> None:
    """A named pipe in place of a file is refused at once."""
    os.mkfifo(tmp_path / "pipe")
    words = [str(PASSENGERS) if word == "{data}" else word for word in typed]
    done = subprocess.run(
        [sys.executable, "-m", "forecast", *words],
        cwd=tmp_path, env=BARE, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.splitlines()[0] == "error: pipe: is a named pipe, not a file"


def test_run_refuses_damaged_and_newer_models(
    trained: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A flipped byte exits with 5 and says what to do."""
    content = bytearray(trained.read_bytes())
    content[-3] ^= 1
    (tmp_path / "forecast.model").write_bytes(content)
    for command in ("predict", "info", "compare"):
        assert run([command]) == 5
        stdout, stderr = capfd.readouterr()
        assert stdout == ""
        assert "forecast.model: " in stderr
        assert "fix: " in stderr


def test_run_protects_other_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that is no model is replaced only by force, and kept beside the new one."""
    (tmp_path / "notes.txt").write_text("dear diary")
    base = ["train", str(PASSENGERS), *BRIEF, "-q", "--model", "notes.txt"]
    assert run(base) == 2
    assert capfd.readouterr().err.splitlines()[-1].endswith("--model notes.txt --force")
    assert (tmp_path / "notes.txt").read_text() == "dear diary"
    assert run([*base, "--force"]) == 0
    assert (tmp_path / "notes.txt.prev").read_text() == "dear diary"


@pytest.mark.parametrize(
    "typed",
    [
        ["predict", "-o", "./s.csv"],
        ["compare", "--save", "./s.csv", "--windows", "1", "--baseline", "naive"],
        ["compare", "s.csv", "--save", "forecast.model", "--windows", "1", "--baseline", "naive"],
    ],
)
def test_run_protects_what_the_model_remembers(
    typed: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the file that a model was trained on nor the model is written over."""
    (tmp_path / "s.csv").write_text(table(NUMBERS))
    assert run(["train", "s.csv", *BRIEF, "--quiet"]) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert run(typed) == 2
    assert "replace the input" in capfd.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_run_gives_errors_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, whether the library or the parser refuses."""
    for typed, code, name in (
        (["predict", "--json"], 4, "not-found"),
        (["predict", "--json", "--horizon", "x"], 2, "usage"),
    ):
        assert run(typed) == code
        stdout, stderr = capfd.readouterr()
        found = json.loads(stderr)
        assert (stdout, stderr.count("\n")) == ("", 1)
        assert (found["ok"], found["code"], found["exit"]) == (False, name, code)
        assert found["hint"].startswith("forecast ")
        assert found["message"]


def test_run_logs_a_bug(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Anything else exits with 1 and one line, and the traceback goes to a log."""

    def broken(typed: list[str]) -> int:
        raise KeyError("surprise")

    monkeypatch.setattr(common, "_call", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["predict"]) == 1
    stdout, stderr = capfd.readouterr()
    assert (stdout, stderr.count("\n")) == ("", 1)
    (log,) = tmp_path.glob("forecast-*.log")
    assert str(log) in stderr
    assert "Traceback" in log.read_text()
    assert "surprise" in log.read_text()


def test_run_prints_controls_escaped(capfd: pytest.CaptureFixture[str]) -> None:
    """A name cannot colour, ring or clear the terminal."""
    assert run(["check", "\x1b[31mred\x07.csv"]) == 4
    stderr = capfd.readouterr().err
    assert "\x1b" not in stderr
    assert r"\x1b[31mred\x07.csv" in stderr


def test_run_keeps_error_codes_apart() -> None:
    """Every kind of error has an exit code and a name of its own, as documented."""
    kinds = ForecastError.__subclasses__()
    assert sorted(kind.exit_code for kind in kinds) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 75]
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_options_cover_the_settings() -> None:
    """Every field of the settings is an option, but for those named here."""
    left_out = {
        (spec.__name__, name)
        for spec, options in _OPTIONS.items()
        for name in {field.name for field in fields(spec)} - options.keys()
    }
    assert left_out == {
        ("RecurrentSpec", "season"),  # --season is read with the data
        ("RecurrentSpec", "adjust"),  # the rows held back decide
        ("TrainSpec", "clip"),
        ("TrainSpec", "averaging"),
    }


def test_main_works_in_a_bare_environment(tmp_path: Path) -> None:
    """Without HOME, TERM and LANG, and in Latin-1, messages come out and the code is right."""
    latin = {"LC_ALL": "en_US.ISO-8859-1", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    for environment in ({}, latin, {"NO_COLOR": "1"}):
        done = forecast("check", "schön→.csv", cwd=tmp_path, environment=environment)
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr.startswith("error: ")
    version = forecast("--version", cwd=tmp_path)
    assert (version.returncode, version.stdout[:9], version.stderr) == (0, "forecast ", "")
    nothing = forecast(cwd=tmp_path)
    assert (nothing.returncode, nothing.stderr) == (0, "")
    assert "Commands:" in nothing.stdout


def test_run_names_a_column_of_times(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """For a name that is like no other, the fix is a column that can be read as time."""
    rows = (f"a,{month},{number}" for month, number in zip(MONTHS, NUMBERS, strict=False))
    (tmp_path / "s.csv").write_text("\n".join(["shop,zz,y", *rows]))
    assert run(["check", "s.csv", "--time", "when"]) == 4
    assert "fix: forecast check s.csv --time zz" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("typed", "said", "fix"),
    [
        (["train", "s.csv", "--lock-wait", "-1"], "lock-wait is -1", "--lock-wait 0"),
        (["train", "s.csv", "--lock-wait", "nan"], "lock-wait is nan", "--lock-wait 0"),
        (["score", "s.csv", "--max-drift", "nan"], "max-drift is nan", "--max-drift 0"),
        (["schedule", "--cron", "--at", "25:00", "--", "predict", "s.csv"], "at is '25:00'",
         "forecast schedule --cron --at 03:15 -- predict s.csv"),
        (["predict", "s.csv", "--manifest", "s.csv"], "another file", "--manifest run.json"),
        (["predict", "s.csv", "--metrics-file", "s.csv"], "another file",
         "predict s.csv --metrics-file forecast.prom"),
    ],
)  # fmt: skip
def test_run_refuses_values_that_would_mean_nothing(
    typed: list[str], said: str, fix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A wait without end, a gate that never closes, an account in place of the data."""
    (tmp_path / "s.csv").write_text(table(NUMBERS))
    assert run(typed) == 2
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert said in stderr
    assert fix in stderr.splitlines()[-1]


class Unbuffered(io.RawIOBase):
    """A stdout of ``python -u`` that takes a few bytes at a time, and a full disk in the end."""

    def __init__(self, room: int) -> None:
        self.taken, self.room = b"", room

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return os.open(os.devnull, os.O_WRONLY)

    def write(self, raw: Any, /) -> int:
        if not (fits := min(len(raw), 7, self.room - len(self.taken))):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.taken += bytes(raw[:fits])
        return fits


@pytest.mark.parametrize("room", [100, 30])
def test_emit_writes_all_or_says_why_not(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one write does not take is written by the next; a full disk is never a success."""
    stream = Unbuffered(room)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=stream, fileno=stream.fileno))
    refused = pytest.raises(WriteError, match="no space left") if room < 50 else nullcontext()
    with refused:
        emit("x" * 50)
    assert len(stream.taken) == min(50, room)
