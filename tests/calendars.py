"""Calendars made by pandas, which stepping and inference must agree with."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ALIASES = [
    "MS", "ME", "QS", "QE", "QS-FEB", "QE-NOV", "YS", "YE", "YS-APR", "YE-JUN", "2MS", "W-SUN",
    "W-WED", "2W-FRI", "D", "3D", "B", "h", "2h", "6h", "30min", "15min", "10min", "5min", "min",
    "s", "100ms",
]  # fmt: skip


def calendar(freq: str, rows: int, start: str = "2019-01-01") -> NDArray[np.datetime64]:
    """Give the first timestamps of a frequency from a date on."""
    return pd.date_range(start, periods=rows, freq=freq).to_numpy().astype("M8[ns]")
