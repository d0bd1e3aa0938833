"""The cells of the time column to timestamps, or refused with file and line.

The notations are in ``timestamps``; here they meet the file, its lines and flags.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import Finding, counted
from forecast.reading.columns import shell_word
from forecast.reading.kinds import DATE_NAMES, time_kind
from forecast.reading.leftovers import is_rule, note_at
from forecast.spec import DataSpec
from forecast.text.table import Moments, Table
from forecast.timeline.dates import TimeHints, mean_one_thing
from forecast.timeline.notation import YEARS, notation
from forecast.timeline.numbered import named_part
from forecast.timeline.timestamps import Timestamps, UnclearTime, parse_timestamps


@dataclass(frozen=True, eq=False)
class Times:
    """The time of each row.

    Attributes
    ----------
    stamps : Timestamps
        Distinct, unless ``codes`` is None.
    codes : ndarray of shape (T,), int32, or None
        Place in ``stamps`` of each row; None where each has its own.
    """

    stamps: Timestamps
    codes: NDArray[np.int32] | None

    def places(self, rows: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
        """Give the places in ``stamps`` of some rows."""
        return rows if self.codes is None else self.codes[rows]

    @property
    def bad(self) -> NDArray[np.bool_]:
        """Rows that have no time, or none that can be read."""
        return self.stamps.bad if self.codes is None else self.stamps.bad[self.codes]

    def take(self, rows: NDArray[np.int64] | slice) -> "Times":
        """Give the times of some rows."""
        if self.codes is not None:
            return replace(self, codes=self.codes[rows])
        own = self.stamps
        return Times(replace(own, values=own.values[rows], bad=own.bad[rows]), None)


def read_times(table: Table, time: str, spec: DataSpec) -> Times:
    """Read the time column; cells that are empty and lines of dashes are no times.

    Parameters
    ----------
    table : Table
    time : str
    spec : DataSpec

    Returns
    -------
    Times

    Raises
    ------
    DataError
        When the column reads as no times, or in more than one way.
    """
    cells = table.cells[time]
    order = "day" if spec.dayfirst else "month" if spec.monthfirst else None
    hints = TimeHints(spec.date_format, order, time.lower() in DATE_NAMES, named_part(time))
    if isinstance(cells, Moments) and mean_one_thing(cells.values, cells.time_format, hints):
        none_bad = np.zeros(len(cells), bool)
        return Times(Timestamps(cells.values, none_bad, cells.time_format), None)
    codes, texts = table.texts(time)
    present = np.flatnonzero(np.bincount(codes, minlength=len(texts))).tolist()
    filled = [code for code in present if texts[code] and not is_rule(texts[code])]
    try:
        found = parse_timestamps([texts[code] for code in filled], hints)
    except DataError as error:
        first = next(iter(filled), codes[0])
        if isinstance(error, UnclearTime):
            first = texts.index(error.text)
        row = int((codes == first).argmax())
        raise DataError(
            f"column '{time[:40]}': {error.message}",
            where=table.where(row),
            fix=_way_out(table, time, error, spec),
            kind=error.kind,
        ) from error
    return Times(_spread(found, filled, len(texts)), codes)


def _way_out(table: Table, time: str, error: DataError, spec: DataSpec) -> str | None:
    """Say as a command how a column of times can be read: by a flag, or another column."""
    fix = error.fix or ""
    if error.kind == "unread-time" and spec.date_format is None:
        others = (one for one in table.columns if one != time and time_kind(table, one))
        fix = next((f"add --time {shell_word(one)}" for one in others), fix)
    if fix.startswith("add --"):
        fix = f"forecast train {shell_word(table.name)} {fix.removeprefix('add ')}"
    return fix or None


def _spread(found: Timestamps, filled: list[int], size: int) -> Timestamps:
    """Give the times of all texts, of which only those that are ``filled`` were read."""

    def among_all(values: NDArray[np.generic], rest: int = 0) -> NDArray[Any]:
        spread = np.full(size, rest, values.dtype)
        spread[filled] = values
        return spread

    return replace(
        found,
        values=among_all(found.values),
        bad=among_all(found.bad, True),
        local=None if found.local is None else among_all(found.local),
        others=None if found.others is None else np.array(filled, np.int64)[found.others],
    )


def refuse_times(table: Table, time: str, times: Times, kept: NDArray[np.int32]) -> None:
    """Refuse the first of the rows that count whose cell is no time."""
    wrong = kept[times.bad[kept]]
    if not len(wrong):
        return
    row = int(wrong[0])
    cell, where = table.cell(row, time), table.where(row)
    codes, texts = table.texts(time)
    good = kept[~times.bad[kept]]
    usual = texts[codes[good[0]]] if len(good) else None
    if not cell.strip():
        problem = "is empty"
    elif usual is None or notation(cell) == notation(usual):
        problem = f"is no date in the years {YEARS.start} to {YEARS.stop - 1}"
    else:
        problem = f"is not written like '{usual}'"
    raise DataError(
        f"'{cell}' in time column '{time[:40]}' {problem}"
        + (f" ({len(wrong):,} such cells)" if len(wrong) > 1 else ""),
        where=where,
        fix=f"correct it, or delete line {where.rsplit(':')[-1]}",
        kind="odd-time",
    )


def remark_times(table: Table, times: Times, kept: NDArray[np.int32]) -> list[Finding]:
    """Tell how the times of the rows that count are written, where that is unusual."""
    stamps, findings = times.stamps, []
    if stamps.remark is not None:
        code, message = stamps.remark
        findings.append(Finding("note", code, None, message))
    if times.codes is not None and stamps.others is not None and len(stamps.others):
        others = kept[np.isin(times.codes, stamps.others)]
        message = f"{counted(len(others), 'time')} written in another way than most"
        findings.append(note_at(table, "mixed-dates", message, others))
    return findings
