"""Versions: what a run depends on besides its input and settings."""

from importlib.metadata import PackageNotFoundError, version

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
