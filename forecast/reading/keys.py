"""Which columns tell the rows of one time apart: names of series, and what to do without one."""

from collections.abc import Sequence

import numpy as np

from forecast.reading.columns import shell_word
from forecast.reading.kinds import has_empty, recurs
from forecast.text.table import Table

REPEATED = 0.9
"""Share of times that differ, above which single rows are repeated, not series."""

_FEW_LEFT = 0.05  # share of the repeated times that a name of series may leave repeated
_SEVERAL = 4  # repeated times that a column tells apart by more than chance


def suggest_key(table: Table, used: tuple[str, ...], id_column: str | None) -> str | None:
    """Say how other columns could tell rows of one time apart.

    Parameters
    ----------
    table : Table
    used : tuple of str
        The time column, then the target columns.
    id_column : str or None
        The column that was not enough.

    Returns
    -------
    str or None
        A command or change, None when no column helps.
    """
    rest = [one for one in table.columns if one not in (*used, id_column) and recurs(table, one)]
    rows, times = len(table.cells[used[0]]), table.count_distinct(used[0])
    if few := times > REPEATED * rows:  # any number may tell so few apart
        rest = [one for one in rest if not table.is_number(one)] if rows - times >= _SEVERAL else []
    if id_column and _makes_unique_filled(table, id_column, used[0]):
        return f"write what stands above into the empty cells of '{id_column[:40]}'"
    full = [one for one in rest if not has_empty(table, one)]
    command = f"forecast train {shell_word(table.name)} --id"
    for one in full:
        if makes_unique(table, one, used[0]):
            return f"{command} {shell_word(one)}"
    for one in (one for one in rest if one not in full):
        where = f"into the empty cells of '{one[:40]}', and add --id {shell_word(one)}"
        if _makes_unique_filled(table, one, used[0]):
            return f"write what stands above {where}"
        if makes_unique(table, one, used[0]):
            return f"write a name {where}"
    several = [one for one in table.columns if one == id_column or one in full]
    if key := _find_key(table, several, used[0]):
        return f"{command} {shell_word(' '.join(key))}"
    likely = (one for one in full if not few and tells_apart(table, one, used[0]))
    return next((f"{command} {shell_word(one)} --duplicates last" for one in likely), None)


def _find_key(table: Table, columns: Sequence[str], time: str) -> list[str]:
    """Find the fewest columns that together tell the rows of one time apart; none if all do not."""
    key = [*columns]
    for one in columns[::-1]:
        if len(key) > 1 and _tells_all(table, [other for other in key if other != one], time):
            key.remove(one)
    return key if len(key) > 1 and _tells_all(table, key, time) else []


def makes_unique(table: Table, column: str, *others: str) -> bool:
    """Say whether no two rows agree in all these columns, of which the first repeats."""
    return recurs(table, column) and _repeats_left(table, column, *others) == 0


def _tells_all(table: Table, columns: Sequence[str], time: str) -> bool:
    """Say whether no two rows of one time agree in all these columns."""
    return _repeats_left(table, columns[0], time, *columns[1:]) == 0


def _makes_unique_filled(table: Table, column: str, time: str) -> bool:
    """Say whether a column makes times unique whose empty cells mean the one above."""
    codes, texts = table.texts(column)
    if "" not in texts:
        return False
    rows = np.arange(len(codes))
    filled = codes[np.maximum.accumulate(np.where(codes == texts.index(""), 0, rows))]
    pairs = filled.astype(np.int64) * len(codes) + table.texts(time)[0]
    return bool(codes[0] != texts.index("")) and len(np.unique(pairs)) == len(pairs)


def tells_apart(table: Table, column: str, *others: str) -> bool:
    """Say whether hardly any rows agree in all these columns, of which the first repeats."""
    return recurs(table, column) and _repeats_left(table, column, *others) < _FEW_LEFT


def _repeats_left(table: Table, column: str, *others: str) -> float:
    """Share of the rows with a time that was there before which agree in all columns."""
    pairs = table.texts(column)[0].astype(np.int64)
    for other in others:
        codes = table.texts(other)[0]
        pairs = np.unique(pairs * (codes.max() + 1) + codes, return_inverse=True)[1]
    repeated = len(pairs) - len(np.unique(table.texts(others[0])[0]))
    return (len(pairs) - 1 - int(pairs.max())) / repeated if repeated else 1.0
