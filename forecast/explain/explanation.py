"""What an explanation holds: plain arrays and sentences, for tables, charts and pages.

Letters: H steps ahead, L lags, the newest first, P parts, G segments of lags,
T points of time, K recurrent steps.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from forecast.reading.columns import Columns
from forecast.timeline.timestamps import format_timestamps

Array = NDArray[np.float64]

VANISHES, FADES, EXPLODES = 0.9, 0.97, 1.03
"""Factors for each recurrent step below which a gradient vanishes, or at least fades, and
above which it explodes: over twenty steps they leave 12 %, 54 % and 181 % of it."""


@dataclass(frozen=True, eq=False)
class LagEffects:
    """How much each value of the past moves each step of the forecast.

    Attributes
    ----------
    lag : ndarray of shape (L,), int64
        Steps back from the first one forecast: 1 is the newest value.
    timestamps : ndarray of shape (L,)
    values : ndarray of shape (L,)
        NaN where missing.
    gradient : ndarray of shape (H, L)
        Change of the median forecast for each unit that the value is higher, at the
        margin; 0 where the value is missing.
    deviation : float
        Standard deviation of the values: ``gradient * deviation`` is the change for one
        standard deviation.
    masked : ndarray of shape (H, L)
        Forecast with the value less the forecast had it been missing; NaN where it is
        missing, or nothing were left to forecast from.
    segment : int
        Steps in a segment, counted from the end.
    masked_segments : ndarray of shape (H, G)
        The same for whole segments, the newest first.
    """

    lag: NDArray[np.int64]
    timestamps: NDArray[np.generic]
    values: Array
    gradient: Array
    deviation: float
    masked: Array
    segment: int
    masked_segments: Array

    @property
    def influence(self) -> Array:
        """Share of each lag in all absolute gradients of a step, (H, L); rows sum to one."""
        size = np.abs(self.gradient)
        total = size.sum(1, keepdims=True)
        return np.asarray(np.divide(size, total, out=np.zeros_like(size), where=total > 0))


@dataclass(frozen=True, eq=False)
class Part:
    """What one step of the computation added to the forecast.

    Attributes
    ----------
    name : str
        "level", "last value", "season 12", "drift", "correction", ...
    values : ndarray of shape (H,)
        In the units of the series; all parts add up to the forecast.
    weight : ndarray of shape (H,)
        How far the gates trusted this structural forecast, 0 to 1, in sum 1; NaN for
        parts that are none.
    says : ndarray of shape (H,)
        The structural forecast itself, NaN likewise.
    """

    name: str
    values: Array
    weight: Array
    says: Array


@dataclass(frozen=True, eq=False)
class Voice:
    """One network of those that forecast together.

    Attributes
    ----------
    name : str
        For example "pretrained GRU, logarithms, season 12".
    share : float
        Of the forecast; all shares sum to one.
    forecast : ndarray of shape (H,)
        The forecast is the sum of these, each times its share.
    """

    name: str
    share: float
    forecast: Array


@dataclass(frozen=True, eq=False)
class StateMap:
    """Where the hidden state was over time, along the directions it moved most.

    Attributes
    ----------
    network : str
        Name of the network whose state it is: the one with the largest share.
    timestamps : ndarray of shape (T,)
        Ends of the histories read; the last is that of the forecast.
    values : ndarray of shape (T,)
        Of the series there.
    components : ndarray of shape (T, C)
        Principal components of the states, at most 3.
    shares : ndarray of shape (C,)
        Of the variance of the states.
    follows : ndarray of shape (C,)
        Correlation of each component with the values; NaN where undefined.
    """

    network: str
    timestamps: NDArray[np.generic]
    values: Array
    components: Array
    shares: Array
    follows: Array


@dataclass(frozen=True, eq=False)
class Memory:
    """How far back a cell's state is felt at the end of the window.

    Attributes
    ----------
    cell : str
        Name of the network, for example "GRU".
    shipped : bool
        Whether it is a pretrained one as shipped, not the model's own.
    steps : int
        Time steps read by one recurrent step.
    state : ndarray of shape (K,)
        Norm of the slopes of the last hidden state by the recurrent state k recurrent
        steps before, over that for k = 0; NaN where it cannot be taken.
    inputs : ndarray of shape (K,)
        The same by the inputs of that step.
    rate : float
        Factor for each further recurrent step back from the first on, by a straight line
        through the logarithms of ``state``, or of ``inputs`` where that is not known; NaN
        where there is none.
    """

    cell: str
    shipped: bool
    steps: int
    state: Array
    inputs: Array
    rate: float

    @property
    def norms(self) -> Array:
        """What ``rate`` is about: ``state``, or ``inputs`` where that is not known."""
        return self.inputs if np.isnan(self.state).any() else self.state

    @property
    def half_life(self) -> float:
        """Time steps in which half is lost; infinite where nothing is, NaN where unknown."""
        if np.isnan(self.rate) or self.rate >= 1:
            return np.inf if self.rate >= 1 else np.nan
        return float(self.steps * np.log(0.5) / np.log(self.rate))

    @property
    def verdict(self) -> Literal["vanishes", "fades", "lasts", "explodes"] | None:
        """What becomes of the gradient further and further back; None where unknown."""
        if np.isnan(self.rate):
            return None
        if self.rate > EXPLODES:
            return "explodes"
        return "vanishes" if self.rate < VANISHES else "fades" if self.rate < FADES else "lasts"


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a network forecasts what it does for one series.

    Attributes
    ----------
    model : str
        Name of the model, as in forecasts.
    series : str
    columns : Columns
        Names and notation of the input.
    timestamps : ndarray of shape (H,)
        Of the forecast.
    forecast : ndarray of shape (H,)
        The median, as predicted.
    low, high : ndarray of shape (H,)
        Its 80 % interval.
    widened : ndarray of shape (H,)
        Width of that interval over the width before calibration, which leaves the
        median where it is.
    passes : int
        Times the networks were run, feeding medians back; effects go through all.
    lags : LagEffects
    parts : tuple of Part
        In the order in which they are added.
    voices : tuple of Voice
    states : StateMap
    memory : tuple of Memory
        Of the shipped RNN, GRU and LSTM, and of the model's own network, where it has one.
    summary : tuple of str
        Plain sentences, the most important first.
    """

    model: str
    series: str
    columns: Columns
    timestamps: NDArray[np.generic]
    forecast: Array
    low: Array
    high: Array
    widened: Array
    passes: int
    lags: LagEffects
    parts: tuple[Part, ...]
    voices: tuple[Voice, ...]
    states: StateMap
    memory: tuple[Memory, ...]
    summary: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What is forecast: the series among several, or else the column."""
        return self.columns.target if self.columns.id is None else self.series

    def times(self, timestamps: NDArray[np.generic]) -> list[str]:
        """Write times in the notation of the input.

        Parameters
        ----------
        timestamps : ndarray

        Returns
        -------
        list of str
        """
        return [str(one) for one in format_timestamps(timestamps, self.columns.time_format)]
