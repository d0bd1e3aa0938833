"""Rolling-origin evaluation: cutoffs, forecasts, scores, tests and the verdict."""
