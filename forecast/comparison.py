"""What a comparison gives: scores per model, skill per baseline, and the verdict.

``forecast.evaluate`` makes it; showing it is left to ``report`` and ``cli``.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Score:
    """One model's measures; NaN where one is undefined.

    Attributes
    ----------
    model : str
    mase, smape : float
        Means over series of each series' mean over cutoffs; sMAPE 0 to 200.
    wape, quantile_loss : float
        Sums over everything divided by the sum of ``|y|``: shares.
    rmse : float
        Over all points, in the units of the data.
    coverage : mapping of str to float
        Measured share inside the interval, by nominal per cent.
    seconds : float
        Fitting and forecasting.
    fallbacks : int
        Forecasts that another model had to make.
    """

    model: str
    mase: float
    wape: float
    smape: float
    rmse: float
    quantile_loss: float
    coverage: Mapping[str, float]
    seconds: float
    fallbacks: int


@dataclass(frozen=True)
class Skill:
    """The reference against one baseline.

    Attributes
    ----------
    baseline : str
    percent : float
        Per cent by which the reference's error is smaller; negative if larger.
    test : str
    pvalue : float
        Two-sided, corrected after Holm for the number of baselines; NaN where
        there are too few forecasts.
    """

    baseline: str
    percent: float
    test: str
    pvalue: float


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
    points : int
        Actual values compared.
    missing : int
        Actual values that were missing.
    unscaled : int
        Series left out of MASE because their scale is zero or undefined.
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
    points: int
    missing: int
    unscaled: int
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON can hold it; null for what is undefined.

        Returns
        -------
        dict
        """
        return {key: _without_nan(value) for key, value in asdict(self).items()}

    def frame(self) -> "pd.DataFrame":
        """Give one row per model, best first.

        Returns
        -------
        pandas.DataFrame
            ``model, mase, wape, smape, rmse, quantile_loss, coverage-80, ...,
            seconds, fallbacks, skill, pvalue``; skill and p-value are the
            reference's against this model.
        """
        import pandas as pd

        skills = {one.baseline: one for one in self.skills}
        rows = []
        for score in self.scores:
            row = asdict(score)
            covered = row.pop("coverage")
            end = {name: row.pop(name) for name in ("seconds", "fallbacks")}
            row |= {f"coverage-{level}": share for level, share in covered.items()} | end
            skill = skills.get(score.model)
            row |= {
                "skill": skill.percent if skill else math.nan,
                "pvalue": skill.pvalue if skill else math.nan,
            }
            rows.append(row)
        return pd.DataFrame(rows)


def _without_nan(value: object) -> object:
    """Replace NaN by None, within dictionaries and sequences too."""
    if isinstance(value, Mapping):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
