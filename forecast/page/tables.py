"""The numbers of the report as tables of text, which stand beside every chart."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forecast.evaluation.comparison import Comparison, Score
from forecast.finding import by_severity
from forecast.page.series import MOST_STEPS
from forecast.page.study import Study
from forecast.page.trial import Trial
from forecast.profile import Profile
from forecast.report.checkup import MOST_FINDINGS, season_words
from forecast.report.terminal import decimals_of, number
from forecast.timeline.frequency import describe_frequency
from forecast.timeline.timestamps import format_timestamps

_SECONDS = ((1, "under 1 s"), (10, "under 10 s"), (60, "under 1 min"), (600, "under 10 min"))


@dataclass(frozen=True)
class Table:
    """A table of the page.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
        The first cell of each is its heading.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def forecast_table(found: Study, place: int) -> Table:
    """Show the forecast of one series."""
    made = found.forecast
    times = format_timestamps(
        made.timestamps[place][:MOST_STEPS], found.subject.given.columns.time_format
    ).tolist()
    bounds = [made.quantile(level)[place] for level in (0.5, 0.1, 0.9, 0.025, 0.975)]
    known = found.subject.given.panel[place].target
    largest = max(float(abs(bounds[0]).max()), float(abs(known[known == known]).max(initial=0)))
    digits = decimals_of(largest)
    rows = tuple(
        (time, *(number(float(one[step]), f",.{digits}f") for one in bounds))
        for step, time in enumerate(times)
    )
    head = ("time", "forecast", "80 % from", "to", "95 % from", "to")
    return Table("Forecast with its intervals", head, rows)


def score_table(comparison: Comparison) -> Table:
    """Show the errors of all models, best first, and how the reference stands to each."""
    skills = {one.baseline: one for one in comparison.skills}
    rows = []
    for one in comparison.scores:
        skill = skills.get(one.model)
        rows.append(
            (
                one.model,
                _measure(one, "mase", ".3f"),
                _measure(one, "wape", ".1%"),
                _measure(one, "smape", ".2f"),
                _measure(one, "rmse", f",.{decimals_of(_measured(one, 'rmse'))}f"),
                _measure(one, "coverage-80", ".0%"),
                _measure(one, "coverage-95", ".0%"),
                f"{number(skill.percent, '.1f')} %" if skill else "",
                number(skill.pvalue, ".2g") if skill else "",
                roughly(one.seconds),
            )
        )
    measured = ("model", "MASE", "WAPE", "sMAPE", "RMSE", "in 80 %", "in 95 %")
    tested = (f"skill of {comparison.reference}", "p", "took")
    caption = "Errors on stretches that no model had seen"
    return Table(caption, (*measured, *tested), tuple(rows))


def step_table(trial: Trial, models: Sequence[str], measure: str) -> Table:
    """Show the error of each model by steps ahead."""
    columns = [trial.by_step.measures[model][measure] for model in models]
    rows = tuple(
        (str(step), *(number(float(one), ".3f") for one in values))
        for step, *values in zip(trial.by_step.groups.tolist(), *columns, strict=True)
    )
    return Table("Error by steps ahead", ("steps ahead", *models), rows)


def coverage_table(trial: Trial) -> Table:
    """Show nominal and measured coverage."""
    rows = tuple((f"{one.level} %", f"{one.share:.0%}") for one in trial.reliability)
    return Table("Coverage of the intervals", ("nominal", "measured"), rows)


def lag_table(trial: Trial) -> Table:
    """Show the autocorrelations of errors."""
    assert trial.autocorrelation is not None
    values = trial.autocorrelation.values.tolist()
    pairs = zip(trial.autocorrelation.lags, values, strict=True)
    rows = tuple((str(lag), f"{value:+.2f}") for lag, value in pairs)
    return Table("Autocorrelation of errors one step ahead", ("steps apart", "correlation"), rows)


def findings_table(found: Study, complete: Callable[[str], str]) -> Table | None:
    """Show what was found in the file; None where nothing was."""
    ordered = by_severity(found.findings)
    if not ordered:
        return None
    rows: list[tuple[str, ...]] = [
        (
            one.severity,
            ", ".join(map(str, one.lines)) + (", …" if one.count > len(one.lines) > 0 else ""),
            str(one) if len(found.subject.given.panel) > 1 else one.message,
            complete(one.fix) if one.fix else "",
        )
        for one in ordered[:MOST_FINDINGS]
    ]
    if len(ordered) > MOST_FINDINGS:
        rest = len(ordered) - MOST_FINDINGS
        rows.append(("", "", f"and {rest:,} more: forecast check shows all", ""))
    head = ("kind", "lines", "what was found", "what repairs it")
    return Table("What was found in the file", head, tuple(rows))


def profile_table(described: Profile) -> Table:
    """Show what the series are like."""
    nature = described.nature
    seasons = map(season_words, nature.seasons)
    lengths = dict.fromkeys((f"{described.shortest:,}", f"{described.longest:,}"))
    tests = {
        "stationary": nature.stationary,
        "wandering": nature.wandering,
        "unclear": nature.unclear,
    }
    said = ", ".join(f"{count} {name}" for name, count in tests.items() if count)
    rows = (
        ("series", f"{described.series:,}"),
        ("rows of a series", " to ".join(lengths)),
        ("span", f"{described.first} to {described.last}"),
        ("frequency", f"{describe_frequency(described.freq)}"),
        ("seasons", ", ".join(seasons) or "none found"),
        (
            "strength of the trend",
            "too short to tell" if nature.trend is None else f"{nature.trend:.2f}",
        ),
        (f"unit root tests of {nature.tested} series", said or "too short to tell"),
        ("missing values", f"{described.missing:.1%}"),
        ("zeros", f"{described.zeros:.1%}"),
        ("negative values", f"{described.negative:.1%}"),
    )
    return Table("What the series are like", ("what", "value"), rows)


def loss_table(losses: Sequence[float]) -> Table:
    """Show the loss for each part of the training."""
    rows = tuple(
        (f"{100 * (place + 1) / len(losses):.0f} %", number(loss, ".4f"))
        for place, loss in enumerate(losses)
    )
    return Table("Loss in training", ("done", "loss"), rows)


def roughly(seconds: float) -> str:
    """Say how long something took, so that the same work gives the same words.

    Examples
    --------
    >>> roughly(0.2), roughly(7.0), roughly(1e4)
    ('under 1 s', 'under 10 s', 'over 10 min')
    """
    return next((text for bound, text in _SECONDS if seconds < bound), "over 10 min")


def _measured(score: Score, name: str) -> float:
    return abs(score.measures.get(name, math.nan))


def _measure(score: Score, name: str, form: str) -> str:
    return number(score.measures.get(name, math.nan), form)
