"""What is drawn on the page, and the tables and words that stand beside it."""

from dataclasses import dataclass
from typing import Any

from forecast.evaluation.folds import MIXED_TIMES, end_together
from forecast.page import tables
from forecast.page.commands import Origin
from forecast.page.figures import Drawing, Lines
from forecast.page.insight import draw_explanations
from forecast.page.series import MOST_STEPS, shown_places
from forecast.page.study import MOST_TAKEN_APART, Study
from forecast.page.subject import MOST_CALIBRATED
from forecast.page.trial import Trial
from forecast.report.checkup import verdict as verdict_of_check
from forecast.report.fits import describe_fits


@dataclass(frozen=True)
class Names:
    """What the page is about, in words.

    Attributes
    ----------
    target, source : str
        Names of the column and the file.
    model : str
    """

    target: str
    source: str
    model: str


def draw_known(drawing: Drawing, found: Study, origin: Origin) -> dict[str, Any]:
    """Draw and lay out what this process knows: forecasts, findings, explanations, training.

    Parameters
    ----------
    drawing : Drawing
        That the charts are added to.
    found : Study
    origin : Origin

    Returns
    -------
    dict
        For the template.
    """
    drawing.forecast()
    losses = found.subject.forecaster.artifact.manifest.losses
    if losses:
        done = [round(100 * (place + 1) / len(losses)) for place in range(len(losses))]
        drawing.lines("training", Lines(done, {"loss": losses}, "training, %", "loss"), 180)
    return {
        "study": found,
        "names": Names(
            found.subject.given.columns.target,
            found.subject.given.path or "stdin",
            found.forecast.model,
        ),
        "checked": verdict_of_check(found.findings),
        "forecast_table": tables.forecast_table(found, shown_places(found)[0]),
        "findings_table": tables.findings_table(found, origin.complete),
        "most_steps": MOST_STEPS,
        "most_taken_apart": MOST_TAKEN_APART,
        "most_calibrated": MOST_CALIBRATED,
        "insights": draw_explanations(drawing, found),
        "has_losses": bool(losses),
        "loss_table": tables.loss_table(losses),
    }


def draw_seen(drawing: Drawing, found: Study) -> dict[str, Any]:
    """Draw and lay out what was looked at, perhaps by another process: see `Study`.

    Parameters
    ----------
    drawing : Drawing
        That the charts are added to.
    found : Study

    Returns
    -------
    dict
        For the template.
    """
    lengths = sorted({length for one in found.parts.values() for length in one.seasons})
    if found.parts:
        drawing.parts(lengths)
    layout: dict[str, Any] = {
        "seasons": lengths,
        "profile_table": tables.profile_table(found.profile),
        "trial": None,
        "no_trial": found.trial,
    }
    return layout | (_draw_trial(drawing, found.trial) if isinstance(found.trial, Trial) else {})


def _draw_trial(drawing: Drawing, trial: Trial) -> dict[str, Any]:
    comparison = trial.compared.comparison
    ranking = [one.model for one in comparison.scores]
    measure = comparison.measure.lower()
    steps = trial.by_step.groups.tolist()
    values = {name: trial.by_step.measures[name][measure].tolist() for name in ranking}
    beside = comparison.measure
    drawing.lines("errors", Lines(steps, values, "steps ahead", beside, from_zero=True))
    drawing.calibration(trial.reliability)
    if trial.autocorrelation is not None:
        drawing.autocorrelation(trial.autocorrelation)
    return {
        "trial": trial,
        "no_trial": "",
        "mixed_times": "" if end_together(trial.compared.backtest.panel) else MIXED_TIMES,
        "comparison": comparison,
        "ranking": ranking,
        "fits": describe_fits(trial.compared.backtest.records),
        "fallbacks": {one.model: one.fallbacks for one in comparison.scores if one.fallbacks},
        "score_table": tables.score_table(comparison),
        "step_table": tables.step_table(trial, ranking, measure),
        "coverage_table": tables.coverage_table(trial),
        "lag_table": tables.lag_table(trial) if trial.autocorrelation else None,
    }
