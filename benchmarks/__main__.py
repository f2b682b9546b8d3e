"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import answers, influence, payouts, stakes

payouts.run()
answers.run()
stakes.run()
influence.run()
