"""What everyone is paid under two rules, in rounds that all models are in."""

import numpy as np

from features.payout.priced.question import PayQuestion
from features.payout.priced.sums import by_round
from tournament.source import Floats, History, Numbers, TournamentField


def pay_of_all(question: PayQuestion, everyone: TournamentField, numbers: Numbers) -> Floats | None:
    """NMR (2, r) that all final stakes of these rounds earn under the proposed and the current rule.

    None unless the same models have one in every round and all of their pay is known: whether they have is
    asked of the first and the last round, before all of them are read.
    """
    if not np.isin(numbers, everyone.numbers).all():
        return None
    first, last = (_models(everyone, number) for number in numbers[[0, -1]])
    if not first.size or not np.array_equal(first, last):
        return None
    pay = np.zeros((2, numbers.size))
    for piece in everyone.pieces(numbers):
        rows = piece.only(_counts(piece))
        at = np.searchsorted(numbers, rows.round)
        of_round = np.bincount(at, minlength=numbers.size)
        here = np.isin(numbers, piece.round)
        if (of_round[here] != first.size).any() or not np.isin(rows.model, first).all():
            return None
        rates = [each.rate for each in question.rates(rows, numbers[here])]
        if any(np.isnan(rate).any() for rate in rates):
            return None
        pay += [by_round(at, rate * rows.stake, numbers.size) for rate in rates]
    return pay


def _counts(rows: History) -> np.ndarray:
    return rows.resolved & (rows.stake > 0)


def _models(everyone: TournamentField, number: int) -> Numbers:
    rows = everyone.read(np.array([number]))
    return np.sort(rows.model[_counts(rows)])
