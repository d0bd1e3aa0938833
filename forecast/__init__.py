"""Time-series forecasting with recurrent networks, next to honest baselines."""

__version__ = "0.1.0"
