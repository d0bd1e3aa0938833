"""AirPassengers on a rolling origin: 12 months ahead from each of the last 49 origins.

Trained once before the first origin and then fed newer history, or zero-shot as
the command does it: with nothing but the history up to each origin.

Letters: W origins, H horizon.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast import Forecaster, load
from forecast.metrics import coverage, mape, seasonal_scale, winkler
from forecast.result import Forecast
from tests.bench.command import Setting
from tests.bench.rows import Row

HORIZON, ORIGINS, SEASON = 12, 49, 12


def read_passengers(bench: Path) -> pd.DataFrame:
    """Read the series.

    Parameters
    ----------
    bench : Path

    Returns
    -------
    pandas.DataFrame
        ``timestamp, value``.
    """
    return pd.read_csv(bench / "singles" / "nixtla" / "air_passengers.csv")


def last_origins(rows: int) -> range:
    """Place the origins: the last forecast ends with the series.

    Parameters
    ----------
    rows : int
        Length of the series.

    Returns
    -------
    range
        Rows known at each origin.

    Examples
    --------
    >>> last_origins(144)
    range(84, 133)
    """
    return range(rows - HORIZON - ORIGINS + 1, rows - HORIZON + 1)


def targets(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give what happened after every origin.

    Parameters
    ----------
    y : ndarray of shape (T,)

    Returns
    -------
    ndarray of shape (W, H)
    """
    return np.stack([y[origin : origin + HORIZON] for origin in last_origins(len(y))])


def score_passengers(bench: Path, name: str, setting: Setting) -> Row:
    """Forecast from every origin and score the forecasts.

    Parameters
    ----------
    bench : Path
    name : str
        Of the set.
    setting : Setting

    Returns
    -------
    Row
        MAPE over all origins and steps.
    """
    frame = read_passengers(bench)
    origins = last_origins(len(frame))
    with tempfile.TemporaryDirectory() as place:
        first = Path(place) / "before.csv"
        frame.iloc[: origins[0]].to_csv(first, index=False)
        _, cost = setting.forecast(first, HORIZON, Path(place))
        trained = load(Path(place) / "forecast.model") if setting.trained else None
    made = [_forecast(trained, frame.iloc[:origin]) for origin in origins]
    values = frame["value"].to_numpy(float)
    y = targets(values)
    found = {q: np.concatenate([one.quantile(q) for one in made]) for q in made[0].quantile_levels}
    scale = [seasonal_scale(values[:origin], SEASON) for origin in origins]
    return Row(
        name,
        setting.label,
        {"MAPE": float(mape(y, found[0.5]).mean())},
        {
            "80": float(coverage(y, found[0.1], found[0.9]).mean()),
            "95": float(coverage(y, found[0.025], found[0.975]).mean()),
        },
        float((winkler(y, found[0.025], found[0.975], 95) / scale).mean()),
        points=y.size,
        cost=cost,
    )


def _forecast(trained: Forecaster | None, history: pd.DataFrame) -> Forecast:
    if trained is None:
        return Forecaster().adopt(history, HORIZON).predict(HORIZON)
    return trained.predict(HORIZON, history)
