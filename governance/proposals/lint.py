"""What a proposal still lacks before it may be put to a vote."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from governance.proposals.examples import check_example
from governance.proposals.parameters import schemes_typed
from governance.proposals.proposal import LABELS, Declined, Parameters, Proposal
from governance.text import counted
from scoring.rules import PayoutRule, describe_multipliers, parse_rule, rule_in_force

ROUNDS_A_WEEK = 5  # since May 2023 a round opens from Tuesday to Saturday


@dataclass(frozen=True)
class Finding:
    """Something to mend: without it no vote (must), or better mended (should)."""

    field: str
    severity: str  # must | should
    sentence: str


def lint(
    proposal: Proposal, *, today: datetime.date, current_round: int | None = None
) -> tuple[Finding, ...]:
    """Findings in the order of the form; a proposal without a `must` is ready for its last call.

    Problem and change can't be empty in the first place. Every change must name notice, phase-in, fallback,
    review date and compensation, or say why it has none. `current_round`, the newest that is open, lets the
    effective round be compared with the notice, at five rounds a week. Nothing is said about whether the
    proposal is a good one.
    """
    return (*_texts(proposal), *_kind(proposal, today), *_terms(proposal.parameters, today, current_round))


def _texts(proposal: Proposal) -> Iterator[Finding]:
    if not proposal.drawbacks:
        yield Finding(
            "drawbacks", "must", "Say who loses by it or what may go wrong; every change has a drawback."
        )
    if not proposal.wrong_if:
        yield Finding("wrong_if", "must", "Say what would show that it was wrong.")
    for field in ("evidence", "alternatives"):
        if not getattr(proposal, field):
            yield Finding(field, "should", f"Readers will ask for {LABELS[field]}.")


def _kind(proposal: Proposal, today: datetime.date) -> Iterator[Finding]:
    given = proposal.parameters
    in_force = rule_in_force(proposal.tournament, on=today)
    if proposal.kind == "payout" and given.rule is None:
        yield Finding("rule", "must", "A change of the payout needs its rule, such as “rule: 1xCORR + 3xTC”.")
    if given.rule is not None and _pays_alike(parse_rule(given.rule, in_force), in_force):
        now = describe_multipliers(in_force.multipliers)
        yield Finding(
            "rule", "must", f"Nothing would change: {now} is the rule in force since {in_force.effective_on}."
        )
    if proposal.kind == "stake_cap" and given.stake_cap is None and given.stake_cap_nmr is None:
        yield Finding("stake_cap", "must", "A stake cap needs its size, such as “cap: 1%”.")
    if proposal.kind == "weights" and given.weights is None:
        yield Finding(
            "weights", "must", f"A change of the weights needs its scheme; there are {schemes_typed()}."
        )
    if proposal.kind == "eligibility" and given.min_correlation is None and given.eligibility is None:
        yield Finding(
            "eligibility", "must", "Say who may take part, such as “gate: 0.2” or “eligibility: 20 rounds”."
        )
    for number, example in enumerate(given.worked_examples, start=1):
        try:
            check_example(example, in_force)
        except ValueError as error:
            sentence = f"Example {number} does not hold under today's clip: {error}"
            yield Finding("worked_examples", "should", sentence)


def _terms(given: Parameters, today: datetime.date, current_round: int | None) -> Iterator[Finding]:
    for field in Declined.model_fields:
        if getattr(given, field) is None and getattr(given.declined, field) is None:
            label = LABELS[field]
            yield Finding(field, "must", f"Give the {label}, or say “none, because …”.")
    for field in ("review_on", "ends_on"):
        day = getattr(given, field)
        if day is not None and day <= today:
            yield Finding(field, "must", f"The {LABELS[field]} must lie in the future, and {day} does not.")
    first, weeks = given.effective_round, given.notice_weeks
    if first is not None and weeks is None:
        yield Finding("effective_round", "should", f"Round {first} comes without notice.")
    if first is None or current_round is None:
        return
    left = first - current_round
    if left <= 0:
        yield Finding(
            "effective_round", "must", f"Round {first} has opened already; now it is {current_round}."
        )
    elif weeks is not None and left < weeks * ROUNDS_A_WEEK:
        away = counted(left / ROUNDS_A_WEEK, "week")
        sentence = f"Round {first} is about {away} away, less than the notice of {weeks}."
        yield Finding("effective_round", "should", sentence)


def _pays_alike(rule: PayoutRule, other: PayoutRule) -> bool:
    return (
        describe_multipliers(rule.multipliers) == describe_multipliers(other.multipliers)
        and rule.choices == other.choices
        and (rule.clip, rule.clip_order) == (other.clip, other.clip_order)
        and (rule.stake_threshold, rule.stake_fraction) == (other.stake_threshold, other.stake_fraction)
    )
