"""The steps of reading in their order: columns found, rows sorted, repaired and made regular.

Each step is in a module of its own; what the rows are then good for is left to
``forecast.read``.
"""

from forecast.reading.clocks import restore_skipped_hours
from forecast.reading.draft import Draft, read_rows
from forecast.reading.grid import melt_grid
from forecast.reading.joined import count_rows, join_times
from forecast.reading.melt import melt_steps, melt_times
from forecast.reading.names import join_names
from forecast.reading.repairs import (
    aggregate,
    drop_last_incomplete,
    mask_numbers,
    settle_missing,
)
from forecast.reading.roles import find_id, find_time
from forecast.reading.rows import drop_missing_ends, make_regular, settle_duplicates, sort_rows
from forecast.reading.targets import find_targets
from forecast.spec import DataSpec
from forecast.text.table import Table
from forecast.timeline.frequency import normalise_frequency


def settle_rows(table: Table, spec: DataSpec) -> Draft:
    """Find the columns, and bring the rows into order, one for each time of a series.

    Parameters
    ----------
    table : Table
    spec : DataSpec

    Returns
    -------
    Draft
    """
    if spec.freq is not None:
        normalise_frequency(spec.freq)  # refused before anything is looked for
    table = join_names(table, spec)
    if spec.time is None or spec.time not in table.columns:
        if not spec.wide and spec.target not in table.columns:
            table = melt_steps(melt_grid(table, spec.id))
        table = count_rows(join_times(melt_times(table), spec), spec)
    time = find_time(table, spec)
    targets = find_targets(table, spec, time)
    id_column = find_id(table, spec, (time, *targets))
    draft = restore_skipped_hours(sort_rows(read_rows(table, time, targets, id_column, spec)))
    known = mask_numbers(draft, spec.na)
    return settle_duplicates(known, spec.duplicates, spec.aggregate or "last")


def settle_steps(draft: Draft, spec: DataSpec) -> Draft:
    """Give every step from the first to the last value of a series a row.

    Parameters
    ----------
    draft : Draft
        From `settle_rows`.
    spec : DataSpec

    Returns
    -------
    Draft
    """
    draft = drop_missing_ends(draft)
    if spec.aggregate is not None:
        draft = aggregate(draft, spec.aggregate, spec)
    else:
        draft = make_regular(draft, spec.freq)
    if spec.drop_last_incomplete:
        draft = drop_last_incomplete(draft)
    return settle_missing(draft, spec)


def settle_periods(draft: Draft, spec: DataSpec) -> Draft:
    """Give whole periods a row, where rows are to be taken together; else leave all as they are.

    Parameters
    ----------
    draft : Draft
        From `settle_rows`.
    spec : DataSpec

    Returns
    -------
    Draft
    """
    if spec.aggregate is None:
        return draft
    return drop_last_incomplete(aggregate(drop_missing_ends(draft), spec.aggregate, spec))
