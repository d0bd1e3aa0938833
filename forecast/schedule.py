"""Ready snippets that run a command every day: cron, systemd and Airflow; nothing is installed."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forecast.errors import UsageError

PATH_FLAGS = (
    "--model", "--output", "-o", "--plot", "--ledger", "--manifest", "--metrics-file", "--save",
)  # fmt: skip
"""Flags whose value is a path, which may not be there yet, or ``-``."""

UNIT = "forecast"
"""Name of the units and of the DAG."""


@dataclass(frozen=True)
class Job:
    """A command to run every day.

    Attributes
    ----------
    typed : tuple of str
        What follows ``forecast``.
    folder : Path
        To run in; relative paths are found from there.
    hour, minute : int
    """

    typed: tuple[str, ...]
    folder: Path
    hour: int = 3
    minute: int = 15

    @property
    def words(self) -> list[str]:
        """The whole command; files not after a flag, and values of `PATH_FLAGS`, are absolute."""
        words = [sys.executable, "-m", "forecast", *self.typed[:1]]
        before = ""
        for word in self.typed[1:]:
            flag, equals, value = word.partition("=")
            if equals and flag in PATH_FLAGS:
                word = f"{flag}={self._absolute(value)}"
            elif before in PATH_FLAGS or self._is_file(word, before):
                word = self._absolute(word)
            words.append(word)
            before = word
        return words

    def _is_file(self, word: str, before: str) -> bool:
        """Tell whether a word is a file; after a flag it may be a column of the same name."""
        return not before.startswith("-") and (self.folder / word).is_file()

    def _absolute(self, path: str) -> str:
        return path if path == "-" else str(self.folder.absolute() / path)


def read_time(text: str) -> tuple[int, int]:
    """Read a time of day.

    Parameters
    ----------
    text : str

    Returns
    -------
    hour, minute : int

    Raises
    ------
    UsageError

    Examples
    --------
    >>> read_time("03:15")
    (3, 15)
    """
    hour, _, minute = text.partition(":")
    if hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60:
        return int(hour), int(minute)
    raise UsageError(f"at is '{text}'; allowed: 00:00 to 23:59", fix="--at 03:15")


def to_cron(job: Job) -> str:
    """Give a line for ``crontab -e``.

    Parameters
    ----------
    job : Job

    Returns
    -------
    str
        A percent sign is a line end to cron, so it has a backslash.
    """
    _refuse_line_ends(job)
    command = f"cd {shlex.quote(str(job.folder.absolute()))} && {shlex.join(job.words)}"
    return f"{job.minute} {job.hour} * * *  {command.replace('%', chr(92) + '%')}\n"


def to_systemd(job: Job) -> str:
    """Give a service and a timer for systemd.

    Parameters
    ----------
    job : Job

    Returns
    -------
    str
        Two files, each after a comment with its name.
    """
    _refuse_line_ends(job)
    folder = str(job.folder.absolute())
    return (
        f"# ~/.config/systemd/user/{UNIT}.service\n"
        "[Unit]\n"
        "Description=forecast\n\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"WorkingDirectory={folder.replace('%', '%%')}\n"
        f"ExecStart={' '.join(map(_unit_word, job.words))}\n\n"
        f"# ~/.config/systemd/user/{UNIT}.timer\n"
        "[Unit]\n"
        "Description=forecast every day\n\n"
        "[Timer]\n"
        f"OnCalendar=*-*-* {job.hour:02d}:{job.minute:02d}:00\n"
        "Persistent=true\n\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def to_airflow(job: Job) -> str:
    """Give a DAG for Airflow.

    Parameters
    ----------
    job : Job

    Returns
    -------
    str
        Python; the command is a list, so that neither a shell nor a template reads it.
    """
    return (
        "import subprocess\n"
        "from datetime import datetime\n\n"
        "from airflow.decorators import dag, task\n\n"
        f"COMMAND = {job.words!r}\n\n\n"
        f'@dag(dag_id="{UNIT}", schedule="{job.minute} {job.hour} * * *",\n'
        "     start_date=datetime(2024, 1, 1), catchup=False)\n"
        "def daily():\n"
        "    @task\n"
        "    def run():\n"
        f"        subprocess.run(COMMAND, cwd={str(job.folder.absolute())!r}, check=True)\n\n"
        "    run()\n\n\n"
        "daily()\n"
    )


def _unit_word(word: str) -> str:
    """Quote a word as systemd reads it: percent and dollar signs stand for something there."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    plain = text == word and word and not any(one in word for one in " \t'\";")
    return text if plain else f'"{text}"'


def _refuse_line_ends(job: Job) -> None:
    for word in (*job.words, str(job.folder)):
        if any(one in word for one in "\n\r\0"):
            raise UsageError("a word of the command holds a line end", fix="rename the file")


WRITERS = {"cron": to_cron, "systemd": to_systemd, "airflow": to_airflow}
"""By the flag that asks for it."""


def to_snippet(kind: str, typed: Sequence[str], folder: Path, at: str) -> str:
    """Give a snippet of one kind.

    Parameters
    ----------
    kind : {"cron", "systemd", "airflow"}
    typed : sequence of str
        What follows ``forecast``.
    folder : Path
    at : str
        Time of day.

    Returns
    -------
    str
    """
    return WRITERS[kind](Job(tuple(typed), folder, *read_time(at)))
