"""The same bytes wherever and whoever runs a command: zones, locales, users, bare environments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import BARE, PASSENGERS

ZONES = (
    "UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles",
    "America/Sao_Paulo", "America/St_Johns", "America/Caracas", "Africa/Cairo", "Africa/Lagos",
    "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Tehran", "Asia/Pyongyang",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Apia", "Pacific/Chatham",
    "Antarctica/Troll",
)  # fmt: skip
LOCALES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "en_US.ISO-8859-1")
USERS = (
    {"HOME": "/nowhere", "USER": "nobody", "PYTHONHASHSEED": "1", "COLUMNS": "40"},
    {"HOME": "/tmp", "USER": "zoë", "PYTHONHASHSEED": "2", "TERM": "dumb", "NO_COLOR": "1",
     "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1", "LESS": "-R", "MPLBACKEND": "Agg"},
)  # fmt: skip

COMMANDS = """
import os, sys, time
from forecast.cli.common import run

for zone in sys.argv[2].split(","):
    os.environ["TZ"] = zone
    time.tzset()
    sys.stdout.flush()
    code = run(["predict", sys.argv[1], "--horizon", "2", "--format", "json"])
    code = code or run(["check", sys.argv[3]])
    print("END", code, flush=True)
"""


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """Hours over both changes of the clocks, with an umlaut and a dotted I in a name."""
    path = tmp_path / "straße.csv"
    rows = [
        f"2024-{month:02d}-{day:02d} {hour:02d}:00:00,{hour}"
        for month, day in ((3, 30), (3, 31), (4, 1))
        for hour in range(24)
    ]
    path.write_text("hour,İstanbul\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def outputs(hours: Path, zones: tuple[str, ...], environment: dict[str, str]) -> set[bytes]:
    """Distinct outputs of both commands, on both streams, one for each zone."""
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, str(PASSENGERS), ",".join(zones), str(hours)],
        env=BARE | environment, capture_output=True, check=True, cwd=hours.parent,
    )  # fmt: skip
    said = done.stdout.split(b"END 0\n")
    assert len(said) == len(zones) + 1
    heard = done.stderr
    part = heard[: len(heard) // len(zones)]
    assert heard == part * len(zones)
    return {one + b"\0" + part for one in said[:-1]}


def test_output_is_the_same_in_an_odd_environment(hours: Path) -> None:
    """Another zone, locale, user, encoding and width give the bytes of a bare environment."""
    odd = USERS[0] | USERS[1] | {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"}
    plain = outputs(hours, ("UTC", "Australia/Lord_Howe"), {})
    assert len(plain | outputs(hours, ("Asia/Kathmandu",), odd)) == 1


@pytest.mark.slow
def test_output_is_the_same_everywhere(hours: Path) -> None:
    """Twenty time zones, five locales and two users give one output."""
    found = outputs(hours, ZONES, {})
    for locale in LOCALES:
        found |= outputs(hours, ("UTC",), {"LC_ALL": locale, "LANG": locale})
    for user in USERS:
        found |= outputs(hours, ("Asia/Kathmandu",), user)
    assert len(found) == 1


def test_names_are_written_as_they_were_typed(tmp_path: Path) -> None:
    """Errors name files in UTF-8, even where Python takes the locale for ASCII."""
    done = subprocess.run(
        [sys.executable, "-m", "forecast", "info", "straße.model"], cwd=tmp_path,
        env=BARE | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (4, b"")
    assert done.stderr.decode().startswith("error: straße.model: ")


def test_commands_run_in_an_empty_environment(tmp_path: Path) -> None:
    """Not even PATH or a home are needed: env -i gives what a full environment gives."""
    command = [sys.executable, "-P", "-m", "forecast", "predict", str(PASSENGERS), "--horizon", "2"]
    full = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=True,
        env=BARE | {"PATH": os.defpath, "HOME": str(tmp_path), "TERM": "xterm-256color"},
    )  # fmt: skip
    empty = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=True, env=BARE | {"LC_ALL": ""}
    )
    assert (empty.stdout, empty.stderr) == (full.stdout, full.stderr)
    assert b"\x1b" not in empty.stdout + empty.stderr


@pytest.mark.parametrize("typed", [["doctor"], ["train", str(PASSENGERS)]])
def test_a_folder_that_is_gone_is_told(typed: list[str], tmp_path: Path) -> None:
    """Where the folder was removed that a command runs in, nothing else is blamed."""
    gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", gone, "sh", sys.executable, "-m", "forecast", *typed],
        cwd=tmp_path, env=BARE, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 4
    assert done.stderr.endswith("error: .: the folder that the command runs in is gone\n")
