"""How much of a score of accounts comes again, and how long a newcomer's own record takes to count."""

import math
from dataclasses import dataclass

import numpy as np

from features.simulation.by_round.account_rounds import AccountRounds
from scoring.lab.track_record import Estimate, rounds_to_half_weight, signal_share, variance_inflation
from wording.numbers import counted, plus_minus, score_name, spans, whole

NEVER = 2_000  # rounds beyond which nobody waits: forty years of weeks


@dataclass(frozen=True)
class Skill:
    """Signal share of a score, how much overlap inflates, and the spread of a round's scores."""

    score: str  # as members write it
    share: Estimate
    inflation: float
    spread: float  # standard deviation over accounts in a round
    rounds: tuple[int, ...]
    step: int

    @property
    def own(self) -> float:
        """The standard deviation of true skill: 0 where nothing comes again."""
        return self.spread * math.sqrt(max(self.share.value, 0.0)) if self.share.value > 0 else 0.0

    @property
    def half(self) -> tuple[float, float, float]:
        """Rounds until half of a newcomer's weight is its own record: told, fewest, most; inf for never."""
        return self._half(self.share.value), self._half(self.share.high), self._half(self.share.low)

    def _half(self, share: float) -> float:
        if math.isnan(share):
            return math.nan
        # an estimate of a few rounds may come out above all of the variance
        return self.step * rounds_to_half_weight(self.inflation, share) if share < 1 else 0.0

    @property
    def told(self) -> str:
        """How long that takes, in a clause."""
        value, fewest, most = self.half
        if math.isnan(value):
            return "after how many rounds it counts can't be told"
        between = "" if math.isnan(fewest) else f" (95 %: {_rounds(fewest)} to {_rounds(most)})"
        if value > NEVER:
            return f"in effect never, by {self.score}{between}"
        return f"after {counted(round(value), 'round')}, by {self.score}{between}"

    @property
    def basis(self) -> str:
        """From what that follows, in a sentence."""
        if math.isnan(self.share.value):
            return f"How much of {self.score} comes again can't be told."
        between = ""
        if not math.isnan(self.share.low):
            between = f" ({plus_minus(self.share.low, 3)} to {plus_minus(self.share.high, 3)})"
        return (
            f"Of the variance of {self.score} in a round {plus_minus(self.share.value, 3)}{between} is the "
            f"accounts' own and comes again, by {counted(len(self.rounds), 'final round')} of "
            f"{spans(self.rounds)}; overlap counts {self.inflation:.1f} times."
        )


def skill_of(past: AccountRounds, score: str) -> Skill:
    """The signal share of a score of accounts over all rounds that have it."""
    table = past.table(score)
    there = ~np.isnan(table).all(axis=1)
    table = table[there]
    nothing = Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    if not table.size:
        return Skill(score_name(score), nothing, math.nan, math.nan, (), past.step)
    count = np.count_nonzero(~np.isnan(table), axis=1, keepdims=True)
    beyond = table - np.nansum(table, axis=1, keepdims=True) / count
    return Skill(
        score=score_name(score),
        share=signal_share(table, first=past.overlap + 1, last=6 * past.overlap),
        inflation=max(1.0, variance_inflation(table, overlap=past.overlap)),
        spread=math.sqrt(float(np.nansum(beyond**2)) / int(count.sum())),
        rounds=tuple(int(each) for each in past.numbers[there]),
        step=past.step,
    )


def _rounds(value: float) -> str:
    return "never" if value > NEVER else whole(value)
