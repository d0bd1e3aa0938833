"""The models that the network is set against, one class of settings each."""

from dataclasses import dataclass

from forecast.spec.base import Spec, at_least


@dataclass(frozen=True)
class ArimaSpec(Spec):
    """A seasonal ARIMA whose order is chosen from the data.

    Parameters
    ----------
    season : int
        Season length in steps; 1 means none.
    max_order : int
        Largest p and q; the largest seasonal P and Q are 2.
    max_seconds : float
        Time limit for one series.
    """

    season: int = 1
    max_order: int = 5
    max_seconds: float = 60.0

    def __post_init__(self) -> None:
        at_least("season", self.season, 1)
        at_least("max-order", self.max_order, 0)


@dataclass(frozen=True)
class NaiveSpec(Spec):
    """The seasonal naive method: the value one season ago.

    Parameters
    ----------
    season : int
        Season length in steps; 1 repeats the last value.
    """

    season: int = 1

    def __post_init__(self) -> None:
        at_least("season", self.season, 1)
