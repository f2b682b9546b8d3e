"""The result of a comparison: pay under two rules on the same rounds, and what it says in sentences."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from features.meta_model.derived import DerivedPart
from scoring.change.difference import DifferenceSplit
from scoring.intervals import ewc_interval
from tournament.source import EVERYONE
from wording.numbers import (
    about,
    amount,
    brief,
    counted,
    number,
    percent,
    plus_minus,
    shortened,
    signed,
    span,
    too_few,
)

LONGEST = 240  # characters of a finding: a heading holds 256, some of which mark off markdown
LARGE = 0.2  # share of the stake above which one holder's rounds are everyone's
LEAST_SHOWN = 0.00005  # NMR or points; what is less is shown as "less than 0.0001"
RECORDED_TO = 1e-6  # payouts on record are rounded to a few millionths of themselves


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
class Stretch:
    """What lies between two rules in some rounds (r,), in the unit of the comparison."""

    words: str  # "paid CORR and TC"; "" where there is nothing to be said of them
    rounds: NDArray[np.int64]
    difference: float  # proposed minus current, added up
    interval: tuple[float, float]  # 95 %, of the difference; NaN below 15 rounds
    # the share of the stake that the largest model held, and the others alone, where that was over a fifth
    without_largest: "tuple[float, Stretch] | None" = None

    @classmethod
    def of(cls, words: str, rounds: NDArray[np.int64], by_round: NDArray[np.float64]) -> "Stretch":
        """A stretch from the differences (r,) of its rounds."""
        found = ewc_interval(by_round).times(rounds.size)
        total = math.fsum(by_round)
        return cls(words, rounds, total, (found.low, found.high))

    @property
    def span(self) -> str:
        """ "rounds 306-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    def told(self, unit: str) -> str:
        """ "+880 NMR (95 %: +120 to +1,640 NMR)", and the same without the largest model."""
        told = difference_of(self.difference, unit)
        if math.isnan(self.interval[0]):
            told += f" ({counted(self.rounds.size, 'round')}: no interval)"
        else:
            told += f" (95 %: {between(self.interval, unit)})"
        if self.without_largest is None:
            return told
        share, others = self.without_largest
        alone = difference_of(others.difference, unit)
        if not math.isnan(others.interval[0]):
            alone += f" ({between(others.interval, unit)})"
        return f"{told}; without the largest model, {percent(share)} of the stake, {alone}"


def difference_of(value: float, unit: str) -> str:
    """A difference with its sign: of NMR in NMR, of percentages of the stake in points of stake."""
    return signed(value, unit if unit == "NMR" else "points of stake")


def between(interval: tuple[float, float], unit: str) -> str:
    """ "−120 to +1,640 NMR"."""
    low, high = interval
    return f"{signed(low, '').rstrip()} to {difference_of(high, unit)}"


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
    interval: tuple[float, float]  # 95 %, of the difference
    block: int  # rounds that one independent stretch takes
    rows: int
    more_when: str
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    source: str
    until: date
    asked: str = ""  # "rounds 183-400" where other rounds are answered
    so_far: bool = False  # the rounds had not resolved
    whole: Stretch | None = None  # all comparable rounds, where these are the last of them
    regimes: tuple[Stretch, ...] = ()  # by what was paid, where that changed
    without_largest: tuple[float, Stretch] | None = None  # as that of a stretch, in these rounds
    split: DifferenceSplit | None = None  # level and mix, where everyone's pay is known
    restaked: str = ""  # what of the level is left once stakes follow pay
    usd: tuple[date, float] | None = None  # the newest price of an NMR, with its day
    asked_at: datetime | None = None  # when the source was asked; None for bundled data
    notice: str = ""  # why this is not the newest there is
    yours: bool = False  # whether it is about the member who reads it
    derived: DerivedPart | None = None  # what of it rests on a derived MMC

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
    def same(self) -> bool:
        """Whether nothing lies between the rules that could be shown."""
        return self._is_nothing(self.difference)

    @property
    def alike(self) -> bool:
        """Whether nothing lies between them in any round."""
        return all(map(self._is_nothing, self.proposed.by_round - self.current.by_round))

    def _is_nothing(self, difference: float) -> bool:
        paid = math.fsum(np.abs(self.current.by_round))
        return abs(difference) < max(LEAST_SHOWN, RECORDED_TO * paid)

    @property
    def finding(self) -> str:
        """The answer in one sentence, which names the rules where it is not too long for a heading then."""
        told = self._finding(self.proposed.short, self.current.short)
        return told if len(told) <= LONGEST else self._finding("The proposed rule", "the current one")

    @property
    def _derived(self) -> str:
        """ " (MMC derived)"."""
        return "" if self.derived is None else self.derived.label

    def _finding(self, proposed: str, current: str) -> str:
        last = f"the last {counted(self.rounds.size, 'round')} ({self.rounds[0]}-{self.rounds[-1]})"
        over = self.span if self.whole is None else last
        over += " so far" if self.so_far else ""
        over += f" (you asked for {self.asked})" if self.asked else ""
        if self.same:
            told = f"{proposed} would have paid the same as {current} over {over}"
        else:
            told = (
                f"{proposed} would have paid {self.more} than {current} over {over}: "
                f"{number(self.proposed.total)} against {amount(self.current.total, self.unit)}"
            )
        if self.whole is None:
            return f"{told}{self._derived}."
        size = self.whole.rounds.size
        signs = [0 if self._is_nothing(each) else each for each in (self.difference, self.whole.difference)]
        joint = "and" if np.sign(signs[0]) == np.sign(signs[1]) else "but"
        return f"{told}; {joint} {self._more(self.whole.difference)} over all {size:,}{self._derived}."

    @property
    def heading(self) -> str:
        """The answer as one reads it first: how much more or less, and whether that holds over all rounds."""
        whom = "you" if self.yours else "everyone" if self.kind == EVERYONE else self.name
        rule = shortened(self.proposed.short)
        over = f"the last {counted(self.rounds.size, 'round')}" if self.whole is not None else self.span
        over = over if self.derived is None else self.span  # the last that can be priced are not the last
        over += " so far" if self.so_far else ""
        told = f"{rule} would have paid {whom} {self._more(self.difference, brief)}{self._relative} in {over}"
        if self.whole is None:
            return told + self._derived
        unit = " points of stake" if self.unit == "%" else " NMR"
        more = self._more(self.whole.difference, brief).replace(unit, "")
        return f"{told}; {more} over all {self.whole.rounds.size:,}{self._derived}"

    @property
    def _relative(self) -> str:
        """ " (+41 %)", where what the current rule pays is clearly above nothing, and known as it was."""
        share = self.difference / self.current.total if self.current.total > 0 else math.nan
        if self.same or self.derived is not None or not (0.005 <= abs(share) < 10):
            return ""
        return f" ({plus_minus(100 * share, 0)} %)"

    @property
    def how_sure(self) -> str:
        """What luck could do to the difference, in one line."""
        low, high = self.interval
        if self.alike or math.isnan(low):
            return self.certainty
        sure = "luck alone could turn it" if low <= 0 <= high else "it is more than luck"
        unit = "NMR" if self.unit == "NMR" else "points of stake"
        stretches = max(1, self.rounds.size // self.block)
        few = f", roughly: {counted(stretches, 'independent stretch', 'independent stretches')}"
        return f"{sure} (95 %: {brief(low)} to {brief(high)} {unit}{few if stretches < 5 else ''})."

    @property
    def more(self) -> str:
        """ "880 NMR more", "39.8 points of stake less", "the same"."""
        return self._more(self.difference)

    def _more(self, difference: float, told: Callable[[float], str] = number) -> str:
        if self._is_nothing(difference):
            return "the same"
        unit = "NMR" if self.unit == "NMR" else "points of stake"
        return f"{told(abs(difference))} {unit} {'more' if difference > 0 else 'less'}"

    @property
    def side_by_side(self) -> tuple[str, ...]:
        """The other rounds that this one must be read with, a line each; none where there are no others."""
        lines: list[str] = []
        if self.whole is not None:
            lines.append(f"All {self.whole.rounds.size:,}, {self.whole.span}: {self.whole.told(self.unit)}")
        lines += [f"{each.span.capitalize()} {each.words}: {each.told(self.unit)}" for each in self.regimes]
        if self.without_largest is not None:
            share, others = self.without_largest
            lines.append(
                f"The largest model held {percent(share)} of the stake in {self.span}: "
                f"without it {others.told(self.unit)}"
            )
        return tuple(lines)

    @property
    def in_usd(self) -> str:
        """The difference at the newest price that is known; "" where there is none of them, or in percent."""
        if self.usd is None or self.unit != "NMR" or self.same:
            return ""
        day, price = self.usd
        return f"{about(self.difference * price)} USD at the price of {day}"

    @property
    def level_and_mix(self) -> str:
        """How much of the difference the rule pays everybody, and how much it shifts between members."""
        if self.split is None or math.isnan(self.split.scale) or self.same:
            return ""
        change = 1 / self.split.scale - 1
        level, mix = float(self.split.level.sum()), float(self.split.mix.sum())
        return (
            f"{difference_of(level, self.unit)} because it pays everyone {percent(abs(change))} "
            f"{'more' if change > 0 else 'less'} in all, {difference_of(mix, self.unit)} because it weighs "
            f"the scores of this {self.kind} differently."
        )

    @property
    def certainty(self) -> str:
        """What the interval of the difference says, and what it can't."""
        if self.alike:
            return "Both rules pay alike in every one of these rounds."
        stretches = max(1, self.rounds.size // self.block)
        held = counted(stretches, "independent stretch", "independent stretches")
        low, high = self.interval
        if math.isnan(low):
            return too_few(self.rounds.size, self.block)
        verdict = "Luck alone could turn it." if low <= 0 <= high else "It is more than luck."
        return f"{verdict}{f' Only about {held}, so a rough guide.' if stretches < 5 else ''}"
