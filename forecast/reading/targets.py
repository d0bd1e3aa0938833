"""Decide which column is the target, or which ones are, by the rules of ``roles``."""

import numpy as np

from forecast.errors import DataError
from forecast.reading.columns import quoted, shell_word
from forecast.reading.keys import makes_unique
from forecast.reading.kinds import ID_NAMES, almost_numeric, is_numeric, time_kind
from forecast.reading.quantities import repair_cells
from forecast.reading.roles import existing_column
from forecast.spec import DataSpec
from forecast.text.table import Table

_FEW = 12  # different cells, that months have
_EVEN = 1.5  # longest step of a count by the shortest one, as of months as parts of a year
_TARGET_NAMES = ("y", "value", "target", "values", "obs_value")


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
        return (existing_column(table, spec.target, "target"),)
    rest = _others(table, (time, spec.id))
    numeric = _find_numeric(table, rest)
    if spec.wide:
        if not numeric:
            raise DataError("no column holds numbers", where=table.name, kind="no-target")
        return tuple(numeric)
    for name in _TARGET_NAMES:
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
    raise _several_targets(table, values, spec, time) if values else _without_numbers(table, rest)


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
    rest = _others(table, used)
    fitting = [one for one in rest if is_numeric(table, one) and table.is_filled(one)]
    likely = [one for one in fitting if time_kind(table, one) is None] or fitting
    named = [one for one in likely if one.lower() in _TARGET_NAMES]
    return next(iter([*named, *likely]), None)


def _others(table: Table, used: tuple[str | None, ...]) -> list[str]:
    """Name the columns that have a name, and no role yet."""
    return [one for one in table.columns if one not in used and not one.startswith("Unnamed: ")]


def _find_numeric(table: Table, columns: list[str]) -> list[str]:
    """Name the columns of numbers, without empty ones where there are others."""
    plain, first = table.first_numbers
    filled = np.asarray((~np.isnan(first)).any(axis=1)).tolist()
    known = dict(zip(plain, filled, strict=True))
    numbers = [one for one in columns if one in known or is_numeric(table, one)]
    return [one for one in numbers if known.get(one) or table.is_filled(one)] or numbers


def _several_targets(table: Table, values: list[str], spec: DataSpec, time: str) -> DataError:
    """Propose the target that is likeliest, and the column that names the series beside it."""
    naming = [one for one in values if spec.id is None and makes_unique(table, one, time)][:1]
    others = [one for one in values if one not in naming]
    likely = [one for one in others if not _is_dull(table, one)] or others
    measured = [one for one in likely if _has_decimals(table, one)] or likely
    fix = f"forecast train {shell_word(table.name)} --target {shell_word(measured[0])}"
    wide = "" if spec.id else ", or --wide when each is a series of its own"
    return DataError(
        f"{len(values)} columns could be the target: {quoted(values)}",
        where=table.name,
        fix=f"{fix} --id {shell_word(naming[0])}" if naming else f"{fix}{wide}",
        kind="several-targets",
    )


def _without_numbers(table: Table, columns: list[str]) -> DataError:
    """Show the first cell that begins as a number, where there is one."""
    for one in columns:
        for row, cell in enumerate(table.sample[one][:4]):
            if cell[:1].isdigit():
                return DataError(
                    f"'{table.cell(row, one)}' in column '{one[:40]}' is not a number",
                    where=table.where(row),
                    fix=repair_cells(table, one),
                    kind="no-target",
                )
    unnamed = (one for one in table.columns if one.startswith("Unnamed: "))
    likely = [one for one in unnamed if is_numeric(table, one) and not _is_dull(table, one)]
    return DataError(
        f"no column holds numbers to forecast; columns: {quoted(table.columns)}",
        where=table.name,
        fix=f"--target {shell_word(likely[0])}" if likely else "add a column of numbers",
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
