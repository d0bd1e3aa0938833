"""Find out what the report shows: forecast, backtest, calibration, errors, parts, profile.

Everything here is arrays and dataclasses. What takes long is done on some of the
series and the ends of long ones, and says on how many.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from forecast.decompose import Parts, decompose
from forecast.errors import DataError, UsageError
from forecast.evaluation.breakdown import Breakdown
from forecast.evaluation.reliability import Reliability, reliability
from forecast.evaluation.residuals import Autocorrelation, autocorrelation
from forecast.explain.explanation import Explanation
from forecast.finding import Finding
from forecast.forecaster import Forecaster
from forecast.profile import Profile, profile
from forecast.read import Input
from forecast.result import Forecast
from forecast.rivals import Compared, compare, compare_pretrained
from forecast.spec import BacktestSpec

MOST_JUDGED, MOST_ROWS = 20, 2000
"""Series that a backtest is made on, and last rows of each."""

MOST_CALIBRATED = 200
"""Series that the pretrained network is calibrated on; of more, so many evenly spread."""

MOST_TAKEN_APART = 12
"""Series whose parts are shown."""

FEW_VALUES = 1500
"""Rows of a backtest from which ARIMA takes too long to be asked unless wanted."""

LEVELS = (80, 95)
"""Intervals shown, in per cent."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """What the user decides.

    Attributes
    ----------
    baselines : tuple of str, optional
        ARIMA where it is affordable, else Theta, where None.
    windows : int
        Cutoffs of the backtest.
    step : int, optional
        Between cutoffs.
    workers : int, optional
        Processes for the baselines.
    fit_seconds : float
        Time limit of one baseline on one series.
    train_seconds : float
        Time limit of the training for the backtest of a trained network.
    """

    baselines: tuple[str, ...] | None = None
    windows: int = 3
    step: int | None = None
    workers: int | None = None
    fit_seconds: float = 120.0
    train_seconds: float = 60.0


@dataclass(frozen=True, eq=False)
class Subject:
    """What is forecast, and by what.

    Attributes
    ----------
    given : Input
    open_gaps : Input
        The same, where values were filled in from what followed them, with those missing:
        for the backtest.
    forecaster : Forecaster
        Ready to predict.
    horizon : int
    trained : bool
        Whether by a model file; else it is the pretrained network as it is.
    """

    given: Input
    open_gaps: Input
    forecaster: Forecaster
    horizon: int
    trained: bool

    @classmethod
    def pretrained(
        cls, given: Input, open_gaps: Input, forecaster: Forecaster, horizon: int
    ) -> Self:
        """Let the pretrained network forecast, calibrated on some of many series."""
        some = given
        if len(given.panel) > MOST_CALIBRATED:
            panel = given.panel.select(spread(len(given.panel), MOST_CALIBRATED))
            some = replace(given, panel=panel, lines=None)
        return cls(given, open_gaps, forecaster.adopt(some, horizon), horizon, trained=False)


@dataclass(frozen=True, eq=False)
class Trial:
    """A backtest and what its errors tell.

    Attributes
    ----------
    compared : Compared
    baselines : tuple of str
        That were asked for.
    series : tuple of str
        Names of those judged.
    rows : int
        At most so many last rows of each were used; 0 for all.
    by_step : Breakdown
    reliability : tuple of Reliability
    autocorrelation : Autocorrelation or None
    """

    compared: Compared
    baselines: tuple[str, ...]
    series: tuple[str, ...]
    rows: int
    by_step: Breakdown
    reliability: tuple[Reliability, ...]
    autocorrelation: Autocorrelation | None

    @property
    def verdict(self) -> str:
        """One sentence: which model to use, by how much, and how sure that is."""
        return self.compared.comparison.verdict


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
    explanation : Explanation or str
        Of the first series' forecast; or why there is none.
    """

    subject: Subject
    forecast: Forecast
    findings: tuple[Finding, ...]
    profile: Profile
    seasons: tuple[int, ...]
    trial: Trial | str
    parts: dict[int, Parts]
    explanation: Explanation | str


def study(subject: Subject, asked: Asked, progress: Progress = lambda done, total: None) -> Study:
    """Find out everything that a report shows.

    Parameters
    ----------
    subject : Subject
    asked : Asked
    progress : callable
        Called with parts of the backtest done and in all.

    Returns
    -------
    Study
    """
    given = subject.given
    seasons = subject.forecaster.seasoned(given.panel).season or (1,)
    return Study(
        subject=subject,
        forecast=subject.forecaster.predict(subject.horizon, given, LEVELS),
        findings=given.findings,
        profile=profile(given),
        seasons=seasons,
        trial=_try(subject, asked, progress),
        parts=_take_apart(given, seasons),
        explanation=_explain(subject),
    )


def _try(subject: Subject, asked: Asked, progress: Progress) -> Trial | str:
    """Judge the network on some series, as they ended; say why where none is long enough."""
    given, forecaster = subject.open_gaps, subject.forecaster
    chosen = spread(len(given.panel), MOST_JUDGED)
    panel = given.panel.select(chosen)
    cut = int(panel.lengths.max()) > MOST_ROWS
    panel = panel.tail(MOST_ROWS) if cut else panel
    sample = replace(given, panel=panel, lines=None)
    baselines = asked.baselines or (("arima",) if len(panel.target) <= FEW_VALUES else ("theta",))
    spec = BacktestSpec(
        subject.horizon, asked.windows, asked.step, levels=LEVELS, fit_seconds=asked.fit_seconds
    )
    judge = compare if subject.trained else compare_pretrained
    least = min(forecaster.training.max_seconds or asked.train_seconds, asked.train_seconds)
    settings = Forecaster(
        replace(forecaster.recurrent, horizon=None),
        replace(forecaster.training, max_seconds=least),
        forecaster.reading,
    )
    try:
        compared = judge(sample, baselines, spec, settings, progress, asked.workers)
    except DataError as error:
        return error.message
    made, name = compared.backtest, compared.comparison.reference
    return Trial(
        compared=compared,
        baselines=tuple(baselines),
        series=tuple(panel.ids),
        rows=MOST_ROWS if cut else 0,
        by_step=compared.by("step"),
        reliability=reliability(made, name),
        autocorrelation=autocorrelation(
            compared.models[name], panel, _steps_tried(spec), compared.comparison.season
        ),
    )


def spread(count: int, most: int) -> list[int]:
    """Choose places evenly, the first among them.

    Examples
    --------
    >>> spread(5, 20), spread(1000, 4)
    ([0, 1, 2, 3, 4], [0, 250, 500, 750])
    """
    return list(range(count)) if count <= most else [i * count // most for i in range(most)]


def _steps_tried(spec: BacktestSpec) -> int:
    """Rows after the first cutoff."""
    return spec.horizon + (spec.windows - 1) * spec.cutoff_distance


def _take_apart(given: Input, seasons: Sequence[int]) -> dict[int, Parts]:
    found = {}
    for place in spread(len(given.panel), MOST_TAKEN_APART):
        parts = decompose(given.panel[place], tuple(seasons))
        if parts is not None:
            found[place] = parts
    return found


def _explain(subject: Subject) -> Explanation | str:
    """Look inside the network where that does not take longer than everything else."""
    count = len(subject.given.panel)
    if count > MOST_CALIBRATED:
        return f"of {count:,} series none is explained here"
    try:
        return subject.forecaster.explain(subject.horizon, subject.given)
    except (DataError, UsageError) as error:
        return error.message
