"""The ledger: whole appends or none, by any number of jobs, and nobody else's file."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from forecast.errors import ArtifactError, LockedError, NotFoundError, WriteError
from forecast.ledger import book as module
from forecast.ledger.book import append, connect, level_columns
from forecast.write import forecast_columns
from tests.commands import BARE
from tests.ledgers import entry


def rows(path: Path, query: str = "SELECT count(*) FROM forecasts") -> list[tuple[object, ...]]:
    """Ask the file as any other program could."""
    with sqlite3.connect(path) as found:
        return found.execute(query).fetchall()


def test_append_keeps_what_was_handed_out(tmp_path: Path) -> None:
    """Every step of every series, with its bounds, in columns that people can read."""
    path = tmp_path / "l.db"
    append(path, entry(("a", 'shop "é" 😀'), horizon=2))
    query = (
        'SELECT target, series_name, cutoff_time, step, time, yhat, "yhat-lo-80", model_sha256'
        " FROM readable ORDER BY series_name DESC, step"
    )
    expected = [
        ("sales", 'shop "é" 😀', "2024-01-01 00:00:00", 1, "2024-01-02 00:00:00"),
        ("sales", 'shop "é" 😀', "2024-01-01 00:00:00", 2, "2024-01-03 00:00:00"),
        ("sales", "a", "2024-01-01 00:00:00", 1, "2024-01-02 00:00:00"),
        ("sales", "a", "2024-01-01 00:00:00", 2, "2024-01-03 00:00:00"),
    ]
    assert rows(path, query) == [(*one, 10.0, 8.7184, "m1") for one in expected]


def test_append_leaves_columns_of_the_user_out(tmp_path: Path) -> None:
    """Names of series are no bounds, whatever their column is called."""
    one = entry(("a", "b"))
    columns = replace(one.columns, id="yhat", time="yhat-lo-80")
    table = forecast_columns(one.forecast, columns)
    append(tmp_path / "l.db", replace(one, columns=columns, table=table, own=table))
    found = rows(tmp_path / "l.db", 'SELECT yhat, "own-lo-80" FROM forecasts')
    assert found == [(10.0, pytest.approx(8.7184))] * 6


def test_append_replaces_by_key(tmp_path: Path) -> None:
    """The same model, series, cutoff and step again: one row, the later one; else another row."""
    path = tmp_path / "l.db"
    append(path, entry(point=10.0))
    append(path, entry(point=12.0))
    assert rows(path, "SELECT count(*), min(yhat), max(run) FROM forecasts") == [(3, 12.0, 2)]
    append(path, entry(point=11.0, sha256="m2"))
    append(path, entry(day=1))
    append(path, entry(("b",)))
    assert rows(path) == [(12,)]


def test_append_refuses_steps_of_another_length(tmp_path: Path) -> None:
    """Days and months of one target would be scored as one; another target is welcome."""
    path = tmp_path / "l.db"
    append(path, entry())
    monthly = replace(entry(point=300.0), freq="MS", season=12)
    with pytest.raises(ArtifactError) as refused:
        append(path, monthly)
    assert str(refused.value) == (
        f"{path}: its forecasts of 'sales' are daily (D), these are monthly (MS)\n"
        f"fix: --ledger {tmp_path / 'l-MS.db'}"
    )
    assert rows(path, "SELECT count(*), max(yhat) FROM forecasts") == [(3, 10.0)]
    append(path, replace(monthly, columns=replace(monthly.columns, target="profit")))
    assert rows(path, "SELECT count(*), max(yhat) FROM forecasts") == [(6, 300.0)]


def test_append_adds_levels_as_they_come(tmp_path: Path) -> None:
    """Runs may have other levels; what a run did not say is NULL."""
    path = tmp_path / "l.db"
    append(path, entry(levels=(80,)))
    append(path, entry(day=1, levels=(50, 80)))
    with connect(path) as found:
        assert level_columns(found) == {
            50: ("yhat-lo-50", "yhat-hi-50"),
            80: ("yhat-lo-80", "yhat-hi-80"),
        }
    query = 'SELECT count("yhat-lo-50"), count("yhat-hi-80") FROM forecasts'
    assert rows(path, query) == [(3, 6)]


WRITER = """
import sys
from forecast.ledger.book import append
from tests.ledgers import entry
for day in range(5):
    append(sys.argv[1], entry((sys.argv[2], "common"), day, 30))
"""


def test_append_by_several_jobs_at_once(tmp_path: Path) -> None:
    """Three jobs on a file that is not there yet: every row arrives, common ones once."""
    path = tmp_path / "l.db"
    jobs = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), f"job{n}"], env=BARE)
        for n in range(3)
    ]
    assert [job.wait() for job in jobs] == [0, 0, 0]
    assert rows(path) == [((3 + 1) * 5 * 30,)]
    assert rows(path, "SELECT count(*) FROM runs") == [(15,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def test_append_to_a_ledger_that_another_job_is_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was looked at before the other job was done, the file is a ledger."""
    path, plain = tmp_path / "l.db", sqlite3.connect
    asked: list[str] = []

    class Late(sqlite3.Connection):
        def execute(self, statement: str, *given: object) -> sqlite3.Cursor:
            asked.append(statement)
            if len(asked) == 2:
                with monkeypatch.context() as other:
                    other.setattr(sqlite3, "connect", plain)
                    append(path, entry(("other",)))
            return super().execute(statement, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(
        sqlite3, "connect", lambda *given, **known: plain(*given, factory=Late, **known)
    )
    append(path, entry(("own",)))
    monkeypatch.undo()
    assert rows(path, "SELECT name FROM series ORDER BY id") == [("other",), ("own",)]


KILLED = """
import os, signal, sqlite3, sys
from forecast.ledger import book as ledger
from tests.ledgers import entry

class Doomed(sqlite3.Connection):
    def execute(self, statement, *given):
        if statement == sys.argv[2]:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(statement, *given)

connect = sqlite3.connect
ledger.sqlite3.connect = lambda *a, **k: connect(*a, factory=Doomed, **k)
ledger.append(sys.argv[1], entry(("a", "b"), 1, 2000))
"""


@pytest.mark.parametrize("there", [True, False])
def test_append_that_is_killed_leaves_nothing(tmp_path: Path, there: bool) -> None:
    """Killed with everything written but the commit: the ledger is as before, and goes on."""
    path = tmp_path / "l.db"
    if there:
        append(path, entry())
    job = subprocess.run([sys.executable, "-c", KILLED, str(path), "COMMIT"], env=BARE, check=False)
    assert job.returncode == -signal.SIGKILL
    append(path, entry(day=2))
    assert rows(path) == [(6 if there else 3,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("content", [b"day,sales\n1,2\n", b"SQLite format 3\0" + bytes(200), None])
def test_connect_refuses_other_files(tmp_path: Path, content: bytes | None) -> None:
    """A table, a damaged file, somebody's database: refused, and left as it is."""
    path = tmp_path / "mine.db"
    if content is None:
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE mine (x)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(ArtifactError, match=r"mine\.db"):
        append(path, entry())
    assert path.read_bytes() == before


def test_connect_refuses_newer_ledgers(tmp_path: Path) -> None:
    """A ledger of a later program is not touched, and the hint is to upgrade."""
    path = tmp_path / "l.db"
    append(path, entry())
    with sqlite3.connect(path) as found:
        found.execute("PRAGMA user_version = 99")
    with pytest.raises(ArtifactError, match="version 99"), connect(path):
        pass


def test_connect_names_what_is_missing(tmp_path: Path) -> None:
    """Reading needs a ledger that is there."""
    with pytest.raises(NotFoundError, match="no such ledger"), connect(tmp_path / "none.db"):
        pass
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("path", ["/dev/full", "/dev/null", "none/l.db", "/proc/l.db"])
def test_append_where_nothing_can_be_written(path: str, tmp_path: Path) -> None:
    """Devices, missing folders and folders that cannot be written to are write errors."""
    with pytest.raises(WriteError):
        append(path if path.startswith("/") else tmp_path / path, entry())


def test_append_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is undone: the ledger keeps what it had."""
    path = tmp_path / "l.db"
    append(path, entry())
    plain = sqlite3.connect

    def small(*given: object, **named: object) -> sqlite3.Connection:
        made: sqlite3.Connection = plain(*given, **named)  # type: ignore[call-overload]
        made.execute("PRAGMA max_page_count = 12")
        return made

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(WriteError, match="full"):
        append(path, entry(day=1, horizon=5000))
    assert rows(path) == [(3,)]
    new = tmp_path / "new.db"
    with pytest.raises(WriteError, match="full"):
        append(new, entry(horizon=5000))
    with pytest.raises(NotFoundError, match="nothing is in this ledger"), connect(new):
        pass
    append(new, entry())
    assert rows(new) == [(3,)]


def test_append_gives_up_on_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another job that never ends is a reason to try later, exit 75."""
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    path = tmp_path / "l.db"
    append(path, entry())
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LockedError):
            append(path, entry(day=1))
        other.execute("ROLLBACK")
    other.close()
    assert os.listdir(tmp_path) == ["l.db"]  # noqa: PTH208  # names are enough
