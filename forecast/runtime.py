"""Versions and the clock: what a run depends on besides its input and settings."""

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import numpy as np

import forecast

LIBRARIES = ("numpy", "pandas", "safetensors", "statsmodels", "torch")


def library_versions() -> dict[str, str]:
    """Give the versions of this program and of what it computes with, without importing them.

    Returns
    -------
    dict of str to str
        Libraries that are not installed are left out.
    """
    found = {"forecast": forecast.__version__}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def now(*, utc: bool = False) -> np.datetime64:
    """Give this moment on the clock.

    Parameters
    ----------
    utc : bool
        Local time where False, since times without an offset are.

    Returns
    -------
    datetime64[s]
    """
    moment = datetime.now(UTC) if utc else datetime.now()
    return np.datetime64(moment.replace(tzinfo=None, microsecond=0), "s")
