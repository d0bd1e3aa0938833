"""Time-series forecasting with recurrent networks, next to honest baselines."""
