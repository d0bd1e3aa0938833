"""Read a CSV file or a frame into a panel, guessing only what cannot be misread.

Bytes become columns (``delimited``), and columns rows of regular series (``settle``). Names of
columns, line numbers and file formats end here; everything else sees a ``Panel``.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from forecast.check import Subject, check, refuse_stale
from forecast.errors import DataError
from forecast.finding import Finding, by_severity, counted
from forecast.panel import Panel
from forecast.reading.columns import Columns, quoted, shell_word
from forecast.reading.draft import Draft
from forecast.reading.kinds import ID_NAMES, PART_NAMES, TIME_NAMES
from forecast.reading.leftovers import check_end
from forecast.reading.settle import settle_periods, settle_rows, settle_steps
from forecast.reading.unused import remark_unused
from forecast.runtime import now
from forecast.season import seasons_of
from forecast.spec import DataSpec
from forecast.text.content import Content
from forecast.text.delimited import read_table
from forecast.text.frame import refuse_unread_index, table_from_frame
from forecast.text.parquet import PARQUET, frame_from_parquet
from forecast.text.source import read_source
from forecast.text.table import Table
from forecast.timeline.fiscal import is_fiscal
from forecast.timeline.frequency import describe_frequency, season_lengths
from forecast.timeline.zones import is_utc

if TYPE_CHECKING:
    import pandas as pd

MIN_ROWS = 4
"""Values that the longest series needs."""

MOST_NOTES = 5
"""Findings that are told beside other work; ``forecast check`` tells all."""


@dataclass(frozen=True, eq=False)
class Input:
    """What was read, and what was chosen on the way.

    Attributes
    ----------
    panel : Panel
    columns : Columns
        The user's own names and notation of time.
    summary : str
        What was chosen, in one line.
    origin : Content or str
        The bytes read where they are in memory, else their checksum; of the values for a frame.
    path : str or None
        As given; None for a stream or a frame.
    findings : tuple of Finding
        What was chosen and repaired while reading, then what was seen in the panel.
    lines : ndarray of shape (T,), int32, or None
        Line of the file of each row of the panel, 0 for rows that no line gave;
        None for a frame.
    """

    panel: Panel
    columns: Columns
    summary: str
    origin: Content | str = field(repr=False)
    path: str | None
    findings: tuple[Finding, ...] = ()
    lines: NDArray[np.int32] | None = None

    @cached_property
    def sha256(self) -> str:
        """Checksum of the bytes read, in hex; of the values for a frame."""
        return self.origin if isinstance(self.origin, str) else self.origin.sha256

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for stderr: the summary, then the findings that matter most."""
        ordered = by_severity(self.findings)
        shown = ordered if len(ordered) <= MOST_NOTES else ordered[: MOST_NOTES - 1]
        said = [_told(one, alone=len(self.panel) == 1) for one in shown]
        if len(shown) < len(ordered):
            command = f"forecast check {shell_word(self.path or 'DATA')} shows all"
            said.append(f"and {len(ordered) - len(shown)} more findings: {command}")
        return (self.summary, *said)


def _told(finding: Finding, *, alone: bool) -> str:
    """One line: what was found, and for a warning the flag that repairs it."""
    text = finding.message if alone else str(finding)
    flagged = finding.severity == "warning" and (finding.fix or "").startswith("--")
    return f"{text}; fix: {finding.fix}" if flagged else text


def read_csv(source: str | Path | BinaryIO, spec: DataSpec | None = None) -> Input:
    """Read a delimited text file, or a Parquet file.

    Parameters
    ----------
    source : str, Path or binary stream
        UTF-8, UTF-16, Windows-1252 or the encoding that ``spec`` names, with any usual
        delimiter; plain, or packed by gzip, bzip2, xz or zstd. Or Parquet.
    spec : DataSpec, optional
        What is not to be guessed.

    Returns
    -------
    Input

    Raises
    ------
    NotFoundError
        When the file or a named column does not exist.
    DataError
        When the file cannot be read in exactly one way; names file and line.
    UsageError
        When ``spec.freq`` is no frequency.
    """
    spec = spec or DataSpec()
    path = None if hasattr(source, "read") else str(source)
    name = path or "stdin"
    return read_content(read_source(source, name), name, spec, path)


def read_content(content: Content, name: str, spec: DataSpec, path: str | None = None) -> Input:
    """Read what a file holds; see `read_csv`.

    Parameters
    ----------
    content : Content
        Unpacked, see `forecast.text.source.read_source`.
    name : str
        What messages call the file.
    spec : DataSpec
    path : str, optional
        Of the file, where there is one that holds just these bytes.

    Returns
    -------
    Input
    """
    return _build(
        settle_steps(settle_rows(_table(content, name, spec), spec), spec),
        spec,
        content if content.raw is not None else content.sha256,
        path,
    )


def read_draft(source: str | Path | BinaryIO, spec: DataSpec) -> Draft:
    """Read sorted rows as they are, any number of them, with gaps; or whole periods of them.

    Parameters
    ----------
    source : str, Path or binary stream
    spec : DataSpec

    Returns
    -------
    Draft

    Raises
    ------
    NotFoundError, DataError
        As `read_csv` does.
    """
    name = "stdin" if hasattr(source, "read") else str(source)
    return settle_periods(settle_rows(_table(read_source(source, name), name, spec), spec), spec)


def from_frame(frame: "pd.DataFrame", spec: DataSpec | None = None) -> Input:
    """Read a pandas frame by the same rules as a file.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns such as unique_id, ds, y, or others named in ``spec``; the index is ignored.
    spec : DataSpec, optional

    Returns
    -------
    Input

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ds": pd.date_range("2024", periods=5, freq="MS"), "y": range(5)})
    >>> from_frame(frame).notes[0]
    "time 'ds', target 'y', monthly (MS), no season, 5 rows"
    """
    import pandas as pd

    spec = spec or DataSpec()
    table = table_from_frame(frame, "frame", _text_columns(spec))
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    draft = settle_steps(settle_rows(table, spec), spec)
    found = _build(draft, spec, hashlib.sha256(hashes).hexdigest(), None)
    refuse_unread_index(frame, found.findings)
    return found


def _table(content: Content, name: str, spec: DataSpec) -> Table:
    if content.head(len(PARQUET)) != PARQUET:
        return read_table(content, name, _text_columns(spec), spec)
    frame = frame_from_parquet(content.whole(), name)
    return table_from_frame(frame, name, _text_columns(spec))


def _text_columns(spec: DataSpec) -> frozenset[str]:
    """Columns to keep as text, so that '007' stays '007', and 10.2020 the month that it is."""
    words = (spec.id or "").split(" ")  # 'Store No item' may be of 'Store No' and 'item'
    spans = combinations(range(len(words) + 1), 2)
    chosen = {spec.time or "", *(" ".join(words[begin:end]) for begin, end in spans)}
    return frozenset(chosen.union(TIME_NAMES, PART_NAMES, ID_NAMES)) - {""}


def _build(draft: Draft, spec: DataSpec, origin: Content | str, path: str | None) -> Input:
    panel = _panel(draft)
    if spec.max_age is not None:
        refuse_stale(panel.cutoffs, spec.max_age, draft.time_format, draft.table.name)
    seasons = seasons_of(panel, spec)
    columns = _columns(draft, spec)
    findings = [*draft.table.findings, *draft.findings, *check_end(draft.table, path)]
    findings += [Finding("note", "same-names", None, one) for one in columns.remarks()]
    findings += remark_unused(draft, wide=spec.wide)
    lines = draft.lines()
    subject = Subject(
        panel,
        lines,
        draft.time_format,
        file=path,
        column=None if spec.wide else draft.table.place(columns.target),
        season=seasons if seasons != (1,) else season_lengths(panel.freq),
        moment=None if is_fiscal(draft.time_format) else now(utc=is_utc(draft.time_format)),
    )
    summary = _summary(panel, columns, draft.used[1:], _season_words(panel, seasons, spec))
    del draft  # all cells of the file, before as much is needed again
    findings += check(subject)
    return Input(panel, columns, summary, origin, path, tuple(findings), lines)


def _panel(draft: Draft) -> Panel:
    rows = draft.rows
    panel = Panel(draft.ids, rows.indptr, rows.timestamps, rows.target, draft.freq)
    fewest = min(int((~np.isnan(rows.target)).sum(initial=0)), int(panel.lengths.max()))
    if fewest < MIN_ROWS:
        raise DataError(
            f"{counted(fewest, 'row')}; at least {MIN_ROWS} are needed",
            where=draft.table.name,
            fix="give a longer history",
            kind="too-short",
        )
    return panel


def _columns(draft: Draft, spec: DataSpec) -> Columns:
    time, target, *_ = draft.used
    if spec.wide:
        return Columns(time, "value", "series", draft.time_format, wide=True)
    return Columns(time, target, draft.id_column, draft.time_format)


def _season_words(panel: Panel, seasons: tuple[int, ...], spec: DataSpec) -> str:
    if seasons == (1,):
        return "no season"
    words = f"season {', '.join(map(str, seasons))}"
    is_usual = {*seasons} <= {1, *season_lengths(panel.freq)}
    return words if is_usual or spec.season is not None else f"{words} (from the values)"


def _summary(panel: Panel, columns: Columns, targets: tuple[str, ...], season: str) -> str:
    """Say in one line what was chosen."""
    names = [f"time '{columns.time}'"]
    if columns.wide:
        names.append(f"targets {quoted(list(targets))}")
    else:
        names.append(f"target '{columns.target}'")
    if columns.id is not None and not columns.wide:
        names.append(f"id '{columns.id}'")
    parts = [*names, describe_frequency(panel.freq), season]
    if len(panel) > 1:
        parts.append(f"{len(panel):,} series")
    return ", ".join([*parts, f"{len(panel.target):,} rows"])
