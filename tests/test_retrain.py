"""When a model is due: age, drift, and conditions of both."""

import csv
import os
import time
from pathlib import Path

import numpy as np
import pytest

from forecast.cli.common import run
from forecast.errors import UsageError
from forecast.files.lock import only_trainer
from forecast.forecaster import load
from forecast.ledger.drift import Drift
from forecast.ledger.retrain import parse_condition
from tests.commands import BRIEF, PASSENGERS

DRIFT, CALM = Drift(0.5, 0.001, 96, 12), Drift(0.1, 0.4, 96, 12)
UNTESTED = Drift(0.9, np.nan, 0, 0)


@pytest.mark.parametrize(
    ("text", "age", "drift", "due"),
    [
        ("age>2d", 47.9, DRIFT, False),
        ("age > 2d", 48.1, None, True),
        ("drift", 1e6, CALM, False),
        ("drift", 0, UNTESTED, False),
        ("drift", 0, None, False),
        ("drift", 0, DRIFT, True),
        ("age>2d or drift", 0, DRIFT, True),
        ("age>2d and drift", 0, DRIFT, False),
        ("drift and age>2d", 50, DRIFT, True),
        ("age>90min and drift or age>1w", 200, CALM, True),
        ("age>1w or age>90min and drift", 2, CALM, False),
    ],
)
def test_reason_of_a_condition(text: str, age: float, drift: Drift | None, due: bool) -> None:
    """Terms hold as they read, "and" before "or"."""
    assert (parse_condition(text).reason(age, drift) is not None) is due


@pytest.mark.parametrize(
    "text",
    [
        "", "age", "age>30", "age<3d", "age>0.0001h", "age>1234567d", "drift or", "drifts",
        "age>1d xor drift", "os.system",
    ],
)  # fmt: skip
def test_parse_condition_refuses_anything_else(text: str) -> None:
    """The grammar has two terms and two words."""
    with pytest.raises(UsageError, match="no condition"):
        parse_condition(text)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of the first ten years, trained for a moment, 40 days ago."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORECAST_MODEL", raising=False)
    lines = PASSENGERS.read_text().splitlines(keepends=True)
    Path("d.csv").write_text("".join(lines[:121]))
    assert run(["train", "d.csv", *BRIEF, "-q"]) == 0
    path = tmp_path / "forecast.model"
    os.utime(path, (time.time() - 40 * 86400,) * 2)
    Path("d.csv").write_text("".join(lines))
    return path


def test_predict_trains_again_by_age(model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """An old model is replaced by one of the same settings and newer rows; a new one stays."""
    base = ["predict", "d.csv", "--horizon", "1", "--retrain-if"]
    before = model.read_bytes()
    assert run([*base, "age>60d"]) == 0
    assert (model.read_bytes() == before, "not trained again" in capfd.readouterr().err) == (
        True, True,
    )  # fmt: skip
    with only_trainer(model):
        assert run([*base, "age>30d"]) == 0
    assert "forecast from the old one" in capfd.readouterr().err
    assert model.read_bytes() == before
    assert run([*base, "age>30d"]) == 0
    stdout, stderr = capfd.readouterr()
    assert "trained again: the model is 40.0 days old" in stderr
    assert stdout.splitlines()[1].startswith("1961-01,")
    made = model.read_bytes()
    assert made != before
    assert run([*base, "age>30d", "-q"]) == 0
    assert model.read_bytes() == made


def test_predict_keeps_a_model_of_many_more_rows(
    model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The last months alone are enough to forecast from, but no reason to forget ten years."""
    lines = Path("d.csv").read_text().splitlines(keepends=True)
    before = model.read_bytes()
    base = ["predict", "d.csv", "--horizon", "1", "--retrain-if", "age>30d"]
    Path("d.csv").write_text("".join([lines[0], *lines[-59:]]))
    assert run(base) == 0
    stdout, stderr = capfd.readouterr()
    assert "59 rows are less than half of the 120 it was trained on: forecast from" in stderr
    assert (stdout.count("\n"), model.read_bytes() == before) == (2, True)
    Path("d.csv").write_text("".join([lines[0], *lines[-60:]]))
    assert run([*base, "-q"]) == 0
    assert model.read_bytes() != before


def test_predict_trains_again_on_data_as_they_were_read(model: Path) -> None:
    """The new model file remembers the flags of its own data, as after train."""
    Path("d.csv").write_text(Path("d.csv").read_text().replace(",432\n", ",-999\n"))
    assert run(["predict", "d.csv", "--na", "-999", "-q", "--retrain-if", "age>30d"]) == 0
    assert load(model).reading.na == (-999.0,)
    lines = Path("d.csv").read_text().splitlines()
    Path("d.csv").write_text("".join(f"{line},{at or 'extra'}\n" for at, line in enumerate(lines)))
    for data in (["d.csv"], []):  # whose column was chosen by the model
        os.utime(model, (time.time() - 40 * 86400,) * 2)
        assert run(["predict", *data, "-q", "--retrain-if", "age>30d"]) == 0
        assert load(model).reading.na == (-999.0,)


def test_train_skips_what_was_trained_again(model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The new model names its columns, which the first training had found: nothing is to do."""
    assert run(["predict", "d.csv", "-q", "--retrain-if", "age>30d"]) == 0
    made = model.read_bytes()
    capfd.readouterr()
    assert run(["train", "d.csv", *BRIEF, "--skip-unchanged"]) == 0
    assert "same input and settings: nothing to do" in capfd.readouterr().err
    assert model.read_bytes() == made


def test_predict_trains_again_by_drift(model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Drift of this model's own forecasts is a reason; without a ledger it cannot be told."""
    base = ["predict", "d.csv", "--horizon", "1", "-q", "--retrain-if", "drift"]
    assert run(base) == 2
    assert "--ledger forecasts.db" in capfd.readouterr().err
    rows = list(csv.reader(PASSENGERS.read_text().splitlines()))
    before = model.read_bytes()
    for cutoff in range(121, 131):
        changed = [[m, str(float(v) * (3 if n > 120 else 1))] for n, (m, v) in enumerate(rows[1:])]
        Path("d.csv").write_text("\n".join(",".join(one) for one in [rows[0], *changed[:cutoff]]))
        assert run([*base, "--ledger", "l.db"]) == 0
        if model.read_bytes() != before:
            break
    assert model.read_bytes() != before
    made = model.read_bytes()
    assert run([*base, "--ledger", "l.db"]) == 0  # what the old model said does not count any more
    assert model.read_bytes() == made
