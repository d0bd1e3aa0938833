"""How a window is cut into segments, and how a segment is resampled to phases."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

BASES = (
    "level",
    "last value",
    "profile",
    "short season",
    "long season",
    "shifted profile",
    "shifted short season",
    "shifted long season",
    "trend line",
    "rising profile",
)
"""Structural forecasts that the gates choose from; equal ones where there is no season. A
linear map of the lags, where there is one, takes the place of the level. What is shifted
goes on from the last value, the long season from the level. The trend line goes through the
levels of all segments, with the profile on it; the rising profile has its slope. Where there
is no season, the profile is the mean of the levels in reach."""

SHORT_SEASON, LONG_SEASON = BASES.index("short season"), BASES.index("long season")
"""Their places."""

FORMER_COUNTS = 5, 8
"""How many of these there were before some were shifted, and before there were lines."""

TRIED = (*BASES, "short season with drift")
"""Structural forecasts whose errors on each segment tell which of them to trust."""

ROUGHNESS = ("step to step", "segment to segment", "season to season")
"""Mean absolute changes that tell noise from trend from season."""

CALENDAR = ("segment", "is seasonal", "short season", "long season")
"""What kind of series this is."""

PROFILE_CYCLES = 4
"""Seasons that a profile averages at least, be they beyond the reach."""

LEAST_VALUES = 2
"""Fewest values that a scale is made of: one has no spread."""

LAST_VALUES = 4
"""Last values given as they are, besides their segment's resampled ones."""


@dataclass(frozen=True)
class Geometry:
    """The shape of a window: recurrent steps of one segment each, and segments ahead.

    Parameters
    ----------
    segment : int
        Lags read by one recurrent step (S).
    segments : int
        Recurrent steps (K).
    ahead : int
        Segments forecast at once (O).
    phases : int
        Values that a segment is resampled to (P); equal to ``segment`` for none.
    season : tuple of int
        One or two season lengths of the bases, shortest first; (1,) for none.
    reach : int
        Segments up to each end that level changes and scale look back on (R).
    bases : bool
        Whether there are structural forecasts to correct.
    level : {"segment", "series"}
        Centre each end on its last segment, or take the series as standardised.
    base_count : int
        How many of ``BASES`` there are (M): networks of earlier formats know fewer.
    cycles : int
        Seasons that the profile averages at least; as many as the reach holds, if more.
    unit : {"scale", "noise"}
        Of the correction: the scale of each end, or the noise that the best structural
        forecast left lately, by which clean and wild series are alike.

    Examples
    --------
    >>> hourly = Geometry(24, 14, 2, 24, (24, 168), 8)
    >>> hourly.past, hourly.future
    (528, 48)
    """

    segment: int
    segments: int
    ahead: int
    phases: int
    season: tuple[int, ...]
    reach: int
    bases: bool = True
    level: Literal["segment", "series"] = "segment"
    base_count: int = len(BASES)
    cycles: int = PROFILE_CYCLES
    unit: Literal["scale", "noise"] = "scale"

    @classmethod
    def from_dict(cls, written: dict[str, Any]) -> "Geometry":
        """Read the shape as a model file has it.

        Parameters
        ----------
        written : dict
            Fields by name; format 1 had no ``unit``, format 2 no ``base_count`` but
            ``shifted``, which format 1 had not either, format 4 no ``cycles``.

        Returns
        -------
        Geometry
        """
        known = {**written, "season": tuple(written["season"])}
        former = FORMER_COUNTS[bool(known.pop("shifted", False))]
        return cls(**{"base_count": former, "cycles": 1, **known})

    @property
    def before(self) -> int:
        """Segments needed before the first recurrent step."""
        longest = -(-self.season[-1] // self.segment) if self.bases else 0
        return max(self.reach, longest)

    @property
    def past(self) -> int:
        """Past values of a window."""
        return (self.segments + self.before) * self.segment

    @property
    def scaled_by(self) -> int:
        """Past values that give a forecast its scale."""
        return self.reach * self.segment if self.level == "segment" else self.past

    @property
    def future(self) -> int:
        """Steps forecast at once (H)."""
        return self.ahead * self.segment

    @property
    def lines(self) -> bool:
        """Whether some follow lines through the levels, and one is their mean without a season."""
        return self.base_count > FORMER_COUNTS[1]

    @property
    def input_count(self) -> int:
        """Inputs of one recurrent step (F)."""
        tried = len(TRIED) - len(BASES) + self.base_count
        described = LAST_VALUES + len(ROUGHNESS) + tried + len(CALENDAR)
        return 2 * self.phases + 2 * self.reach + described

    @property
    def outlook_count(self) -> int:
        """Inputs of the decoder for one output segment."""
        return 2 * self.phases if self.bases else 0


@lru_cache(maxsize=64)
def resampling(source: int, target: int) -> NDArray[np.float32]:
    """Give the linear map from ``source`` to ``target`` points of a segment.

    Parameters
    ----------
    source, target : int

    Returns
    -------
    ndarray of shape (source, target), float32
        Columns sum to one and no entry is negative, so that means and the
        order of quantiles survive; the identity when both are equal.

    Notes
    -----
    Refining interpolates linearly between the middles of the points;
    coarsening averages over the share of each point that a target covers.

    Examples
    --------
    >>> resampling(4, 2)
    array([[0.5, 0. ],
           [0.5, 0. ],
           [0. , 0.5],
           [0. , 0.5]], dtype=float32)
    """
    if source == target:
        return np.eye(source, dtype=np.float32)
    if source > target:
        edges = np.arange(target + 1) * source / target
        left, right = np.arange(source)[:, None], np.arange(1, source + 1)[:, None]
        cover = np.maximum(np.minimum(right, edges[1:]) - np.maximum(left, edges[:-1]), 0)
        return np.asarray(cover * target / source, np.float32)
    middles = (np.arange(target) + 0.5) * source / target - 0.5
    at = np.clip(middles, 0, source - 1)
    low = np.minimum(at.astype(int), max(source - 2, 0))
    high = np.minimum(low + 1, source - 1)
    weights = np.zeros((source, target))
    columns = np.arange(target)
    weights[low, columns] += 1 - (at - low)
    weights[high, columns] += at - low
    return weights.astype(np.float32)
