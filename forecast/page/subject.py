"""What a report is about: the history, what forecasts it, and what the user decides."""

from dataclasses import dataclass, replace
from typing import Self

from forecast.forecaster import Forecaster
from forecast.read import Input

MOST_CALIBRATED = 100
"""Series that the pretrained network is calibrated on; of more, so many evenly spread."""

LEVELS = (80, 95)
"""Intervals shown, in per cent."""


@dataclass(frozen=True)
class Asked:
    """What the user decides.

    Attributes
    ----------
    baselines : tuple of str, optional
        ARIMA where it is affordable, else Theta, where None.
    windows : int
        Cutoffs of the backtest.
    step : int, optional
        Between cutoffs.
    workers : int, optional
        Processes for the baselines.
    fit_seconds : float
        Time limit of one baseline on one series.
    train_seconds : float
        Time limit of the training for the backtest of a trained network.
    """

    baselines: tuple[str, ...] | None = None
    windows: int = 3
    step: int | None = None
    workers: int | None = None
    fit_seconds: float = 120.0
    train_seconds: float = 60.0


@dataclass(frozen=True, eq=False)
class Subject:
    """What is forecast, and by what.

    Attributes
    ----------
    given : Input
    open_gaps : Input
        The same, where values were filled in from what followed them, with those missing:
        for the backtest.
    forecaster : Forecaster
        Ready to predict where it was trained; see `calibrated`.
    horizon : int
    trained : bool
        Whether by a model file; else it is the pretrained network as it is.
    """

    given: Input
    open_gaps: Input
    forecaster: Forecaster
    horizon: int
    trained: bool

    def calibrated(self) -> Self:
        """Make the pretrained network ready: calibrated on some of many series."""
        if self.trained:
            return self
        some = self.given
        if len(some.panel) > MOST_CALIBRATED:
            panel = some.panel.select(spread(len(some.panel), MOST_CALIBRATED))
            some = replace(some, panel=panel, lines=None)
        return replace(self, forecaster=self.forecaster.adopt(some, self.horizon))

    @property
    def seasons(self) -> tuple[int, ...]:
        """Lengths in steps, shortest first; (1,) for none."""
        return self.forecaster.seasoned(self.given.panel).seasons


def spread(count: int, most: int) -> list[int]:
    """Choose places evenly, the first among them.

    Parameters
    ----------
    count, most : int
        How many there are, and how many are wanted at most.

    Returns
    -------
    list of int

    Examples
    --------
    >>> spread(5, 20), spread(1000, 4)
    ([0, 1, 2, 3, 4], [0, 250, 500, 750])
    """
    return list(range(count)) if count <= most else [i * count // most for i in range(most)]
