"""Past forecasts of a ledger: which of them are asked for, and what happened beside them.

Scoring them is left to ``forecast.ledger.score``, learning from them to
``forecast.ledger.recalibrate``.
"""

import json
import sqlite3
from pathlib import Path

import numpy as np

from forecast.errors import ArtifactError, NotFoundError
from forecast.ledger.actuals import Actuals
from forecast.ledger.track import Subject
from forecast.reading.columns import Columns, quoted
from forecast.spec import DataSpec


def find_subject(
    ledger: sqlite3.Connection, path: str | Path, target: str | None, model: str | None = None
) -> Subject:
    """Find out what a ledger is about.

    Parameters
    ----------
    ledger : sqlite3.Connection
    path : str or Path
        For messages.
    target : str or None
        Needed where the ledger has several.
    model : str or None
        Name of models, in any case; that of the newest forecasts where None.

    Returns
    -------
    Subject
    """
    target = _find_target(ledger, path, target)
    counts: dict[str, int] = dict(
        ledger.execute(
            "SELECT m.name, count(DISTINCT model) FROM runs JOIN models m ON m.id = model"
            " WHERE target = ? GROUP BY m.name ORDER BY max(runs.id) DESC",
            (target,),
        )
    )
    known = list(counts)
    named = known if model is None else [one for one in known if _typed(one) == _typed(model)]
    if not named:
        raise NotFoundError(
            f"the ledger holds no forecasts of '{target}' by {model}, only by {quoted(known)}",
            where=str(path),
            fix=f"--of {known[0]}",
        )
    model = named[0]
    columns, read, freq, season, promise = ledger.execute(
        "SELECT columns, reading, freq, season, promise FROM runs JOIN models m ON m.id = model"
        " WHERE target = ? AND m.name = ? ORDER BY runs.id DESC LIMIT 1",
        (target, model),
    ).fetchone()
    return Subject(
        Columns(**json.loads(columns)),
        DataSpec.from_dict(json.loads(read)),
        freq,
        season,
        model,
        json.loads(promise),
        counts[model],
        others=tuple(one for one in known if one != model),
    )


def _find_target(ledger: sqlite3.Connection, path: str | Path, target: str | None) -> str:
    """Find the target that is asked for, or the only one: its column may be called otherwise."""
    rows = ledger.execute("SELECT DISTINCT target FROM runs ORDER BY target")
    known: list[str] = [name for (name,) in rows]
    if not known:
        raise ArtifactError("the ledger is empty", where=str(path))
    if len(known) == 1:
        return known[0]
    if target in known:
        return target
    held = f"forecasts of {quoted(known)}"
    if target is not None:
        held = f"no forecasts of '{target}', only of {quoted(known)}"
    raise NotFoundError(f"the ledger holds {held}", where=str(path), fix=f"--target {known[0]}")


def _typed(name: str) -> str:
    """Write the name of a model as other flags take it: "SeasonalNaive" is "seasonal-naive"."""
    return name.lower().replace("-", "")


def join_actuals(ledger: sqlite3.Connection, subject: Subject, actuals: Actuals) -> None:
    """Lay actual values beside the forecasts, in a table that lives as long as the connection.

    Parameters
    ----------
    ledger : sqlite3.Connection
    subject : Subject
    actuals : Actuals
    """
    ids = dict(
        ledger.execute("SELECT name, id FROM series WHERE target = ?", (subject.columns.target,))
    )
    known = np.array([ids.get(one, -1) for one in actuals.ids], dtype=np.int64)[actuals.series]
    kept = known >= 0
    ledger.execute(
        "CREATE TEMP TABLE actuals (series INTEGER, ds INTEGER, y REAL,"
        " PRIMARY KEY (series, ds)) WITHOUT ROWID"
    )
    columns = known[kept], actuals.times[kept], actuals.values[kept]
    ledger.executemany(
        "INSERT INTO actuals VALUES (?, ?, ?)",
        zip(*(values.tolist() for values in columns), strict=True),
    )
    ledger.execute("CREATE TEMP TABLE scored (series INTEGER PRIMARY KEY)")
    ledger.executemany("INSERT INTO scored VALUES (?)", ((one,) for one in ids.values()))
    ledger.execute("CREATE TEMP TABLE counted (model INTEGER PRIMARY KEY)")
    ledger.execute(
        "INSERT INTO counted SELECT id FROM models WHERE name = ? AND id = coalesce(?, id)",
        (subject.model, subject.only),
    )


def latest(subject: Subject) -> str:
    """Give the table of a subject's forecasts, once actual values have been joined.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    str
        A subquery; of several models' forecasts of the same, it has the one made last.
    """
    chosen = "series IN (SELECT series FROM scored)"
    if subject.others or subject.only is not None:
        chosen += " AND model IN (SELECT model FROM counted)"
    if subject.models == 1 or subject.only is not None:
        return f"(SELECT * FROM forecasts WHERE {chosen})"
    # SQLite gives the row of the maximum
    return f"(SELECT *, max(run) FROM forecasts WHERE {chosen} GROUP BY series, cutoff, step)"
