"""Forecast from many origins of one file with a model that was made before the first of them.

Letters: N columns, W windows, H horizon, T rows.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from forecast import Forecaster
from forecast.panel import Panel, Series
from forecast.predict import forecast_panel
from forecast.read import Input
from forecast.result import Forecast

CHUNK = 256
"""Origins forecast at once."""


def histories(panel: Panel, origins: Sequence[int], rows: int) -> Panel:
    """Cut every series off at every origin, each history a series of its own.

    Parameters
    ----------
    panel : Panel
        N series that begin together.
    origins : sequence of int, length W
        Rows of each series that are known.
    rows : int
        Of these, how many are kept.

    Returns
    -------
    Panel
        W * N series, those of the first origin first.
    """
    cut = []
    for origin in origins:
        kept = slice(max(0, origin - rows), origin)
        cut += [
            Series(f"{one.id} {origin}", one.timestamps[kept], one.target[kept]) for one in panel
        ]
    return Panel.from_series(cut, panel.freq)


def targets(panel: Panel, origins: Sequence[int], horizon: int) -> NDArray[np.float64]:
    """Give what happened after every origin.

    Parameters
    ----------
    panel : Panel
    origins : sequence of int, length W
    horizon : int

    Returns
    -------
    ndarray of shape (W, N, H)
    """
    values = np.stack([one.target for one in panel])
    return np.stack([values[:, origin : origin + horizon] for origin in origins])


def forecasts(
    forecaster: Forecaster, given: Input, origins: Sequence[int], horizon: int
) -> Iterator[tuple[Sequence[int], Forecast]]:
    """Feed a forecaster the history up to every origin.

    Parameters
    ----------
    forecaster : Forecaster
        Trained, loaded or adopted.
    given : Input
        The whole file.
    origins : sequence of int, length W
    horizon : int

    Yields
    ------
    origins : sequence of int
        At most `CHUNK`.
    Forecast
        Of the series of `histories`.
    """
    model = forecaster.artifact.model
    for first in range(0, len(origins), CHUNK):
        chunk = origins[first : first + CHUNK]
        cut = histories(given.panel, chunk, model.past)
        known = dict(zip(cut.ids, given.panel.ids * len(chunk), strict=True))
        yield chunk, forecast_panel(model.renamed(known), cut, horizon)
