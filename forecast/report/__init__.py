"""Show results to people: sentences and terminal tables."""
