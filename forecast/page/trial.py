"""The backtest of a report: the network and baselines on the ends of some series."""

from dataclasses import dataclass, replace
from typing import Self

from forecast.errors import DataError
from forecast.evaluation.breakdown import Breakdown
from forecast.evaluation.jobs import INSTANT
from forecast.evaluation.reliability import Reliability, reliability
from forecast.evaluation.residuals import Autocorrelation, autocorrelation
from forecast.forecaster import Forecaster
from forecast.models.base import Progress
from forecast.page.subject import LEVELS, Asked, Subject, spread
from forecast.read import Input
from forecast.rivals import Compared, compare, compare_pretrained
from forecast.spec import BacktestSpec

MOST_JUDGED, MOST_ROWS = 20, 2000
"""Series that a backtest is made on, and last rows of each."""

FEW_VALUES = 1500
"""Rows of a backtest from which ARIMA takes too long to be asked unless wanted."""

QUICK = ("theta", *INSTANT)
"""Baselines that take less time on so few rows than a process takes to start."""


@dataclass(frozen=True, eq=False)
class Match:
    """A backtest to be made.

    Attributes
    ----------
    given : Input
        Some series, their last rows.
    rows : int
        At most so many of each; 0 for all.
    forecaster : Forecaster
        Whose settings the network has.
    trained : bool
        Whether it is trained before the first cutoff.
    baselines : tuple of str
    spec : BacktestSpec
    workers : int, optional
        Processes for the baselines.
    """

    given: Input
    rows: int
    forecaster: Forecaster
    trained: bool
    baselines: tuple[str, ...]
    spec: BacktestSpec
    workers: int | None

    @classmethod
    def arranged(cls, subject: Subject, asked: Asked) -> Self:
        """Choose the series, their rows and the baselines.

        Parameters
        ----------
        subject : Subject
        asked : Asked

        Returns
        -------
        Match
        """
        given, forecaster = subject.open_gaps, subject.forecaster
        panel = given.panel.select(spread(len(given.panel), MOST_JUDGED))
        cut = int(panel.lengths.max()) > MOST_ROWS
        panel = panel.tail(MOST_ROWS) if cut else panel
        usual = ("arima",) if len(panel.target) <= FEW_VALUES else ("theta",)
        least = min(forecaster.training.max_seconds or asked.train_seconds, asked.train_seconds)
        match = cls(
            given=replace(given, panel=panel, lines=None, findings=()),
            rows=MOST_ROWS if cut else 0,
            forecaster=Forecaster(
                replace(forecaster.recurrent, horizon=None),
                replace(forecaster.training, max_seconds=least),
                forecaster.reading,
            ),
            trained=subject.trained,
            baselines=asked.baselines or usual,
            spec=BacktestSpec(
                subject.horizon,
                asked.windows,
                asked.step,
                levels=LEVELS,
                fit_seconds=asked.fit_seconds,
            ),
            workers=asked.workers,
        )
        return replace(match, workers=0) if match.is_quick else match

    @property
    def is_quick(self) -> bool:
        """Whether nothing is trained, and every baseline fitted at once."""
        return not self.trained and set(self.baselines) <= set(QUICK)


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


def hold(match: Match, progress: Progress = lambda done, total: None) -> Trial | str:
    """Judge the network on some series, as they ended.

    Parameters
    ----------
    match : Match
    progress : callable
        Called with parts of the backtest done and in all.

    Returns
    -------
    Trial or str
        Why there is none, where no series is long enough.
    """
    judge = compare if match.trained else compare_pretrained
    panel = match.given.panel
    try:
        compared = judge(
            match.given, match.baselines, match.spec, match.forecaster, progress, match.workers
        )
    except DataError as error:
        return error.message
    made, name = compared.backtest, compared.comparison.reference
    return Trial(
        compared=compared,
        baselines=match.baselines,
        series=tuple(panel.ids),
        rows=match.rows,
        by_step=compared.by("step"),
        reliability=reliability(made, name),
        autocorrelation=autocorrelation(
            compared.models[name].renamed,
            panel,
            int(made.left.max()),  # rows after the first cutoff
            compared.comparison.season,
        ),
    )
