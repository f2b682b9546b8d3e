"""Compiles all loops ahead, which is kept on disk: `python -m scoring.kernels`."""

from scoring.kernels import NAMES, load

for name in NAMES:
    load(name)
