"""ETTh1: seven hourly columns, all windows of the last 2,880 rows, errors in standard units.

The convention of the literature (Zhou et al. 2021, "Informer"): 8,640 rows train,
2,880 validate, 2,880 test; columns are standardised with the mean and the
deviation of the first 8,640 rows; every window of the test part counts, with no
incomplete batch dropped; errors are averaged over windows, steps and columns.
Here training and validation rows are one file, as a user would give it, and
the model made from it is fed the newer history before each window.

Letters: N columns, W windows, H horizon, T rows.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast import Forecaster, load
from forecast.panel import Panel
from forecast.read import Input, read_csv
from forecast.spec import DataSpec
from tests.bench.command import Setting, run_forecast
from tests.bench.rolling import forecasts, targets
from tests.bench.rows import Row

HORIZONS = (96, 192, 336, 720)
TRAIN_ROWS, KNOWN_ROWS, ROWS = 8640, 11520, 14400
READING = DataSpec(wide=True)

CHECKED = 3
"""Windows that are also forecast by the command, to see that it says the same."""


@dataclass(frozen=True)
class Errors:
    """Sums over values forecast, in standard units.

    Attributes
    ----------
    squared, absolute : float
    inside : tuple of float
        Values within the 80 % and the 95 % interval.
    count : int
    """

    squared: float = 0.0
    absolute: float = 0.0
    inside: tuple[float, float] = (0.0, 0.0)
    count: int = 0

    def plus(
        self, y: NDArray[np.float64], found: NDArray[np.float64], scale: NDArray[np.float64]
    ) -> Self:
        """Add windows.

        Parameters
        ----------
        y : ndarray of shape (W, N, H)
        found : ndarray of shape (W, N, H, 5)
            Median, bounds of the 80 % interval, bounds of the 95 % interval.
        scale : ndarray of shape (N,)
            Standard deviation of each column.

        Returns
        -------
        Errors
        """
        error = (y - found[..., 0]) / scale[:, None]
        inside = [
            float(((found[..., low] <= y) & (y <= found[..., low + 1])).sum()) for low in (1, 3)
        ]
        return replace(
            self,
            squared=self.squared + float((error**2).sum()),
            absolute=self.absolute + float(np.abs(error).sum()),
            inside=(self.inside[0] + inside[0], self.inside[1] + inside[1]),
            count=self.count + y.size,
        )


def score_etth1(bench: Path, name: str, setting: Setting) -> Row:
    """Forecast every test window of ETTh1 and score the forecasts.

    Parameters
    ----------
    bench : Path
    name : str
        ``etth1_96`` and the like.
    setting : Setting

    Returns
    -------
    Row
    """
    horizon = int(name.removeprefix("etth1_"))
    table = pd.read_csv(bench / "long" / "etth1.csv", dtype=str).iloc[:ROWS]
    with tempfile.TemporaryDirectory() as place:
        known, every = Path(place) / "known.csv", Path(place) / "all.csv"
        table.iloc[:KNOWN_ROWS].to_csv(known, index=False)
        table.to_csv(every, index=False)
        _, cost = setting.forecast(known, horizon, Path(place), ["--wide"])
        given = read_csv(every, READING)
        if setting.trained:
            forecaster = load(Path(place) / "forecast.model")
            _check(forecaster, given, horizon, table, Path(place))
        else:
            forecaster = Forecaster(reading=READING).adopt(known, horizon)
    errors = _all_windows(forecaster, given, horizon)
    inside = [share / errors.count for share in errors.inside]
    return Row(
        name,
        setting.label,
        {"MSE": errors.squared / errors.count, "MAE": errors.absolute / errors.count},
        {"80": inside[0], "95": inside[1]},
        series=len(given.panel),
        points=errors.count,
        cost=cost,
    )


def _all_windows(forecaster: Forecaster, given: Input, horizon: int) -> Errors:
    scale = standard_deviations(given.panel)
    errors = Errors()
    origins = range(KNOWN_ROWS, ROWS - horizon + 1)
    for chunk, made in forecasts(forecaster, given, origins, horizon):
        y = targets(given.panel, chunk, horizon)
        found = np.stack([made.quantile(q) for q in (0.5, 0.1, 0.9, 0.025, 0.975)], -1)
        errors = errors.plus(y, found.reshape(*y.shape, -1), scale)
    return errors


def standard_deviations(panel: Panel) -> NDArray[np.float64]:
    """Measure each column's deviation on the training rows, with divisor T.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    ndarray of shape (N,)
    """
    return np.array([one.target[:TRAIN_ROWS].std() for one in panel])


def _check(
    forecaster: Forecaster, given: Input, horizon: int, table: pd.DataFrame, folder: Path
) -> None:
    """Refuse windows that are not what ``forecast predict NEWER.csv`` gives for the whole file."""
    origins = np.linspace(KNOWN_ROWS, ROWS - horizon, CHECKED).astype(int).tolist()
    ((_, made),) = forecasts(forecaster, given, origins, horizon)
    medians = made.mean.reshape(len(origins), len(given.panel), horizon)
    for origin, ours in zip(origins, medians, strict=True):
        table.iloc[:origin].to_csv(folder / "newer.csv", index=False)
        run_forecast(["predict", "newer.csv", "--horizon", str(horizon), "-o", "new.csv"], folder)
        theirs = pd.read_csv(folder / "new.csv")["yhat"].to_numpy().reshape(ours.shape)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)
