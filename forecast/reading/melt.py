"""A table with one column for each time or month, turned into one with a row for each value."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from forecast.finding import Finding
from forecast.reading.kinds import time_kind
from forecast.text.numerals import read_numbers
from forecast.text.table import SAMPLE_ROWS, Cells, Table, Texts
from forecast.timeline.notation import INTEGER, notation

TIME, VALUE, SERIES = "date", "value", "series"
"""Names of the columns of the long table, which the file does not name."""

_EUROSTAT, _FLAGS = "\\TIME_PERIOD", re.compile(r" [a-z]{1,3}$")  # behind values: "1.5 p"
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
    others = (one for one in table.columns if not _is_time(one))
    if 2 * sum(1 for _ in islice(others, len(table.columns) // 2 + 1)) > len(table.columns):
        return table
    times = [one for one in table.columns if _is_time(one)]
    named = set(times)
    rest = [one for one in table.columns if one not in named and not _is_empty(table, one)]
    if len(times) < _FEWEST or not rest:
        return table
    values = read_values(table, times, with_flags=_EUROSTAT in table.columns[0])
    if values is None:
        return table
    keys = name_series(table, rest, len(values))
    if time_kind(table, rest[0]) == "calendar" and keys[0] == rest[0]:
        return table  # rows have times of their own
    copies = np.arange(len(times), dtype=np.int32)
    span = f"from '{times[0]}' to '{times[-1]}'"
    message = f"the {len(times):,} columns {span} are times: each row is a series"
    finding = Finding("note", "times-as-columns", None, message)
    return long_table(table, keys, Texts(np.tile(copies, len(values)), times), values, finding)


def long_table(
    table: Table,
    keys: tuple[str, Texts] | None,
    times: Texts,
    values: NDArray[np.float64],
    finding: Finding,
) -> Table:
    """Put the long table together, a row after the other of ``values``."""
    copies = values.shape[1]
    cells: dict[str, Cells] = {}
    if keys is not None:
        name, series = keys
        name = f"{name}_" if name in (TIME, VALUE) else name
        cells[name] = Texts(np.repeat(series.codes, copies).astype(np.int32), series.distinct)
    cells |= {TIME: times, VALUE: values.ravel()}
    sample = {
        name: [found.distinct[code] for code in found.codes[:SAMPLE_ROWS].tolist()]
        for name, found in cells.items()
        if isinstance(found, Texts)
    }
    sample[VALUE] = [str(one) for one in values.ravel()[:SAMPLE_ROWS].tolist()]
    lines = None if table.lines is None else np.repeat(table.lines, copies)
    findings = (*table.findings, finding)
    return replace(
        table, cells=cells, sample=sample, lines=lines, widths=None, findings=findings, origin=None
    )


def read_values(
    table: Table, columns: Sequence[str], *, with_flags: bool = False
) -> NDArray[np.float64] | None:
    """Give columns of numbers side by side, with a row for each of the table; None for text."""
    found = []
    for one in columns:
        if with_flags and not table.is_number(one):
            codes, distinct = table.texts(one)
            numbers = read_numbers([_FLAGS.sub("", text) for text in distinct], ".")
            values, wrong = numbers.values[codes], np.flatnonzero(numbers.wrong[codes])
        else:
            values, wrong = table.numbers(one)
        if len(wrong):
            return None
        found.append(values)
    return np.stack(found, axis=1)


def _is_time(name: str) -> bool:
    """Say whether a name is a time: a year may come with the letter that R puts before it."""
    return notation(name) not in (None, INTEGER)


def _is_empty(table: Table, column: str) -> bool:
    return column.startswith("Unnamed: ") and table.count_distinct(column) <= 1


def name_series(table: Table, rest: Sequence[str], rows: int) -> tuple[str, Texts]:
    """Name the series: by the first column that differs in each row, or by all together."""
    for one in rest:
        codes, distinct = table.texts(one)
        if len(np.unique(codes)) == rows or len(rest) == 1:
            return one, Texts(codes.astype(np.int32), distinct)
    parts = [table.texts(one) for one in rest]
    names = [
        " ".join(distinct[codes[row]] for codes, distinct in parts if distinct[codes[row]])
        for row in range(rows)
    ]
    known: dict[str, int] = {}
    found = np.array([known.setdefault(one, len(known)) for one in names], np.int32)
    return SERIES, Texts(found, list(known))
