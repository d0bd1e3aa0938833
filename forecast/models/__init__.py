"""Models: the recurrent forecaster and the baselines it is compared with."""
