"""Time-series forecasting with recurrent networks, next to honest baselines."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.forecaster import Forecaster, load
    from forecast.read import read_csv
    from forecast.rivals import compare

__version__ = "0.1.0"
__all__ = ["Forecaster", "compare", "load", "read_csv"]

_HOMES = {
    "Forecaster": "forecast.forecaster",
    "compare": "forecast.rivals",
    "load": "forecast.forecaster",
    "read_csv": "forecast.read",
}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that ``import forecast`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'forecast' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
