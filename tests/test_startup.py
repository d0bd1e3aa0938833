"""What each command loads: help loads nothing heavy, and predicting neither trainer nor pandas."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import BARE

CHARTS = {"matplotlib", "PIL", "plotext", "bokeh"}
HEAVY = CHARTS | {
    "numpy", "pandas", "torch", "statsmodels", "sklearn", "scipy", "safetensors", "rich",
}  # fmt: skip
NOT_NEEDED = CHARTS | {
    "torch", "statsmodels", "sklearn", "scipy", "pandas", "pyarrow", "typer.rich_utils", "pydantic",
    "rich",
}  # fmt: skip

PROBE = """
import json, sys
from forecast.cli.common import run
code = run(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded(*typed: str) -> set[str]:
    """Name the modules in memory after a command."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(typed)],
        capture_output=True,
        text=True,
        env=BARE,
        check=True,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    return set(modules)


@pytest.mark.parametrize(
    "command", [None, "train", "predict", "compare", "check", "info", "explain"]
)
def test_help_loads_nothing_heavy(command: str | None) -> None:
    """Help needs the standard library and typer only."""
    typed = ("--help",) if command is None else (command, "--help")
    assert not HEAVY & loaded(*typed)


def test_predict_loads_no_trainer(trained: Path) -> None:
    """A forecast from a saved model is arithmetic on arrays."""
    found = loaded("predict", "--model", str(trained), "--horizon", "2", "--quiet")
    assert "numpy" in found
    assert not NOT_NEEDED & found


def test_predict_without_a_model_loads_no_trainer() -> None:
    """Neither does the pretrained network."""
    passengers = Path(__file__).parent.parent / "data" / "air_passengers.csv"
    found = loaded("predict", str(passengers), "--horizon", "2", "--quiet")
    assert not NOT_NEEDED & found
