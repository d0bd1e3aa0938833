"""From cells to series: what the columns are, which rows belong together, and repairs."""
