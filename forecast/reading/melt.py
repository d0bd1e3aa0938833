"""A table with one column for each time or month, turned into one with a row for each value."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from forecast.finding import Finding
from forecast.reading.kinds import may_be_dates, time_kind
from forecast.text.numerals import is_missing, looks_like_number, read_numbers
from forecast.text.table import SAMPLE_ROWS, Cells, Table, Texts
from forecast.timeline.notation import INTEGER, notation
from forecast.timeline.numbered import count_steps

TIME, VALUE, SERIES = "date", "value", "series"
"""Names of the columns of the long table, which the file does not name."""

_EUROSTAT, _FLAGS = "\\TIME_PERIOD", re.compile(r" [a-z]{1,3}$")  # behind values: "1.5 p"
_NUMBERS = 0.8  # share of cells that are numbers or missing; others are refused
_FEWEST_STEPS = 10  # that columns number from which they are no measurements called V1, V2, ...
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
    values = gather_cells(table, times, with_flags=_EUROSTAT in table.columns[0])
    if values is None:
        return table
    rows = len(values) // len(times)
    keys = name_series(table, rest, rows)
    if time_kind(table, rest[0]) == "calendar" and keys[0] == rest[0]:
        return table  # rows have times of their own
    tiled = Texts(np.tile(np.arange(len(times), dtype=np.int32), rows), times)
    return long_table(table, keys, tiled, values, _each_row(times, "times"))


def melt_steps(table: Table) -> Table:
    """Give a row to each value of a table whose last columns are numbered steps: d_1, d_2, ...

    Parameters
    ----------
    table : Table

    Returns
    -------
    Table
        As `melt_times` gives it; the same table where the columns are not numbered one by one,
        some other may be a time, or none is of text that names each row.
    """
    size = count_steps(table.columns)
    steps, rest = table.columns[-size:], table.columns[:-size]
    if 2 * size < len(table.columns) or size < _FEWEST_STEPS:
        return table
    texts, rows = [one for one in rest if not table.is_number(one)], len(table.cells[steps[0]])
    names = [one for one in texts if table.count_distinct(one) == rows]
    if table.columns[0] in steps and not table.is_number(steps[0]):  # "V1" of "V2", "V3", ...
        names, steps = [steps[0]], steps[1:]
    if not names or any(
        time_kind(table, one) or may_be_dates(table, one) for one in {*rest, *names}
    ):
        return table
    values = gather_cells(table, steps)
    if values is None:
        return table
    numbers = [re.sub(r"\D", "", one) for one in steps]
    tiled = Texts(np.tile(np.arange(len(steps), dtype=np.int32), rows), numbers)
    keys = name_series(table, names[:1], rows)
    return long_table(table, keys, tiled, values, _each_row(steps, "steps"))


def _each_row(columns: Sequence[str], what: str) -> Finding:
    """Say what the columns are."""
    span = f"from '{columns[0]}' to '{columns[-1]}'"
    message = f"the {len(columns):,} columns {span} are {what}: each row is a series"
    return Finding("note", "times-as-columns", None, message)


def long_table(
    table: Table, keys: tuple[str, Texts] | None, times: Texts, values: Cells, finding: Finding
) -> Table:
    """Put the long table together, a row after the other of the wide one.

    Parameters
    ----------
    table : Table
        The wide one.
    keys : tuple of str and Texts, or None
        What the series are called, for each row of the wide table, and by which column.
    times : Texts
        For each cell.
    values : Cells
        As `gather_cells` gives them.
    finding : Finding
        What has to be told.

    Returns
    -------
    Table
    """
    copies = len(values) // len(table.cells[table.columns[0]])
    cells: dict[str, Cells] = {}
    if keys is not None:
        name, series = keys
        name = f"{name}_" if name in (TIME, VALUE) else name
        cells[name] = Texts(np.repeat(series.codes, copies).astype(np.int32), series.distinct)
    cells |= {TIME: times, VALUE: values}
    sample = {
        name: [found.distinct[code] for code in found.codes[:SAMPLE_ROWS].tolist()]
        if isinstance(found, Texts)
        else [str(one) for one in np.asarray(found)[:SAMPLE_ROWS].tolist()]
        for name, found in cells.items()
    }
    lines = None if table.lines is None else np.repeat(table.lines, copies)
    findings = (*table.findings, finding)
    return replace(
        table,
        cells=cells,
        sample=sample,
        lines=lines,
        widths=None,
        findings=findings,
        origin=None,
        _read={},  # of other columns
    )


def gather_cells(table: Table, columns: Sequence[str], *, with_flags: bool = False) -> Cells | None:
    """Give the cells of several columns as one, a row after the other.

    Parameters
    ----------
    table : Table
    columns : sequence of str
    with_flags : bool
        Whether letters behind numbers are to be left out, and points are decimal points.

    Returns
    -------
    Cells or None
        Text where some column is no plain numbers: what its signs mean is up to all of them.
        None where it is something else than numbers.
    """
    if all(table.is_number(one) for one in columns):
        return np.stack([table.numbers(one)[0] for one in columns], axis=1).ravel()
    known: dict[str, int] = {}
    codes = []
    for one in columns:
        own, texts = table.texts(one)
        texts = [_FLAGS.sub("", text) for text in texts] if with_flags else texts
        places = [known.setdefault(text, len(known)) for text in texts]
        codes.append(np.array(places, np.int32)[own])
    cells = Texts(np.stack(codes, axis=1).ravel(), list(known))
    if with_flags:
        numbers = read_numbers(cells.distinct, ".")
        return None if numbers.wrong.any() else numbers.values[cells.codes]
    good = np.array([is_missing(one) or looks_like_number(one) for one in known])
    return cells if good[cells.codes].mean() >= _NUMBERS else None


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
