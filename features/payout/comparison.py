"""The result of a comparison: pay under two rules on the same rounds, and what it says in sentences."""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from scoring.change.difference import DifferenceSplit
from tournament.source import EVERYONE
from wording.numbers import amount, counted, number, percent, signed, span


@dataclass(frozen=True)
class Side:
    """Pay under one rule, by round (r,) and what it comes to, in the unit of the comparison."""

    short: str
    words: str
    by_round: NDArray[np.float64]
    clipped: float  # share of rows at the clip

    @property
    def total(self) -> float:
        """Pay over all rounds."""
        return math.fsum(self.by_round)

    @property
    def mean(self) -> float:
        """Pay in the average round."""
        return self.total / self.by_round.size

    @property
    def spread(self) -> float:
        """Standard deviation between rounds; NaN for a single one."""
        return float(np.std(self.by_round, ddof=1)) if self.by_round.size > 1 else math.nan

    @property
    def burned(self) -> float:
        """Share of rounds that burned stake."""
        return float((self.by_round < 0).mean())


@dataclass(frozen=True)
class PayoutComparison:
    """Pay under two rules on the same rounds (r,), with everything that was assumed."""

    name: str
    kind: str  # model | account | everyone
    models: int
    unit: str  # NMR | %
    rounds: NDArray[np.int64]
    first_day: date
    last_day: date
    proposed: Side
    current: Side
    interval: tuple[float, float]
    block: int
    rows: int
    more_when: str
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    source: str
    until: date
    split: DifferenceSplit | None = None  # level and mix, where everyone's pay is known
    usd: tuple[date, float] | None = None  # the newest price of an NMR, with its day
    asked_at: datetime | None = None  # when the source was asked; None for bundled data
    notice: str = ""  # why this is not the newest there is

    @property
    def difference(self) -> float:
        """Proposed minus current."""
        return self.proposed.total - self.current.total

    def for_others(self, own_name: str | None) -> "PayoutComparison":
        """The same result to be shown in public: only the member's own name and everyone's are told."""
        if self.kind == EVERYONE or self.name == own_name:
            return self
        return replace(self, name=f"one {self.kind}")

    @property
    def span(self) -> str:
        """ "rounds 306-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        proposed, current = self.proposed, self.current
        if abs(self.difference) < 1e-9 * max(1.0, abs(current.total)):
            return f"{proposed.short} would have paid the same as {current.short} over {self.span}."
        more = "more" if self.difference > 0 else "less"
        return (
            f"{proposed.short} would have paid {amount(abs(self.difference), self.unit)} {more} "
            f"than {current.short} over {self.span}: "
            f"{number(proposed.total)} against {amount(current.total, self.unit)}."
        )

    @property
    def in_usd(self) -> str:
        """The difference at the newest price that is known; "" where none is, or in percent."""
        if self.usd is None or self.unit != "NMR":
            return ""
        day, price = self.usd
        return f"{signed(self.difference * price, 'USD')} at the price of {day}"

    @property
    def level_and_mix(self) -> str:
        """How much of the difference the rule pays everybody, and how much it shifts between members."""
        if self.split is None or math.isnan(self.split.scale):
            return ""
        change = 1 / self.split.scale - 1
        level, mix = float(self.split.level.sum()), float(self.split.mix.sum())
        return (
            f"{signed(level, self.unit)} because it pays everyone {percent(abs(change))} "
            f"{'more' if change > 0 else 'less'} in all, {signed(mix, self.unit)} because it weighs "
            f"the scores of this {self.kind} differently."
        )

    @property
    def certainty(self) -> str:
        """What the interval of the difference says, and what it can't."""
        low, high = self.interval
        blocks = self.rounds.size // self.block
        if math.isnan(low):
            few = counted(self.rounds.size, "round")
            verb = "is" if self.rounds.size == 1 else "are"
            return f"{few} {verb} too few for an interval: neighbouring ones overlap."
        verdict = "It includes 0: luck alone could turn it." if low <= 0 <= high else "It leaves out 0."
        stretches = counted(blocks, "independent stretch", "independent stretches")
        few = f" Only {stretches}, so take it as a rough guide." if blocks < 5 else ""
        return f"{verdict}{few}"
