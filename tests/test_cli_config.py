"""Settings at work: flags before variables before files before defaults."""

import json
from pathlib import Path

from tests.commands import PASSENGERS, forecast

TEXT = "horizon = 4\nformat = 'csv'\n[profile.nightly]\nhorizon = 2\n"


def rows(folder: Path, *flags: str, **environment: str) -> int:
    """Count the steps that predict gives."""
    done = forecast("predict", PASSENGERS, "-q", *flags, cwd=folder, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return len(done.stdout.splitlines()) - 1


def test_predict_takes_settings_in_order(tmp_path: Path) -> None:
    """Each place that is stronger wins; a profile may be named before or after the command."""
    (tmp_path / "forecast.toml").write_text(TEXT)
    assert rows(tmp_path) == 4
    assert rows(tmp_path, "--profile", "nightly") == 2
    assert rows(tmp_path, FORECAST_HORIZON="3", FORECAST_PROFILE="nightly") == 3
    assert rows(tmp_path, "--horizon", "5", FORECAST_HORIZON="3") == 5


def test_config_shows_where_values_come_from(tmp_path: Path) -> None:
    """Each setting with its place; with a command, defaults as well."""
    nothing = forecast("config", "show", cwd=tmp_path)
    assert nothing.stdout.startswith("no settings but defaults")
    (tmp_path / "forecast.toml").write_text(TEXT)
    done = forecast("config", "show", "--profile=nightly", cwd=tmp_path)
    assert "predict --horizon  2    forecast.toml:4" in done.stdout.splitlines()
    shown = forecast(
        "config", "show", "predict", "--json", cwd=tmp_path,
        environment={"FORECAST_MODEL": "my.model"},
    )  # fmt: skip
    found = {row["option"]: (row["value"], row["from"]) for row in json.loads(shown.stdout)["data"]}
    assert found["--horizon"] == (4, "forecast.toml:1")
    assert found["--model"] == ("my.model", "$FORECAST_MODEL")
    assert found["--strict"] == (False, "default")


def test_config_leaves_hidden_options_out(tmp_path: Path) -> None:
    """A baseline for compare is none of train's business, which only says so when asked for one."""
    (tmp_path / "forecast.toml").write_text("baseline = 'ets'\n")
    shown = forecast("config", "show", cwd=tmp_path)
    assert "train" not in shown.stdout
    assert "compare --baseline  ets  forecast.toml:1" in shown.stdout.splitlines()
    done = forecast("train", "none.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()[0]) == (4, "error: none.csv: no such file")


def test_settings_name_the_model_of_every_command(tmp_path: Path) -> None:
    """The file that train writes is the one that info and doctor look at."""
    (tmp_path / "forecast.toml").write_text("model = 'my.model'\n")
    shown = forecast("config", "show", cwd=tmp_path).stdout
    assert "info MODEL       my.model  forecast.toml:1" in shown.splitlines()
    missing = forecast("info", cwd=tmp_path)
    assert missing.stderr.startswith("error: my.model: there is no such model file")
    checked = forecast("doctor", cwd=tmp_path)
    assert checked.stdout.startswith("FAILED   seal          there is no my.model")
    assert checked.returncode == 4
    assert forecast("info", "other.model", cwd=tmp_path).stderr.startswith("error: other.model")


def test_settings_hold_for_failures(tmp_path: Path) -> None:
    """Errors are JSON where a file asks for it, and a run that is refused leaves an account."""
    (tmp_path / "forecast.toml").write_text("json = true\nmanifest = 'run.json'\n")
    done = forecast("predict", "none.csv", "--horizon", "x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert json.loads(done.stderr)["code"] == "usage"
    assert json.loads((tmp_path / "run.json").read_text())["exit"] == 2
    missing = forecast("info", cwd=tmp_path, environment={"FORECAST_JSON": "1"})
    assert json.loads(missing.stderr)["exit"] == 4


def test_config_says_what_to_show(tmp_path: Path) -> None:
    """A missing word and the words allowed are one plain line."""
    done = forecast("config", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: Missing argument 'action'. Choose from: show\nfix: forecast config --help\n"
    )


def test_every_command_refuses_unknown_settings(tmp_path: Path) -> None:
    """Exit 2, file and line, and the nearest name; help still works."""
    (tmp_path / "forecast.toml").write_text("horizon = 4\n[predict]\nhorizn = 3\n")
    done = forecast("check", PASSENGERS, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: forecast.toml:3: unknown setting 'horizn'\nfix: did you mean 'horizon'?\n"
    )
    assert forecast("--help", cwd=tmp_path).returncode == 0
