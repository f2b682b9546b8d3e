"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import (
    ahead,
    answers,
    influence,
    metrics,
    opinions,
    payouts,
    plan,
    stakes,
    transition,
    weights,
    whole_field,
)
from benchmarks.votes import ballots, closing, tally, voting

payouts.run()
answers.run()
stakes.run()
influence.run()
metrics.run()
transition.run()
tally.run()
ballots.run()
closing.run()
voting.run()
opinions.run()
plan.run()
weights.run()
whole_field.run()
ahead.run()
