"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import answers, payouts, stakes

payouts.run()
answers.run()
stakes.run()
