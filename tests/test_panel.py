"""The panel: offsets that fit, and cuts that keep series and rows together."""

import numpy as np
import pytest

from forecast.errors import DataError
from forecast.panel import Panel, Series

MONTHS = np.arange("2020-01", "2020-10", dtype="M8[M]").astype("M8[ns]")


@pytest.fixture
def panel() -> Panel:
    """Three series of 4, 2 and 3 rows."""
    return Panel(("a", "b", "c"), np.array([0, 4, 6, 9]), MONTHS, np.arange(9.0), "MS")


def targets(panel: Panel) -> dict[str, list[float]]:
    return {one.id: one.target.tolist() for one in panel}


def test_panel_gives_series_by_name_and_position(panel: Panel) -> None:
    """Series are views of the one array."""
    assert panel["c"].target.tolist() == panel[2].target.tolist() == [6, 7, 8]
    assert panel["c"].target.base is not None
    assert panel.lengths.tolist() == [4, 2, 3]
    assert len(panel) == 3


def test_panel_cutoffs_are_the_last_timestamps(panel: Panel) -> None:
    """The cutoff of a series is its last row."""
    assert panel.cutoffs.tolist() == MONTHS[[3, 5, 8]].tolist()


def test_panel_from_series_joins_what_iterating_splits(panel: Panel) -> None:
    """Splitting and joining gives the same panel."""
    joined = Panel.from_series(list(panel), "MS")
    assert targets(joined) == targets(panel)
    assert joined.indptr.tolist() == panel.indptr.tolist()
    assert (joined.timestamps == panel.timestamps).all()


def test_panel_head_keeps_first_rows(panel: Panel) -> None:
    """Each series is cut to its own length; one cut to nothing goes."""
    assert targets(panel.head(np.array([1, -3, 99]))) == {"a": [0], "c": [6, 7, 8]}


def test_panel_tail_keeps_last_rows(panel: Panel) -> None:
    """No series loses its end, and short ones stay whole."""
    cut = panel.tail(3)
    assert targets(cut) == {"a": [1, 2, 3], "b": [4, 5], "c": [6, 7, 8]}
    assert cut.cutoffs.tolist() == panel.cutoffs.tolist()


def test_panel_before_last_holds_back(panel: Panel) -> None:
    """What is held back is gone; a series with nothing before it too."""
    assert targets(panel.before_last(2)) == {"a": [0, 1], "c": [6]}
    assert targets(panel.before_last(0)) == targets(panel)
    with pytest.raises(DataError, match="no rows are left"):
        panel.before_last(4)


def test_panel_select_keeps_the_order_asked_for(panel: Panel) -> None:
    """Series come in the order of the positions."""
    assert list(targets(panel.select([2, 0]))) == ["c", "a"]


def test_panel_with_target_keeps_the_rest(panel: Panel) -> None:
    """New values, same series and times; the old panel is untouched."""
    doubled = panel.with_target(2 * panel.target)
    assert targets(doubled)["b"] == [8, 10]
    assert targets(panel)["b"] == [4, 5]


@pytest.mark.parametrize(
    ("ids", "indptr", "rows", "target", "message"),
    [
        (("a",), [0, 3], 4, [1.0] * 4, "offsets of the series do not match"),
        (("a", "b"), [0, 4], 4, [1.0] * 4, "offsets of the series do not match"),
        (("a",), [0, 4], 3, [1.0] * 4, "3 timestamps for 4 values"),
        (("a", "b"), [0, 4, 4], 4, [1.0] * 4, "every series needs at least one row"),
        (("a", "a"), [0, 2, 4], 4, [1.0] * 4, "series names are not unique"),
        (("a",), [0, 4], 4, [1.0, 2.0, np.inf, 4.0], "infinite"),
    ],
)
def test_panel_refuses_arrays_that_do_not_fit(
    ids: tuple[str, ...], indptr: list[int], rows: int, target: list[float], message: str
) -> None:
    """A panel that exists is a panel that fits."""
    with pytest.raises(DataError, match=message):
        Panel(ids, np.array(indptr), np.arange(rows), np.array(target), "1")


def test_panel_from_series_refuses_none() -> None:
    """An empty list is no panel."""
    with pytest.raises(DataError, match="no series"):
        Panel.from_series([], "D")


def test_series_may_count_instead_of_date() -> None:
    """Whole numbers serve as times where there is no calendar."""
    one = Series("a", np.arange(3), np.array([1.0, np.nan, 3.0]))
    assert Panel.from_series([one], "1").cutoffs.tolist() == [2]
