"""Stake and score of everybody, one point per account, read from a field of rounds piece by piece."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.payout.windows import left_out_rounds, rounds_of_other_unit
from features.stakes.holders import owners_of
from scoring.intervals import ewc_interval
from scoring.stakes.association import by_account, spearman
from tournament.source import History, Numbers, Rounds, Stakes, TournamentField
from wording.names import find_rounds
from wording.numbers import score_name, span

FEWEST_A_ROUND = 10  # accounts for a rank correlation of one round
MOST = 250_000  # points that are looked at together, each an account in a round

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ByRound:
    """Rank correlation of stake at risk and score in each round (r,), their mean, and its interval."""

    rounds: Numbers
    spearman: Floats
    mean: float
    low: float
    high: float
    block: int  # rounds that one independent stretch takes


@dataclass(frozen=True)
class Points:
    """Stake (n,) in NMR and score (n,) of accounts, or of accounts in rounds, and where they come from."""

    numbers: Numbers  # the rounds that were read
    stake: Floats
    value: Floats
    holders: int  # accounts, in all of the rounds
    covered: float  # share of all stake that the points have; nan by round
    over_rounds: ByRound | None  # None of one round, and by today's stake
    first: int  # the first round that the points are of: one of `numbers`
    left_out: str  # which rounds do not count; "" where all do


def read_points(
    field: TournamentField, stakes: Stakes, calendar: Rounds, by: str, score: str, rounds: str | None
) -> Points:
    """The points of the rounds that were typed, of all without.

    By round their rank correlations are of all of these rounds; of more than MOST points those of the newest
    rounds are kept. Raises ValueError with a sentence where nothing was typed that makes sense, or nobody has
    a score.
    """
    reading = _Reading(field, by, score)
    numbers = None
    if rounds is not None:
        there = [np.unique(rows.round) for rows in reading.pieces(None)]
        numbers = find_rounds(rounds, reading.known(there))
    owners = owners_of(field.models, stakes)
    owner = np.arange(len(field.models)) if owners is None else owners
    if by == "today":
        return _today(reading, stakes, numbers)
    return _by_round(reading, calendar, owner, numbers)


class _Reading:
    """The rows of a field that have a final score, by round those with a stake, and what is beside them."""

    def __init__(self, field: TournamentField, by: str, score: str) -> None:
        self.field, self.by, self.score = field, by, score
        self._other: list[Numbers] = []

    def pieces(self, numbers: Numbers | None) -> Iterator[History]:
        """The rows that count of these rounds, of all without, piece by piece."""
        for piece in self.field.pieces(numbers):
            self._other.append(rounds_of_other_unit(piece, self.score))
            counts = piece.resolved & (piece.stake > 0) if self.by == "round" else piece.resolved
            if self.score in piece.scores:
                counts = counts & ~np.isnan(piece.scores[self.score])
                if counts.any():
                    alone = {self.score: piece.scores[self.score]}
                    yield replace(piece, scores=alone, chosen={}, other_unit={}).only(counts)

    def known(self, there: list[Numbers]) -> Numbers:
        """Rounds with rows that count, in order. Raises ValueError where there are none."""
        found = np.unique(np.concatenate(there)) if there else self.field.numbers[:0]
        if not found.size:
            raise ValueError(f"Nobody here has a {score_name(self.score)} to compare stake with.")
        return found

    @property
    def left_out(self) -> str:
        """Which of the rounds read so far are in another unit, in a sentence."""
        rounds = np.unique(np.concatenate(self._other)) if self._other else self.field.numbers[:0]
        return left_out_rounds(rounds, self.score)


def _today(reading: _Reading, stakes: Stakes, numbers: Numbers | None) -> Points:
    """Today's stake and mean score by account, of the models with a stake and a score."""
    models = reading.field.models
    count, total = np.zeros(len(models)), np.zeros(len(models))
    there: list[Numbers] = []
    for rows in reading.pieces(numbers):
        count += np.bincount(rows.model, minlength=len(models))
        total += np.bincount(rows.model, weights=rows.scores[reading.score], minlength=len(models))
        there.append(np.unique(rows.round))
    numbers = reading.known(there)
    with np.errstate(invalid="ignore"):
        mean = dict(zip(models, (total / count).tolist(), strict=True))
    value = np.array([mean.get(model, math.nan) for model in stakes.models])
    owner = range(len(stakes.models)) if stakes.account_of is None else stakes.account_of.tolist()
    _, stake, of_account = by_account(stakes.model_stake, value, owner)
    _require(stake, reading.score, numbers)
    covered = float(stake.sum() / stakes.model_stake.sum())
    return Points(numbers, stake, of_account, stake.size, covered, None, int(numbers[0]), reading.left_out)


def _by_round(
    reading: _Reading, calendar: Rounds, owner: NDArray[np.intp], numbers: Numbers | None
) -> Points:
    """Stake at risk and score by account and round, with the rank correlation of every round."""
    known: list[int] = []
    kept: deque[tuple[Floats, Floats]] = deque()  # of the newest rounds
    correlations: dict[int, float] = {}
    seen = np.zeros(int(owner.max(initial=0)) + 1, dtype=np.bool_)
    for rows in reading.pieces(numbers):
        order = np.argsort(rows.round, kind="stable")
        each, starts = np.unique(rows.round[order], return_index=True)
        for number, at in zip(each.tolist(), np.split(order, starts[1:]), strict=True):
            of = owner[rows.model[at]]
            _, stake, value = by_account(rows.stake[at], rows.scores[reading.score][at], of.tolist())
            seen[of] = True
            known.append(number)
            kept.append((stake, value))
            if stake.size >= FEWEST_A_ROUND:
                correlations[number] = spearman(stake, value)
        while len(kept) > 1 and sum(stake.size for stake, _ in kept) > MOST:
            kept.popleft()
    numbers = reading.known([np.array(known, dtype=np.int64)])
    stake, value = (np.concatenate(each) for each in zip(*kept, strict=True))
    _require(stake, reading.score, numbers)
    over_rounds = _over_rounds(calendar, correlations) if numbers.size > 1 else None
    holders, first = int(np.count_nonzero(seen)), int(numbers[-len(kept)])
    return Points(numbers, stake, value, holders, math.nan, over_rounds, first, reading.left_out)


def _over_rounds(calendar: Rounds, correlations: dict[int, float]) -> ByRound:
    """The rank correlation of every round with enough accounts, and their mean with its interval."""
    known = {number: each for number, each in correlations.items() if not math.isnan(each)}
    rounds, found = np.array(list(known), dtype=np.int64), np.array(list(known.values()), dtype=np.float64)
    mean = ewc_interval(found)
    return ByRound(rounds, found, mean.mean, mean.low, mean.high, 2 * calendar.overlap(rounds))


def _require(stake: Floats, score: str, numbers: Numbers) -> None:
    if not stake.size:
        where = span(*numbers[[0, -1]].tolist())
        raise ValueError(f"Nobody with a stake has a {score_name(score)} in {where}.")
