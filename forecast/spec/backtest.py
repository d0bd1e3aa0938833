"""Rolling-origin evaluation."""

from dataclasses import dataclass

from forecast.spec.base import Spec, at_least, check_levels


@dataclass(frozen=True)
class BacktestSpec(Spec):
    """Rolling-origin evaluation: the same cutoffs for every model.

    Parameters
    ----------
    horizon : int
        Steps forecast from each cutoff.
    windows : int
        Number of cutoffs.
    step : int, optional
        Distance between cutoffs in steps; ``horizon`` where None.
    levels : tuple of int
        Interval coverages in per cent.
    """

    horizon: int
    windows: int = 3
    step: int | None = None
    levels: tuple[int, ...] = (80, 95)

    def __post_init__(self) -> None:
        at_least("horizon", self.horizon, 1)
        at_least("windows", self.windows, 1)
        if self.step is not None:
            at_least("step", self.step, 1)
        check_levels(self.levels)

    @property
    def cutoff_distance(self) -> int:
        """Steps between two cutoffs."""
        return self.step or self.horizon
