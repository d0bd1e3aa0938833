"""Made-up forecasts for the tests of the ledger."""

import numpy as np

from forecast.ledger.entry import Entry
from forecast.reading.columns import Columns
from forecast.result import DEFAULT_QUANTILES, Forecast
from forecast.spec import DataSpec
from forecast.write import forecast_columns

Z = np.array([-1.96, -1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816, 1.96])
"""Standard normal quantiles of ``DEFAULT_QUANTILES``."""


def entry(
    ids: tuple[str, ...] = ("a",),
    day: int = 0,
    horizon: int = 3,
    *,
    point: float = 10.0,
    spread: float = 1.0,
    sha256: str = "m1",
    levels: tuple[int, ...] = (80, 95),
) -> Entry:
    """Make an entry of daily forecasts: normal, the same for every series and step."""
    cutoffs = np.full(len(ids), np.datetime64("2024-01-01", "ns") + np.timedelta64(day, "D"))
    ahead = np.arange(1, horizon + 1).astype("m8[D]")
    quantiles = np.broadcast_to(point + spread * Z, (len(ids), horizon, len(Z)))
    made = Forecast(
        "GRU",
        ids,
        cutoffs,
        cutoffs[:, None] + ahead,
        np.full((len(ids), horizon), point),
        DEFAULT_QUANTILES,
        quantiles,
        ("GRU",) * len(ids),
    )
    columns = Columns("day", "sales", "shop")
    table = forecast_columns(made, columns, levels)
    scale = np.full(len(ids), 2.0)
    return Entry(made, table, columns, DataSpec(), "D", 7, scale, sha256, {"mase": 0.4})
