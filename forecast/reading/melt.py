"""A table with one column for each time, turned into one with a row for each value."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forecast.finding import Finding
from forecast.text.table import Cells, Table, Texts
from forecast.timeline.notation import INTEGER, notation

TIME, VALUE, SERIES = "date", "value", "series"
"""Names of the columns of the long table, which the file does not name."""

_FEWEST = 4  # times that a table with a column for each has at least


def melt_times(table: Table) -> Table:
    """Give a row to each value of a table whose columns are named by times.

    Parameters
    ----------
    table : Table

    Returns
    -------
    Table
        With the columns `TIME`, `VALUE` and, where there are several rows, the
        name of each series; the same table where its columns are no times.
    """
    times = [one for one in table.columns if _is_time(one)]
    named = set(times)
    rest = [one for one in table.columns if one not in named and not _is_empty(table, one)]
    if len(times) < _FEWEST or 2 * len(times) < len(table.columns) or not rest:
        return table
    if not all(_is_numeric(table, one) for one in times):
        return table
    rows = len(table.cells[times[0]])
    values = np.stack([table.numbers(one)[0] for one in times], axis=1)
    wrong = np.zeros(values.shape, bool)
    for place, one in enumerate(times):
        wrong[table.numbers(one)[1], place] = True
    if wrong.any():
        return table
    name, keys = _series(table, rest, rows)
    copies = len(times)
    cells: dict[str, Cells] = {
        name: Texts(np.repeat(keys.codes, copies).astype(np.int32), keys.distinct),
        TIME: Texts(np.tile(np.arange(copies, dtype=np.int32), rows), times),
        VALUE: values.ravel(),
    }
    sample = {
        name: [keys.distinct[code] for code in keys.codes[:4].tolist() for _ in times][:300],
        TIME: (times * 4)[:300],
        VALUE: [str(one) for one in values[:4].ravel()[:300].tolist()],
    }
    lines = None if table.lines is None else np.repeat(table.lines, copies)
    span = f"from '{times[0]}' to '{times[-1]}'"
    message = f"the {copies:,} columns {span} are times: each row is a series"
    findings = (*table.findings, Finding("note", "times-as-columns", None, message))
    return replace(
        table, cells=cells, sample=sample, lines=lines, widths=None, findings=findings, origin=None
    )


def _is_time(name: str) -> bool:
    """Say whether a name is a time: a year may come with the letter that R puts before it."""
    return notation(name) not in (None, INTEGER)


def _is_empty(table: Table, column: str) -> bool:
    return column.startswith("Unnamed: ") and table.count_distinct(column) <= 1


def _is_numeric(table: Table, column: str) -> bool:
    return table.is_number(column) or not table.numbers(column)[1].size


def _series(table: Table, rest: Sequence[str], rows: int) -> tuple[str, Texts]:
    """Name the series: by the first column that differs in each row, or by all together."""
    for one in rest:
        codes, distinct = table.texts(one)
        if len(np.unique(codes)) == rows:
            return one, Texts(codes.astype(np.int32), distinct)
    parts = [table.texts(one) for one in rest]
    names = [
        " ".join(distinct[codes[row]] for codes, distinct in parts if distinct[codes[row]])
        for row in range(rows)
    ]
    known: dict[str, int] = {}
    found = np.array([known.setdefault(one, len(known)) for one in names], np.int32)
    return SERIES, Texts(found, list(known))
