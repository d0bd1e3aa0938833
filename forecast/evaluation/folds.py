"""Where forecasts are made from in the past: cutoffs, the same for every model.

Nothing after a cutoff is in the history that a fold gives. Who forecasts from
it is left to ``forecast.evaluation.backtest``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError
from forecast.finding import counted
from forecast.panel import Panel
from forecast.spec import BacktestSpec

MIXED_TIMES = (
    "series end at different times, and cutoffs count from each end: the network is"
    " fitted on rows of some that are later than the cutoffs of others"
)
"""What is to be told of a model of all series that do not `end_together`."""


@dataclass(frozen=True, eq=False)
class Fold:
    """One cutoff of every series that is long enough for it.

    Attributes
    ----------
    series : ndarray of shape (n,), int64
        Positions in the panel.
    ends : ndarray of shape (n,), int64
        Rows of each series up to and including the cutoff.
    """

    series: NDArray[np.int64]
    ends: NDArray[np.int64]

    def history(self, panel: Panel) -> Panel:
        """Give what was known at the cutoff.

        Parameters
        ----------
        panel : Panel
            The panel that the fold was made for.

        Returns
        -------
        Panel
            Of n series.
        """
        ends = np.zeros(len(panel), dtype=np.int64)
        ends[self.series] = self.ends
        return panel.head(ends)


def folds(panel: Panel, spec: BacktestSpec) -> list[Fold]:
    """Place the cutoffs, counted back from the end of each series.

    Parameters
    ----------
    panel : Panel
    spec : BacktestSpec

    Returns
    -------
    list of Fold
        Oldest first. Every horizon ends within its series.

    Raises
    ------
    DataError
        When no series is longer than the horizon.

    Notes
    -----
    A series has its last cutoff where it is longer than the horizon, and an
    earlier one only where at least half of its rows lie before: a model
    judged on a handful of rows says nothing about the model to be used. A
    series that is too short for any cutoff is left out.
    """
    lengths = panel.lengths
    found = []
    for window in reversed(range(spec.windows)):
        ends = lengths - spec.horizon - window * spec.cutoff_distance
        fits = (ends >= 1) if window == 0 else (2 * ends >= lengths)
        if fits.any():
            found.append(Fold(np.flatnonzero(fits), ends[fits]))
    if not found:
        longest = int(lengths.max())
        raise DataError(
            f"a horizon of {spec.horizon} leaves no history: "
            f"the longest series has {counted(longest, 'row')}",
            fix=f"--horizon {max(1, longest // 3)}" if longest > 1 else "give a longer history",
        )
    return found


def blocks(placed: Sequence[Fold], refit: int | None) -> list[Sequence[Fold]]:
    """Divide folds into those that share one fit.

    Parameters
    ----------
    placed : sequence of Fold
        Oldest first.
    refit : int, optional
        Folds between two fits; None fits once, before the first.

    Returns
    -------
    list of sequence of Fold
    """
    size = refit or len(placed)
    return [placed[first : first + size] for first in range(0, len(placed), size)]


def before_first_cutoff(panel: Panel, block: Sequence[Fold]) -> Panel:
    """Keep the rows that one model of all series may be fitted on.

    Parameters
    ----------
    panel : Panel
    block : sequence of Fold
        Oldest first.

    Returns
    -------
    Panel
        Every series as long before its end as the first cutoff lies, those too short
        for that cutoff as well: what came later is the future of the others.
    """
    first = block[0]
    left = int((panel.lengths[first.series] - first.ends)[0])
    return panel.head(np.maximum(panel.lengths - left, 0))


def end_together(panel: Panel) -> bool:
    """Tell whether all series end at one time, so that each cutoff is one time for all.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    bool
        Else a model of all series is fitted on rows that are later than the cutoffs of some.
    """
    return bool((panel.cutoffs == panel.cutoffs[0]).all())
