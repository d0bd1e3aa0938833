"""Forecasts to columns, and columns to text and files, in the words of the user's input.

Numbers are rounded where their digits stop to mean anything, and written as
their shortest decimal that reads back to the same float.
Showing tables on a terminal is left to the report.
"""

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from forecast.extra import extra
from forecast.jsonable import without_nan
from forecast.lines import csv_lines, quoted
from forecast.reading.columns import Columns
from forecast.result import Forecast, interval_quantiles
from forecast.timeline.fiscal import is_fiscal
from forecast.timeline.timestamps import format_timestamps
from forecast.timeline.zones import find_zone, to_utc, zone_of, zone_of_days

if TYPE_CHECKING:
    import pandas as pd

Table: TypeAlias = Mapping[str, NDArray[Any]]
"""Columns of equal length by name."""


def forecast_columns(
    forecast: Forecast, columns: Columns, levels: Sequence[int] = (80, 95)
) -> dict[str, NDArray[Any]]:
    """Lay forecasts out as one row per series and step.

    Parameters
    ----------
    forecast : Forecast
    columns : Columns
        Names and notation of time of the input.
    levels : sequence of int
        Interval coverages in per cent.

    Returns
    -------
    dict of str to ndarray
        The id column (when the input had one), the time column, "yhat", then
        "yhat-lo-80", "yhat-hi-80" and so on by level, "model" and "source".
        Each series is rounded to a ten-thousandth of its narrowest 80 %
        interval; `Forecast` has every digit.
    """
    series, horizon = len(forecast.ids), forecast.horizon
    places = _decimal_places(forecast)
    columns = columns.in_forecasts()
    frame: dict[str, NDArray[Any]] = {}
    if columns.id is not None:
        frame[columns.id] = np.repeat(np.array(forecast.ids, dtype=object), horizon)
    frame[columns.time] = _times(forecast.timestamps, columns.time_format)
    frame["yhat"] = _rounded(forecast.mean, places)
    for level in sorted(set(levels)):
        low, high = interval_quantiles(level)
        frame[f"yhat-lo-{level}"] = _rounded(forecast.quantile(low), places)
        frame[f"yhat-hi-{level}"] = _rounded(forecast.quantile(high), places)
    frame["model"] = np.repeat(np.array([forecast.model], dtype=object), series * horizon)
    frame["source"] = np.repeat(np.array(forecast.source, dtype=object), horizon)
    return frame


def forecast_frame(
    forecast: Forecast, columns: Columns, levels: Sequence[int] = (80, 95)
) -> "pd.DataFrame":
    """Lay forecasts out as a pandas frame, with times as pandas has them.

    Parameters
    ----------
    forecast, columns, levels
        See `forecast_columns`.

    Returns
    -------
    pandas.DataFrame
        The columns of `forecast_columns`. Times are datetimes, in the zone of the input
        where that has one, or whole numbers where it counts; fiscal ones, whose months
        nobody knows, are text as in the input.
    """
    import pandas as pd

    frame = pd.DataFrame(forecast_columns(forecast, columns, levels))
    if forecast.timestamps.dtype.kind == "M" and not is_fiscal(columns.time_format):
        times, zone = forecast.timestamps.ravel(), zone_of(columns.time_format)
        if days_of := zone_of_days(columns.time_format):
            times, zone = to_utc(times.astype("M8[ns]"), days_of)[0], days_of
        zoned = pd.Series(times)
        if zone:
            zoned = zoned.dt.tz_localize("UTC").dt.tz_convert(find_zone(zone))
        frame[columns.in_forecasts().time] = zoned
    return frame


def to_csv(table: Table) -> str:
    r"""Write columns as CSV with a header line.

    Parameters
    ----------
    table : mapping of str to ndarray

    Returns
    -------
    str
        Lines end in a line feed; missing values are empty.

    Examples
    --------
    >>> to_csv({"ds": np.array(["2024-01"]), "yhat": np.array([0.1 + 0.2])})
    'ds,yhat\n2024-01,0.30000000000000004\n'
    """
    header = ",".join(map(quoted, table))
    return f"{header}\n{csv_lines(table)}"


def records(table: Table) -> list[dict[str, Any]]:
    """Give columns as rows that JSON can hold.

    Parameters
    ----------
    table : mapping of str to ndarray

    Returns
    -------
    list of dict
        None for what is missing or infinite.

    Examples
    --------
    >>> records({"ds": np.array(["2024-01"]), "yhat": np.array([np.nan])})
    [{'ds': '2024-01', 'yhat': None}]
    """
    rows = zip(*(values.tolist() for values in table.values()), strict=True)
    return [dict(zip(table, map(without_nan, row), strict=True)) for row in rows]


def to_jsonl(table: Table) -> str:
    r"""Write columns as one JSON object per line.

    Parameters
    ----------
    table : mapping of str to ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> to_jsonl({"ds": np.array([1, 2]), "yhat": np.array([1.5, np.nan])})
    '{"ds":1,"yhat":1.5}\n{"ds":2,"yhat":null}\n'
    """
    lines = (
        json.dumps(row, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        for row in records(table)
    )
    return "".join(f"{line}\n" for line in lines)


def to_parquet(table: Table) -> bytes:
    """Write columns as Parquet.

    Parameters
    ----------
    table : mapping of str to ndarray

    Returns
    -------
    bytes

    Raises
    ------
    DependencyError
        When pyarrow is not installed.
    """
    with extra("parquet", "writing Parquet", "pyarrow"):
        import pyarrow  # noqa: F401  # pandas would fail later and less clearly
    import pandas as pd

    stream = io.BytesIO()
    pd.DataFrame(dict(table)).to_parquet(stream, index=False)
    return stream.getvalue()


def _decimal_places(forecast: Forecast) -> NDArray[np.float64]:
    """Decimal places that mean something, by series: the width of an interval has five digits."""
    low, high = interval_quantiles(80)
    width = (forecast.quantile(high) - forecast.quantile(low)).min(axis=1)
    with np.errstate(divide="ignore"):
        return np.asarray(np.maximum(4 - np.floor(np.log10(np.maximum(width, 0))), 0))


def _rounded(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round each series to its own number of decimal places, and lay all out in a row."""
    with np.errstate(over="ignore", invalid="ignore"):
        factor = 10.0 ** places[:, None]
        scaled = np.rint(values * factor)
        return np.asarray(np.where(np.isfinite(scaled), scaled / factor, values).ravel())


def _times(timestamps: NDArray[np.generic], time_format: str) -> NDArray[Any]:
    """Whole numbers stay numbers; dates become text in the input's notation."""
    flat = timestamps.ravel()
    return format_timestamps(flat, time_format) if flat.dtype.kind == "M" else flat
