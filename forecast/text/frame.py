"""A frame in memory as a table, by the rules of a file."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
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
    sample, zones = {}, dict[str, str]()
    for column in frame.columns:
        values = frame[column].reset_index(drop=True)
        if values.dtype.kind == "M":
            offset = ""
            if isinstance(values.dtype, pd.DatetimeTZDtype):
                offset = "%z"
                zones |= {str(column): zone for zone in _named_zone(str(values.dtype.tz))}
            values = values.astype("category")
            stamps = pd.DatetimeIndex(values.cat.categories)
            written = stamps.strftime(_precision(stamps, offset))
            values = values.cat.rename_categories(list(written))
        elif values.dtype.kind not in "iuf" or {column, str(column).lower()} & text_columns:
            if values.dtype == object:  # lists and bytes too
                values = values.map(str, na_action="ignore")
            values = values.astype("str").astype("category")
        first = values.head(SAMPLE_ROWS).astype(object).tolist()
        sample[str(column)] = ["" if pd.isna(one) else str(one).strip() for one in first]
        if isinstance(values.dtype, pd.CategoricalDtype):
            distinct = [str(one).strip() for one in values.cat.categories]
            codes = values.cat.codes.to_numpy().astype(np.int32)
            if (codes < 0).any():
                codes = np.where(codes < 0, np.int32(len(distinct)), codes)
                distinct.append("")
            cells[str(column)] = Texts(codes, distinct)
        else:
            cells[str(column)] = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return Table(name, cells, sample, zones=zones)


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


def _precision(stamps: "pd.DatetimeIndex", offset: str) -> str:
    if (stamps == stamps.normalize()).all() and not offset:
        return "%Y-%m-%d"
    whole = not stamps.microsecond.any() and not stamps.nanosecond.any()
    return f"%Y-%m-%d %H:%M:%S{'' if whole else '.%f'}{offset}"
