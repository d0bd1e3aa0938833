"""What a comparison gives: scores per model, skill per baseline, and the verdict.

``forecast.evaluation.evaluate`` makes it; showing it is left to ``report`` and ``cli``.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from forecast.jsonable import without_nan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Score:
    """One model's measures.

    Attributes
    ----------
    model : str
    measures : mapping of str to float
        By name, see ``forecast.metrics.measures``, and "owa"; NaN where one is
        undefined.
    seconds : float
        Processor time for fitting and forecasting.
    fallbacks : int
        Forecasts that another model had to make.
    """

    model: str
    measures: Mapping[str, float]
    seconds: float
    fallbacks: int

    def to_dict(self) -> dict[str, Any]:
        """Give everything side by side, NaN included."""
        return {
            "model": self.model,
            **self.measures,
            "seconds": self.seconds,
            "fallbacks": self.fallbacks,
        }


@dataclass(frozen=True)
class Skill:
    """The reference against one baseline.

    Attributes
    ----------
    baseline : str
    percent : float
        Per cent by which the reference's error is smaller; negative if larger.
    low, high : float
        Bounds of its 95 % confidence interval; NaN where there are too few
        forecasts.
    test : str
    pvalue : float
        Two-sided, corrected after Holm for the number of baselines; NaN where
        there are too few forecasts.
    better, worse : int
        Series on which Diebold and Mariano's test, at 5 % and not corrected,
        finds the reference better or worse.
    """

    baseline: str
    percent: float
    low: float
    high: float
    test: str
    pvalue: float
    better: int
    worse: int


@dataclass(frozen=True)
class Comparison:
    """Scores, skills and the verdict.

    Attributes
    ----------
    reference : str
        The model that the others are baselines of.
    season : int
        m of MASE.
    measure : str
        What skill, tests and verdict are about: "MASE", or "MAE" where no
        series has a seasonal naive scale.
    scores : tuple of Score
        Best first.
    skills : tuple of Skill
        One per baseline.
    series, forecasts : int
        How many series were judged, and cutoffs in all of them.
    young : int
        Forecasts from no more rows than a season has: m is 1 for these.
    short : int
        Series left out because they are too short for any cutoff.
    points : int
        Actual values compared.
    missing : int
        Actual values that were missing.
    undefined : mapping of str to int
        What zero denominators leave out, by measure: series, but actual values
        for "mape".
    dominant : str or None
        The series, among three or more, that makes up more than half of the
        reference's error; None where there is none.
    verdict : str
        One sentence.
    """

    reference: str
    season: int
    measure: str
    scores: tuple[Score, ...]
    skills: tuple[Skill, ...]
    series: int
    forecasts: int
    young: int
    short: int
    points: int
    missing: int
    undefined: Mapping[str, int]
    dominant: str | None
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON can hold it; null for what is undefined.

        Returns
        -------
        dict
        """
        plain = {**asdict(self), "scores": [one.to_dict() for one in self.scores]}
        known: dict[str, Any] = without_nan(plain)
        return known

    def frame(self) -> "pd.DataFrame":
        """Give one row per model, best first.

        Returns
        -------
        pandas.DataFrame
            ``model``, the measures, ``seconds, fallbacks, skill, skill-lo-95,
            skill-hi-95, pvalue``; skill and p-value are the reference's
            against this model.
        """
        import pandas as pd

        skills = {one.baseline: one for one in self.skills}
        rows = []
        for score in self.scores:
            one = skills.get(score.model)
            rows.append(
                score.to_dict()
                | {
                    "skill": one.percent if one else math.nan,
                    "skill-lo-95": one.low if one else math.nan,
                    "skill-hi-95": one.high if one else math.nan,
                    "pvalue": one.pvalue if one else math.nan,
                }
            )
        return pd.DataFrame(rows)
