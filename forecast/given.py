"""What a user hands over, whatever form it has: a path, a stream, a frame, or what was read."""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from forecast.read import Input, from_frame, read_csv
from forecast.spec import DataSpec

if TYPE_CHECKING:
    import pandas as pd

Source: TypeAlias = "str | Path | BinaryIO | pd.DataFrame | Input"


def read(source: Source, reading: DataSpec) -> Input:
    """Read a file, stream or frame; an `Input` is given back as it is.

    Parameters
    ----------
    source : str, Path, binary stream, pandas.DataFrame or Input
    reading : DataSpec

    Returns
    -------
    Input
    """
    if isinstance(source, Input):
        return source
    if hasattr(source, "iloc"):  # a frame, told without loading pandas
        return from_frame(source, reading)  # type: ignore[arg-type]
    return read_csv(source, reading)
