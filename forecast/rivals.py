"""Set the network against baselines: train before the first cutoff, forecast, evaluate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from forecast.backtest import Backtest, Fit, backtest, before_first_cutoff
from forecast.comparison import Comparison
from forecast.errors import UsageError
from forecast.evaluate import evaluate
from forecast.forecaster import Forecaster, Source, read
from forecast.horizon import default_horizon
from forecast.models.base import FittedModel
from forecast.models.naive import SeasonalNaive
from forecast.models.recurrent import model_name
from forecast.models.zero_shot import zero_shot
from forecast.panel import Panel
from forecast.pretrained import has_weights
from forecast.season import seasons_of
from forecast.spec import ArimaSpec, BacktestSpec, NaiveSpec, RecurrentSpec

BASELINES = ("arima", "seasonal-naive", "naive")
"""Names that `compare` accepts."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison and the backtest it was made from.

    Attributes
    ----------
    comparison : Comparison
    backtest : Backtest
    spec : BacktestSpec
        As used.
    orders : dict of str to str
        Order of the ARIMA of each series, where ARIMA was among the baselines.
    """

    comparison: Comparison
    backtest: Backtest
    spec: BacktestSpec
    orders: dict[str, str]


def compare(
    source: Source,
    baselines: Sequence[str] = ("arima",),
    spec: BacktestSpec | None = None,
    forecaster: Forecaster | None = None,
    progress: Progress = lambda step, steps: None,
) -> Compared:
    """Evaluate the network against baselines on identical cutoffs.

    Parameters
    ----------
    source : str, Path, binary stream, pandas.DataFrame or Input
    baselines : sequence of str
        Of `BASELINES`; the seasonal naive method is always added.
    spec : BacktestSpec, optional
        Three cutoffs a horizon apart where None.
    forecaster : Forecaster, optional
        Whose settings are used; it is trained anew before the first cutoff.
    progress : callable
        Called with training steps done and in all.

    Returns
    -------
    Compared
    """
    for name in baselines:
        if name not in BASELINES:
            raise UsageError(
                f"baseline is '{name}'; allowed: {', '.join(BASELINES)}", fix="--baseline arima"
            )
    forecaster = forecaster or Forecaster()
    given = read(source, forecaster.reading)
    panel = given.panel
    spec = spec or BacktestSpec(default_horizon(panel))
    season = seasons_of(panel, forecaster.reading, before_first_cutoff(panel, spec))
    orders: dict[str, str] = {}

    def network(history: Panel) -> FittedModel:
        from forecast.models.fit import fit_recurrent

        wanted = forecaster.seasoned(history)
        return fit_recurrent(history, wanted, forecaster.training, spec.horizon, progress).model

    def pretrained(history: Panel) -> FittedModel:
        wanted = forecaster.seasoned(history)
        return zero_shot(history, wanted.season or (1,), spec.horizon, wanted.cell)

    def arima(history: Panel) -> FittedModel:
        from forecast.models.arima import ArimaModel

        fitted = ArimaModel.fit(history, ArimaSpec(season[0]), workers=None)
        orders.update(fitted.orders)
        return fitted

    naive = SeasonalNaive(NaiveSpec(season[0]))
    reference = model_name(forecaster.recurrent)
    fits: dict[str, Fit] = {reference: network}
    cell = forecaster.recurrent.cell
    companion = f"{model_name(RecurrentSpec(cell=cell))} pretrained"
    if has_weights(cell):
        fits[companion] = pretrained
    if "arima" in baselines:
        fits["ARIMA"] = arima
    if "naive" in baselines and naive.name != "Naive":
        fits["Naive"] = lambda _: SeasonalNaive(NaiveSpec(1))
    fits[naive.name] = lambda _: naive
    made = backtest(fits, panel, spec)
    comparison = evaluate(made, reference=reference, season=season[0], companions=(companion,))
    return Compared(comparison, made, spec, orders)
