import numpy as np
import pytest

from forecast.errors import DataError
from forecast.evaluation.folds import (
    before_first_cutoff,
    blocks,
    end_together,
    folds,
)
from forecast.panel import Panel, Series
from forecast.spec import BacktestSpec

SPEC = BacktestSpec(horizon=4, windows=3)


def make_panel(*lengths: int) -> Panel:
    return Panel.from_series(
        [Series(f"s{i}", np.arange(n), np.arange(float(n))) for i, n in enumerate(lengths)], "1"
    )


def test_folds_count_back_from_the_end() -> None:
    """The last horizon ends with the series; earlier cutoffs are one step before."""
    found = folds(make_panel(40, 30), SPEC)
    assert [fold.ends.tolist() for fold in found] == [[28, 18], [32, 22], [36, 26]]
    near = folds(make_panel(40), BacktestSpec(horizon=4, windows=2, step=1))
    assert [fold.ends.tolist() for fold in near] == [[35], [36]]


def test_folds_of_short_series_are_fewer() -> None:
    """A short series skips cutoffs in its first half; one with no history is left out."""
    found = folds(make_panel(40, 16, 5, 4), SPEC)
    assert [fold.series.tolist() for fold in found] == [[0], [0, 1], [0, 1, 2]]


def test_before_first_cutoff_knows_nothing_later_of_any_series() -> None:
    """Series that skip the first cutoff are cut as long before their end as the others."""
    panel = make_panel(40, 16, 14, 5, 4)
    found = folds(panel, SPEC)
    assert before_first_cutoff(panel, found).lengths.tolist() == [28, 4, 2]
    assert before_first_cutoff(panel, found[1:]).lengths.tolist() == [32, 8, 6]


def test_end_together_looks_at_times() -> None:
    """Series of any length that end at one time do, whatever the number of their rows."""
    whole = make_panel(40, 40)
    assert end_together(
        Panel.from_series([whole[0], Series("b", np.arange(30, 40), np.ones(10))], "1")
    )
    assert not end_together(make_panel(40, 30))


def test_folds_need_a_series_longer_than_the_horizon() -> None:
    """When nothing can be judged, the message gives a horizon that works."""
    with pytest.raises(DataError, match="the longest series has 4 rows") as caught:
        folds(make_panel(4), SPEC)
    assert caught.value.fix == "--horizon 1"


def test_folds_of_single_rows_have_no_horizon_to_offer() -> None:
    """Where no horizon could help, the fix does not name one."""
    with pytest.raises(DataError, match="the longest series has 1 row") as caught:
        folds(make_panel(1, 1), SPEC)
    assert caught.value.fix == "give a longer history"


def test_blocks_divide_by_the_number_of_cutoffs() -> None:
    """Never is one block, always one for each cutoff, N as many as fit."""
    placed = folds(make_panel(80), BacktestSpec(horizon=4, windows=5))
    sizes = [[len(block) for block in blocks(placed, refit)] for refit in (None, 1, 2)]
    assert sizes == [[5], [1] * 5, [2, 2, 1]]
    assert before_first_cutoff(make_panel(80), blocks(placed, 2)[1]).lengths.tolist() == [68]
