"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import answers, payouts

payouts.run()
answers.run()
