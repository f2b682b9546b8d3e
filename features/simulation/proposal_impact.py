"""What a proposal would have done on real numbers: to everyone, and to one member."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from features.meta_model.derived import DerivedPart, told_of
from features.rules.rules import announced_rule
from features.simulation.accounts_known import known_of
from features.simulation.by_round.account_rounds import past_of
from features.simulation.by_round.meta_model_effect import effects_of
from features.simulation.pay import GUESSED, not_simulated, read_pay
from features.simulation.pay_result import PayImpact, PayTerms, PayWindow
from features.simulation.weight_pay import PaidBefore
from features.simulation.weights import WeightImpact, weight_impact
from features.stakes.holders import find_holder
from governance.proposals.parameters import spelled
from governance.proposals.proposal import KINDS, Proposal
from scoring.rules import PayoutRule
from scoring.schemes import SCHEMES, Weighing, capped
from tournament.source import EVERYONE, Rounds, Source, Stakes, TournamentField, everyone_if_read
from wording.names import find_name
from wording.numbers import amount, listed, number

UNCHANGED = "Assumes nobody changes behaviour."


@dataclass(frozen=True)
class ProposalImpact:
    """What a proposal would have done to everyone, or why that can't be computed."""

    title: str
    kind: str  # "meta-model weights"
    parameters: tuple[tuple[str, str], ...]  # as people type them
    pay: PayImpact | None
    weights: WeightImpact | None
    reason_not: str  # "" where it was computed
    assumptions: tuple[str, ...]
    source: str
    until: date  # the newest resolved round, or the day of the stakes

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        found = self.pay or self.weights
        return found.finding if found is not None else self.reason_not


@dataclass(frozen=True)
class MemberWeight:
    """Weight in the meta model before and after, as a share; after is nan where it is not weighed at all."""

    before: float
    after: float
    pay: tuple[float, float] | None = None  # NMR before and after, if it were counted on these weights
    paid_over: str = ""  # "rounds 302-321"

    @property
    def pay_sentence(self) -> str:
        """What pay would be if it followed the weights, which it does not do by itself; "" if unknown."""
        if self.pay is None:
            return ""
        old, new = self.pay
        return (
            f"Pay stays as it is. If it were counted on the new weights: {amount(new, 'NMR')} instead of "
            f"{number(old)} at the pay per NMR of {self.paid_over}, by the same scores."
        )


@dataclass(frozen=True)
class MemberImpact:
    """What a proposal would have done to one model or account, for nobody else to see."""

    title: str
    name: str
    kind: str  # model | account
    old: str  # the rules in words; "" where it is not about pay
    new: str
    windows: tuple[PayWindow, ...]  # each with this member as the only account
    terms: PayTerms | None
    weight: MemberWeight | None
    reason_not: str
    assumptions: tuple[str, ...]
    source: str
    until: date
    asked: str = ""  # "rounds 183-400" where that was asked for and other rounds are answered
    offered: tuple[tuple[str, str], ...] = ()  # (as it is typed, in words) of stretches to ask for
    yours: bool = False  # whether it is about the member who reads it
    derived: DerivedPart | None = None  # what of it rests on a derived MMC

    def for_others(self, own_name: str | None) -> "MemberImpact":
        """The same to be shown in public: only the member's own name is told."""
        if self.name == own_name:
            return self
        name = f"One {self.kind or 'account'}"
        return replace(self, name=name, reason_not=self.reason_not.replace(self.name, name))

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if self.weight is not None:
            if math.isnan(self.weight.after):
                return f"{self.name} has no score to be ranked by, so it would not be weighed."
            return (
                f"{self.name} would weigh {100 * self.weight.after:.2g} % of the meta model "
                f"instead of {100 * self.weight.before:.2g} %."
            )
        if not self.windows:
            return self.reason_not
        told = [f"{window.more} over {window.span}" for window in self.windows]
        asked = f" (you asked for {self.asked})" if self.asked else ""
        return f"{self.name} would have been paid {listed(told)}{asked}."


async def proposal_impact(
    source: Source,
    proposal: Proposal,
    *,
    rounds: str | None = None,
    baseline: str | None = None,
    losing_more_than: float = 0.05,
) -> ProposalImpact:
    """What a proposal would have done on the numbers of a source, at once and as it would be softened.

    rounds: one window as members type it, instead of all and those that paid the old rule's scores.
    baseline: the rule to compare with, instead of the one in force in the newest scored round.
    losing_more_than: a share of the own stake. A proposal that can't be simulated comes back with its
    reason_not; what was typed wrong raises ValueError with a sentence.
    """
    reason = _not_simulated(source, proposal)
    pay = weights = None
    assumptions: tuple[str, ...] = ()
    until = await source.until()
    if not reason and proposal.kind == "payout":
        read = await read_pay(source, proposal, baseline)
        if isinstance(read, str):
            reason = read
        else:
            pay = await asyncio.to_thread(read.impact, rounds, losing_more_than)
            assumptions = (*told_of(read.part), *read.assumptions)
    elif not reason:
        stakes = await source.stakes()
        until = stakes.day
        weighed, differs = await _weighed(source, proposal, stakes)
        if isinstance(weighed, str):
            reason = weighed
        else:
            weights, assumptions = weighed, (*_weight_assumptions(proposal, weighed), *differs)
    return ProposalImpact(
        title=proposal.title,
        kind=KINDS[proposal.kind],
        parameters=tuple(spelled(proposal.parameters).items()),
        pay=pay,
        weights=weights,
        reason_not=reason,
        assumptions=(UNCHANGED, *assumptions),
        source=source.label,
        until=until,
    )


async def member_impact(
    source: Source,
    proposal: Proposal,
    name: str,
    *,
    rounds: str | None = None,
    baseline: str | None = None,
) -> MemberImpact:
    """What a proposal would have done to one model or account; otherwise as proposal_impact."""
    reason = _not_simulated(source, proposal)
    until = await source.until()
    none = MemberImpact(
        proposal.title, name.strip(), "", "", "", (), None, None, reason, (UNCHANGED,), source.label, until
    )
    if reason:
        return none
    if proposal.kind != "payout":
        return await _member_weight(source, proposal, name, none)
    found = await find_name(source, name)
    if found == EVERYONE:
        raise ValueError("Name one model or account: what it does to everyone is on the proposal's card.")
    read, own = await asyncio.gather(read_pay(source, proposal, baseline), source.history(found))
    if isinstance(read, str):
        return replace(none, name=found, kind=own.kind, reason_not=read)
    windows, part = await asyncio.to_thread(read.of_member, own, rounds)
    return replace(
        none,
        name=found,
        kind=own.kind,
        old=read.old.short,
        new=read.new.short,
        windows=windows,
        asked=read.asked(rounds),
        offered=read.offered,
        terms=read.terms,
        assumptions=(UNCHANGED, *told_of(part), *read.assumptions),
        derived=part,
    )


def _not_simulated(source: Source, proposal: Proposal) -> str:
    """Why no number can be put on a proposal, whatever the data say; "" where one can."""
    said = proposal.parameters
    if proposal.tournament != source.tournament:
        return (
            f"It is about {proposal.tournament.title()}, and {source.label} has the numbers of "
            f"{source.tournament.title()}."
        )
    if proposal.kind == "eligibility" and said.min_correlation is not None:
        return (
            "Whom the gate would hold back can't be told: the data has no correlation with the example "
            "predictions."
        )
    missing = {
        "communication": "It changes how things are announced, not what is paid or weighed.",
        "other": "Nothing in it is a rule, a cap or a scheme that could be simulated.",
        "eligibility": "Who may take part is said in words, and words can't be simulated.",
        "payout": "" if said.rule else "It names no payout rule, so there is nothing to price.",
        "stake_cap": "" if said.stake_cap or said.stake_cap_nmr else "It names no cap, so nothing is capped.",
        "weights": "" if said.weights else "It names no scheme, so there is nothing to weigh by.",
    }
    return missing[proposal.kind]


async def _weighed(
    source: Source, proposal: Proposal, stakes: Stakes
) -> tuple[WeightImpact | str, tuple[str, ...]]:
    """The weights under a proposal's scheme, or why it can't be applied to these accounts.

    With a sentence where the announced rule, by which pay is told, departs from the dated ones.
    """
    everyone, calendar, (live, differs) = await asyncio.gather(
        everyone_if_read(source), source.rounds(), announced_rule(source)
    )
    try:
        scheme = _scheme(proposal)
        found = await asyncio.to_thread(_weigh, source.tournament, scheme, stakes, everyone, calendar, live)
    except ValueError as error:
        return str(error), ()
    return found, differs if found.pay is not None else ()


def _weigh(
    tournament: str,
    scheme: Weighing,
    stakes: Stakes,
    everyone: TournamentField | None,
    calendar: Rounds,
    live: PayoutRule | None,
) -> WeightImpact:
    known = known_of(stakes, everyone if scheme.needs else None, calendar)
    paid = None if everyone is None else PaidBefore(tournament, everyone, calendar, live)
    found = weight_impact(scheme, stakes, known, paid)
    [effect] = effects_of([scheme], past_of(stakes, everyone, calendar), known.known)
    return replace(found, meta_model=effect)


def _scheme(proposal: Proposal) -> Weighing:
    said = proposal.parameters
    if proposal.kind == "stake_cap" or said.weights is None:
        return capped(said.stake_cap, said.stake_cap_nmr)
    return SCHEMES[said.weights].with_share(said.weights_cap)


def _weight_assumptions(proposal: Proposal, found: WeightImpact) -> tuple[str, ...]:
    said = proposal.parameters
    later = ("The weights are those after any phase-in.",) if said.phase_in_rounds else ()
    simulated = "cap" if proposal.kind == "stake_cap" else "weights"
    return (
        "Every account is taken as verified, and all of a person's models as one account.",
        *later,
        *((found.basis,) if found.basis else ()),
        *not_simulated(said, (simulated,)),
        *((GUESSED,) if found.guessed else ()),
    )


async def _member_weight(source: Source, proposal: Proposal, name: str, none: MemberImpact) -> MemberImpact:
    stakes = await source.stakes()
    kind, at = await asyncio.to_thread(find_holder, stakes, name)
    weighed, _ = await _weighed(source, proposal, stakes)
    none = replace(
        none, until=stakes.day, kind=kind, name=(stakes.models if kind == "model" else stakes.accounts)[at]
    )
    if isinstance(weighed, str):
        return replace(none, reason_not=weighed)
    share = 1.0
    if kind == "model":
        if stakes.account_of is None:
            raise ValueError(f"{source.label} does not say whose model that is. Name the account.")
        account = int(stakes.account_of[at])
        whole = float(stakes.account_stake[account])
        share, at = (float(stakes.model_stake[at]) / whole if whole else 0.0), account
    if not stakes.account_stake[at]:
        return replace(none, reason_not=f"{none.name} has no stake, so it weighs nothing before and after.")
    assumptions = (UNCHANGED, *_weight_assumptions(proposal, weighed))
    place = np.flatnonzero(weighed.position == at)
    if not place.size:
        total = float(stakes.account_stake.sum())
        weight = MemberWeight(share * float(stakes.account_stake[at]) / total, math.nan)
    else:
        before, after = (share * float(each[place[0]]) for each in (weighed.before, weighed.after))
        paid = None if weighed.pay is None else weighed.pay.of(int(place[0]))
        weight = MemberWeight(
            before,
            after,
            None if paid is None else (share * paid[0], share * paid[1]),
            "" if weighed.pay is None else weighed.pay.stretch.span,
        )
    return replace(none, weight=weight, assumptions=assumptions)
