"""Snippets run what was typed, whatever is in its words."""

import os
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from forecast.errors import UsageError
from forecast.schedule import Job, read_time, to_airflow, to_cron, to_snippet, to_systemd

ODD = ["a b", "it's", '"q"', "50%", "$HOME", "back\\slash", "é😀", "{{ x }}", ";", "*"]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A command with every kind of odd word, in an odd folder."""
    folder = tmp_path / "100% of 'it'"
    folder.mkdir()
    (folder / "my sales.csv").touch()
    typed = ("predict", "my sales.csv", "-o", "new.csv", "--model=m", "--target", *ODD)
    return Job(typed, folder, 4, 5)


def expected(job: Job) -> list[str]:
    """The words, with absolute paths."""
    at = job.folder
    head = [sys.executable, "-m", "forecast", "predict", str(at / "my sales.csv")]
    return [*head, "-o", str(at / "new.csv"), f"--model={at / 'm'}", "--target", *ODD]


def test_words_are_absolute(job: Job) -> None:
    """Files that are there, and values of flags for paths; other words stay as they are."""
    assert job.words == expected(job)


def test_words_that_are_no_files_stay(tmp_path: Path) -> None:
    """A column may be called as a file is, and a dash is a stream; what --plot writes is a file."""
    (tmp_path / "sales").touch()
    typed = "predict", "sales", "--target", "sales", "-o", "-", "--plot", "a.png", "--plot=-"
    words = Job(typed, tmp_path).words[3:]
    data, chart = str(tmp_path / "sales"), str(tmp_path / "a.png")
    assert words == ["predict", data, "--target", "sales", "-o", "-", "--plot", chart, "--plot=-"]


def test_to_cron_is_read_by_a_shell(job: Job) -> None:
    """What cron hands to sh, after its percent signs, is valid and means the same words."""
    line = to_cron(job)
    minute, hour, *days, command = line.rstrip("\n").split(maxsplit=5)
    assert (minute, hour, days) == ("5", "4", ["*", "*", "*"])
    assert "%" not in command.replace("\\%", "")
    handed = command.replace("\\%", "%")
    assert subprocess.run(["sh", "-n", "-c", handed], check=False).returncode == 0
    shown = subprocess.run(
        ["sh", "-c", handed.replace(shlex.quote(sys.executable), "printf '%s\\0' x", 1)],
        capture_output=True, check=True, env={"HOME": "/nowhere"},
    )  # fmt: skip
    assert shown.stdout.decode().split("\0")[1:-1] == expected(job)[1:]


def test_to_systemd_is_read_by_its_rules(job: Job, tmp_path: Path) -> None:
    """Words are quoted, percent and dollar doubled; systemd-analyze agrees where there is one."""
    text = to_systemd(job)
    line = next(one for one in text.splitlines() if one.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart=").replace("$$", "$").replace("%%", "%"))
    assert words == expected(job)
    assert "OnCalendar=*-*-* 04:05:00" in text
    analyze = shutil.which("systemd-analyze")
    if analyze is not None:
        service, _, timer = text.partition("# ~/.config/systemd/user/forecast.timer\n")
        (tmp_path / "forecast.service").write_text(service)
        (tmp_path / "forecast.timer").write_text(timer)
        done = subprocess.run(
            [analyze, "verify", str(tmp_path / "forecast.timer")],
            capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip
        assert "forecast.service:" not in done.stderr


def test_to_airflow_runs(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """The DAG is Python, and its task runs the words in the folder."""
    ran: list[object] = []
    asked: list[object] = []

    def dag(**given: object) -> object:
        asked.append(given["schedule"])
        return lambda function: function

    airflow = types.ModuleType("airflow.decorators")
    vars(airflow).update(dag=dag, task=lambda function: function)
    monkeypatch.setitem(sys.modules, "airflow", types.ModuleType("airflow"))
    monkeypatch.setitem(sys.modules, "airflow.decorators", airflow)
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: ran.append((a[0], k["cwd"], k["check"])))
    exec(compile(to_airflow(job), "dag.py", "exec"), {})
    assert (asked, ran) == (["5 4 * * *"], [(expected(job), str(job.folder), True)])


def test_schedules_refuse_line_ends(tmp_path: Path) -> None:
    """A line end in a name would end the line of a crontab."""
    for kind in ("cron", "systemd"):
        with pytest.raises(UsageError, match="line end"):
            to_snippet(kind, ["check", "a\nb"], tmp_path, "03:15")


@pytest.mark.parametrize("text", ["24:00", "3", "03:60", "x:y", "-1:00", "٣:٠٠x"])
def test_read_time_refuses_other_texts(text: str) -> None:
    """Hours to 23, minutes to 59."""
    with pytest.raises(UsageError):
        read_time(text)
