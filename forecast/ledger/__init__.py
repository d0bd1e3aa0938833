"""Forecasts put on record, what came true of them, and what follows from that."""
