"""forecast predict, run as a user does."""

import csv
import io
import json
import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from forecast import load
from forecast.cli.common import run
from tests.commands import BARE, PASSENGERS, forecast

HEADER = "month,yhat,yhat-lo-80,yhat-hi-80,yhat-lo-95,yhat-hi-95,model,source"


def test_predict_writes_csv_into_a_pipe(trained: Path, tmp_path: Path) -> None:
    """In the words and notation of the training file, from the model alone."""
    done = forecast("predict", "--model", trained, "--horizon", "30", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, f"model: {trained}\n")
    assert (lines[0], len(lines)) == (HEADER, 31)
    assert (lines[1][:8], lines[30][:8]) == ("1961-01,", "1963-06,")
    assert list(tmp_path.iterdir()) == []


def test_predict_from_newer_history(trained: Path, tmp_path: Path) -> None:
    """DATA, here standard input, moves the start; equal history gives equal forecasts."""
    whole = PASSENGERS.read_bytes()
    shorter = b"\n".join(whole.splitlines()[:-12]) + b"\n"
    base = ("predict", "-", "--model", trained, "--horizon", "2", "--level", "50", "-q")
    same = forecast(*base, cwd=tmp_path, stdin=whole)
    alone = forecast(base[0], *base[2:], cwd=tmp_path)
    earlier = forecast(*base, cwd=tmp_path, stdin=shorter)
    assert same.stdout == alone.stdout
    assert [row["month"] for row in csv.DictReader(io.StringIO(earlier.stdout))] == [
        "1960-01",
        "1960-02",
    ]
    assert earlier.stdout.splitlines()[0] == "month,yhat,yhat-lo-50,yhat-hi-50,model,source"


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_predict_at_once_with_any_cell(tmp_path: Path, cell: str) -> None:
    """Each cell has pretrained weights; the forecast names the one that made it."""
    done = forecast(
        "predict", PASSENGERS, "--cell", cell, "--horizon", "2", "-q", "--format", "json",
        cwd=tmp_path,
    )  # fmt: skip
    rows = json.loads(done.stdout)["data"]
    assert [row["model"].partition("-")[0] for row in rows] == [cell.upper()] * 2
    assert all(300 < row["yhat"] < 600 for row in rows)


def test_predict_refuses_a_cell_beside_a_model_file(trained: Path, tmp_path: Path) -> None:
    """A model file has its cell already: saying another one would be without effect."""
    done = forecast("predict", "--model", trained, "--cell", "lstm", cwd=tmp_path)
    assert done.returncode == 2
    assert "--cell has no effect beside" in done.stderr


@pytest.mark.parametrize(("name", "fix"), [("f.xlsx", "f.csv"), ("f.json.gz", "f.json")])
def test_predict_refuses_suffixes_of_what_it_does_not_write(
    tmp_path: Path, name: str, fix: str
) -> None:
    """No workbook and no packed file that holds plain CSV: exit 2, and nothing is written."""
    done = forecast("predict", PASSENGERS, "-o", name, cwd=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr == (
        f"error: {name}: '{Path(name).suffix}' is no form of a result; "
        "allowed: .csv, .json, .jsonl, .ndjson, .parquet, .txt\n"
        f"fix: forecast predict {PASSENGERS} --output {fix}\n"
    )


def test_predict_refuses_such_suffixes_whatever_the_format(tmp_path: Path) -> None:
    """--format says what is in a file, which no packed one is."""
    words = ("predict", PASSENGERS, "--format", "csv", "-o", "f.csv.gz")
    assert forecast(*words, cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["f.csv", "f.json", "f.jsonl", "f.parquet"])
def test_predict_writes_a_file(trained: Path, tmp_path: Path, name: str) -> None:
    """The suffix picks the format, and every format holds the same values."""
    done = forecast("predict", "--model", trained, "-o", name, "-q", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    path = tmp_path / name
    if name == "f.json":
        found = pd.DataFrame(json.loads(path.read_text())["data"])
    elif name == "f.jsonl":
        found = pd.DataFrame(map(json.loads, path.read_text().splitlines()))
    else:
        found = pd.read_parquet(path) if name == "f.parquet" else pd.read_csv(path)
    expected = pd.DataFrame(load(trained).predict_columns(18))
    assert found.astype({"month": str}).to_csv() == expected.astype({"month": str}).to_csv()


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_output_to_a_dash_is_standard_output(trained: Path, tmp_path: Path, command: str) -> None:
    """As for report; no file of that name is made."""
    typed = command, "--model", trained, "--horizon", "2", "-q"
    done = forecast(*typed, "-o", "-", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == forecast(*typed, cwd=tmp_path).stdout != ""
    assert not list(tmp_path.iterdir())


def test_predict_gives_one_json_document(trained: Path, tmp_path: Path) -> None:
    """--json holds the rows and what would be said on stderr."""
    done = forecast("predict", "--model", trained, "--horizon", "1", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert (document["schema"], document["ok"]) == ("forecast.predict/1", True)
    assert document["data"][0]["month"] == "1961-01"
    assert document["warnings"] == [f"model: {trained}"]


def test_predict_shows_a_table_on_a_terminal(trained: Path, tmp_path: Path) -> None:
    """A person sees a table; --format csv overrules it."""
    for flags, beginning in (((), "GRU forecast"), (("--format", "csv"), HEADER)):
        above, below = pty.openpty()
        command = [sys.executable, "-m", "forecast", "predict", "--model", str(trained), *flags]
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=below, stderr=subprocess.DEVNULL, env=BARE
        ):
            os.close(below)
            text = b""
            try:
                while part := os.read(above, 65536):
                    text += part
            except OSError:  # how a closed terminal ends
                pass
        os.close(above)
        assert text.decode().lstrip().startswith(beginning), text
        assert "1961-01" in text.decode()


def test_predict_without_a_model_uses_the_pretrained_network(tmp_path: Path) -> None:
    """DATA alone is forecast at once, which stderr says; a model that was named must exist."""
    done = forecast("predict", PASSENGERS, "--horizon", "3", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == (
        "no forecast.model here: forecast by the pretrained network, without training"
    )
    assert len(done.stdout.splitlines()) == 4
    named = forecast("predict", PASSENGERS, "--model", "mine", cwd=tmp_path)
    assert (named.returncode, named.stdout) == (4, "")
    assert "fix: forecast train DATA --model mine" in named.stderr


def test_predict_strictly(tmp_path: Path, trained: Path) -> None:
    """--strict exits with 8 when a series fell back, and still writes every row."""
    rows = "".join(f"{2000 + n // 12}-{n % 12 + 1:02d},a,{n}\n" for n in range(100))
    rows += "".join(
        f"{2000 + n // 12}-{n % 12 + 1:02d},b,{'' if n > 3 else n}\n" for n in range(100)
    )
    path = tmp_path / "two.csv"
    path.write_text(f"month,id,passengers\n{rows}")
    done = forecast("predict", path, "--strict", "--horizon", "2", cwd=tmp_path)
    fallen = "SeasonalNaive" in done.stdout
    assert done.returncode == (8 if fallen else 0)


def test_predict_into_a_closed_pipe(trained: Path, tmp_path: Path) -> None:
    """Like any Unix filter: 141, quietly."""
    command = f"{sys.executable} -m forecast predict --model {trained} --horizon 3000 -q"
    done = subprocess.run(
        ["/bin/bash", "-c", f"{command} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=BARE | {"PATH": os.defpath},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (141, f"{HEADER}\n", "")


@pytest.mark.parametrize("redirected", ["> /dev/full", ">&-"])
def test_predict_without_a_working_stdout(trained: Path, tmp_path: Path, redirected: str) -> None:
    """A full disk and a closed stdout exit with 7 and say so."""
    command = f"{sys.executable} -m forecast predict --model {trained} -q {redirected}"
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=BARE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (7, "")
    assert done.stderr.startswith("error: stdout: ")
    assert len(done.stderr.splitlines()) <= 2


@pytest.mark.parametrize("name", ["ets", "seasonal-naive"])
def test_predict_by_a_baseline(tmp_path: Path, name: str) -> None:
    """Its own forecast with intervals, in the same columns, without a model file or torch."""
    script = (
        "import sys; from forecast.cli.common import run\n"
        "code = run(sys.argv[1:])\n"
        "print(sorted({'torch', 'pandas', 'statsmodels'} & set(sys.modules)))\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "predict", PASSENGERS, "--baseline", name, "--horizon", "3"],
        cwd=tmp_path, env=BARE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *lines, loaded = done.stdout.splitlines()
    rows = list(csv.DictReader(lines))
    assert (lines[0], loaded) == (HEADER, "[]")
    assert [row["month"] for row in rows] == ["1961-01", "1961-02", "1961-03"]
    label = {"ets": "ETS", "seasonal-naive": "SeasonalNaive"}[name]
    assert {(row["model"], row["source"]) for row in rows} == {(label, label)}
    bounds = ("yhat-lo-95", "yhat-lo-80", "yhat", "yhat-hi-80", "yhat-hi-95")
    for row in rows:
        values = [float(row[bound]) for bound in bounds]
        assert values == sorted(values)
    assert ("ETS: ETS(" in done.stderr) == (name == "ets")


def test_predict_by_a_baseline_tells_fallbacks(tmp_path: Path) -> None:
    """A series that cannot be fitted is marked, told, and fatal under --strict only."""
    (tmp_path / "y.csv").write_text("id,t,v\n" + "".join(
        [f"a,{t},{t % 7 + t / 10}\n" for t in range(40)] + ["b,0,1\n", "b,1,2\n"]
    ))  # fmt: skip
    done = forecast("predict", "y.csv", "--baseline", "theta", "--strict", cwd=tmp_path)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.returncode == 8
    assert {(row["id"], row["source"]) for row in rows} == {("a", "Theta"), ("b", "Naive")}
    assert "b fell back to Naive (" in done.stderr
    flags = ("--baseline", "theta", "--strict", "--json")
    found = json.loads(forecast("predict", "y.csv", *flags, cwd=tmp_path).stdout)
    assert (found["ok"], len(found["data"])) == (False, len(rows))


@pytest.mark.parametrize(
    ("flags", "message", "fix"),
    [
        (["--baseline", "est"], "baseline is 'est'; allowed: arima, ets", "--baseline ets"),
        (
            ["--baseline", "ets", "--cell", "lstm"],
            "--cell has no effect with --baseline",
            "y.csv --baseline",
        ),
        (
            ["--baseline", "ets", "--model", "m"],
            "--model has no effect with --baseline",
            "y.csv --baseline",
        ),
        (
            ["--baseline", "ets", "--follow"],
            "--follow has no effect with --baseline",
            "y.csv --baseline",
        ),
    ],
)
def test_predict_refuses_what_a_baseline_cannot_use(
    tmp_path: Path, flags: list[str], message: str, fix: str
) -> None:
    """Unknown names and settings of networks are usage errors with a command that works."""
    done = forecast("predict", "y.csv", *flags, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert fix in done.stderr.splitlines()[-1]


def test_predict_by_a_baseline_needs_a_file(tmp_path: Path) -> None:
    """A model file does not hold enough history to fit a baseline to."""
    done = forecast("predict", "--baseline", "ets", cwd=tmp_path)
    assert done.returncode == 2
    assert "fix: forecast predict DATA --baseline ets" in done.stderr


def test_predict_refuses_a_stale_context(trained: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What the model remembers may be too old as well, but only where its age is asked for."""
    typed = ["predict", "--model", str(trained), "--horizon", "1", "--quiet"]
    assert run([*typed, "--max-age", "2d"]) == 3
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert "the newest time is 1960-12, " in stderr
    fix = stderr.splitlines()[-1].removeprefix("fix: ")
    assert run(shlex.split(fix)[1:]) == 0


@pytest.mark.parametrize("method", [[], ["--baseline", "drift"]])
def test_predict_says_that_a_horizon_is_longer_than_the_history(
    method: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """By the network and by baselines alike; one as long as the history is let pass."""
    for horizon, said in ((144, False), (145, True)):
        assert run(["predict", str(PASSENGERS), "--horizon", str(horizon), *method]) == 0
        told = f"{horizon} steps ahead are more than the 144 rows known"
        assert (told in capsys.readouterr().err) is said
