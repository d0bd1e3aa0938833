"""Pictures of series, forecasts, comparisons and findings, as files and as characters."""
