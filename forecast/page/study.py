"""Find out what the report shows: forecast, backtest, calibration, errors, parts, profile.

Everything here is arrays and dataclasses. What takes long is done on some of the
series and the ends of long ones, and says on how many.
"""

from dataclasses import dataclass, replace
from importlib import import_module

from forecast.decompose import Parts
from forecast.errors import DataError, UsageError
from forecast.explain.explanation import Explanation
from forecast.finding import Finding
from forecast.nature import UNKNOWN, some_series
from forecast.page.observer import Here, Observer, Sample
from forecast.page.subject import LEVELS, Asked, Progress, Subject, spread
from forecast.page.trial import Match, Trial, hold
from forecast.profile import Profile, profile
from forecast.result import Forecast

MOST_TAKEN_APART = 8
"""Series whose parts are shown."""

MOST_EXPLAINED, MOST_FOR_EXPLANATION = 4, 200
"""Series whose forecasts are explained, and series of more than which none is."""


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that a report shows.

    Attributes
    ----------
    subject : Subject
    forecast : Forecast
    findings : tuple of Finding
    profile : Profile
    seasons : tuple of int
    trial : Trial or str
        Or why there is none.
    parts : dict of int to Parts
        By place of the series.
    explanations : dict of int to Explanation
        By place of the series; evenly spread, the first among them.
    unexplained : str
        Why there is none.
    """

    subject: Subject
    forecast: Forecast
    findings: tuple[Finding, ...]
    profile: Profile
    seasons: tuple[int, ...]
    trial: Trial | str
    parts: dict[int, Parts]
    explanations: dict[int, Explanation]
    unexplained: str = ""


def study(
    subject: Subject,
    asked: Asked,
    progress: Progress = lambda done, total: None,
    observer: Observer | None = None,
) -> Study:
    """Find out everything that a report shows.

    Parameters
    ----------
    subject : Subject
    asked : Asked
    progress : callable
        Called with parts of the backtest done and in all.
    observer : Observer, optional
        Looks at some of the series; this process where None.

    Returns
    -------
    Study
    """
    given, seasons, observer = subject.given, subject.seasons, observer or Here()
    match = Match.arranged(subject, asked)
    places = spread(len(given.panel), MOST_TAKEN_APART)
    observer.ask(
        Sample(
            some_series(given.panel),
            given.panel.select(places),
            seasons,
            match if match.is_quick else None,
        )
    )
    subject = subject.calibrated()
    forecast = subject.forecaster.predict(subject.horizon, given, LEVELS)
    trial = None if match.is_quick else hold(match, progress)
    explanations, unexplained = _explain(subject)
    counted = profile(given, UNKNOWN)
    import_module("forecast.page.figures")  # takes a second, in which the observer goes on
    seen = observer.answer()
    found = trial or seen.trial
    assert found is not None
    return Study(
        subject=subject,
        forecast=forecast,
        findings=given.findings,
        profile=replace(counted, **vars(seen.nature)),
        seasons=seasons,
        trial=found,
        parts={place: one for place, one in zip(places, seen.parts, strict=True) if one},
        explanations=explanations,
        unexplained=unexplained,
    )


def _explain(subject: Subject) -> tuple[dict[int, Explanation], str]:
    """Look inside the network where that does not take longer than everything else."""
    ids = subject.given.panel.ids
    if len(ids) > MOST_FOR_EXPLANATION:
        return {}, f"Of {len(ids):,} series none is explained here"
    found: dict[int, Explanation] = {}
    why = ""
    for place in spread(len(ids), MOST_EXPLAINED):
        try:
            found[place] = subject.forecaster.explain(
                subject.horizon, subject.given, series=ids[place]
            )
        except (DataError, UsageError) as error:
            why = why or error.message
    return found, "" if found else why
