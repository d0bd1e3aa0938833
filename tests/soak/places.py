"""The same commands in other time zones, languages and accounts: the same bytes."""

import hashlib
from pathlib import Path

import numpy as np

from tests.commands import BRIEF, PASSENGERS, forecast
from tests.soak.child import made

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


def places(count: int, folder: Path, rng: np.random.Generator) -> str:
    """Train and forecast in so many places."""
    found: dict[str, set[str]] = {}
    for number in range(count):
        place = folder / str(number)
        place.mkdir()
        (place / "forecast.model").write_bytes(made(0)[0])
        environment = {
            "TZ": ZONES[number % len(ZONES)],
            "LC_ALL": LANGUAGES[number % len(LANGUAGES)],
            **ACCOUNTS[number // len(ZONES) % len(ACCOUNTS)],
        }
        commands = {
            "remembered": ("predict", "--horizon", "30"),
            "newer": ("predict", str(PASSENGERS), "--horizon", "3", "--json"),
        }
        if number % 4 == 3:
            commands["train"] = ("train", str(PASSENGERS), *BRIEF, "--quiet")
        for name, typed in commands.items():
            done = forecast(*typed, cwd=place, environment=environment)
            assert done.returncode == 0, done.stderr
            said = f"{done.stdout}\n{done.stderr}".encode()
            if name == "train":
                said += (place / "forecast.model").read_bytes()
            found.setdefault(name, set()).add(hashlib.sha256(said).hexdigest())
        assert all(len(same) == 1 for same in found.values()), (environment, found)
    return f"{count} places, the same model and output in all"
