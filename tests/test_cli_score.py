"""forecast predict --ledger, then forecast score, run as a job does."""

import csv
import io
import json
from pathlib import Path

import pytest

from forecast.cli.common import run
from tests.commands import PASSENGERS, forecast

LINES = PASSENGERS.read_text().splitlines(keepends=True)


def nights(folder: Path, cutoffs: range, factor: float = 1.0) -> None:
    """Forecast one month ahead from each cutoff; then the numbers are multiplied."""
    for cutoff in cutoffs:
        (folder / "past.csv").write_text("".join(LINES[: cutoff + 1]))
        assert run(["predict", "past.csv", "--horizon", "1", "--ledger", "l.db", "-q"]) == 0
    changed = [
        f"{month},{float(value) * (factor if row >= cutoffs.start else 1)}\n"
        for row, (month, value) in enumerate(csv.reader(LINES[1:]))
    ]
    (folder / "actuals.csv").write_text("".join([LINES[0], *changed]))


def test_score_of_a_model_file(trained: Path, tmp_path: Path) -> None:
    """What predict printed is what is scored; the promise is that of the model file."""
    (tmp_path / "past.csv").write_text("".join(LINES[:133]))
    done = forecast(
        "predict", "past.csv", "--model", trained, "--horizon", "12", "--ledger", "l.db", "-q",
        cwd=tmp_path,
    )  # fmt: skip
    said = [float(row["yhat"]) for row in csv.DictReader(io.StringIO(done.stdout))]
    actual = [float(line.split(",")[1]) for line in LINES[133:]]
    scored = forecast("score", PASSENGERS, "--ledger", "l.db", "--json", cwd=tmp_path)
    document = json.loads(scored.stdout)
    wape = sum(abs(a - b) for a, b in zip(said, actual, strict=True)) / sum(actual)
    assert document["schema"] == "forecast.score/1"
    assert document["data"]["overall"]["wape"] == pytest.approx(wape)
    assert {"mase", "coverage-80"} <= set(document["data"]["backtest"])
    assert [one["step"] for one in document["data"]["leads"]] == list(range(1, 13))
    table = forecast("score", PASSENGERS, "--ledger", "l.db", cwd=tmp_path)
    assert "Too few values for a test of drift." in table.stdout
    rows = forecast("score", PASSENGERS, "--ledger", "l.db", "--format", "csv", cwd=tmp_path)
    assert rows.stdout.startswith("step,values,mase,promised_mase,wape,bias,coverage-80,")
    assert len(rows.stdout.splitlines()) == 13


def test_score_of_a_history_under_another_name(trained: Path, tmp_path: Path) -> None:
    """One series is the one that the model knows, whatever its column is called by now."""
    (tmp_path / "past.csv").write_text("month,people\n" + "".join(LINES[1:133]))
    (tmp_path / "later.csv").write_text("month,people\n" + "".join(LINES[1:]))
    done = forecast(
        "predict", "past.csv", "--model", trained, "--target", "people", "--horizon", "12",
        "--ledger", "l.db", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for actuals in (["later.csv", "--target", "people"], [str(PASSENGERS)]):
        scored = forecast("score", *actuals, "--ledger", "l.db", "--json", cwd=tmp_path)
        assert scored.returncode == 0, scored.stderr
        assert json.loads(scored.stdout)["data"]["overall"]["values"] == 12


@pytest.mark.parametrize("way", [[], ["--follow"]])
def test_score_reads_what_happened_as_the_newer_history(
    trained: Path, tmp_path: Path, way: list[str]
) -> None:
    """What a flag made of the history that was forecast from, it makes of what came after."""
    (tmp_path / "past.csv").write_text("".join([*LINES[: 1 if way else None], "1961-01,450\n"]))
    (tmp_path / "later.csv").write_text(f"{LINES[0]}1961-02,-999\n1961-03,460\n")
    done = forecast(
        "predict", "past.csv", *way, "--model", trained, "--na", "-999", "--horizon", "2",
        "--ledger", "l.db", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scored = forecast("score", "later.csv", "--ledger", "l.db", "--json", cwd=tmp_path)
    assert [one["step"] for one in json.loads(scored.stdout)["data"]["leads"]] == [2]


def test_score_closes_the_gate_on_drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Sales that half vanish are drift: 9 with --max-drift, 0 without, 0 when it may be large."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORECAST_MODEL", raising=False)
    nights(tmp_path, range(134, 143), factor=0.5)
    capfd.readouterr()
    base = ["score", "actuals.csv", "--ledger", "l.db"]
    assert run(base) == 0
    assert "Drift: errors are" in capfd.readouterr().out
    for limit, code in (("0.2", 9), ("1e6", 0)):
        assert run([*base, "--max-drift", limit, "-q"]) == code
        stdout, stderr = capfd.readouterr()
        assert stdout == ""
        assert stderr.startswith("error: Drift: " if code else "")
        assert run([*base, "--max-drift", limit, "--json"]) == code
        assert json.loads(capfd.readouterr().out)["ok"] is (code == 0)
    assert run(["score", str(PASSENGERS), *base[2:], "--max-drift", "0", "-q"]) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("flags", "fix"),
    [
        (["--season", "7"], "forecast score y.csv --ledger l.db"),
        (["--missing", "seasonal"], "forecast score y.csv --ledger l.db"),
    ],
)
def test_score_refuses_what_changes_nothing(
    capfd: pytest.CaptureFixture[str], flags: list[str], fix: str
) -> None:
    """Errors are scaled as they were forecast, and actual values are not made up."""
    assert run(["score", "y.csv", *flags, "--ledger", "l.db"]) == 2
    assert f"{flags[0]} has no effect on actual values" in (said := capfd.readouterr().err)
    assert said.endswith(f"fix: {fix}\n")


def test_predict_refuses_a_ledger_in_the_place_of_its_files(tmp_path: Path) -> None:
    """The ledger cannot be the data; nor is anything printed that could not be recorded."""
    data = tmp_path / "d.csv"
    data.write_bytes(PASSENGERS.read_bytes())
    for ledger, code in (("d.csv", 2), ("none/l.db", 7), ("/dev/full", 7)):
        done = forecast("predict", "d.csv", "--horizon", "1", "--ledger", ledger, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (code, "")
    assert data.read_bytes() == PASSENGERS.read_bytes()


def test_predict_recalibrates_a_baseline_by_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing is changed for 20 nights; then the intervals follow what came true, and say so."""
    monkeypatch.chdir(tmp_path)
    typed = ["predict", "past.csv", "--horizon", "1", "--baseline", "naive", "--ledger", "l.db"]
    for cutoff in range(100, 122):
        (tmp_path / "past.csv").write_text("".join(LINES[: cutoff + 1]))
        assert run([*typed, "--recalibrate"]) == 0
        stdout, stderr = capfd.readouterr()
        said = "recalibrated on" if cutoff >= 120 else "not recalibrated: l.db has"
        assert f"intervals {said}" in stderr
    assert run(["predict", "past.csv", "--horizon", "1", "--baseline", "naive"]) == 0
    plain = capfd.readouterr().out
    assert stdout.split(",")[-7] == plain.split(",")[-7]
    assert stdout != plain
    assert run(["score", str(PASSENGERS), "--ledger", "l.db", "--of", "Naive"]) == 0
    assert "1 series, 22 cutoffs, 22 values" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("flags", "fix"),
    [
        (["past.csv"], "forecast predict past.csv --recalibrate --ledger forecasts.db"),
        (["past.csv", "--baseline", "naive"], "--ledger forecasts.db"),
        (
            ["past.csv", "--follow", "--ledger", "l.db"],
            "forecast predict past.csv --follow --ledger l.db",
        ),
    ],
)
def test_predict_recalibrates_by_a_ledger_only(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], flags: list[str], fix: str
) -> None:
    """There is nothing to learn from elsewhere, and a stream forgets what came true."""
    assert run(["predict", *flags, "--recalibrate"]) == 2
    assert fix in capfd.readouterr().err
