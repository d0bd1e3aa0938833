"""Pretraining on synthetic series only: the generator and the script that makes the weights."""
