"""How a network learns: batches, steps, devices, and what a run that was stopped remembers."""
