"""Rolling-origin evaluation."""

from dataclasses import dataclass

from forecast.errors import UsageError
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
    refit : int, optional
        Cutoffs between two fits of each model, networks included; None fits
        once, before the first cutoff, and feeds newer history afterwards.
    fit_seconds : float
        Time limit of one baseline on one series; then the seasonal naive
        method takes its place.
    """

    horizon: int
    windows: int = 3
    step: int | None = None
    levels: tuple[int, ...] = (80, 95)
    refit: int | None = None
    fit_seconds: float = 120.0

    def __post_init__(self) -> None:
        at_least("horizon", self.horizon, 1)
        at_least("windows", self.windows, 1)
        if self.step is not None:
            at_least("step", self.step, 1)
        check_levels(self.levels)
        if self.refit is not None:
            at_least("refit", self.refit, 1)
        if not self.fit_seconds > 0:
            raise UsageError(
                f"fit-seconds is {self.fit_seconds:g}; allowed: more than 0", fix="--fit-seconds 60"
            )

    @property
    def cutoff_distance(self) -> int:
        """Steps between two cutoffs."""
        return self.step or self.horizon
