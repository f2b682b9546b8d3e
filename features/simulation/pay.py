"""Everything that a proposed payout rule is priced on: rows, rules, terms, and what is assumed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.meta_model.derived import DerivedMmc, DerivedPart, derive_mmc
from features.payout.pricing import MEANT, ComparedRule, Priced, compared_rule, named_rule, price_rule
from features.payout.windows import asked_otherwise, regimes_of
from features.rules.rules import announced_rule
from features.simulation.pay_result import PayImpact, PayTerms, PayWindow
from features.simulation.pay_rows import BothPriced, Known, part_of, price_both, resting_on
from features.simulation.pay_windows import Pay, pay_window, priced_pay, rounds_a_week, windows_of
from features.stakes.holders import owners_of
from governance.proposals.parameters import spelled
from governance.proposals.proposal import Parameters, Proposal
from scoring.rules import PayoutRule
from tournament.source import History, Rounds, Source, SourceError, Stakes, caveats_of
from wording.numbers import counted, listed, span

GUESSED = "Accounts are guesses from the models' names."


@dataclass(frozen=True)
class PayFacts:
    """Both rules on everyone's staked rows."""

    tournament: str
    calendar: Rounds
    scores: Mapping[str, tuple[int, int]]
    in_force: Mapping[int, PayoutRule]
    old: ComparedRule
    new: ComparedRule
    pay: Pay
    owner: NDArray[np.intp] | None  # account of each model of pay.rows; None: every model counts alone
    guessed: bool
    terms: PayTerms
    assumptions: tuple[str, ...]
    derived: DerivedMmc | None
    part: DerivedPart | None  # what of everyone's pay rests on a derived MMC

    def impact(self, rounds: str | None, losing_more_than: float) -> PayImpact:
        """What the new rule does to everyone. Raises ValueError for rounds that make no sense."""
        owner = np.arange(len(self.pay.rows.models)) if self.owner is None else self.owner
        return PayImpact(
            old=self.old,
            new=self.new,
            windows=self._windows(self.pay, owner, rounds, losing_more_than),
            asked=self.asked(rounds),
            unit="model" if self.owner is None else "account",
            guessed=self.guessed,
            terms=self.terms,
            losing_more_than=losing_more_than,
            offered=self.offered,
            derived=self.part,
        )

    @property
    def offered(self) -> tuple[tuple[str, str], ...]:
        """(as it is typed, in words) of stretches of rounds that paid by the same scores."""
        return tuple(
            (f"{rounds[0]}-{rounds[-1]}", f"{span(int(rounds[0]), int(rounds[-1])).capitalize()} {words}")
            for words, rounds in regimes_of(self.tournament, self.pay.rows, self.in_force)
        )

    def of_member(self, own: History, rounds: str | None) -> tuple[tuple[PayWindow, ...], DerivedPart | None]:
        """The windows in which a member has rows, as the only account; ValueError where there is none.

        And what of the member's pay rests on a derived MMC.
        """
        staked = own.only(own.resolved & (own.stake > 0) & np.isin(own.round, list(self.in_force)))
        if not staked.round.size:
            raise ValueError(f"{own.name} has no resolved round with a stake.")
        staked = staked if self.derived is None else self.derived.filled(staked)
        both = self._price(self.old, staked), self._price(self.new, staked)
        pay = priced_pay(staked, *(each.rate for each in both))
        windows = self._windows(pay, np.zeros(len(own.models), dtype=np.intp), rounds, 0.0)
        if self.derived is None:
            return windows, None
        return windows, part_of(self.derived, [resting_on(self.derived, staked, (self.old, self.new), both)])

    def asked(self, rounds: str | None) -> str:
        """ "rounds 183-400" where that was typed and other rounds are answered."""
        (_, numbers), *_ = windows_of(self.pay, rounds, self.old, self.in_force)
        return asked_otherwise(rounds, numbers)

    def price(self, rule: ComparedRule, staked: History) -> NDArray[np.float64]:
        """Pay per NMR at risk of every row under one rule."""
        return self._price(rule, staked).rate

    def _price(self, rule: ComparedRule, staked: History) -> Priced:
        numbers = np.unique(staked.round).tolist()
        in_force = {number: self.in_force[number] for number in numbers}
        return price_rule(rule.read, staked, self.calendar, in_force, self.scores)

    def _windows(
        self, pay: Pay, owner: NDArray[np.intp], rounds: str | None, losing_more_than: float
    ) -> tuple[PayWindow, ...]:
        multipliers = {**self.old.multipliers, **self.new.multipliers}
        paid = tuple(s for s in multipliers if self.old.multipliers.get(s) or self.new.multipliers.get(s))
        # the rounds are everyone's, so that a member's notice begins when everyone's does
        chosen = windows_of(self.pay, rounds, self.old, self.in_force)
        present = [(which, numbers) for which, numbers in chosen if np.isin(pay.rows.round, numbers).any()]
        if not present:
            first, last = chosen[0][1][[0, -1]].tolist()
            raise ValueError(
                f"{pay.rows.name} has no staked round with the scores of both rules in {span(first, last)}."
            )
        return tuple(
            pay_window(
                pay,
                which,
                numbers,
                owner,
                self.calendar,
                self.terms,
                self.in_force,
                tournament=self.tournament,
                scores=paid,
                losing_more_than=losing_more_than,
            )
            for which, numbers in present
        )


async def read_pay(source: Source, proposal: Proposal, baseline: str | None) -> PayFacts | str:
    """What a payout proposal is priced on, or the sentence why it can't be.

    Raises ValueError for a baseline that can't be read, or pays a score that is not there.
    """
    named = None if baseline is None else await named_rule(source, baseline)
    calendar, scores, everyone, stakes, announced, until = await asyncio.gather(
        source.rounds(),
        source.scores(),
        source.everyone(),
        stakes_of(source),
        announced_rule(source),
        source.until(),
    )
    known = Known(source.tournament, calendar, scores, everyone, stakes, *announced)
    return await asyncio.to_thread(_priced, source, proposal, known, named, until)


async def stakes_of(source: Source) -> Stakes | None:
    """The leaderboard, or None while there is none."""
    try:
        return await source.stakes()
    except SourceError:
        return None


def not_simulated(said: Parameters, simulated: tuple[str, ...]) -> tuple[str, ...]:
    """What else a proposal sets that would move numbers, as a sentence; nothing where that is nothing."""
    others = [key for key in ("rule", "cap", "weights", "gate", "eligibility") if key in spelled(said)]
    left = [key for key in others if key not in simulated]
    return (f"Not simulated: its {listed(left)}.",) if left else ()


def _priced(
    source: Source, proposal: Proposal, known: Known, baseline: str | PayoutRule | None, until: date
) -> PayFacts | str:
    newest = known.newest()
    if not newest.round.size:
        return f"{source.label} has no resolved round with a stake yet."
    last = known.in_force(newest)[int(newest.round[0])]
    old = compared_rule(last if baseline is None else baseline, last)
    new = compared_rule(proposal.parameters.rule or "", replace(last, multipliers=old.multipliers))
    paid = [score for rule in (old, new) for score, times in rule.multipliers.items() if times]
    known = known.with_mmc(
        derive_mmc(source, known.everyone, known.calendar, until, known.scores, known.everyone, paid)
    )
    try:
        known.price(old, newest)
    except ValueError as error:
        if baseline is not None:
            raise
        return str(error)
    try:
        both = price_both(known, old, new)
    except ValueError as error:
        return str(error)
    if both.new_left_out and old.short == new.short:
        return (
            f"It changes only the {listed(both.new_left_out)}, for other rounds than these: here it changes "
            "nothing."
        )
    pay = both.pay
    if not pay.rows.round.size:
        return f"No staked round in {source.label} has the scores of both {old.short} and {new.short}."
    per_week = rounds_a_week(known.calendar, int(pay.rows.round.max()))
    terms = _terms(proposal.parameters, per_week)
    stakes, owner = known.stakes, owners_of(pay.rows.models, known.stakes)
    guessed = owner is not None and stakes is not None and stakes.guessed
    return PayFacts(
        tournament=source.tournament,
        calendar=known.calendar,
        scores=known.scores,
        in_force=both.in_force,
        old=old,
        new=new,
        pay=pay,
        owner=owner,
        guessed=guessed,
        terms=terms,
        assumptions=(
            "Everybody is paid by these multipliers, on the stake of the time: no other choice, no fallback.",
            *known.too_many,
            *known.differs,
            _at_which_terms(both, per_week),
            *both.beside,
            *_begins(terms),
            *not_simulated(proposal.parameters, ("rule",)),
            *((GUESSED,) if guessed else ()),
            *caveats_of(source, known.everyone),
        ),
        derived=known.derived,
        part=both.derived,
    )


def _terms(said: Parameters, per_week: int) -> PayTerms:
    weeks = said.notice_weeks or 0
    return PayTerms(
        notice_weeks=weeks,
        notice=weeks * per_week,
        phase_in=said.phase_in_rounds or 0,
        grandfather=said.grandfathering_rounds or 0,
        full=said.compensation == "full",
    )


def _at_which_terms(both: BothPriced, per_week: int) -> str:
    rounds = "weekly rounds" if per_week == 1 else "rounds"
    told = f"Both rules at the clip and payout factor that each of these {rounds} had"
    told += " (weekly equivalent)" if per_week == 1 and both.other_rounds else ""
    if both.as_typed:
        told += f", but for {listed(both.as_typed)}: {MEANT}"
    if not both.left_out:
        return f"{told}."
    verb = "is" if len(both.left_out) == 1 else "are"
    return (
        f"{told}: {listed(both.left_out)}, typed for other rounds, {verb} left out, "
        "as here they would bind far more often."
    )


def _begins(terms: PayTerms) -> tuple[str, ...]:
    if not terms.soften:
        return ()
    notice = f"; {counted(terms.notice_weeks, 'week')} of notice {_are(terms)}" if terms.notice else ""
    return (f"Softening is followed from every round that leaves it time to end{notice}.",)


def _are(terms: PayTerms) -> str:
    return f"{'is' if terms.notice_weeks == 1 else 'are'} {counted(terms.notice, 'round')}"
