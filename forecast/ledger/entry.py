"""One run's forecasts as a ledger keeps them; it is ``forecast.ledger.book`` that writes them.

Letters: N series, H steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel
from forecast.reading.columns import Columns
from forecast.result import Forecast, expected_error
from forecast.spec import DataSpec


@dataclass(frozen=True, eq=False)
class Maker:
    """What makes forecasts, and what from.

    Attributes
    ----------
    columns : Columns
        Names in the user's files.
    reading : DataSpec
    panel : Panel
        The history that was forecast from.
    season : int
        Steps, of the scale.
    sha256 : str
        By which a ledger tells models apart.
    promise : dict of str to float
        See `Entry`.
    """

    columns: Columns
    reading: DataSpec
    panel: Panel
    season: int
    sha256: str
    promise: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Entry:
    """One run's forecasts, as they were handed out.

    Attributes
    ----------
    forecast : Forecast
        Every digit; what errors are to be expected is told from its quantiles.
    table : mapping of str to ndarray
        The same as handed out: "yhat" and the bounds, N * H rows.
    columns : Columns
        Names in the user's files, by which the truth is read later.
    reading : DataSpec
        How they are read.
    freq : str
    season : int
        Steps, of the scale.
    scale : ndarray of shape (N,)
        In-sample error of the seasonal naive method before each cutoff; not
        positive where there is none.
    model_sha256 : str
    promise : dict of str to float
        What the backtest of the model said: "mase", and "coverage-80" and so on.
    own : mapping of str to ndarray
        Columns of ``table`` as the model gave them, where those handed out were
        recalibrated.
    """

    forecast: Forecast
    table: Mapping[str, NDArray[Any]]
    columns: Columns
    reading: DataSpec
    freq: str
    season: int
    scale: NDArray[np.float64]
    model_sha256: str
    promise: dict[str, float] = field(default_factory=dict)
    own: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def own_name(name: str) -> str:
    """Give the column of a bound as the model gave it, by that of the one handed out.

    Examples
    --------
    >>> own_name("yhat-lo-80")
    'own-lo-80'
    """
    return name.replace("yhat", "own", 1)


def row_columns(entry: Entry, run: int, model: int, series: list[int]) -> dict[str, NDArray[Any]]:
    """Lay an entry out as columns of the table of forecasts.

    Parameters
    ----------
    entry : Entry
    run, model : int
        Their numbers in the ledger.
    series : list of int, length N
        Theirs.

    Returns
    -------
    dict of str to ndarray of shape (N * H,)
    """
    made, steps = entry.forecast, entry.forecast.horizon
    rows = len(series) * steps
    scale = np.where(entry.scale > 0, entry.scale, np.nan)
    columns: dict[str, NDArray[Any]] = {
        "series": np.repeat(series, steps),
        "cutoff": np.repeat(_integers(made.cutoffs), steps),
        "step": np.tile(np.arange(1, steps + 1), len(series)),
        "model": np.full(rows, model),
        "run": np.full(rows, run),
        "ds": _integers(made.timestamps).ravel(),
        "source": np.repeat(np.array(made.source, dtype=object), steps),
        "scale": np.repeat(scale, steps),
        "expected_error": expected_error(made.quantiles, made.quantile_levels).ravel(),
    }
    shown = entry.columns.in_forecasts()
    users = (shown.id, shown.time)
    given = [name for name in entry.table if name.startswith("yhat") and name not in users]
    columns |= {name: entry.table[name] for name in given}
    bounds = [name for name in given if name != "yhat" and name in entry.own]
    columns |= {own_name(name): entry.own[name] for name in bounds}
    return columns


def _integers(timestamps: NDArray[np.generic]) -> NDArray[np.int64]:
    """Nanoseconds since 1970, or whole numbers as they are."""
    if timestamps.dtype.kind == "M":
        timestamps = timestamps.astype("M8[ns]")
    return timestamps.astype(np.int64)
