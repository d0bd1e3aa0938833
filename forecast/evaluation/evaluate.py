"""Score the models of a backtest side by side and say which one to use.

Letters: R forecasts (one per series and cutoff), T losses in the order of
time. Averages are in ``judge``, tests in ``significance``, the interval in
``skill``, the sentence in ``verdict``.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from forecast.errors import NotFoundError
from forecast.evaluation.backtest import Backtest
from forecast.evaluation.comparison import Comparison, Score, Skill
from forecast.evaluation.judge import Judgement
from forecast.evaluation.losses import Losses
from forecast.evaluation.significance import (
    FEWEST_SERIES,
    Significance,
    diebold_mariano,
    holm,
    wilcoxon,
)
from forecast.evaluation.skill import skill, skill_interval
from forecast.evaluation.verdict import ALPHA, Rival, verdict
from forecast.metrics import Array

FEWEST_TO_DOMINATE = 3
"""Series among which one can stand out."""


def evaluate(
    backtest: Backtest, *, reference: str, season: int, companions: tuple[str, ...] = ()
) -> Comparison:
    """Compare a model with every other one of a backtest.

    Parameters
    ----------
    backtest : Backtest
    reference : str
        The model under judgement; all others are its baselines, but for
        its companions.
    season : int
        m of MASE: its scale is the in-sample seasonal naive error of the
        history before each cutoff.
    companions : tuple of str
        Models that are scored beside the reference, but are no baselines of it.

    Returns
    -------
    Comparison

    Raises
    ------
    NotFoundError
        When the backtest has no such model.

    Notes
    -----
    From eight series on the test is Wilcoxon's on the series' mean errors, and
    the interval of the skill comes from resampling series; below, the test is
    Diebold and Mariano's on the errors averaged over series, in the order of
    cutoffs and steps, and blocks of these are resampled.
    """
    if reference not in backtest.quantiles:
        known = ", ".join(backtest.quantiles)
        raise NotFoundError(f"model '{reference}' is not in the backtest; there are: {known}")
    judgement = Judgement(backtest, season)
    losses = Losses(judgement)
    errors = {name: losses.by_series(name) for name in backtest.quantiles}
    overall = {name: _mean(error) for name, error in errors.items()}
    ranked = sorted(overall, key=lambda name: (math.isnan(overall[name]), overall[name]))
    rest = [name for name in ranked if name not in (reference, *companions)]
    tests, intervals = _against(losses, errors, reference, rest)
    corrected = holm(np.array([one.pvalue for one in tests]))
    each = _by_series(losses, reference, rest)
    skills = tuple(
        Skill(
            name,
            skill(overall[reference], overall[name]),
            *interval,
            test.test,
            float(pvalue),
            sum(one.pvalue < ALPHA and one.direction < 0 for one in each[name]),
            sum(one.pvalue < ALPHA and one.direction > 0 for one in each[name]),
        )
        for name, test, interval, pvalue in zip(rest, tests, intervals, corrected, strict=True)
    )
    rivals = [
        Rival(one.baseline, overall[one.baseline], one.pvalue, test.direction, (one.low, one.high))
        for one, test in zip(skills, tests, strict=True)
        if any(source == one.baseline for source in backtest.source[one.baseline])
    ]  # one that never forecast itself was another model under its name
    return Comparison(
        reference=reference,
        season=season,
        measure=losses.measure,
        scores=tuple(_score(judgement, name) for name in ranked),
        skills=skills,
        series=len(np.unique(backtest.series)),
        forecasts=len(backtest.series),
        young=int((backtest.ends <= season).sum()) if season > 1 else 0,
        short=len(backtest.panel) - len(np.unique(backtest.series)),
        points=int(np.isfinite(backtest.y).sum()),
        missing=int(np.isnan(backtest.y).sum()),
        undefined=_undefined(judgement),
        dominant=_dominant(losses, errors[reference]),
        verdict=verdict(reference, overall[reference], rivals, losses.measure),
    )


def _against(
    losses: Losses, errors: Mapping[str, Array], reference: str, rest: Sequence[str]
) -> tuple[list[Significance], list[tuple[float, float]]]:
    """Test the reference against each baseline, and bound its skill, over series or over time."""
    if len(errors[reference]) >= FEWEST_SERIES:
        pairs = [(errors[reference], errors[name]) for name in rest]
        return [wilcoxon(*pair) for pair in pairs], [skill_interval(*pair) for pair in pairs]
    own, ahead = losses.over_time(reference), losses.ahead
    pairs = [(own, losses.over_time(name)) for name in rest]
    tests = [diebold_mariano(*pair, ahead) for pair in pairs]
    return tests, [skill_interval(*pair, ahead) for pair in pairs]


def _by_series(
    losses: Losses, reference: str, rest: Sequence[str]
) -> dict[str, list[Significance]]:
    """Test on every series, against every baseline."""
    own = [losses.over_time(reference, one) for one in losses.series]
    return {
        name: [
            diebold_mariano(first, losses.over_time(name, one), losses.ahead)
            for one, first in zip(losses.series, own, strict=True)
        ]
        for name in rest
    }


def _score(judgement: Judgement, name: str) -> Score:
    made = judgement.backtest
    found = judgement.averages(name, np.zeros(len(made.series), dtype=np.int64))
    return Score(
        model=name,
        measures={measure: float(value[0]) for measure, value in found.items()},
        seconds=made.seconds[name],
        fallbacks=sum(source != name for source in made.source[name]),
    )


def _undefined(judgement: Judgement) -> dict[str, int]:
    """Count what has no measure: series whose scale is zero, and actual zeros."""
    made = judgement.backtest
    series = np.unique(made.series)
    scaled = np.unique(made.series[np.isfinite(judgement.scale)])
    zeros = int((made.y == 0).sum())
    found = {"mase": len(series) - len(scaled), "mape": zeros}
    return {name: count for name, count in found.items() if count}


def _dominant(losses: Losses, errors: Array) -> str | None:
    with np.errstate(over="ignore", invalid="ignore"):
        shares = errors / errors.sum()
    if len(shares) < FEWEST_TO_DOMINATE or not shares.max() > 1 / 2:
        return None
    return losses.judgement.backtest.panel.ids[int(losses.series[int(shares.argmax())])]


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else math.nan
