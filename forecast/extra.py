"""Say what to install where an optional library is missing.

Each library is imported where it is used, within ``extra``, so that commands which
do without it neither load nor need it. Which extra holds which library, and why,
is written in ``pyproject.toml``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from forecast.errors import DependencyError

Extra = Literal["parquet", "report", "zstd"]


@contextmanager
def extra(name: Extra, purpose: str, library: str, *, where: str | None = None) -> Iterator[None]:
    """Turn a failing import of an optional library into the error that says what to do.

    Parameters
    ----------
    name : {"parquet", "report", "zstd"}
        What to install, as in ``pip install 'forecast[report]'``.
    purpose : str
        What needs it: "drawing a chart".
    library : str
        Its name on the package index.
    where : str, optional
        The file concerned.

    Raises
    ------
    DependencyError
        When an import within the block fails.

    Examples
    --------
    >>> with extra("report", "drawing a chart", "matplotlib"):
    ...     from math import tau
    """
    try:
        yield
    except ImportError as error:
        raise DependencyError(
            f"{purpose} needs {library}", where=where, fix=f"pip install 'forecast[{name}]'"
        ) from error
