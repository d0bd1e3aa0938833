"""The recurrent network: its cell, its windows and its outputs."""

from dataclasses import dataclass
from typing import Literal, get_args

from forecast.errors import UsageError
from forecast.spec.base import Spec, at_least, at_most, one_of

Cell = Literal["rnn", "gru", "lstm"]
Nonlinearity = Literal["tanh", "relu", "sigmoid"]
Strategy = Literal["direct", "recursive"]
Level = Literal["segment", "series"]

LARGEST = {"layers": 32, "hidden": 4096, "lags": 100_000, "segment": 10_000, "horizon": 1_000_000}
"""Sizes of a network beyond which no machine could hold it."""


@dataclass(frozen=True)
class RecurrentSpec(Spec):
    """The recurrent forecaster: its cell, its windows and its outputs.

    Parameters
    ----------
    cell : {"gru", "lstm", "rnn"}
    nonlinearity : {"tanh", "relu", "sigmoid"}
        Of the simple (Elman) cell; the gated cells ignore it.
    bidirectional : bool
        Also read the observed window backwards.
    layers, hidden : int
        Stacked recurrent layers and units in each; ``hidden`` from the data where None.
    lags : int, optional
        Past steps that the network is unrolled over; a multiple of ``segment``.
    segment : int, optional
        Lags read by one recurrent step; 1 is the textbook network.
    season : tuple of int, optional
        Season lengths in steps, shortest first; empty or (1,) means none.
    horizon : int, optional
        Steps ahead that are trained for; other horizons are sliced or rolled.
    strategy : {"direct", "recursive"}
        Give the whole horizon at once, or one segment that is fed back.
    level : {"segment", "series"}
        Centre on the mean of the last segment, or on the series (the textbook way).
    bases : bool
        Add gated structural forecasts (last value, seasons, drift) for the network to correct.
    linear : bool, optional
        Have a ridge regression on the lags among them; needs ``bases``.
    log : bool, optional
        Model logarithms; only for positive data.
    adjust : int, optional
        Season in steps that is taken out before the network reads, and added to what it
        says; 1 for none.
    dropout : float, optional
        Share of hidden units dropped while training, in [0, 1).
    """

    cell: Cell = "gru"
    nonlinearity: Nonlinearity = "tanh"
    bidirectional: bool = False
    layers: int = 1
    hidden: int | None = None
    lags: int | None = None
    segment: int | None = None
    season: tuple[int, ...] | None = None
    horizon: int | None = None
    strategy: Strategy = "direct"
    level: Level = "segment"
    bases: bool = True
    linear: bool | None = None
    log: bool | None = None
    adjust: int | None = None
    dropout: float | None = None

    def __post_init__(self) -> None:
        kinds = {"cell": Cell, "nonlinearity": Nonlinearity, "strategy": Strategy, "level": Level}
        for name, kind in kinds.items():
            one_of(name, getattr(self, name), get_args(kind))
        for name in ("layers", "hidden", "lags", "segment", "horizon"):
            value = getattr(self, name)
            if value is not None:
                at_least(name, value, 1)
                at_most(name, value, LARGEST[name])
        if self.lags is not None and self.segment is not None and self.lags % self.segment:
            raise UsageError(
                f"lags {self.lags} is not a multiple of segment {self.segment}",
                fix=f"--lags {-(-self.lags // self.segment) * self.segment}",
            )
        for length in (*(self.season or ()), self.adjust or 1):
            at_least("season", length, 1)
        if self.linear and not self.bases:
            raise UsageError("linear needs bases, which are left out", fix="--no-linear")
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise UsageError(f"dropout is {self.dropout}; allowed: 0 up to, not including, 1")

    @property
    def seasons(self) -> tuple[int, ...]:
        """Season lengths, shortest first; (1,) for none, or none known yet."""
        return self.season or (1,)

    @property
    def adjusted(self) -> int:
        """Season that is taken out beforehand; 1 for none."""
        return self.adjust or 1
