"""Forecasts to frames, text and files, in the words of the user's input.

Numbers are written as their shortest decimal that reads back to the same
float, so that no precision is lost and equal forecasts give equal bytes.
Showing tables on a terminal is left to the report.
"""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecast.columns import Columns
from forecast.errors import DependencyError, WriteError
from forecast.result import Forecast, interval_quantiles
from forecast.timestamps import format_timestamps

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHEMA = "forecast.predict/1"
"""Name and version of the JSON document; the number grows when a field changes meaning."""


def forecast_frame(
    forecast: Forecast, columns: Columns, levels: Sequence[int] = (80, 95)
) -> pd.DataFrame:
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
    pandas.DataFrame
        The id column (when the input had one), the time column, "yhat", then
        "yhat-lo-80", "yhat-hi-80" and so on by level, "model" and "source".
    """
    series, horizon = len(forecast.ids), forecast.horizon
    frame: dict[str, Any] = {}
    if columns.id is not None:
        frame[columns.id] = np.repeat(np.array(forecast.ids, dtype=object), horizon)
    frame[columns.time] = _times(forecast.timestamps, columns.time_format)
    frame["yhat"] = forecast.mean.ravel()
    for level in sorted(set(levels)):
        low, high = interval_quantiles(level)
        frame[f"yhat-lo-{level}"] = forecast.quantile(low).ravel()
        frame[f"yhat-hi-{level}"] = forecast.quantile(high).ravel()
    frame["model"] = np.repeat(np.array([forecast.model], dtype=object), series * horizon)
    frame["source"] = np.repeat(np.array(forecast.source, dtype=object), horizon)
    return pd.DataFrame(frame)


def to_csv(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV with a header line.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    str
        Lines end in a line feed; missing values are empty.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"ds": ["2024-01"], "yhat": [0.1 + 0.2]}))
    'ds,yhat\n2024-01,0.30000000000000004\n'
    """
    return frame.to_csv(index=False, lineterminator="\n")


def to_json(frame: pd.DataFrame, *, schema: str = SCHEMA, warnings: Sequence[str] = ()) -> str:
    r"""Write a frame as one compact JSON document on one line.

    Parameters
    ----------
    frame : pandas.DataFrame
    schema : str
    warnings : sequence of str

    Returns
    -------
    str
        Keys "schema", "ok", "data" (one object per row) and "warnings".

    Examples
    --------
    >>> to_json(pd.DataFrame({"ds": ["2024-01"], "yhat": [1.5]}))
    '{"schema":"forecast.predict/1","ok":true,"data":[{"ds":"2024-01","yhat":1.5}],"warnings":[]}\n'
    """
    document = {"schema": schema, "ok": True, "data": _records(frame), "warnings": list(warnings)}
    return _compact(document)


def to_jsonl(frame: pd.DataFrame) -> str:
    r"""Write a frame as one JSON object per line.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    str

    Examples
    --------
    >>> to_jsonl(pd.DataFrame({"ds": [1, 2], "yhat": [1.5, float("nan")]}))
    '{"ds":1,"yhat":1.5}\n{"ds":2,"yhat":null}\n'
    """
    return "".join(_compact(record) for record in _records(frame))


def to_parquet(frame: pd.DataFrame) -> bytes:
    """Write a frame as Parquet.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    bytes

    Raises
    ------
    DependencyError
        When pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: F401  # pandas would fail later and less clearly
    except ImportError as error:
        raise DependencyError(
            "writing Parquet needs pyarrow", fix="pip install 'forecast[parquet]'"
        ) from error
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def write_output(content: str | bytes, path: str | Path) -> None:
    """Write a whole file or nothing: a reader never sees half of it.

    Parameters
    ----------
    content : str or bytes
        Text is written as UTF-8.
    path : str or Path
        An existing file is replaced and keeps its permissions; a link is followed.

    Raises
    ------
    WriteError
        When the folder is missing or read-only, or the disk is full; an
        existing file is then unchanged.
    """
    raw = content.encode() if isinstance(content, str) else content
    if Path(path).exists() and not Path(path).is_file():
        _write_special(raw, path)
        return
    target = Path(path).resolve()
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_permissions(target))
        Path(temporary).replace(target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise _write_error(error, path) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _times(timestamps: "NDArray[np.generic]", time_format: str) -> "NDArray[Any]":
    """Whole numbers stay numbers; dates become text in the input's notation."""
    flat = timestamps.ravel()
    return format_timestamps(flat, time_format) if flat.dtype.kind == "M" else flat


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, map(_null_if_missing, row), strict=True)) for row in rows]


def _null_if_missing(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _compact(document: dict[str, Any]) -> str:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def _write_special(raw: bytes, path: str | Path) -> None:
    """Write to a device or pipe such as /dev/stdout, which cannot be replaced."""
    try:
        with Path(path).open("wb") as file:
            file.write(raw)
    except OSError as error:
        raise _write_error(error, path) from error


def _write_error(error: OSError, path: str | Path) -> WriteError:
    return WriteError(
        f"cannot be written: {(error.strerror or str(error)).lower()}",
        where=str(path),
        fix="choose another file with -o, in a folder that exists and can be written to",
    )


def _permissions(target: Path) -> int:
    """Those of the file that is replaced, else what the user's umask gives new files."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system allows it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
