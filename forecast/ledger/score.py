"""Past forecasts against what happened: by step ahead, beside what was promised.

The sums over all forecasts are taken by SQLite, where the ledger lies; a
million rows need no memory here.
"""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import counted
from forecast.ledger.actuals import Actuals, read_actuals
from forecast.ledger.book import connect, level_columns, own_bound
from forecast.ledger.drift import Surprises, find_drift
from forecast.ledger.past import find_subject, join_actuals, latest
from forecast.ledger.track import LiveScores, Subject, TrackRecord
from forecast.reading.columns import quoted, shell_word
from forecast.spec import DataSpec
from forecast.text.table import Table
from forecast.timeline.calendar import split_timestamps, units_per_step

TESTED_LEVEL = 80
"""Interval whose misses are tested for drift, in per cent; the narrowest where there is none.
As the model gave it: one that was recalibrated hides how wide it would have had to be."""


def score(
    path: str | Path,
    actuals: str | Path | BinaryIO,
    reading: DataSpec | None = None,
    model: str | None = None,
) -> TrackRecord:
    """Score the forecasts of a ledger.

    Parameters
    ----------
    path : str or Path
        Of the ledger.
    actuals : str, Path or binary stream
        CSV file with the columns of the histories that were forecast from.
    reading : DataSpec, optional
        ``target`` chooses among the targets of the ledger; other fields where
        the file differs.
    model : str, optional
        Name of the models whose forecasts count, for example "GRU" or "ETS"; that
        of the newest forecasts where None.

    Returns
    -------
    TrackRecord
        Where several models of the name forecast the same, the latest forecast counts.

    Raises
    ------
    NotFoundError
        When there is no such ledger, file or column.
    ArtifactError
        When the file is no ledger.
    DataError
        When the actual values are at other times than the forecasts.
    """
    reading = reading or DataSpec()
    with connect(path) as ledger:
        subject = find_subject(ledger, path, reading.target, model)
        found = read_actuals(actuals, subject.columns, subject.freq, _merged(subject, reading))
        name = "stdin" if hasattr(actuals, "read") else str(actuals)
        return score_actuals(ledger, subject, found, name)


def score_actuals(
    ledger: sqlite3.Connection, subject: Subject, actuals: Actuals, name: str
) -> TrackRecord:
    """Score the forecasts of an open ledger; see `score`.

    Parameters
    ----------
    ledger : sqlite3.Connection
    subject : Subject
    actuals : Actuals
    name : str
        Of the actual values, for messages.

    Returns
    -------
    TrackRecord
    """
    join_actuals(ledger, subject, actuals)
    levels = level_columns(ledger)
    bounds = [(f'"{low}"', f'"{high}"') for low, high in levels.values()]
    tested = TESTED_LEVEL if TESTED_LEVEL in levels else next(iter(levels), None)
    if tested is not None:
        low, high = levels[tested]
        bounds.append((own_bound(ledger, low), own_bound(ledger, high)))
    steps, times, sums = _sums(ledger, subject, bounds)
    (total,) = ledger.execute(f"SELECT count(*) FROM {latest(subject)}").fetchone()
    if not len(sums):
        _refuse_strangers(ledger, subject, actuals, name)
    (series,) = ledger.execute(
        "SELECT count(*) FROM scored s WHERE EXISTS (SELECT 1 FROM forecasts f CROSS JOIN actuals a"
        " ON a.series = f.series AND a.ds = f.ds WHERE f.series = s.series)"
    ).fetchone()
    names = list(levels)
    overall = _scores(sums, names)
    return TrackRecord(
        subject,
        overall,
        {int(step): _scores(sums[steps == step], names) for step in np.unique(steps)},
        find_drift(_surprises(steps, times, sums, tested)),
        series,
        _count_cutoffs(steps, times, subject.freq),
        total - overall.values,
    )


def _merged(subject: Subject, given: DataSpec) -> DataSpec:
    """Read as the history was, but for what was said about this file."""
    known = replace(subject.reading, time=None, target=None, id=None, wide=False, max_age=None)
    return known.overridden(given)


_SUMS = (
    "count(*)", "sum(abs(y - yhat))", "sum(abs(y))", "sum(yhat - y)",
    "sum(abs(y - yhat) / scale)", "sum(expected_error / scale)", "count(scale)",
)  # fmt: skip


def _sums(
    ledger: sqlite3.Connection, subject: Subject, bounds: Sequence[tuple[str, str]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Give steps, times and sums over series and cutoffs, a row for each step and time.

    The columns of the sums are those of ``_SUMS``, then values inside and values
    with an interval for each pair of bounds: those handed out, by level, and the
    model's own of the level that is tested for drift.
    """
    hits = [
        part
        for low, high in bounds
        for part in (f"total(y BETWEEN {low} AND {high})", f"count({low})")
    ]
    # CROSS JOIN keeps the order: the forecasts are read once, from first to last
    rows = ledger.execute(
        f"SELECT step, f.ds, {', '.join([*_SUMS, *hits])} FROM {latest(subject)} f"
        " CROSS JOIN actuals a ON a.series = f.series AND a.ds = f.ds GROUP BY step, f.ds"
    ).fetchall()
    steps, times = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    width = len(_SUMS) + len(hits)
    sums = np.array([row[2:] for row in rows], dtype=np.float64).reshape(-1, width)
    return steps, times, np.nan_to_num(sums)


def _count_cutoffs(steps: NDArray[np.int64], times: NDArray[np.int64], freq: str) -> int:
    """Count the times from which forecasts were scored: so many steps before their own."""
    stamps = times if freq.isdigit() else times.astype("M8[ns]")
    return len(np.unique(split_timestamps(stamps, freq)[0] - units_per_step(freq) * steps))


def _scores(sums: NDArray[np.float64], levels: Sequence[int]) -> LiveScores:
    count, absolute, size, signed, scaled, promised, with_scale, *inside = sums.sum(axis=0)
    inside = inside[: 2 * len(levels)]  # what may follow is tested for drift only
    shares = zip(inside[::2], inside[1::2], strict=True)
    return LiveScores(
        int(count),
        _ratio(scaled, with_scale),
        _ratio(promised, with_scale),
        _ratio(absolute, size),
        _ratio(signed, size),
        {level: _ratio(hits, seen) for level, (hits, seen) in zip(levels, shares, strict=True)},
    )


def _surprises(
    steps: NDArray[np.int64],
    times: NDArray[np.int64],
    sums: NDArray[np.float64],
    tested: int | None,
) -> Surprises:
    _, _, _, _, scaled, promised, with_scale, *inside = sums.T
    hits, seen = inside[-2:] if tested is not None else np.zeros((2, len(sums)))
    misses = seen * (tested or 0) / 100 - hits
    return Surprises(steps, times, with_scale, seen, scaled, promised, misses)


def _refuse_strangers(
    ledger: sqlite3.Connection, subject: Subject, actuals: Actuals, name: str
) -> None:
    """Refuse actual values of other series or times; that nothing has happened yet is fine."""
    (known,) = ledger.execute("SELECT count(*) FROM actuals").fetchone()
    if len(actuals.values) and not known:
        target = subject.columns.target
        named = ledger.execute("SELECT name FROM series WHERE target = ? ORDER BY id", (target,))
        names = [one for (one,) in named]
        column = None if subject.columns.wide else _column_with(actuals.table, set(names))
        raise DataError(
            f"none of its series {quoted(list(actuals.ids))} was forecast",
            where=name,
            fix=f"--id {shell_word(column)}"
            if column
            else f"name the series as the forecasts do: {quoted(names)}",
        )
    (between,) = ledger.execute(
        "SELECT count(*) FROM actuals a JOIN (SELECT series, min(ds) AS first, max(ds) AS last"
        f" FROM {latest(subject)} GROUP BY series) f ON f.series = a.series"
        " WHERE a.ds BETWEEN first AND last"
    ).fetchone()
    if between:
        raise DataError(
            f"{counted(between, 'row')} in the time that was forecast, but none at a time that was",
            where=name,
            fix="write the times as in the file that was forecast from",
        )


def _column_with(table: Table | None, names: set[str]) -> str | None:
    """Name a column that holds some of these texts."""
    columns = table.columns if table else []
    return next((one for one in columns if table and names & set(table.texts(one)[1])), None)


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below > 0 else math.nan
