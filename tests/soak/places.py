"""The same commands in other time zones, languages and accounts: the same bytes."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.commands import BARE, PASSENGERS
from tests.soak.child import made, train

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati",
    "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran", "Europe/London",
    "Atlantic/Azores", "Antarctica/Troll", "America/Caracas", "Asia/Pyongyang", "nonsense",
)  # fmt: skip

LANGUAGES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "en_US.ISO-8859-1")

ACCOUNTS: tuple[dict[str, str], ...] = (
    {},
    {"HOME": "/nowhere", "USER": "someone", "TERM": "xterm-256color", "COLUMNS": "40",
     "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "latin-1", "LANG": "fr_FR", "PAGER": "less"},
)  # fmt: skip


COMMANDS = """
import json, sys
from forecast.cli.common import run

sys.exit(max(run(typed) for typed in json.loads(sys.argv[1])))
"""


def places(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Forecast in so many places, and train in some of them."""
    found: dict[str, set[str]] = {}
    forecasts = [
        ["predict", "--horizon", "30"],
        ["predict", str(PASSENGERS), "--horizon", "3", "--json"],
    ]
    for number in range(count):
        place = folder / str(number)
        place.mkdir()
        model = place / "forecast.model"
        model.write_bytes(made(0))
        account = number + number // (len(ZONES) * len(LANGUAGES))
        environment = {
            "TZ": ZONES[number % len(ZONES)],
            "LC_ALL": LANGUAGES[number // len(ZONES) % len(LANGUAGES)],
            **ACCOUNTS[account % len(ACCOUNTS)],
        }
        outcomes = {"forecasts": outcome(forecasts, place, environment)}
        if number % 11 == 3:
            said = outcome([train(1)], place, environment)
            outcomes["training"] = said + model.read_bytes()
        for name, said in outcomes.items():
            found.setdefault(name, set()).add(hashlib.sha256(said).hexdigest())
        assert all(len(same) == 1 for same in found.values()), (environment, found)
        if number % 50 == 49:
            print(f"  {number + 1} places", flush=True)
    return f"{count} places, the same model and output in all"


def outcome(commands: list[list[str]], place: Path, environment: dict[str, str]) -> bytes:
    """Give all that a process says in which commands follow each other."""
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, json.dumps(commands)],
        cwd=place, env=BARE | environment, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + b"\n" + done.stderr
