"""Every setting of the program: frozen dataclasses, checked once, standard library only.

``None`` in a field means "chosen from the data"; ``forecast.configure`` fills
it in, so that a model file always records the values that were used.
"""

import difflib
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, get_args

from forecast.errors import UsageError

Cell = Literal["rnn", "gru", "lstm"]
Nonlinearity = Literal["tanh", "relu", "sigmoid"]
Strategy = Literal["direct", "recursive"]
Level = Literal["segment", "series"]
Duplicates = Literal["error", "first", "last", "mean", "sum"]

LARGEST = {"layers": 32, "hidden": 4096, "lags": 100_000, "segment": 10_000, "horizon": 1_000_000}
"""Sizes of a network beyond which no machine could hold it."""


class _Spec:
    """Strict conversion from and to plain dictionaries."""

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build from a dictionary, refusing unknown keys.

        Parameters
        ----------
        values : dict
            Field names and values; lists become tuples.

        Raises
        ------
        UsageError
            On an unknown key (the nearest name is suggested) or a bad value.
        """
        names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        for key in values:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"use one of: {', '.join(names)}"
                raise UsageError(f"unknown setting '{key}' of {cls.__name__}", fix=hint)
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """Give all fields as a dictionary that JSON can hold."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True)
class DataSpec(_Spec):
    """How to read the input.

    Parameters
    ----------
    time, target, id : str, optional
        Column names; found in the file where None.
    freq : str, optional
        Pandas offset alias; inferred where None.
    season : tuple of int, optional
        Season lengths in steps, shortest first; from the frequency where None.
    wide : bool
        Every numeric column is a series of its own.
    duplicates : {"error", "first", "last", "mean", "sum"}
        What to do with several rows for one timestamp of a series.
    """

    time: str | None = None
    target: str | None = None
    id: str | None = None
    freq: str | None = None
    season: tuple[int, ...] | None = None
    wide: bool = False
    duplicates: Duplicates = "error"

    def __post_init__(self) -> None:
        _one_of("duplicates", self.duplicates, get_args(Duplicates))
        for length in self.season or ():
            _at_least("season", length, 1)


@dataclass(frozen=True)
class RecurrentSpec(_Spec):
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
    dropout: float | None = None

    def __post_init__(self) -> None:
        kinds = {"cell": Cell, "nonlinearity": Nonlinearity, "strategy": Strategy, "level": Level}
        for name, kind in kinds.items():
            _one_of(name, getattr(self, name), get_args(kind))
        for name in ("layers", "hidden", "lags", "segment", "horizon"):
            value = getattr(self, name)
            if value is not None:
                _at_least(name, value, 1)
                _at_most(name, value, LARGEST[name])
        if self.lags is not None and self.segment is not None and self.lags % self.segment:
            raise UsageError(
                f"lags {self.lags} is not a multiple of segment {self.segment}",
                fix=f"--lags {-(-self.lags // self.segment) * self.segment}",
            )
        for length in self.season or ():
            _at_least("season", length, 1)
        if self.linear and not self.bases:
            raise UsageError("linear needs bases, which are left out", fix="--no-linear")
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise UsageError(f"dropout is {self.dropout}; allowed: 0 up to, not including, 1")


@dataclass(frozen=True)
class TrainSpec(_Spec):
    """How long and how to train.

    Parameters
    ----------
    seed : int
        Of every random choice; the same seed gives the same weights.
    epochs : int, optional
        Passes over the windows; a fixed budget of steps where None.
    steps : int, optional
        Optimiser steps of one network; from the data where None.
    max_seconds : float, optional
        Time limit of the whole training; ten minutes where None.
    members : int, optional
        Networks trained with different seeds, combined by their mean.
    batch : int
        Windows in one step.
    learning_rate : float, optional
        Peak of the one-cycle schedule.
    clip : float
        Largest gradient norm.
    averaging : float
        Decay of the exponential average of the weights that is kept.
    from_scratch : bool
        Leave the pretrained network out.
    threads : int
        Processor threads of the training; one gives the same bytes on every
        number of processors, and is fastest for small networks.
    """

    seed: int = 0
    epochs: int | None = None
    steps: int | None = None
    max_seconds: float | None = None
    members: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    clip: float = 1.0
    averaging: float = 0.99
    from_scratch: bool = False
    threads: int = 1

    def __post_init__(self) -> None:
        _at_least("seed", self.seed, 0)
        _at_least("threads", self.threads, 1)
        for name in ("epochs", "steps", "members", "batch"):
            value = getattr(self, name)
            if value is not None:
                _at_least(name, value, 1)
        for name in ("max_seconds", "learning_rate"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name.replace('_', '-')} is {value}; allowed: more than 0")


@dataclass(frozen=True)
class ArimaSpec(_Spec):
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
        _at_least("season", self.season, 1)
        _at_least("max-order", self.max_order, 0)


@dataclass(frozen=True)
class NaiveSpec(_Spec):
    """The seasonal naive method: the value one season ago.

    Parameters
    ----------
    season : int
        Season length in steps; 1 repeats the last value.
    """

    season: int = 1

    def __post_init__(self) -> None:
        _at_least("season", self.season, 1)


@dataclass(frozen=True)
class BacktestSpec(_Spec):
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
        _at_least("horizon", self.horizon, 1)
        _at_least("windows", self.windows, 1)
        if self.step is not None:
            _at_least("step", self.step, 1)
        check_levels(self.levels)

    @property
    def cutoff_distance(self) -> int:
        """Steps between two cutoffs."""
        return self.step or self.horizon


def check_levels(levels: tuple[int, ...]) -> None:
    """Refuse interval coverages outside 1 to 99.

    Parameters
    ----------
    levels : tuple of int

    Raises
    ------
    UsageError
    """
    for level in levels:
        if not 1 <= level <= 99:
            raise UsageError(f"level is {level}; allowed: 1 to 99 (per cent)", fix="--level 80")


def _at_least(name: str, value: int, low: int) -> None:
    if value < low:
        flag = name.replace("_", "-")
        raise UsageError(f"{flag} is {value}; allowed: {low} or more", fix=f"--{flag} {low}")


def _at_most(name: str, value: int, high: int) -> None:
    if value > high:
        flag = name.replace("_", "-")
        raise UsageError(f"{flag} is {value}; allowed: 1 to {high:,}", fix=f"--{flag} {high}")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        near = difflib.get_close_matches(str(value), allowed, n=1)
        raise UsageError(
            f"{name.replace('_', '-')} is '{value}'; allowed: {', '.join(allowed)}",
            fix=f"--{name.replace('_', '-')} {near[0] if near else allowed[0]}",
        )
