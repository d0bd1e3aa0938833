"""Decide which column is time, and which names the series; targets are left to ``targets``.

Names are tried first, always confirmed by the values; anything that could be
two things is refused with the flag that settles it.
"""

import difflib
import re
from collections.abc import Callable

from forecast.errors import DataError, NotFoundError
from forecast.reading.columns import quoted, shell_word
from forecast.reading.keys import REPEATED, makes_unique, tells_apart
from forecast.reading.kinds import (
    ID_NAMES,
    STRONG_TIME_NAMES,
    TIME_NAMES,
    has_empty,
    may_be_dates,
    possible_times,
    recurs,
    time_kind,
)
from forecast.spec import DataSpec
from forecast.text.rewrite import rewrite
from forecast.text.table import Table
from forecast.timeline.folding import SEVERAL
from forecast.timeline.notation import INTEGER, notation

_ZONE = re.compile(rf".*\d:\d\d.*(?<![A-Za-z])({'|'.join(SEVERAL)})\)?")

_AS_MANY = 0.95  # of the different times of another column


def find_time(table: Table, spec: DataSpec) -> str:
    """Find the time column.

    Parameters
    ----------
    table : Table
    spec : DataSpec

    Returns
    -------
    str

    Raises
    ------
    NotFoundError
        When ``spec.time`` is not in the file.
    DataError
        When no column or several read as time.
    """
    if spec.time is not None:
        return existing_column(table, spec.time, "time")
    taken = (spec.target, spec.id)
    kinds = {one: time_kind(table, one) for one in possible_times(table) if one not in taken}
    named = [one for one in kinds if kinds[one] and one.lower() in TIME_NAMES]
    dated = [one for one in named if kinds[one] == "calendar"]
    calendar, periods, counting = (
        [one for one in kinds if kinds[one] == kind] for kind in ("calendar", "period", "counting")
    )
    candidates = dated or calendar or periods or named or counting
    if not candidates:
        raise _without_times(table, spec.id)
    time = candidates[0] if len(candidates) == 1 else _only_varied(table, candidates)
    unread = [one for one in table.columns if one.lower() in STRONG_TIME_NAMES]
    if kinds[time] == "counting":  # rows are counted beside dates, too
        unread += [one for one in table.columns if may_be_dates(table, one)]
    unread = [one for one in unread if not kinds.get(one) and one not in taken]
    if unread and time.lower() not in TIME_NAMES:
        raise DataError(
            f"column '{unread[0]}' cannot be read as time, only '{time[:40]}' can",
            where=table.name,
            fix=f"forecast train {shell_word(table.name)} --time {shell_word(time)}",
            kind="unread-time",
        )
    return time


def _only_varied(table: Table, columns: list[str]) -> str:
    """Give the one of several columns of times that varies, as that of an export does not."""
    counts = {one: table.count_distinct(one) for one in columns}
    varied = [one for one in columns if counts[one] > 1] or columns
    if len(varied) == 1:
        return varied[0]
    parts = {one.lower() for one in varied} & {"year", "month", "quarter", "day"}
    most = _AS_MANY * max(counts.values())
    proposed = next(one for one in varied if counts[one] >= most)
    raise DataError(
        f"{quoted(varied)} can all be read as time",
        where=table.name,
        fix="join them into one column such as 2024-01"
        if len(parts) > 1
        else f"forecast train {shell_word(table.name)} --time {shell_word(proposed)}",
        kind="several-times",
    )


def _without_times(table: Table, id_column: str | None) -> DataError:
    """Say how a table comes to a column of times."""
    cells = [cell for one in table.columns for cell in table.sample[one]]
    if zones := [found[1] for cell in cells if (found := _ZONE.fullmatch(cell))]:
        flags = ", or ".join(f"--tz {place}" for place in SEVERAL[zones[0]])
        clock, word = ":[0-9]{2}[0-9:.]*( ?[AaPp][Mm])?", r" ?\(?[A-Z]{3,4}\)?"
        repaired = rewrite(rf"sed -E 's/({clock}){word}/\1/'", table.name)
        return DataError(
            f"'{zones[0]}' behind times is the zone of several places",
            where=table.where(0),
            fix=f"{repaired} && forecast train repaired.csv {flags}" if repaired else None,
            kind="unclear-zone",
        )
    fix = "add a column of dates such as 2024-01-31, or of whole numbers 1, 2, 3, ..."
    has_formulas = any(cell.startswith('="') for cell in cells)  # as spreadsheets write them
    if has_formulas and (repaired := rewrite(r"""sed -E 's/="([^"]*)"/\1/g'""", table.name)):
        fix = f"{repaired} && forecast train repaired.csv"
    besides = ""
    if id_column in table.columns and any(
        notation(word) not in (None, INTEGER)
        for cell in table.sample[id_column][:1]
        for word in cell.split(" ")
    ):
        besides = f" besides '{id_column[:40]}', which --id takes"
        fix = "name the series by other columns with --id"
    first_row = quoted([table.cell(0, one) for one in table.columns[:6]])
    return DataError(
        f"no column can be read as time{besides}; columns: {quoted(table.columns)}; "
        f"first row: {first_row}",
        where=table.where(0),
        fix=fix,
        kind="no-time",
    )


def find_id(table: Table, spec: DataSpec, used: tuple[str, ...]) -> str | None:
    """Find the column that names the series; None when there is one series.

    Parameters
    ----------
    table : Table
    spec : DataSpec
    used : tuple of str
        The time column, then the target columns.

    Returns
    -------
    str or None

    Raises
    ------
    NotFoundError
        When ``spec.id`` is not in the file.
    DataError
        When several columns could be it.
    """
    if spec.id is not None:
        return existing_column(table, spec.id, "id")
    if spec.wide:
        return None
    rest = [one for one in table.columns if one not in used]
    named = [one for one in rest if one.lower() in ID_NAMES and recurs(table, one)]
    if named:
        return min(named, key=lambda one: ID_NAMES.index(one.lower()))
    if table.count_distinct(used[0]) > REPEATED * len(table.cells[used[0]]):
        return None
    text = [one for one in rest if not table.is_number(one) and not has_empty(table, one)]
    unique = [one for one in text if makes_unique(table, one, used[0])]
    if len(unique) > 1:
        raise DataError(
            f"{quoted(unique)} could each name the series",
            where=table.name,
            fix=f"forecast train {shell_word(table.name)} --id {shell_word(unique[0])}",
            kind="several-ids",
        )
    if unique:
        return unique[0]
    likely = [one for one in text if tells_apart(table, one, used[0])]
    likely = likely or [one for one in text if recurs(table, one)]
    return likely[0] if len(likely) == 1 else None


def existing_column(table: Table, name: str, flag: str) -> str:
    """Give a column that a flag names, or refuse it with the one that may be meant."""
    columns = table.columns
    if name in columns:
        return name
    suits: dict[str, Callable[[str], object]] = {
        "time": lambda one: time_kind(table, one),
        "target": table.is_number,
    }
    fitting = [one for one in columns if suits.get(flag, bool)(one)] or columns
    near = (
        difflib.get_close_matches(name, columns, n=1, cutoff=0.7)
        or difflib.get_close_matches(name, fitting, n=1, cutoff=0.4)
        or fitting
    )
    raise NotFoundError(
        f"no column '{name[:40]}'; columns: {quoted(columns)}",
        where=table.name,
        fix=f"--{flag} {shell_word(near[0])}",
    )
