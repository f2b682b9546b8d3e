"""How fast weight leaves an account whose skill fades under a scheme, and when it is back."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.simulation.by_round.account_rounds import CORR, AccountRounds
from features.simulation.by_round.skill import Skill, skill_of
from scoring.schemes import KnownOfHolders, Weighing
from scoring.weights.fading import Fading, Scored, Weigh, rounds_to_halve, simulated_fading
from tournament.source import Rounds, Stakes
from wording.numbers import counted, number, whole

HOLDERS = 200  # accounts of a simulation, spread like today's stakes
PLACE = 9  # by stake: one of the largest twentieth
PATHS = 12
HORIZON = 400  # rounds, of weeks eight years
SEED = 20221222
FROM_TO = 2.0  # standard deviations of skill: from the best 2.5 % to the worst

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SchemesFading:
    """Rounds until half the weight has left, and until it is back, for each scheme by name; or why not."""

    fading: dict[str, Fading]
    paid: Skill | None
    recorded: Skill | None
    pay: float  # NMR per NMR at risk and unit of CORR, in a round
    why_not: str = ""

    def told(self, name: str) -> str:
        """ "half gone after 262 rounds (172 to 400), back after 300 more"; for one scheme."""
        found = self.fading.get(name)
        if found is None:
            return "not told"
        leaves = found.quantile(found.leaves, 0.5)
        if math.isinf(leaves):
            return f"in effect never{self._between(found, found.leaves)}"
        returns = found.quantile(found.returns, 0.5)
        back = (
            "not back in as many years" if math.isinf(returns) else f"back after {self._rounds(returns)} more"
        )
        return f"after {self._rounds(leaves)}{self._between(found, found.leaves)}, {back}"

    def finding(self, name: str, words: str) -> str:
        """The same as a sentence."""
        if name not in self.fading:
            return self.why_not or "How fast weight leaves can't be told."
        told = self.told(name)
        gone = (
            told.replace("in effect never", "in effect never gone")
            if told.startswith("in ")
            else f"gone {told}"
        )
        return f"With {words}, half of the weight of an account whose skill fades is {gone}."

    @property
    def basis(self) -> str:
        """What was simulated, in sentences; "" where nothing was."""
        if self.paid is None or not self.fading:
            return ""
        own = self.paid.own
        by_score = (
            f" What is on record is {self.recorded.score}. {self.recorded.basis}" if self.recorded else ""
        )
        closed = rounds_to_halve(self.pay, FROM_TO * own) * self.paid.step
        first = next(iter(self.fading.values()))
        step = self.paid.step
        return (
            f"Simulated {counted(first.leaves.size, 'time')} with {HOLDERS} accounts as large as today's: "
            f"one of the largest twentieth goes from the best 2.5 % in {self.paid.score} to the worst "
            f"({number(FROM_TO * own)} above others to as much below) and, once half of its weight is gone, "
            "returns. In brackets a tenth and nine tenths of the runs; never: not in "
            f"{counted(HORIZON * step, 'round')}. Stakes compound at 1xCORR with the payout factor of "
            f"{number(self.pay / step)}, by which, luck aside, half a share of stake is gone after "
            f"{counted(round(closed), 'round')}. {self.paid.basis}{by_score}"
        )

    def _between(self, found: Fading, rounds: Floats) -> str:
        low, high = (found.quantile(rounds, at) for at in (0.1, 0.9))
        if math.isinf(low):
            return ""
        return f" ({whole(low * self._step)} to {'never' if math.isinf(high) else whole(high * self._step)})"

    def _rounds(self, rounds: float) -> str:
        return counted(round(rounds * self._step), "round")

    @property
    def _step(self) -> int:
        return 1 if self.paid is None else self.paid.step


def fading_of(
    schemes: Sequence[tuple[str, Weighing]], stakes: Stakes, past: AccountRounds, calendar: Rounds
) -> SchemesFading:
    """How fast weight leaves under each of these schemes, by name.

    Skill is as large as the signal share of CORR has it, and the record is of the score that accounts are
    ranked by. Nobody is alike and everybody has the same correlation with the meta model, so that a cap on
    those who are alike is a cap on each.
    """
    paid = skill_of(past, CORR)
    recorded = skill_of(past, past.ranked_by) if past.ranked_by not in ("", CORR) else None
    factors = calendar.payout_factor[calendar.paid & (calendar.payout_factor > 0)]
    if math.isnan(paid.share.value) or not factors.size:
        why = "How much of CORR comes again can't be told, so how fast weight leaves can't either."
        return SchemesFading({}, paid, recorded, math.nan, why)
    if not paid.own:
        why = f"There is no skill to fade: {paid.basis}"
        return SchemesFading({}, paid, recorded, math.nan, why)
    pay = float(factors[-1]) * past.step
    held = np.sort(stakes.account_stake[stakes.account_stake > 0])
    spread = np.quantile(held, 1 - (np.arange(HOLDERS) + 0.5) / HOLDERS)
    every = ((name, _weigh(scheme.unlike or scheme, float(spread.sum()))) for name, scheme in schemes)
    applied = [(name, weigh) for name, weigh in every if _applies(weigh, spread)]
    found = simulated_fading(
        [weigh for _, weigh in applied],
        spread,
        PLACE,
        rng=np.random.default_rng(SEED),
        pay=pay,
        paid=_scored(paid),
        recorded=None if recorded is None else _scored(recorded),
        overlap=past.overlap,
        horizon=HORIZON,
        paths=PATHS,
    )
    names = [name for name, _ in applied]
    return SchemesFading(dict(zip(names, found, strict=True)), paid, recorded, pay)


def _weigh(scheme: Weighing, total: float) -> Weigh:
    """It with everybody's correlation with the meta model the same; total: the stake of all, in NMR."""

    def weigh(stakes: Floats, scores: Floats, errors: Floats) -> Floats:
        known = KnownOfHolders(scores=scores, errors=errors, correlations=np.ones(stakes.size))
        return scheme.weigh(total * stakes, known)

    return weigh


def _applies(weigh: Weigh, stakes: Floats) -> bool:
    """Whether it can be applied to so many accounts: a cap may be too low for them."""
    try:
        weigh(stakes / stakes.sum(), np.zeros(stakes.size), np.ones(stakes.size))
    except ValueError:
        return False
    return True


def _scored(skill: Skill) -> Scored:
    return Scored(FROM_TO * skill.own, skill.own, skill.spread)
