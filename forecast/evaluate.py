"""Score the models of a backtest side by side and say which one to use.

Letters: R forecasts (one per series and cutoff), H steps. Measures are in
``metrics``, tests in ``significance``, the sentence in ``verdict``.
"""

import math

import numpy as np
from numpy.typing import NDArray

from forecast.backtest import Backtest
from forecast.comparison import Comparison, Score, Skill
from forecast.errors import NotFoundError
from forecast.metrics import METRICS, Judged, coverage, seasonal_scale
from forecast.result import interval_quantiles
from forecast.significance import FEWEST_SERIES, Significance, diebold_mariano, holm, wilcoxon
from forecast.verdict import Rival, verdict

Array = NDArray[np.float64]

_LEVELS = (80, 95)


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
    From eight series on the test is Wilcoxon's on the series' mean errors;
    below, Diebold and Mariano's on the errors averaged over series, in the
    order of cutoffs and steps.
    """
    if reference not in backtest.quantiles:
        known = ", ".join(backtest.quantiles)
        raise NotFoundError(f"model '{reference}' is not in the backtest; there are: {known}")
    scale = _scales(backtest, season)
    scored = scale > 0
    measure = "MASE" if scored.any() else "MAE"
    unit = np.where(scored, scale, np.nan) if measure == "MASE" else np.ones(len(scale))
    judged = {
        name: Judged(backtest.y, quantiles, backtest.levels, unit)
        for name, quantiles in backtest.quantiles.items()
    }
    errors = {name: _by_series(backtest, one, "mase") for name, one in judged.items()}
    overall = {name: _mean(error) for name, error in errors.items()}
    rest = [name for name in judged if name not in (reference, *companions)]
    if len(errors[reference]) >= FEWEST_SERIES:
        raw = [wilcoxon(errors[reference], errors[name]) for name in rest]
    else:
        raw = [_diebold_mariano(backtest, judged[reference], judged[name]) for name in rest]
    corrected = holm(np.array([one.pvalue for one in raw]))
    rivals = [
        Rival(name, overall[name], float(pvalue), one.direction)
        for name, one, pvalue in zip(rest, raw, corrected, strict=True)
    ]
    ranked = sorted(judged, key=lambda name: (math.isnan(overall[name]), overall[name]))
    return Comparison(
        reference=reference,
        season=season,
        measure=measure,
        scores=tuple(_score(backtest, name, judged[name], measure) for name in ranked),
        skills=tuple(
            Skill(one.name, _skill(overall[reference], one.error), test.test, one.pvalue)
            for one, test in zip(rivals, raw, strict=True)
        ),
        series=len(np.unique(backtest.series)),
        forecasts=len(backtest.series),
        points=int(np.isfinite(backtest.y).sum()),
        missing=int(np.isnan(backtest.y).sum()),
        unscaled=len(set(backtest.series.tolist()) - set(backtest.series[scored].tolist())),
        verdict=verdict(reference, overall[reference], rivals, measure),
    )


def _scales(backtest: Backtest, season: int) -> Array:
    """Seasonal naive scale before each cutoff, shape (R,)."""
    pairs = zip(backtest.series.tolist(), backtest.ends.tolist(), strict=True)
    return np.array(
        [seasonal_scale(backtest.panel[series].target[:end], season) for series, end in pairs]
    )


def _by_series(backtest: Backtest, judged: Judged, metric: str) -> Array:
    """Average a measure over each series' cutoffs; series without a scored one are left out."""
    seen = np.isfinite(judged.y).any(axis=1) & np.isfinite(judged.scale)
    series, values = backtest.series[seen], METRICS[metric](judged)[seen]
    _, position = np.unique(series, return_inverse=True)
    return np.asarray(np.bincount(position, values) / np.bincount(position))


def _diebold_mariano(backtest: Backtest, first: Judged, second: Judged) -> Significance:
    """Test on losses averaged over series, as one series in time.

    Cutoffs that are a horizon or more apart give one loss per step; closer
    ones overlap, and give one loss per cutoff.
    """
    rows_left = backtest.panel.lengths[backtest.series] - backtest.ends
    cutoffs = np.unique(rows_left)[::-1]
    distance = int(-np.diff(cutoffs).max()) if len(cutoffs) > 1 else backtest.horizon
    overlapping = distance < backtest.horizon
    losses = []
    for one in (first, second):
        errors = np.abs(one.y - one.point) / one.scale[:, None]
        unseen = np.isnan(one.y) | np.isnan(one.scale)[:, None]
        steps = [
            _mean_of_seen(errors[rows_left == cutoff], unseen[rows_left == cutoff])
            for cutoff in cutoffs
        ]
        losses.append(
            np.array([_mean(step) for step in steps]) if overlapping else np.concatenate(steps)
        )
    ahead = math.ceil(backtest.horizon / distance) if overlapping else backtest.horizon
    return diebold_mariano(losses[0], losses[1], ahead)


def _mean_of_seen(errors: Array, unseen: NDArray[np.bool_]) -> Array:
    """Average over series; steps that no series has observed are dropped."""
    count = (~unseen).sum(axis=0)
    total = np.where(unseen, 0.0, errors).sum(axis=0)
    return np.asarray(total[count > 0] / count[count > 0])


def _score(backtest: Backtest, name: str, judged: Judged, measure: str) -> Score:
    levels = judged.levels
    pooled = Judged(  # one long series: sums over everything
        judged.y.ravel(), judged.quantiles.reshape(-1, len(levels)), levels, np.array(np.nan)
    )
    covered = {}
    for level in _LEVELS:
        low, high = interval_quantiles(level)
        if low in levels and high in levels:
            bounds = (pooled.quantiles[:, levels.index(bound)] for bound in (low, high))
            covered[str(level)] = float(coverage(pooled.y, *bounds))
    every = Judged(judged.y, judged.quantiles, levels, np.ones(len(judged.y)))
    return Score(
        model=name,
        mase=_mean(_by_series(backtest, judged, "mase")) if measure == "MASE" else math.nan,
        wape=float(METRICS["wape"](pooled)),
        smape=_mean(_by_series(backtest, every, "smape")),
        rmse=float(METRICS["rmse"](pooled)),
        quantile_loss=float(METRICS["quantile_loss"](pooled)),
        coverage=covered,
        seconds=backtest.seconds[name],
        fallbacks=sum(source != name for source in backtest.source[name]),
    )


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else math.nan


def _skill(error: float, baseline: float) -> float:
    return 100 * (1 - error / baseline) if baseline > 0 else math.nan
