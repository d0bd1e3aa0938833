"""Losses that tests and intervals are about: their averages are the error that is told."""

from dataclasses import replace

import numpy as np
import pytest

from forecast.evaluation.backtest import Backtest, backtest
from forecast.evaluation.evaluate import evaluate
from forecast.evaluation.judge import Judgement
from forecast.evaluation.losses import Losses
from forecast.models.baselines import fit_baseline
from forecast.panel import Panel, Series
from forecast.spec import BacktestSpec

LENGTHS = 60, 44, 14
"""Of a horizon of 4 and three cutoffs, the last series has but one or two."""


def made(step: int, lengths: tuple[int, ...] = LENGTHS) -> Backtest:
    """Naive methods on series of other lengths, with gaps where they are judged."""
    rng = np.random.default_rng(4)
    series = []
    for place, rows in enumerate(lengths):
        values = np.cumsum(rng.normal(size=rows)) + 30 * place * (np.arange(rows) > rows - 4)
        values[[rows - 2, rows - 7]] = np.nan
        series.append(Series(f"s{place}", np.arange(rows), values))
    panel = Panel.from_series(series, "1")
    fits = {
        "SeasonalNaive": lambda history: fit_baseline("seasonal-naive", history, 4),
        "Naive": lambda history: fit_baseline("naive", history, 4),
    }
    return backtest(fits, panel, BacktestSpec(4, 3, step))


@pytest.mark.parametrize("step", [4, 6, 1, 3])
@pytest.mark.parametrize("lengths", [LENGTHS, LENGTHS[:1]])
def test_losses_over_time_average_to_the_error(step: int, lengths: tuple[int, ...]) -> None:
    """Each series counts the same, and each of its cutoffs, however many values there are."""
    result = made(step, lengths)
    losses = Losses(Judgement(result, 1))
    for score in evaluate(result, reference="Naive", season=1).scores:
        mase = score.measures["mase"]
        assert losses.by_series(score.model).mean() == pytest.approx(mase)
        assert losses.over_time(score.model).mean() == pytest.approx(mase)
        each = [losses.over_time(score.model, one).mean() for one in losses.series]
        assert np.mean(each) == pytest.approx(mase)


def test_losses_over_time_are_means_of_what_was_seen() -> None:
    """With the same cutoffs and no gaps, a loss is the mean of a step over series."""
    result = made(4, LENGTHS[:2])
    full = replace(result, y=np.where(np.isnan(result.y), 0.0, result.y))
    losses = Losses(Judgement(full, 1))
    errors = np.abs(full.y - full.quantiles["Naive"][..., full.levels.index(0.5)])
    scaled = errors / losses.judgement.scale[:, None]
    expected = scaled.reshape(3, 2, 4).mean(axis=1).ravel()
    np.testing.assert_allclose(losses.over_time("Naive"), expected)


def test_losses_of_nothing_are_none() -> None:
    """Where nothing happened yet, there is nothing to test."""
    result = made(4)
    unknown = replace(result, y=np.full_like(result.y, np.nan))
    assert len(Losses(Judgement(unknown, 1)).over_time("Naive")) == 0


def test_skill_lies_within_its_interval_where_series_have_other_cutoffs() -> None:
    """What is resampled is what the skill is computed from."""
    (skill,) = evaluate(made(4), reference="Naive", season=1).skills
    assert skill.low <= skill.percent <= skill.high
