"""The models that the network is set against, one class of settings each."""

from dataclasses import dataclass

from forecast.spec.base import Spec, at_least


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
