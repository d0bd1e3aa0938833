"""Clocks that skip an hour or run unevenly, and months named by their working days."""

import numpy as np
import pytest

from forecast.reading.clocks import restore_skipped_hours, settle_month_edges, settle_uneven_clock
from forecast.reading.draft import Draft, read_rows
from forecast.text.content import Content
from forecast.text.delimited import read_table


def draft_of(times: np.ndarray) -> Draft:
    """Make rows of times, with values 0, 1, 2, ... in order."""
    lines = [f"{str(time).replace('T', ' ')},{value}" for value, time in enumerate(times)]
    table = read_table(Content("\n".join(["ds,y", *lines]).encode()), "f.csv", frozenset({"ds"}))
    return read_rows(table, "ds", ("y",), None)


def minutes(begin: str, count: int, step: int) -> np.ndarray:
    return np.datetime64(begin, "m") + step * np.arange(count)


@pytest.mark.parametrize("step", [5, 15, 30, 60])
@pytest.mark.parametrize("late", [0, 4])
def test_restore_skipped_hours_undoes_what_a_program_did(step: int, late: int) -> None:
    """Times of a skipped hour that were all moved to its end go back to their own steps."""
    true = minutes("2014-03-09T00:00", 6 * 60 // step, step) + late % step
    skipped = (true >= np.datetime64("2014-03-09T02:00")) & (
        true < np.datetime64("2014-03-09T03:00")
    )
    moved = np.where(skipped, np.datetime64("2014-03-09T03:00", "m"), true)
    if step == 60 and late == 0:
        return  # one row more than at other hours, at a time of its own: a duplicate
    draft = draft_of(moved)
    found = restore_skipped_hours(draft)
    if skipped.sum() > 1:
        assert (found.rows.timestamps == true).all()
        assert [one.code for one in found.findings] == ["skipped-hour"]
    else:
        assert found is draft


def test_restore_skipped_hours_leaves_other_duplicates_alone() -> None:
    """Rows that repeat a time where no step is missing are not moved."""
    true = minutes("2014-03-09T00:00", 24, 15)
    draft = draft_of(np.insert(true, 12, true[12]))
    assert restore_skipped_hours(draft) is draft


def test_settle_uneven_clock_gives_each_time_a_step_of_its_own() -> None:
    """Times that drift are moved by less than a step each, in order; values stay."""
    true = minutes("2024-01-01T00:00", 200, 10)
    drift = np.random.default_rng(0).integers(0, 10, 200) * (np.arange(200) > 50)
    found = settle_uneven_clock(draft_of(true + drift), "10min")
    assert (found.rows.timestamps == true).all()
    assert found.rows.target.tolist() == list(range(200))
    assert found.findings[-1].severity == "warning"


def test_settle_uneven_clock_leaves_single_errors_to_be_refused() -> None:
    """One wrong time of many is no uneven clock."""
    times = minutes("2024-01-01T00:00", 200, 10)
    times[70] += 3
    draft = draft_of(times)
    assert settle_uneven_clock(draft, "10min") is draft


def test_settle_month_edges_moves_last_working_days() -> None:
    """The last working days of months stand for the months' ends."""
    ends = np.arange("2020-02", "2022-02", dtype="M8[M]").astype("M8[D]") - 1
    found = settle_month_edges(draft_of(np.busday_offset(ends, 0, roll="backward")), "ME")
    assert (found.rows.timestamps == ends).all()
    far = draft_of(ends - 9)
    assert settle_month_edges(far, "ME") is far
