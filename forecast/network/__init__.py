"""The recurrent network: windows and their features, the layers, and forecasts in NumPy."""
