"""Decide which column is time, which is the target and which names the series.

Names are tried first, always confirmed by the values; anything that could be
two things is refused with the flag that settles it.
"""

import difflib
import re
from collections.abc import Callable

import numpy as np

from forecast.errors import DataError, NotFoundError
from forecast.reading.columns import quoted, shell_word
from forecast.reading.keys import REPEATED, makes_unique, tells_apart
from forecast.reading.kinds import (
    ID_NAMES,
    STRONG_TIME_NAMES,
    TIME_NAMES,
    almost_numeric,
    has_empty,
    is_numeric,
    may_be_dates,
    possible_times,
    recurs,
    time_kind,
)
from forecast.reading.quantities import repair_cells
from forecast.spec import DataSpec
from forecast.text.table import Table
from forecast.timeline.folding import SEVERAL
from forecast.timeline.notation import INTEGER, notation

_ZONE = re.compile(rf".*\d:\d\d.*(?<![A-Za-z])({'|'.join(SEVERAL)})\)?")

_FEW = 12  # different cells, that months have
_EVEN = 1.5  # longest step of a count by the shortest one, as of months as parts of a year
_AS_MANY = 0.95  # of the different times of another column

TARGET_NAMES = ("y", "value", "target", "values", "obs_value")


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
        return _existing(table, spec.time, "time")
    taken = (spec.target, spec.id)
    kinds = {one: time_kind(table, one) for one in possible_times(table) if one not in taken}
    named = [one for one in kinds if kinds[one] and one.lower() in TIME_NAMES]
    calendar = [one for one in kinds if kinds[one] == "calendar"]
    periods = [one for one in kinds if kinds[one] == "period"]
    counting = [one for one in kinds if kinds[one] == "counting"]
    dated = [one for one in named if kinds[one] == "calendar"]
    candidates = dated or calendar or periods or named or counting
    if not candidates:
        raise _without_times(table, spec.id)
    proposed = candidates[0]
    if len(candidates) > 1:  # that of an export, for example, is the same in all rows
        counts = {one: table.count_distinct(one) for one in candidates}
        candidates = [one for one in candidates if counts[one] > 1] or candidates
        most = _AS_MANY * max(counts.values())
        proposed = next(one for one in candidates if counts[one] >= most)
    command = f"forecast train {shell_word(table.name)} --time {shell_word(proposed)}"
    if len(candidates) > 1:
        parts = {one.lower() for one in candidates} & {"year", "month", "quarter", "day"}
        raise DataError(
            f"{quoted(candidates)} can all be read as time",
            where=table.name,
            fix="join them into one column such as 2024-01" if len(parts) > 1 else command,
            kind="several-times",
        )
    named = [one for one in table.columns if one.lower() in STRONG_TIME_NAMES]
    if kinds.get(candidates[0]) == "counting":  # rows are counted beside dates, too
        named += [one for one in table.columns if may_be_dates(table, one)]
    unread = [one for one in named if not kinds.get(one) and one not in taken]
    if unread and candidates[0].lower() not in TIME_NAMES:
        raise DataError(
            f"column '{unread[0]}' cannot be read as time, only '{candidates[0][:40]}' can",
            where=table.name,
            fix=command,
            kind="unread-time",
        )
    return candidates[0]


def _without_times(table: Table, id_column: str | None) -> DataError:
    """Say how a table comes to a column of times."""
    cells = [cell for one in table.columns for cell in table.sample[one]]
    repaired = f"{shell_word(table.name)} > repaired.csv && forecast train repaired.csv"
    if zones := [found[1] for cell in cells if (found := _ZONE.fullmatch(cell))]:
        flags = ", or ".join(f"--tz {place}" for place in SEVERAL[zones[0]])
        clock, word = ":[0-9]{2}[0-9:.]*( ?[AaPp][Mm])?", r" ?\(?[A-Z]{3,4}\)?"
        return DataError(
            f"'{zones[0]}' behind times is the zone of several places",
            where=table.where(0),
            fix=rf"sed -E 's/({clock}){word}/\1/' {repaired} {flags}",
            kind="unclear-zone",
        )
    fix = "add a column of dates such as 2024-01-31, or of whole numbers 1, 2, 3, ..."
    if any(cell.startswith('="') for cell in cells):  # formulas of spreadsheets
        fix = rf"""sed -E 's/="([^"]*)"/\1/g' {repaired}"""
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


def find_targets(table: Table, spec: DataSpec, time: str) -> tuple[str, ...]:
    """Find the target, or all value columns of a wide file.

    Parameters
    ----------
    table : Table
    spec : DataSpec
    time : str
        The time column.

    Returns
    -------
    tuple of str

    Raises
    ------
    NotFoundError
        When ``spec.target`` is not in the file.
    DataError
        When no column or several could be the target.
    """
    if spec.target is not None:
        return (_existing(table, spec.target, "target"),)
    rest = [
        one
        for one in table.columns
        if one not in (time, spec.id) and not one.startswith("Unnamed: ")
    ]
    plain, first = table.first_numbers
    filled = np.asarray((~np.isnan(first)).any(axis=1)).tolist()
    known = dict(zip(plain, filled, strict=True))
    numbers = [one for one in rest if one in known or is_numeric(table, one)]
    numeric = [one for one in numbers if known.get(one) or table.is_filled(one)] or numbers
    if spec.wide:
        if not numeric:
            raise DataError("no column holds numbers", where=table.name, kind="no-target")
        return tuple(numeric)
    for name in TARGET_NAMES:
        named = [one for one in rest if one.lower().lstrip("_") == name]
        if len(named) == 1:
            return (named[0],)
    values = [
        one
        for one in rest
        if one.lower() not in ID_NAMES and (one in numeric or almost_numeric(table, one))
    ]
    if len(values) == 1:
        return (values[0],)
    if values:
        naming = [one for one in values if spec.id is None and makes_unique(table, one, time)]
        others = [one for one in values if one not in naming[:1]]
        likely = [one for one in others if not _is_dull(table, one)] or others
        measured = [one for one in likely if _has_decimals(table, one)] or likely
        flags = f"--target {shell_word(measured[0])}"
        flags += f" --id {shell_word(naming[0])}" if naming else ""
        raise DataError(
            f"{len(values)} columns could be the target: {quoted(values)}",
            where=table.name,
            fix=f"forecast train {shell_word(table.name)} {flags}"
            + ("" if naming else ", or --wide when each is a series of its own"),
            kind="several-targets",
        )
    for one in rest:
        for row, cell in enumerate(table.sample[one][:4]):
            if cell[:1].isdigit():
                raise DataError(
                    f"'{table.cell(row, one)}' in column '{one[:40]}' is not a number",
                    where=table.where(row),
                    fix=repair_cells(table, one),
                    kind="no-target",
                )
    raise DataError(
        f"no column holds numbers to forecast; columns: {quoted(table.columns)}",
        where=table.name,
        fix="add a column of numbers",
        kind="no-target",
    )


def _is_dull(table: Table, column: str) -> bool:
    """Say whether the first cells are few different ones, as of days of the week, or count."""
    cells = [one for one in table.sample[column] if one]
    if len(set(cells)) <= min(_FEW, len(cells) // 4):
        return True
    names, first = table.first_numbers
    values = first[names.index(column)] if column in names else np.empty(0)
    steps = np.diff(values[~np.isnan(values)])
    return bool(len(steps) > 1 and steps.min() > 0 and steps.max() < _EVEN * steps.min())


def _has_decimals(table: Table, column: str) -> bool:
    """Say whether some of the first cells have a sign that parts decimals."""
    return any("." in one or "," in one for one in table.sample[column])


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
        return _existing(table, spec.id, "id")
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


def suggest_target(table: Table, used: tuple[str, ...]) -> str | None:
    """Name another column that could be forecast.

    Parameters
    ----------
    table : Table
    used : tuple of str
        Columns that are not meant.

    Returns
    -------
    str or None
        Preferably one that is called as targets are, and is no count of the rows.
    """
    rest = [one for one in table.columns if one not in used and not one.startswith("Unnamed: ")]
    fitting = [one for one in rest if is_numeric(table, one) and table.is_filled(one)]
    likely = [one for one in fitting if time_kind(table, one) is None] or fitting
    named = [one for one in likely if one.lower() in TARGET_NAMES]
    return next(iter([*named, *likely]), None)


def _existing(table: Table, name: str, flag: str) -> str:
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
