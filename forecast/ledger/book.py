"""The ledger: every forecast that was made, in one SQLite file, to be held against the truth.

One row per model, series, cutoff and step; what is written again replaces what
was there. Whether the forecasts came true is the business of ``forecast.ledger.score``.

The file keeps SQLite's rollback journal: its write-ahead log needs memory that
is shared between machines, which network disks do not have.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import forecast
from forecast.errors import ArtifactError, ForecastError, LockedError, NotFoundError, WriteError
from forecast.ledger.entry import Entry, own_name, row_columns
from forecast.reading.columns import shell_word
from forecast.timeline.frequency import describe_frequency

LEDGER_VERSION = 1
"""Grows when an older program could not read the ledger rightly."""

PATIENCE = 60.0
"""Seconds to wait for other jobs that write."""

_APPLICATION = 0x46435354  # "FCST", which marks the file as a ledger of this program

_SCHEMA = f"""
CREATE TABLE series (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (target, name));
CREATE TABLE models (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, made_at TEXT NOT NULL, version TEXT NOT NULL, model INTEGER NOT NULL,
    target TEXT NOT NULL, freq TEXT NOT NULL, season INTEGER NOT NULL, horizon INTEGER NOT NULL,
    columns TEXT NOT NULL, reading TEXT NOT NULL, promise TEXT NOT NULL);
CREATE TABLE forecasts (
    series INTEGER NOT NULL, cutoff INTEGER NOT NULL, step INTEGER NOT NULL,
    model INTEGER NOT NULL, run INTEGER NOT NULL, ds INTEGER NOT NULL, source TEXT NOT NULL,
    scale REAL, expected_error REAL, yhat REAL NOT NULL,
    PRIMARY KEY (series, cutoff, step, model)) WITHOUT ROWID;
CREATE VIEW readable AS
    SELECT r.made_at, m.sha256 AS model_sha256, r.target, s.name AS series_name,
        iif(r.freq GLOB '[0-9]*' AND r.freq NOT GLOB '*[^0-9]*', f.cutoff,
            datetime(f.cutoff / 1000000000, 'unixepoch')) AS cutoff_time,
        iif(r.freq GLOB '[0-9]*' AND r.freq NOT GLOB '*[^0-9]*', f.ds,
            datetime(f.ds / 1000000000, 'unixepoch')) AS time, f.*
    FROM forecasts f JOIN runs r ON r.id = f.run
        JOIN series s ON s.id = f.series JOIN models m ON m.id = f.model;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {LEDGER_VERSION};
"""


def append(path: str | Path, entry: Entry) -> int:
    """Write forecasts into a ledger, all of them or none; the file is made where there is none.

    Parameters
    ----------
    path : str or Path
    entry : Entry

    Returns
    -------
    int
        Number of the run.

    Raises
    ------
    ArtifactError
        When the file is no ledger, of a newer version, or holds forecasts of
        the same target in steps of another length.
    LockedError
        When others write for a minute without a break.
    WriteError
        When it cannot be written; what was in it is then unchanged.
    """
    with connect(path, create=True) as ledger:
        ledger.execute("BEGIN IMMEDIATE")
        _prepare(ledger, path)
        made, target = entry.forecast, entry.columns.target
        _refuse_other_steps(ledger, path, target, entry.freq)
        ledger.execute(
            "INSERT INTO models (sha256, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (entry.model_sha256, made.model),
        )
        (model,) = ledger.execute(
            "SELECT id FROM models WHERE sha256 = ?", (entry.model_sha256,)
        ).fetchone()
        run = _start_run(ledger, entry, model)
        ledger.executemany(
            "INSERT INTO series (target, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            ((target, one) for one in made.ids),
        )
        known = dict(
            ledger.execute("SELECT name, id FROM series WHERE target = ?", (target,)).fetchall()
        )
        columns = row_columns(entry, run, model, [known[one] for one in made.ids])
        _add_columns(ledger, columns)
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        ledger.executemany(
            f"INSERT OR REPLACE INTO forecasts ({names}) VALUES ({marks})",
            zip(*(values.tolist() for values in columns.values()), strict=True),
        )
        ledger.execute("COMMIT")
    return run


@contextmanager
def connect(path: str | Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a ledger; a transaction that was not committed is undone at the end.

    Parameters
    ----------
    path : str or Path
    create : bool
        Make the file where there is none.

    Yields
    ------
    sqlite3.Connection
        In autocommit mode.

    Raises
    ------
    NotFoundError
        When there is no such file, or an empty one, as a full disk leaves, unless it may be made.
    ArtifactError
        When the file is no ledger, damaged, or of a newer version.
    """
    place = Path(path)
    if place.exists() and not place.is_file():
        raise WriteError("is no file that could hold a ledger", where=str(path))
    if not create and not (place.exists() and place.stat().st_size):
        problem = "nothing is in this ledger" if place.exists() else "there is no such ledger"
        raise NotFoundError(
            problem, where=str(path), fix=f"forecast predict DATA --ledger {shell_word(str(path))}"
        )
    mode = "rwc" if create else "rw"
    ledger: sqlite3.Connection | None = None
    try:
        ledger = sqlite3.connect(
            f"{place.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=PATIENCE,
            isolation_level=None,
        )
        _check(ledger, path, may_be_empty=create)
        yield ledger
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    finally:
        if ledger is not None:
            ledger.close()


def level_columns(ledger: sqlite3.Connection) -> dict[int, tuple[str, str]]:
    """Give the columns of the bounds that a ledger holds, by level in increasing order.

    Parameters
    ----------
    ledger : sqlite3.Connection

    Returns
    -------
    dict of int to tuple of str
    """
    names = [one for one in _names(ledger) if one.startswith("yhat-lo-")]
    levels = sorted(int(one.removeprefix("yhat-lo-")) for one in names)
    return {level: (f"yhat-lo-{level}", f"yhat-hi-{level}") for level in levels}


def own_bound(ledger: sqlite3.Connection, name: str) -> str:
    """Give the expression of a bound as the model gave it, before any recalibration.

    Parameters
    ----------
    ledger : sqlite3.Connection
    name : str
        Of `level_columns`.

    Returns
    -------
    str
    """
    return (
        f'coalesce("{own_name(name)}", "{name}")'
        if own_name(name) in _names(ledger)
        else f'"{name}"'
    )


def _names(ledger: sqlite3.Connection) -> list[str]:
    return [name for _, name, *_ in ledger.execute("PRAGMA table_info(forecasts)")]


def _start_run(ledger: sqlite3.Connection, entry: Entry, model: int) -> int:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    run = ledger.execute(
        "INSERT INTO runs (made_at, version, model, target, freq, season, horizon, columns,"
        " reading, promise) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made, forecast.__version__, model, entry.columns.target, entry.freq, entry.season,
            entry.forecast.horizon, json.dumps(asdict(entry.columns)),
            json.dumps(entry.reading.to_dict()), json.dumps(entry.promise),
        ),
    ).lastrowid  # fmt: skip
    assert run is not None  # a row was inserted
    return run


def _refuse_other_steps(
    ledger: sqlite3.Connection, path: str | Path, target: str, freq: str
) -> None:
    """Refuse to mix days with months: the first day ahead is not the first month ahead."""
    found = ledger.execute(
        "SELECT freq FROM runs WHERE target = ? AND freq != ? LIMIT 1", (target, freq)
    ).fetchone()
    if found is not None:
        known, these = describe_frequency(found[0]), describe_frequency(freq)
        other = Path(path).with_stem(f"{Path(path).stem}-{freq}")
        raise ArtifactError(
            f"its forecasts of '{target[:40]}' are {known}, these are {these}",
            where=str(path),
            fix=f"--ledger {shell_word(str(other))}",
        )


def _add_columns(ledger: sqlite3.Connection, columns: Mapping[str, object]) -> None:
    there = _names(ledger)
    for name in columns:
        if name not in there:
            ledger.execute(f'ALTER TABLE forecasts ADD COLUMN "{name}" REAL')


def _prepare(ledger: sqlite3.Connection, path: str | Path) -> None:
    """Make the tables of a new ledger; another job may have made them while this one waited."""
    if not _check(ledger, path, may_be_empty=True):
        for statement in _SCHEMA.split(";\n"):
            ledger.execute(statement)


def _check(ledger: sqlite3.Connection, path: str | Path, *, may_be_empty: bool) -> bool:
    """Refuse what is no ledger; tell whether its tables are there."""
    # tables first: another job may be making them, and the numbers are there when they are
    (tables,) = ledger.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = ledger.execute("PRAGMA application_id").fetchone()
    (version,) = ledger.execute("PRAGMA user_version").fetchone()
    if tables == 0 and may_be_empty:
        return False
    if application != _APPLICATION:
        raise ArtifactError(
            "this is no ledger of forecasts", where=str(path), fix="--ledger forecasts.db"
        )
    if version > LEDGER_VERSION:
        raise ArtifactError(
            f"the ledger has version {version}; this program reads up to {LEDGER_VERSION}",
            where=str(path),
            fix="pip install --upgrade forecast",
        )
    return True


def _explain(error: sqlite3.Error, path: str | Path) -> ForecastError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError("other jobs have been writing for a minute", where=str(path))
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return ArtifactError(
            "this is no ledger of forecasts, or a damaged one",
            where=str(path),
            fix="--ledger forecasts.db",
        )
    return WriteError(
        f"cannot be written: {error}",
        where=str(path),
        fix="choose another file, in a folder that exists and can be written to",
    )
