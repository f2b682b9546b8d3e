"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import (
    answers,
    ballots,
    closing,
    influence,
    opinions,
    payouts,
    stakes,
    tally,
    transition,
    voting,
    whole_field,
)

payouts.run()
answers.run()
stakes.run()
influence.run()
transition.run()
tally.run()
ballots.run()
closing.run()
voting.run()
opinions.run()
whole_field.run()
