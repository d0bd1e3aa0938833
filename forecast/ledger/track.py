"""A track record: how the forecasts of a ledger came true, and what they were about.

It is put together by ``forecast.ledger.score``.
"""

from dataclasses import asdict, dataclass
from typing import Any

from forecast.jsonable import without_nan
from forecast.ledger.drift import Drift
from forecast.reading.columns import Columns
from forecast.spec import DataSpec


@dataclass(frozen=True)
class Subject:
    """What the forecasts of a ledger are about.

    Attributes
    ----------
    columns : Columns
        Of the newest run.
    reading : DataSpec
        How its history was read.
    freq : str
    season : int
        Steps, of the scale that MASE divides by.
    model : str
        Name of those whose forecasts count.
    promise : dict of str to float
        What the backtest of the newest run's model said.
    models : int
        How many of the name made forecasts.
    only : int or None
        The one model of the ledger whose forecasts count; all of the name where None.
    others : tuple of str
        Names of further models that forecast the same target.
    """

    columns: Columns
    reading: DataSpec
    freq: str
    season: int
    model: str
    promise: dict[str, float]
    models: int
    only: int | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class LiveScores:
    """How forecasts came true.

    Attributes
    ----------
    values : int
        Forecasts with an actual value.
    mase, promised_mase : float
        Mean absolute error in units of the seasonal naive method's in-sample
        error before each cutoff; and what the forecasts' own distributions,
        which the backtest calibrated, said it would be.
    wape, bias : float
        Sum of absolute errors, and of forecasts less actual values, over the
        sum of absolute actual values.
    coverage : dict of int to float
        Share of values within the interval, by nominal per cent.
    """

    values: int
    mase: float
    promised_mase: float
    wape: float
    bias: float
    coverage: dict[int, float]


@dataclass(frozen=True)
class TrackRecord:
    """Past forecasts against what happened.

    Attributes
    ----------
    subject : Subject
    overall : LiveScores
    leads : dict of int to LiveScores
        By step ahead.
    drift : Drift
    series, cutoffs : int
        That were scored.
    open : int
        Forecasts without an actual value, so far or at all.
    """

    subject: Subject
    overall: LiveScores
    leads: dict[int, LiveScores]
    drift: Drift
    series: int
    cutoffs: int
    open: int

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as JSON can hold it; what is not known is None."""
        leads = [{"step": step, **asdict(one)} for step, one in self.leads.items()]
        document = {
            "model": self.subject.model,
            "others": list(self.subject.others),
            "target": self.subject.columns.target,
            "freq": self.subject.freq,
            "season": self.subject.season,
            "series": self.series,
            "cutoffs": self.cutoffs,
            "open": self.open,
            "overall": asdict(self.overall),
            "backtest": self.subject.promise,
            "drift": {**asdict(self.drift), "flagged": self.drift.is_drift},
            "leads": leads,
        }
        known: dict[str, Any] = without_nan(document)
        return known
