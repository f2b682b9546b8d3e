"""What a proposed payout rule would have done on real rounds: who gains, who loses, what softening costs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.meta_model.derived import DerivedPart
from features.payout.comparison import LEAST_SHOWN, Stretch, between
from features.payout.pricing import ComparedRule
from scoring.change.clear import ClearChanges
from scoring.change.softening import RollingCosts
from scoring.change.transition import Transition, TransitionIntervals
from scoring.payout import break_even
from wording.numbers import amount, counted, listed, pays_more_when, score_name, span, too_few

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PayTerms:
    """How a proposal softens its change, in rounds; 0 where it does not."""

    notice_weeks: int
    notice: int
    phase_in: int
    grandfather: int
    full: bool  # whoever loses all the same is paid what was lost

    @property
    def soften(self) -> bool:
        """Whether the change comes in later, or later for some."""
        return bool(self.notice or self.phase_in or self.grandfather)


@dataclass(frozen=True)
class PayWindow:
    """Pay under both rules over some rounds (w,), by a accounts, and what softening the change costs."""

    rounds: NDArray[np.int64]
    which: str  # "which paid CORR and TC"
    rows: int
    present: NDArray[np.int64]  # (p,) rounds that have rows
    by_round: Floats  # (p,), new minus old, NMR
    at_risk: float  # NMR, added up over the rounds
    stake: Floats  # (a,), mean NMR at risk in the rounds an account was in
    result: Transition
    intervals: TransitionIntervals
    clear: ClearChanges
    rolling: RollingCosts  # starts are places in rounds
    losing: float  # share of accounts that lose more than the threshold, luck included
    decile_at_risk: Floats  # (g,), NMR of each group of result.deciles, added up over the rounds
    scores: Mapping[str, float]  # mean of each score that is paid, weighted by stake at risk
    regimes: tuple[Stretch, ...]  # by what was paid, the oldest first
    without_largest: tuple[float, Stretch] | None  # share of the largest account's stake, and all others
    factors: Floats  # (p,), payout factors
    not_split: str  # why the difference is not split into level and mix; "" where it is

    @property
    def span(self) -> str:
        """ "rounds 311-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    @property
    def old(self) -> float:
        """NMR under the old rule."""
        return math.fsum(self.result.gains.old)

    @property
    def new(self) -> float:
        """NMR under the new rule at once."""
        return math.fsum(self.result.gains.new)

    @property
    def difference(self) -> float:
        """New minus old, NMR; 0 where it would show as nothing."""
        difference = self.new - self.old
        return 0.0 if is_nothing(difference, max(abs(self.old), abs(self.new))) else difference

    @property
    def alike(self) -> bool:
        """Whether both rules pay the same in every round."""
        return all(is_nothing(each, abs(self.old)) for each in self.by_round)

    @property
    def more(self) -> str:
        """ "2,125 NMR less"."""
        if not self.difference:
            return "the same"
        return f"{amount(abs(self.difference), 'NMR')} {'more' if self.difference > 0 else 'less'}"

    @property
    def certainty(self) -> str:
        """The interval of the difference, or why there is none."""
        low, high = self.intervals.total
        rounds = counted(self.present.size, "round")
        if self.alike:
            return f"Both rules pay alike in each of {rounds}."
        if math.isnan(low):
            return too_few(self.present.size, self.intervals.block)
        told = f"95 %: {between((low, high), 'NMR')}, {rounds}"
        return f"{told}: luck alone could turn it" if low <= 0 <= high else told

    @property
    def a_round(self) -> float:
        """Difference as a share of the stake at risk in a round, rounds weighted by it."""
        return self.difference / self.at_risk

    @property
    def moved(self) -> float:
        """NMR that moves between accounts once both rules pay out the same sum; nan where undefined."""
        return float(np.abs(self.result.gains.split.mix).sum() / 2)


@dataclass(frozen=True)
class PayImpact:
    """What another rule does to everyone's pay, in one window or two."""

    old: ComparedRule
    new: ComparedRule
    windows: tuple[PayWindow, ...]
    unit: str  # account | model
    guessed: bool
    terms: PayTerms
    losing_more_than: float
    asked: str  # "rounds 183-400" where that was asked for and other rounds are answered
    offered: tuple[tuple[str, str], ...] = ()  # (as it is typed, in words) of stretches to ask for
    derived: DerivedPart | None = None  # what of it rests on a derived MMC

    @property
    def more_when(self) -> str:
        """Which scores make the old rule the better paid one."""
        line = break_even(self.old.multipliers, self.new.multipliers)
        when = pays_more_when(line)
        if not line:
            return f"{when}."
        return f"Before clipping, {self.old.short} pays more w{when.removeprefix('W')}."

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        first, *others = self.windows
        than = "than" if first.difference else "as"
        told = f"{self.new.short} would have paid {first.more} {than} {self.old.short} over {first.span}"
        told += f" (you asked for {self.asked})" if self.asked else ""
        for other in others:
            joint = "but" if self.disagree else "and"
            told += f", {joint} {other.more} over {other.span}, {other.which}"
        return f"{told}{self.label}."

    @property
    def label(self) -> str:
        """ " (MMC derived)" at the end of what is told; "" where it is not."""
        return "" if self.derived is None else self.derived.label

    @property
    def headline(self) -> str:
        """The finding for the title of a picture."""
        over = [f"{window.more} over {window.span}" for window in self.windows]
        told = f"{self.new.short}: {', '.join(over)}{self.label}"
        return told if len(told) <= 88 else f"New rule: {', '.join(over)}{self.label}"

    @property
    def disagree(self) -> bool:
        """Whether the rule pays more in one window and less in another."""
        signs = {window.difference > 0 for window in self.windows if window.difference}
        return len(signs) > 1

    @property
    def why(self) -> str:
        """Why the windows disagree, from the scores of either; "" where they agree."""
        if not self.disagree:
            return ""
        line = break_even(self.old.multipliers, self.new.multipliers)
        means = [
            f"{listed([f'{score_name(score)} {_score(window.scores[score])}' for score in line])} "
            f"over {window.span}"
            for window in self.windows
        ]
        told = f"{self.more_when} Weighted by stake the mean was {listed(means, 'but')}."
        sums = [math.fsum(line[score] * window.scores[score] for score in line) for window in self.windows]
        if any((gap > 0) == (window.difference > 0) for gap, window in zip(sums, self.windows, strict=True)):
            told += " Clip and payout factors did the rest."
        return told


def _score(mean: float) -> str:
    return f"{mean:+.4f}".replace("-", "−")


def is_nothing(difference: float, beside: float) -> bool:
    """Whether a difference in NMR is too small to be shown, or rounding of what it is the difference of."""
    return abs(difference) < max(LEAST_SHOWN, 1e-9 * beside)
