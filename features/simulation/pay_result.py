"""What a proposed payout rule would have done on real rounds: who gains, who loses, what softening costs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.payout.pricing import ComparedRule
from scoring.change.transition import Transition, TransitionIntervals
from scoring.payout import break_even
from wording.numbers import amount, listed, pays_more_when, score_name, span

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
    """Pay under both rules over some rounds (w,), by a accounts; the change begins in the first round."""

    rounds: NDArray[np.int64]
    which: str  # "which paid CORR and TC"
    rows: int
    at_risk: float  # NMR, added up over the rounds
    stake: Floats  # (a,), mean NMR at risk in the rounds an account was in
    result: Transition
    intervals: TransitionIntervals
    losing: float  # share of accounts that lose more than the threshold
    decile_at_risk: Floats  # (g,), NMR of each group of result.deciles, added up over the rounds
    scores: Mapping[str, float]  # mean of each score that is paid, weighted by stake at risk
    cost_by_week: Floats  # NMR, of notice, phase-in and grandfathering together
    cut_short: bool  # the softening would have gone on after the last of these rounds

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
        """New minus old, NMR."""
        difference = self.new - self.old
        return 0.0 if abs(difference) <= 1e-9 * max(abs(self.old), abs(self.new)) else difference

    @property
    def more(self) -> str:
        """ "2,125 NMR less"."""
        if not self.difference:
            return "the same"
        return f"{amount(abs(self.difference), 'NMR')} {'more' if self.difference > 0 else 'less'}"

    @property
    def a_round(self) -> float:
        """Difference as a share of the stake at risk, in the average round."""
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
        for other in others:
            joint = "but" if self.disagree else "and"
            told += f", {joint} {other.more} over {other.span}, {other.which}"
        return f"{told}."

    @property
    def headline(self) -> str:
        """The finding for the title of a picture."""
        over = [f"{window.more} over {window.span}" for window in self.windows]
        told = f"{self.new.short}: {', '.join(over)}"
        return told if len(told) <= 88 else f"New rule: {', '.join(over)}"

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
