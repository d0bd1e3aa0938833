"""docs/formats.md says what is in the files."""

import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from forecast import artifact, errors
from forecast.artifact import FORMAT_VERSION
from forecast.cli.common import run
from forecast.cli.signals import SAID
from forecast.files.checkpoint import Checkpoint, Progress, State
from forecast.files.seal import unseal
from forecast.reading import leftovers, quantities
from tests.commands import BRIEF, PASSENGERS, ROOT

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Give what is below a heading."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    """Names in the first column of the tables."""
    return {name for line in re.findall(r"^\| (`.*?) \|", text, re.M) for name in named(line)}


def named(text: str) -> list[str]:
    """Names in the order in which they are set as code."""
    return re.findall(r"`([^`]+)`", text)


@pytest.fixture(scope="module")
def written(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, manifests and metrics of predict and score."""
    folder = tmp_path_factory.mktemp("written")
    past = folder / "past.csv"
    past.write_text("".join(PASSENGERS.read_text().splitlines(keepends=True)[:133]))
    tuned = artifact.load(trained)  # as fine-tuning leaves it
    scores = {**tuned.manifest.scores, "pretrained_mase": 1.0}
    artifact.save(replace(tuned, manifest=replace(tuned.manifest, scores=scores)), folder / "m")
    common = ["--ledger", str(folder / "l.db"), "--quiet"]
    commands = {
        "predict": [str(past), "--model", str(folder / "m"), "--horizon", "12"],
        "score": [str(PASSENGERS)],
    }
    for name, typed in commands.items():
        accounts = [
            "--manifest",
            f"{folder}/{name}.json",
            "--metrics-file",
            f"{folder}/{name}.prom",
        ]
        assert run([name, *typed, *common, *accounts]) == 0
    return folder


def test_model_file_is_documented(trained: Path) -> None:
    """Every key of its document and every array is on the page, and no other."""
    document, tensors = unseal(trained.read_bytes(), "m")
    linear = Path(__file__).parent / "golden" / f"format{FORMAT_VERSION}_linear.model"
    tensors |= unseal(linear.read_bytes(), "m")[1]
    model = artifact.load(trained)
    apart = {model.context.ids[0]: model.model}
    model = replace(model, model=replace(model.model, apart=apart))
    tensors |= unseal(artifact.to_bytes(model), "m")[1]
    names = {re.sub(r"^network\d+\..*", "network0.*", name) for name in tensors}
    names = {re.sub(r"^member\d+", "member0", name) for name in names}
    told = first_cells(section("Model file"))
    assert told - {"network1.*", "member1.means", "apart1.series"} == {*document, *names}


def test_checkpoint_is_documented(tmp_path: Path) -> None:
    """The keys of its document are on the page."""
    checkpoint = Checkpoint(tmp_path / "m", {"input": "a"})
    checkpoint.write(Progress(1.0, (State(),)))
    document, _ = unseal(checkpoint.path.read_bytes(), "c")
    told = named(section("Checkpoint"))
    assert [name for name in told if name in document] == list(document)[1:]


def test_ledger_is_documented(written: Path) -> None:
    """Tables and their columns are those on the page, in order, and so are the two numbers."""
    text = section("Ledger")
    told = {name: columns for name, *columns in map(named, re.findall(r"^\| `.*", text, re.M))}
    with sqlite3.connect(written / "l.db") as ledger:
        tables = ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            name: [one for _, one, *_ in ledger.execute(f"PRAGMA table_info({name})")]
            for (name,) in tables
        }
        numbers = [ledger.execute(f"PRAGMA {one}").fetchone()[0] for one in
                   ("application_id", "user_version")]  # fmt: skip
    assert told == found
    assert f"`application_id` {numbers[0]:#x}" in text
    assert f"`user_version` {numbers[1]}" in text


def test_account_is_documented(written: Path) -> None:
    """Keys of manifests and names of metrics are those on the page, and no other."""
    text = section("Account of a run")
    manifests = [json.loads((written / f"{one}.json").read_text()) for one in ("predict", "score")]
    keys = {key for one in manifests for key in one}
    metrics = {
        name
        for one in ("predict", "score")
        for name in re.findall(r"^# TYPE (\S+)", (written / f"{one}.prom").read_text(), re.M)
    }
    told = first_cells(text)
    assert {one for one in told if one.startswith("forecast_")} - metrics <= {
        "forecast_drift_pvalue"  # too few values for a test
    }
    assert {one for one in told if not one.startswith("forecast_")} | {"forecast"} == keys
    assert metrics <= told
    for part in ("input", "model", "forecast"):
        line = next(line for line in text.splitlines() if line.startswith(f"| `{part}` |"))
        assert set(manifests[0][part]) <= set(named(line))


def test_findings_are_documented() -> None:
    """Every code that the source has is on the page, and no other."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("text", "reading", "timeline", "check")
        for path in sorted((ROOT / "forecast" / folder).glob("*.py"))
    ) + "".join(
        (ROOT / "forecast" / name).read_text(encoding="utf-8")
        for name in ("read.py", "examine.py", "errors.py")
    )
    made = (
        r'kind(?:: str = |=)"([a-z-]+)"',
        r'(?:Finding\(|\()"(?:note|warning|error)", "([a-z-]+)"',
        r'(?:found\(|note_at\([a-z._]+, |_note\(|times, \[\()\s*"([a-z-]+)"',
        r'(?:remark|REMARK) (?:=|or) \(\s*"([a-z-]+)"',
    )
    codes = {code for pattern in made for code in re.findall(pattern, source)}
    codes |= set(leftovers.MESSAGES) | {f"{mark}-cells" for mark in quantities.MARKS}
    assert first_cells(section("Findings")) == codes - {"stable"}  # a way of sorting


def test_results_in_json_are_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The keys of each command's data are those on the page; so are the codes of errors."""
    monkeypatch.chdir(tmp_path)
    data = str(PASSENGERS)
    naive = ["--baseline", "naive", "--horizon", "2"]
    commands = [
        ["train", data, *BRIEF],
        ["info"],
        ["compare", data, *naive, "--windows", "1", "--by", "step", *BRIEF],
        ["check", data],
        ["predict", data, *naive, "--ledger", "l.db"],
        ["score", data, "--ledger", "l.db"],
        ["explain", data, "--horizon", "2"],
        ["doctor"],
        ["config", "show", "info"],
    ]
    lines = [one for one in section("Results in JSON").splitlines() if one.startswith("| `f")]
    told = {named(line)[0]: named(line.split("|", 2)[2]) for line in lines}
    made: dict[str, list[str]] = {}
    for typed in commands:
        assert run([*typed, "--json"]) == 0
        result = json.loads(capfd.readouterr().out)
        assert list(result) == ["schema", "ok", "data", "warnings"]
        data_of = result["data"]
        made[result["schema"]] = list(data_of if isinstance(data_of, dict) else data_of[0])
    assert made.pop("forecast.predict/1")[:2] == ["month", "yhat"]
    card = made["forecast.info/1"]
    assert made.pop("forecast.train/1") == ["path", "trained", *card]
    assert told == {**told, **made}
    assert set(told) == {*made, "forecast.train/1", "forecast.predict/1", "forecast.report/1"}
    classes: list[type[errors.ForecastError]] = [errors.ForecastError]
    classes += errors.ForecastError.__subclasses__()
    codes = {one.code for one in classes} | {*SAID.values()}
    assert codes <= set(named(section("Results in JSON")))
