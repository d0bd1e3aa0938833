"""forecast explain, run as a user does."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from forecast.cli.common import run
from forecast.explain.explanation import Explanation
from forecast.report.explain import ExplanationReport, steps_shown
from forecast.report.terminal import as_text
from tests.commands import PASSENGERS

Captured = pytest.CaptureFixture[str]


def test_explain_of_a_saved_model(
    trained: Path, tmp_path: Path, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSV in a pipe, sentences on stderr; parts of what is predicted, and nothing altered."""
    monkeypatch.chdir(tmp_path)
    before = trained.read_bytes()
    typed = ["explain", "--model", str(trained), "--horizon", "2"]
    assert run([*typed, "--content", "parts"]) == 0
    said = capfd.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert list(rows[0]) == ["month", "step", "part", "adds", "weight", "says"]
    first = sum(float(row["adds"]) for row in rows if row["step"] == "1")
    assert said.err.startswith(f"model: {trained}\npassengers at 1961-01: {first:.1f} = ")
    assert list(tmp_path.iterdir()) == []
    assert trained.read_bytes() == before
    run(["predict", "--model", str(trained), "--horizon", "2", "--quiet"])
    predicted = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert first == pytest.approx(float(predicted[0]["yhat"]), rel=1e-4)


@pytest.mark.slow
def test_explain_draws_a_chart(trained: Path, tmp_path: Path, capfd: Captured) -> None:
    """The suffix of the file is its kind."""
    for name, begins in {"why.png": b"\x89PNG", "why.svg": b"<?xml", "why.pdf": b"%PDF"}.items():
        chart = tmp_path / name
        typed = ["explain", "--model", str(trained), "--horizon", "2", "--plot", str(chart), "-q"]
        assert run(typed) == 0
        assert chart.read_bytes().startswith(begins)
    assert capfd.readouterr().err == ""


def test_explain_writes_json(trained: Path, tmp_path: Path, capfd: Captured) -> None:
    """One document on one line, quiet on stderr; the suffix of a file is its form."""
    typed = ["explain", "--model", str(trained), "--horizon", "1"]
    assert run([*typed, "--json", "-o", str(tmp_path / "why.json")]) == 0
    assert capfd.readouterr() == ("", "")
    found = json.loads((tmp_path / "why.json").read_text())
    assert (found["schema"], found["ok"]) == ("forecast.explain/1", True)
    assert len(found["data"]["memory"]) == 4  # three shipped cells, and the model's own


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        (["--series", "x"], 4, "there is no series 'x'; there are 'passengers'"),
        (["--horizon", "1001"], 2, "at most 1,000 steps"),
        (["--plot", "why.gif"], 2, "a chart is .png, .svg, .pdf"),
        (["--cell", "lstm"], 2, "--cell has no effect beside"),
        (["-o", str(PASSENGERS)], 2, "the output would replace the input"),
    ],
)
def test_explain_refuses(
    typed: list[str], code: int, message: str, trained: Path, capfd: Captured
) -> None:
    """Slips end in a message with a fix, before anything is written."""
    assert run(["explain", str(PASSENGERS), "--model", str(trained), *typed]) == code
    said = capfd.readouterr()
    assert message in said.err
    assert said.out == ""


def test_explanation_report_shows_the_sum(explained: Explanation) -> None:
    """Sentences first, then a table of parts whose columns add up, of lags and of cells."""
    lines = as_text(ExplanationReport(explained), None).splitlines()
    assert lines[0].startswith("• passengers at 1961-01: ")
    row = next(line for line in lines if line.strip().startswith("forecast"))
    shown = [explained.forecast[step] for step in steps_shown(14)]
    np.testing.assert_allclose([float(one) for one in row.split()[1:]], shown, atol=0.05)
    lag = next(line.split() for line in lines if line.split()[:1] == ["1960-01"])
    assert lag[-2:] == ["12", "417.0"]
    gradient = explained.lags.gradient[steps_shown(14), explained.lags.lag.tolist().index(12)]
    np.testing.assert_allclose([float(one) for one in lag[1:-2]], gradient, atol=0.0005)
    for one in explained.memory:
        assert any(
            line.strip().startswith(one.cell) and line.endswith(str(one.verdict)) for line in lines
        )


def test_steps_shown_are_few_and_have_both_ends() -> None:
    """A short horizon is shown whole, of a long one the ends and what lies between."""
    assert [steps_shown(one) for one in (1, 3, 4)] == [[0], [0, 1, 2], [0, 1, 2, 3]]
    assert steps_shown(48) == [0, 16, 31, 47]
