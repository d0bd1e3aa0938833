"""Settings from files and the environment: what is stronger, and what is refused, by line."""

from pathlib import Path

import pytest

from forecast.config import (
    check_variables,
    has_settings,
    read_document,
    settings_of,
)
from forecast.errors import NotFoundError, UsageError
from forecast.setting import Option

LEVELS = Option(int, several=True)
COMMANDS = {
    "train": {"horizon": Option(int), "max-seconds": Option(float), "level": Option(str)},
    "predict": {"horizon": Option(int), "level": LEVELS, "quiet": Option(bool)},
}
TEXT = """\
horizon = 30  # for all
level = [80]

[predict]
quiet = true

[profile.night_ly]
horizon = 7

[profile.night_ly.train]
max_seconds = 60
"""


def found(folder: Path, command: str, profile: str | None = None, **environment: str) -> object:
    """Settings of a command as value and place."""
    settings = settings_of(command, COMMANDS, read_document(folder), environment, profile)
    return {name: (one.value, one.place) for name, one in settings.items()}


@pytest.mark.parametrize("name", ["forecast.toml", "pyproject.toml"])
def test_settings_of_a_file(tmp_path: Path, name: str) -> None:
    """A command takes what is for all, then its own table; a profile is stronger than both."""
    text = TEXT
    if name == "pyproject.toml":
        head, _, tables = TEXT.replace("[", "[tool.forecast.").partition("\n\n")
        text = "[tool.forecast]\n" + head.replace("[tool.forecast.", "[") + "\n\n" + tables
    (tmp_path / name).write_text(text)
    first = 1 if name == "forecast.toml" else 2
    at = [f"{name}:{first + line}" for line in range(12)]
    assert found(tmp_path, "predict") == {
        "horizon": (30, at[0]), "level": ([80], at[1]), "quiet": (True, at[4]),
    }  # fmt: skip
    assert found(tmp_path, "train") == {"horizon": (30, at[0])}  # its level is of another kind
    expected = {"horizon": (7, at[7]), "max-seconds": (60.0, at[10])}
    assert found(tmp_path, "train", "night_ly") == expected
    assert found(tmp_path, "train", FORECAST_PROFILE="night_ly") == expected


def test_settings_of_the_environment(tmp_path: Path) -> None:
    """A variable is stronger than any file; an empty one says nothing."""
    (tmp_path / "forecast.toml").write_text(TEXT)
    made = found(tmp_path, "predict", FORECAST_HORIZON="3", FORECAST_LEVEL="", HORIZON="4")
    assert made == {
        "horizon": (3, "$FORECAST_HORIZON"),
        "level": ([80], "forecast.toml:2"),
        "quiet": (True, "forecast.toml:5"),
    }


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("a = 1\n\nhorizn = 3\nhorizon = 3", "forecast.toml:1", "use one of"),
        ("\nhorizn = 3", "forecast.toml:2", "did you mean 'horizon'"),
        ("[predict]\nhorizon = 3\nlevels = [80]", "forecast.toml:3", "did you mean 'level'"),
        ("[preditc]\nhorizon = 3", "forecast.toml:1", "did you mean 'predict'"),
        ("[profile.a]\nhorizn = 3", "forecast.toml:2", "did you mean 'horizon'"),
        ("[predict]\nmax-seconds = 3", "forecast.toml:2", "use one of"),
        ("profile = 3", "forecast.toml:1", "profile.x"),
        ("[profile]\na = 3", "forecast.toml:2", "profile.a"),
        ("horizon = 'x'", "forecast.toml:1", "correct it"),
        ("[predict]\nlevel = '80'", "forecast.toml:2", "correct it"),
    ],
)
def test_settings_of_refuses(tmp_path: Path, text: str, place: str, fix: str) -> None:
    """Unknown names come with the nearest known one, values with their kind, all with a line."""
    (tmp_path / "forecast.toml").write_text(text)
    with pytest.raises(UsageError) as refused:
        found(tmp_path, "predict")
    assert refused.value.where == place
    assert fix in str(refused.value.fix)


def test_settings_of_needs_the_profile(tmp_path: Path) -> None:
    """A profile that is not there is named, with those that are."""
    with pytest.raises(NotFoundError, match="none"):
        found(tmp_path, "predict", "nightly")
    (tmp_path / "forecast.toml").write_text(TEXT)
    with pytest.raises(NotFoundError, match="'night_ly'"):
        found(tmp_path, "predict", "nightly")


def test_read_document_refuses_what_is_not_toml(tmp_path: Path) -> None:
    """The line is TOML's own."""
    (tmp_path / "forecast.toml").write_text("horizon = 3\nlevel = = 3\n")
    with pytest.raises(UsageError, match=r"forecast.toml: cannot be read: .*line"):
        read_document(tmp_path)


def test_read_document_leaves_other_projects_alone(tmp_path: Path) -> None:
    """A pyproject.toml without the table says nothing; forecast.toml comes first."""
    assert read_document(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert read_document(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text("[tool.forecast]\nhorizon = 1\n")
    (tmp_path / "forecast.toml").write_text("horizon = 2\n")
    assert found(tmp_path, "predict") == {"horizon": (2, "forecast.toml:1")}


def test_has_settings_without_reading(tmp_path: Path) -> None:
    """Most folders have none, which is found out by name alone."""
    assert not has_settings(tmp_path, {"HOME": "/"})
    assert has_settings(tmp_path, {"FORECAST_HORIZON": "3"})
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    assert has_settings(tmp_path, {})


def test_check_variables_refuses_slips() -> None:
    """FORECAST_HORIZN cannot be meant; FORECAST_DATA_FOLDER is the user's own."""
    check_variables({"FORECAST_DATA_FOLDER": "x", "FORECAST_PROFILE": "y", "PATH": "z"}, COMMANDS)
    with pytest.raises(UsageError, match="HORIZN") as refused:
        check_variables({"FORECAST_HORIZN": "3"}, COMMANDS)
    assert "FORECAST_HORIZON" in str(refused.value.fix)


def test_settings_of_a_variable_may_be_meant_for_other_commands(tmp_path: Path) -> None:
    """As in a file for all: FORECAST_LEVEL=90 is for predict, whose level is a number."""
    commands = {
        "train": {"level": Option(str, choices=("window", "series"))},
        "predict": {"level": LEVELS},
    }

    def level(command: str, value: str) -> object:
        found = settings_of(command, commands, None, {"FORECAST_LEVEL": value})
        return found["level"].value if found else None

    assert [level("predict", "90"), level("train", "90")] == [[90], None]
    assert [level("predict", "series"), level("train", "series")] == [None, "series"]
    for command in commands:
        with pytest.raises(UsageError, match=r"\$FORECAST_LEVEL"):
            level(command, "nineties")
