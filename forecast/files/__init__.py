"""Files that are whole or not there: writing, seals, locks, checkpoints."""
