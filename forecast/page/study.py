"""Find out what the report shows: forecast, backtest, calibration, errors, parts, profile.

Everything here is arrays and dataclasses. What takes long is done on some of the
series and the ends of long ones, and says on how many.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property

from forecast.decompose import Parts
from forecast.errors import DataError, UsageError
from forecast.explain.explanation import Explanation
from forecast.finding import Finding
from forecast.models.base import Progress
from forecast.nature import UNKNOWN, some_series
from forecast.page.observer import Here, Observer, Sample, Seen
from forecast.page.subject import LEVELS, Asked, Subject, spread
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

    What somebody else looks at is waited for when it is first asked for: `trial`, `parts`
    and `profile`.

    Attributes
    ----------
    subject : Subject
    forecast : Forecast
    seasons : tuple of int
    counted : Profile
        But for the nature of the series.
    explanations : dict of int to Explanation
        By place of the series; evenly spread, the first among them.
    unexplained : str
        Why there is none.
    look : callable
        Gives what was seen; its trial is not None.
    """

    subject: Subject
    forecast: Forecast
    seasons: tuple[int, ...]
    counted: Profile
    explanations: dict[int, Explanation]
    unexplained: str
    look: Callable[[], Seen]

    @cached_property
    def seen(self) -> Seen:
        """What was looked at."""
        return self.look()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is odd about the file."""
        return self.subject.given.findings

    @property
    def trial(self) -> Trial | str:
        """The backtest, or why there is none."""
        assert self.seen.trial is not None
        return self.seen.trial

    @cached_property
    def parts(self) -> dict[int, Parts]:
        """Series taken apart, by place."""
        places = taken_apart(len(self.subject.given.panel))
        return {place: one for place, one in zip(places, self.seen.parts, strict=True) if one}

    @cached_property
    def profile(self) -> Profile:
        """What the series are like."""
        return replace(self.counted, nature=self.seen.nature)


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
        Which may still wait for the observer.
    """
    given, seasons, observer = subject.given, subject.seasons, observer or Here()
    match = Match.arranged(subject, asked)
    shown = given.panel.select(taken_apart(len(given.panel)))
    own = subject.forecaster.own_seasons(shown, seasons)
    quick = match if match.is_quick else None
    observer.ask(Sample(some_series(given.panel), shown, seasons, own, quick))
    subject = subject.calibrated()
    forecast = subject.forecaster.predict(subject.horizon, given, LEVELS)
    trial = None if match.is_quick else hold(match, progress)
    explanations, unexplained = _explain(subject)

    @cache
    def look() -> Seen:
        seen = observer.answer()
        return replace(seen, trial=trial or seen.trial)

    return Study(
        subject=subject,
        forecast=forecast,
        seasons=seasons,
        counted=profile(given, UNKNOWN),
        explanations=explanations,
        unexplained=unexplained,
        look=look,
    )


def taken_apart(series: int) -> list[int]:
    """Choose the places of the series that are taken apart."""
    return spread(series, MOST_TAKEN_APART)


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
