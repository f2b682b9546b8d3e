"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import answers, influence, payouts, stakes, transition

payouts.run()
answers.run()
stakes.run()
influence.run()
transition.run()
