"""Set the network against baselines: train before the first cutoff, forecast, evaluate."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np

from forecast.evaluation.backtest import Backtest, Baselines, backtest
from forecast.evaluation.breakdown import Breakdown, By, break_down
from forecast.evaluation.comparison import Comparison
from forecast.evaluation.evaluate import evaluate
from forecast.evaluation.folds import Fold, before_first_cutoff, blocks, folds
from forecast.finding import counted
from forecast.forecaster import Forecaster
from forecast.given import Source, read
from forecast.horizon import default_horizon
from forecast.loading import loading
from forecast.models.base import Progress
from forecast.models.baselines import choose_baselines
from forecast.models.recurrent import RecurrentModel, model_name
from forecast.panel import Panel
from forecast.pretrained import has_weights
from forecast.spec import BacktestSpec, RecurrentSpec
from forecast.spec.base import at_least

Training = Callable[[Panel], RecurrentModel]
"""Makes a network of a history; of the pretrained one, too."""

_PARTS = 1000  # that progress is counted in


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison and the backtest it was made from.

    Attributes
    ----------
    comparison : Comparison
    backtest : Backtest
    spec : BacktestSpec
        As used.
    models : mapping of str to RecurrentModel
        The network, and the pretrained one beside it, as they were before the
        first cutoff.
    """

    comparison: Comparison
    backtest: Backtest
    spec: BacktestSpec
    models: Mapping[str, RecurrentModel] = field(default_factory=dict)

    @property
    def fewer(self) -> str | None:
        """Why there are fewer cutoffs than were asked for; None where there are not."""
        placed = len(np.unique(self.backtest.left))
        if placed == self.spec.windows:
            return None
        return (
            f"{counted(placed, 'cutoff')} instead of {self.spec.windows:,}:"
            " less than half of the rows lie before earlier ones"
        )

    @property
    def orders(self) -> Mapping[str, Mapping[str, str]]:
        """What each baseline chose last, by baseline and series: ``ETS(M,Ad,M)``."""
        return {
            model: {series: records[-1].form for series, records in found.items()}
            for model, found in self.backtest.records.items()
        }

    def by(self, group: By) -> Breakdown:
        """Give the scores series by series, step by step, or cutoff by cutoff.

        Parameters
        ----------
        group : {"series", "step", "cutoff"}

        Returns
        -------
        Breakdown
        """
        return break_down(self.backtest, group, self.comparison.season)

    def to_dict(self) -> dict[str, Any]:
        """Give settings, scores, tests, verdict, and every fit of a baseline, for JSON.

        Returns
        -------
        dict
        """
        fits = {
            model: {series: [asdict(one) for one in records] for series, records in found.items()}
            for model, found in self.backtest.records.items()
        }
        return {"backtest": self.spec.to_dict(), **self.comparison.to_dict(), "fits": fits}


def compare(
    source: Source,
    baselines: Sequence[str] = ("arima",),
    spec: BacktestSpec | None = None,
    forecaster: Forecaster | None = None,
    progress: Progress = lambda done, total: None,
    workers: int | None = None,
) -> Compared:
    """Evaluate the network against baselines on identical cutoffs.

    Parameters
    ----------
    source : str, Path, binary stream, pandas.DataFrame or Input
    baselines : sequence of str
        Of ``models.baselines.BASELINES``, or "all"; the seasonal naive method
        is always added.
    spec : BacktestSpec, optional
        Three cutoffs a horizon apart where None.
    forecaster : Forecaster, optional
        Whose settings are used; it is trained anew before the first cutoff.
    progress : callable
        Called with parts done and in all, from more than one thread.
    workers : int, optional
        Processes for the baselines, beside this one that trains; None takes
        every core. 0 fits them here, without a time limit. The result does
        not depend on it.

    Returns
    -------
    Compared

    Raises
    ------
    UsageError
        On an unknown baseline, before anything is read.
    """
    forecaster = forecaster or Forecaster()
    contest = _Contest.prepare(source, baselines, spec, forecaster, workers)
    bar = Bar(progress, len(blocks(contest.placed, contest.spec.refit)))

    def load() -> None:
        with loading():
            import forecast.models.fit  # noqa: F401  # what is loaded here is there below

    def network(history: Panel) -> RecurrentModel:
        spec = forecaster.seasoned(contest.panel, history)
        made = forecaster.trained(history, spec, contest.spec.horizon, bar.train, None)
        bar.trained += 1
        return made.model

    reference = model_name(forecaster.recurrent)
    fits: dict[str, Training] = {reference: network}
    cell = forecaster.recurrent.cell
    companion = f"{model_name(RecurrentSpec(cell=cell))} pretrained"
    if has_weights(cell):
        fits[companion] = contest.pretrained(forecaster)
    return contest.judge(fits, bar.fit, load)


def compare_pretrained(
    source: Source,
    baselines: Sequence[str] = ("arima",),
    spec: BacktestSpec | None = None,
    forecaster: Forecaster | None = None,
    progress: Progress = lambda done, total: None,
    workers: int | None = None,
) -> Compared:
    """Evaluate the pretrained network as it is: nothing is trained.

    Parameters
    ----------
    source, baselines, spec, workers
        See `compare`.
    forecaster : Forecaster, optional
        Whose cell and seasons are used.
    progress : callable
        Called with baseline fits done and in all.

    Returns
    -------
    Compared
        The reference has the name of its cell, "GRU".
    """
    forecaster = forecaster or Forecaster()
    contest = _Contest.prepare(source, baselines, spec, forecaster, workers)
    name = model_name(RecurrentSpec(cell=forecaster.recurrent.cell))
    return contest.judge({name: contest.pretrained(forecaster)}, progress)


@dataclass(frozen=True, eq=False)
class _Contest:
    """What every model of a comparison is given."""

    panel: Panel
    spec: BacktestSpec
    placed: Sequence[Fold]
    baselines: Baselines

    @classmethod
    def prepare(
        cls,
        source: Source,
        baselines: Sequence[str],
        spec: BacktestSpec | None,
        forecaster: Forecaster,
        workers: int | None,
    ) -> Self:
        choose_baselines(baselines, 1)
        if workers is not None:
            at_least("workers", workers, 0)
        panel = read(source, forecaster.reading.without_hindsight()).panel
        spec = spec or BacktestSpec(default_horizon(panel))
        placed = folds(panel, spec)
        past = before_first_cutoff(panel, placed)
        seasons = forecaster.seasoned(panel, past).seasons
        rivals = Baselines((), seasons[0], workers, forecaster.own_seasons(past, seasons))
        names = choose_baselines([*baselines, "seasonal-naive"], rivals.longest)
        return cls(panel, spec, placed, replace(rivals, names=names))

    def pretrained(self, forecaster: Forecaster) -> Training:
        def fit(history: Panel) -> RecurrentModel:
            spec = forecaster.seasoned(self.panel, history)
            return forecaster.pretrained(history, spec, self.spec.horizon)

        return fit

    def judge(
        self,
        fits: Mapping[str, Training],
        progress: Progress,
        load: Callable[[], None] = lambda: None,
    ) -> Compared:
        """Forecast by all models; the first of them is the reference."""
        reference, *companions = fits
        first: dict[str, RecurrentModel] = {}

        def remembered(name: str, fit: Training) -> Training:
            def fit_once_more(history: Panel) -> RecurrentModel:
                model = fit(history)
                first.setdefault(name, model)
                return model

            return fit_once_more

        noted = {name: remembered(name, fit) for name, fit in fits.items()}
        made = backtest(noted, self.panel, self.spec, self.baselines, progress, load)
        season = self.baselines.season
        comparison = evaluate(
            made, reference=reference, season=season, companions=tuple(companions)
        )
        return Compared(comparison, made, self.spec, first)


class Bar:
    """One progress of two things that go on side by side: that of the one which is behind.

    Parameters
    ----------
    progress : callable
        Called with parts done and in all.
    trainings : int
        Of the network; counted up in ``trained`` as they end.
    """

    def __init__(self, progress: Progress, trainings: int) -> None:
        self.trained, self._trainings = 0, trainings
        self._progress, self._lock = progress, threading.Lock()
        self._network, self._fits, self._shown = 0.0, 1.0, 0

    def train(self, step: int, steps: int) -> None:
        """Take note of a step of the training under way."""
        self._network = (self.trained + step / max(steps, 1)) / self._trainings
        self._tell()

    def fit(self, done: int, total: int) -> None:
        """Take note of a fit of a baseline."""
        self._fits = done / total
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            done = round(_PARTS * min(self._network, self._fits))
            self._shown = max(self._shown, done)  # training may turn out longer than planned
            self._progress(self._shown, _PARTS)
