"""The README's examples run, and print what it shows."""

import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.cli.app import COMMANDS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
SECONDS = re.compile(r"\d+(?:\.\d+)? s\b|(?<=%)\s+\d+\.\d$", re.MULTILINE)


def blocks(language: str) -> list[str]:
    """Fenced blocks of one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def plain_blocks() -> list[str]:
    """Fenced blocks without a language, in order."""
    text = README.read_text(encoding="utf-8")
    return [body for tag, body in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL) if not tag]


def examples() -> list[tuple[str, str]]:
    """Every command of the README with the output it shows."""
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample data, as after a fresh checkout."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "data", folder / "data")
    return folder


def run(command: str, folder: Path) -> str:
    """Run a command line, both streams together, as on a narrow terminal."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {
        "PATH": path,
        "PYTHONPATH": str(ROOT),  # this checkout, wherever the package is installed from
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "110",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def words(text: str) -> list[str]:
    """Words without numbers; times taken are left out, lines of dots are an omission."""
    return NUMBER.sub("#", SECONDS.sub("", re.sub(r"[─━┏┓┗┛┡┩┳┻╇└┘┴┬┌┐│┃]+", " ", text))).split()


def numbers(text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in NUMBER.findall(SECONDS.sub("", text))]


def test_readme_examples_print_what_is_shown(folder: Path) -> None:
    """Each command prints the words shown, and numbers close to those shown."""
    found = examples()
    assert len(found) >= 6
    for command, shown in found:
        printed = run(command, folder)
        head, omitted, tail = shown.partition("...\n")
        lines = printed.splitlines(keepends=True)
        if omitted:
            first, last = head.count("\n"), tail.count("\n")
            printed = "".join(lines[:first] + lines[len(lines) - last :])
            shown = head + tail
        assert words(printed) == words(shown), command
        for actual, expected in zip(numbers(printed), numbers(shown), strict=True):
            assert math.isclose(actual, expected, rel_tol=0.1, abs_tol=0.02), command


def test_readme_first_commands_run(folder: Path) -> None:
    """The three commands at the top run on a file named as there."""
    shutil.copy(ROOT / "data" / "nile.csv", folder / "data.csv")
    commands = next(block for block in plain_blocks() if "forecast train data.csv" in block)
    for line in commands.splitlines():
        brief = "" if "predict" in line else "--steps 30 --members 1"
        run(f"{line.partition('#')[0]} --model nile.model {brief}", folder)


def test_readme_cron_line_runs(folder: Path) -> None:
    """What cron would run says nothing and writes the forecast."""
    line = next(line for block in plain_blocks() for line in block.splitlines() if "* * *" in line)
    place = folder / "srv" / "sales"
    place.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "nile.csv", place / "sales.csv")
    (place / "forecast.toml").write_text("[train]\nsteps = 30\nmembers = 1\n", encoding="utf-8")
    command = line.split(maxsplit=5)[5].replace("/srv", f"{folder}/srv")
    assert run(command, folder) == ""
    assert len((place / "forecast.csv").read_text().splitlines()) == 31


def test_readme_make_targets_exist() -> None:
    """Each make command that the README names is a target."""
    targets = re.findall(r"`?make ([a-z]+)", README.read_text(encoding="utf-8"))
    assert {"run", "test", "install", "bench"} <= set(targets)
    for target in set(targets) - {"bench"}:
        subprocess.run(["make", "-n", target], cwd=ROOT, check=True, stdout=subprocess.PIPE)


def test_readme_python_runs(folder: Path) -> None:
    """The Python example runs as it stands."""
    (code,) = blocks("python")
    (folder / "example.py").write_text(code, encoding="utf-8")
    assert "yhat" in run(f"{sys.executable} example.py", folder)


def test_readme_names_every_setting() -> None:
    """The table of recurrent ideas names flags that the command has."""
    shown = re.findall(r"`(--[a-z-]+)", README.read_text(encoding="utf-8"))
    helps = "".join(run(f"forecast {one} --help", ROOT) for one in ("", *COMMANDS))
    assert shown
    assert [flag for flag in shown if flag not in helps] == []
