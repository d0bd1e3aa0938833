"""Parquet files, which need the package pyarrow."""

import io
from typing import TYPE_CHECKING

from forecast.errors import DataError
from forecast.extra import extra

if TYPE_CHECKING:
    import pandas as pd

PARQUET = b"PAR1"
"""What a Parquet file begins with."""


def frame_from_parquet(raw: bytes, name: str) -> "pd.DataFrame":
    """Read a Parquet file.

    Parameters
    ----------
    raw : bytes
    name : str
        What messages call the file.

    Returns
    -------
    pandas.DataFrame
        An index that is not just a count becomes a column.

    Raises
    ------
    DependencyError
        When pyarrow is not installed.
    DataError
        When the file is damaged.
    """
    with extra("parquet", "reading Parquet", "pyarrow", where=name):
        import pyarrow as pa
        import pyarrow.parquet as pq
    try:
        frame: pd.DataFrame = pq.read_table(io.BytesIO(raw)).to_pandas()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:100]
        raise DataError(
            f"the Parquet file is damaged: {reason}",
            where=name,
            fix="copy the file here again",
            kind="damaged-file",
        ) from error
    return frame.reset_index() if frame.index.name is not None else frame
