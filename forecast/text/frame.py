"""A frame in memory as a table, by the rules of a file."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from forecast.errors import DataError, UsageError
from forecast.finding import Finding
from forecast.text.table import SAMPLE_ROWS, Cells, Table, Texts
from forecast.timeline.zones import find_zone

if TYPE_CHECKING:
    import pandas as pd


def table_from_frame(frame: "pd.DataFrame", name: str, text_columns: frozenset[str]) -> Table:
    """Give a frame in memory the same form as a file.

    Parameters
    ----------
    frame : pandas.DataFrame
    name : str
    text_columns : frozenset of str

    Returns
    -------
    Table
    """
    import pandas as pd

    if not hasattr(frame, "columns"):
        raise DataError("a pandas Series has no columns", where=name, fix="series.reset_index()")
    if not len(frame):
        raise DataError("the frame has no rows", where=name, kind="no-rows")
    if not frame.columns.is_unique:
        raise DataError(
            "two columns have the same name",
            where=name,
            fix="rename one of them",
            kind="repeated-column",
        )
    cells: dict[str, Cells] = {}
    sample = {}
    for column in frame.columns:
        keeps_text = not text_columns.isdisjoint((column, str(column).lower()))
        values = _coded(frame[column].reset_index(drop=True), keeps_text=keeps_text)
        first = values.head(SAMPLE_ROWS).astype(object).tolist()
        sample[str(column)] = ["" if pd.isna(one) else str(one).strip() for one in first]
        cells[str(column)] = _cells(values)
    zones = {
        str(column): zone
        for column, dtype in frame.dtypes.items()
        if isinstance(dtype, pd.DatetimeTZDtype)
        for zone in _named_zone(str(dtype.tz))
    }
    return Table(name, cells, sample, zones=zones)


def _coded(values: "pd.Series[Any]", *, keeps_text: bool) -> "pd.Series[Any]":
    """Make categories of all that are no numbers: times as they are written, and text."""
    import pandas as pd

    if values.dtype.kind == "M":
        values = values.astype("category")
        return values.cat.rename_categories(_written(pd.DatetimeIndex(values.cat.categories)))
    if values.dtype.kind in "iuf" and not keeps_text:
        return values
    if values.dtype == object:  # lists and bytes too
        values = values.map(str, na_action="ignore")
    return values.astype("str").astype("category")


def _cells(values: "pd.Series[Any]") -> Cells:
    import pandas as pd

    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    distinct = [str(one).strip() for one in values.cat.categories]
    codes = values.cat.codes.to_numpy().astype(np.int32)
    if (codes < 0).any():
        codes = np.where(codes < 0, np.int32(len(distinct)), codes)
        distinct.append("")
    return Texts(codes, distinct)


def refuse_unread_index(frame: "pd.DataFrame", findings: Iterable[Finding]) -> None:
    """Refuse a frame whose rows were counted, though its index has times.

    Parameters
    ----------
    frame : pandas.DataFrame
    findings : iterable of Finding
        What was found while it was read.

    Raises
    ------
    DataError
    """
    import pandas as pd

    levels = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
    has_times = any(isinstance(one, pd.DatetimeIndex | pd.PeriodIndex) for one in levels)
    if has_times and any(one.code == "no-time" for one in findings):
        raise DataError(
            "the times are in the index, which is not read",
            where="frame",
            fix="frame.reset_index()",
            kind="no-time",
        )


def _named_zone(name: str) -> list[str]:
    """Give the name of a zone that has rules; nothing for offsets, UTC, and what is no name."""
    try:
        return [name] if isinstance(find_zone(name), ZoneInfo) and name != "UTC" else []
    except UsageError:
        return []


def _written(stamps: "pd.DatetimeIndex") -> list[str]:
    """Write times as precisely as they are."""
    offset = "" if stamps.tz is None else "%z"
    if (stamps == stamps.normalize()).all() and not offset:
        return list(stamps.strftime("%Y-%m-%d"))
    if stamps.nanosecond.any():  # which strftime leaves out
        return list(stamps.astype(str))
    fraction = ".%f" if stamps.microsecond.any() else ""
    return list(stamps.strftime(f"%Y-%m-%d %H:%M:%S{fraction}{offset}"))
