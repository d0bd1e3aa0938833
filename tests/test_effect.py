"""No flag is silently without effect."""

from pathlib import Path

import pytest

from forecast.cli.common import run
from tests.commands import PASSENGERS

DATA = str(PASSENGERS)
FOLLOW = ["predict", "-", "--follow"]


@pytest.mark.parametrize(
    ("typed", "flag", "fix"),
    [
        (["predict", DATA, "--every", "2"], "--every", f"forecast predict {DATA}"),
        (["predict", "-", "--follow", "--strict"], "--strict", "forecast predict - --follow"),
        (["predict", DATA, "--json", "--format", "csv"], "--format", f"predict {DATA} --json"),
        (["predict", DATA, "--retrain-if", "drift"], "--retrain-if", f"predict {DATA}"),
        (["predict", DATA, "-q", "--model", "M", "--season", "7"], "--season", "-q --model M"),
        (["predict", DATA, "--model", "M", "--wide"], "--wide", f"predict {DATA} --model M"),
        (["predict", "--model", "M", "--time", "x"], "--time", "forecast predict --model M"),
        (["predict", "--model", "M", "--cell", "lstm"], "--cell", "forecast train DATA --cell"),
        ([*FOLLOW, "--model", "M", "--cell", "lstm"], "--cell", "train DATA --cell lstm"),
        ([*FOLLOW, "--model", "M", "--freq", "D"], "--freq", "predict - --follow --model M"),
        ([*FOLLOW, "--model", "M", "--wide"], "--wide", "predict - --follow --model M"),
        ([*FOLLOW, "--model", "M", "--tz", "UTC"], "--tz", "predict - --follow --model M"),
        ([*FOLLOW, "--model", "M", "--dayfirst"], "--dayfirst", "- --follow --model M"),
        ([*FOLLOW, "--model", "M", "--max-age", "2d"], "--max-age", "- --follow --model M"),
        ([*FOLLOW, "--model", "M", "--duplicates", "sum"], "--duplicates", "--follow --model M"),
        ([*FOLLOW, "--delimiter", ";"], "--delimiter", "forecast predict - --follow"),
        ([*FOLLOW, "--model", "M", "--skip-rows", "1"], "--skip-rows", "--follow --model M"),
        (["train", DATA, "--nonlinearity", "relu"], "--nonlinearity", "relu --cell rnn"),
        (["train", DATA, "--epochs", "2", "--steps=5"], "--steps", f"train {DATA} --epochs 2"),
        (["train", DATA, "--json", "-v"], "--verbose", f"forecast train {DATA} --json"),
        (["compare", DATA, "--cell", "lstm", "--nonlinearity", "relu"], "--nonlinearity", "rnn"),
        (["compare", DATA, "--json", "--format", "csv"], "--format", f"compare {DATA} --json"),
        (["score", DATA, "--json", "--format", "csv"], "--format", f"forecast score {DATA} --json"),
    ],
    ids=lambda one: " ".join(one).replace(DATA, "DATA") if isinstance(one, list) else "",
)
def test_commands_refuse_flags_without_effect(
    typed: list[str],
    flag: str,
    fix: str,
    trained: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each is named, with the command that does the rest of what was asked for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "M").write_bytes(trained.read_bytes())
    assert run(typed) == 2
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert f"{flag} has no effect" in stderr
    assert fix in stderr


def test_settings_of_files_may_have_no_effect(
    trained: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A cell for train does not keep predict from forecasting by the model file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "forecast.toml").write_text('cell = "lstm"\nevery = 2\nseason = [7]\n')
    (tmp_path / "forecast.model").write_bytes(trained.read_bytes())
    assert run(["predict", "--horizon", "2", "-q"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 3
