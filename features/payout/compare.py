"""What members were paid, and what another rule would have paid them on the same rounds."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np

from features.meta_model.derived import CORR_OF, DerivedMmc, derive_mmc, told_of
from features.payout.at_risk import AS_STAKED, check_basis, check_stake, if_restaked
from features.payout.comparison import PayoutComparison
from features.payout.priced.everyone import pay_of_all
from features.payout.priced.question import Answered, PayQuestion
from features.payout.pricing import (
    FIRST_TC_ROUND,
    ComparedRule,
    compared_rule,
    named_rule,
    rules_of_rounds,
)
from features.payout.windows import (
    asked_otherwise,
    last_of,
    left_out,
    rounds_asked_for,
    that_can_be_followed,
    told_of_other_unit,
    with_other_unit,
)
from scoring.change.difference import DifferenceSplit, split_difference
from scoring.intervals import ewc_interval
from scoring.payout import break_even
from scoring.rules import PayoutRule, rule_in_force, unknown_scores
from tournament.source import (
    EVERYONE,
    Rounds,
    Source,
    TournamentField,
    caveats_of,
    everyone_if_read,
    field_of,
)
from wording.names import find_name
from wording.numbers import pays_more_when

UNITS = ("NMR", "%")


async def compare_payouts(
    source: Source,
    name: str,
    proposed: str,
    *,
    current: str | None = None,
    rounds: str | None = None,
    stake: float | None = None,
    basis: str = AS_STAKED,
    unit: str = "NMR",
    old_tc: bool = False,
) -> PayoutComparison:
    """What `name` was or would be paid under the current and a proposed rule, on the same rounds.

    name: a model, an account or EVERYONE. proposed, current: what people type, a dated rule's id or LIVE;
    without `current`, the amounts really paid. rounds: "20", "311-325", "round 318" or "all"; without it the
    last 20. stake: NMR instead of the stake of the time, split evenly over an account's models. basis: what
    is at risk in a round, see at_risk. unit: NMR, or % of the stake. old_tc: with the scores of rounds in
    which they were in another unit. Without rounds the last 20 and all are answered side by side. Raises
    ValueError with a sentence for a person wherever one of them makes no sense or nothing is left to compare.
    """
    if stake is not None:
        check_stake(stake)
    check_basis(basis)
    if unit not in UNITS:
        raise ValueError(f"The unit is one of {' and '.join(UNITS)}.")
    named = (
        await named_rule(source, proposed),
        None if current is None else await named_rule(source, current),
    )
    # at once, not one by one: a source may be half a second away, or silent
    found, all_rounds, usd, everyone, live = await asyncio.gather(
        find_name(source, name),
        source.rounds(),
        source.usd_per_nmr(),
        _everyone(source, basis, named),
        source.live_rule(),
    )
    field, scores, until, differs = await asyncio.gather(
        field_of(source, found), source.scores(), source.until(), source.live_rule_differs()
    )
    facts = _Facts(
        source.tournament,
        source.label,
        caveats_of(source, field),
        (differs,) if differs else (),
        until,
        all_rounds,
        scores,
        field,
        everyone if found != EVERYONE and basis == AS_STAKED else None,
        usd,
        None if live is None or unknown_scores(live) else live,
        partial(derive_mmc, source, field if found == EVERYONE else everyone, all_rounds, until),
    )
    return await asyncio.to_thread(_compare, facts, *named, rounds, stake, basis, unit, old_tc)


async def _everyone(
    source: Source, basis: str, named: tuple[str | PayoutRule, str | PayoutRule | None]
) -> TournamentField | None:
    """Everyone's rows, which a difference is split by and an MMC derived from; None while a source has none.

    None too on other bases than the stake of the time, where no rule pays by MMC.
    """
    newest = rule_in_force(source.tournament, on=date.max)
    rules = [compared_rule(each, newest) for each in named if each is not None]
    if basis != AS_STAKED and not any(CORR_OF.keys() & rule.multipliers.keys() for rule in rules):
        return None
    return await everyone_if_read(source)


@dataclass(frozen=True)
class _Facts:
    tournament: str
    label: str
    caveats: tuple[str, ...]
    warned: tuple[str, ...]
    until: date
    rounds: Rounds
    scores: Mapping[str, tuple[int, int]]
    field: TournamentField
    everyone: TournamentField | None
    usd: tuple[date, float] | None
    live: PayoutRule | None
    derive: Callable[[Mapping[str, tuple[int, int]], TournamentField, Iterable[str]], DerivedMmc | None]

    def with_mmc(self, rules: Iterable[ComparedRule | None]) -> "tuple[_Facts, DerivedMmc | None]":
        """The same with an MMC where none was published, where a rule pays by it; and what was derived."""
        paid = [score for rule in rules if rule for score, times in rule.multipliers.items() if times]
        derived = self.derive(self.scores, self.field, paid)
        if derived is None:
            return self, None
        everyone = None if self.everyone is None else derived.filled_field(self.everyone)
        field, scores = derived.filled_field(self.field), derived.scores(self.scores)
        return replace(self, scores=scores, field=field, everyone=everyone), derived

    def with_other_unit(self) -> "_Facts":
        """The same with the scores of another unit among the others, which is said."""
        return replace(
            self,
            warned=(*told_of_other_unit(self.field), *self.warned),
            field=with_other_unit(self.field),
            everyone=None if self.everyone is None else with_other_unit(self.everyone),
        )

    def rules(
        self, field: TournamentField, proposed: str | PayoutRule, current: str | PayoutRule | None
    ) -> tuple[dict[int, PayoutRule], ComparedRule, ComparedRule | None]:
        """The rules in force, and both that are compared.

        Multipliers that neither of them says are those in force in the newest round.
        """
        in_force = rules_of_rounds(self.tournament, field.numbers.tolist(), self.rounds, self.live)
        base = in_force[int(field.numbers[-1])]
        if current is None:
            return in_force, compared_rule(proposed, base), None
        old = compared_rule(current, base)
        return in_force, compared_rule(proposed, replace(base, multipliers=old.multipliers)), old


def _compare(
    facts: _Facts,
    proposed_named: str | PayoutRule,
    current_named: str | PayoutRule | None,
    typed: str | None,
    stake: float | None,
    basis: str,
    unit: str,
    old_tc: bool,
) -> PayoutComparison:
    facts = facts.with_other_unit() if old_tc else facts
    field, calendar = facts.field, facts.rounds
    own_stake = stake is None or current_named is None  # what was paid per NMR is known of a stake alone
    asked, so_far = rounds_asked_for(field, calendar, facts.scores, typed, own_stake)
    numbers, cut = (asked, "") if basis == AS_STAKED else that_can_be_followed(field, asked)
    in_force, new, old = facts.rules(field, proposed_named, current_named)
    facts, derived = facts.with_mmc((new, old))
    question = PayQuestion(
        facts.tournament,
        calendar,
        facts.scores,
        facts.field,
        in_force,
        new,
        old,
        basis,
        stake,
        unit,
        so_far,
        derived,
    )
    whole = question.answer(numbers)
    last = last_of(whole.rounds)
    found = whole if typed is not None or last.size == whole.rounds.size else question.answer(last)
    [here] = question.stretches(found, [("", found.rounds)])
    part = question.derived_part(found)
    if whole is found or cut:  # what can't be followed at once is not all there is
        beside = None
    else:
        [beside] = question.stretches(whole, [("", whole.rounds)])
    proposed, current = found.told
    there = np.isin(calendar.number, found.rounds)
    days, factors = calendar.opened[there].astype("datetime64[D]"), calendar.payout_factor[there]
    split = _split(question, found, facts.everyone)
    return PayoutComparison(
        name=field.name,
        kind=field.kind,
        models=found.models,
        unit=unit,
        rounds=found.rounds,
        first_day=days.min().item(),
        last_day=days.max().item(),
        proposed=found.proposed,
        current=found.current,
        interval=here.interval,
        block=2 * calendar.overlap(found.rounds),
        rows=int(found.sums.rows.sum()),
        more_when=_more_when(found),
        warnings=(
            *((f"So far: {here.span} had not resolved.",) if so_far else ()),
            *((f"{cut} {here.span} alone.",) if cut else ()),
            *dict.fromkeys((*facts.warned, *proposed.notes, *current.notes)),
            *left_out(field.kind, question.reasons, whole.all, None if typed is not None else found.rounds),
        ),
        assumptions=(
            *question.words(found),
            *told_of(part),
            "Nobody changes what they submit or stake.",
            *facts.caveats,
            *dict.fromkeys(filter(None, (proposed.terms_sentence, current.terms_sentence))),
        ),
        source=facts.label,
        until=facts.until,
        asked=asked_otherwise(typed, found.rounds),
        so_far=so_far,
        whole=beside,
        regimes=question.regimes(whole) if old is None or field.kind == EVERYONE else (),
        without_largest=here.without_largest,
        split=split,
        restaked="" if split is None else if_restaked(1 / split.scale - 1, factors),
        usd=facts.usd,
        asked_at=field.asked_at,
        notice=field.notice,
        derived=part,
    )


def _split(
    question: PayQuestion, found: Answered, everyone: TournamentField | None
) -> DifferenceSplit | None:
    """The difference as level and mix, by everyone's pay under both rules in the same rounds.

    None where that would mislead: what was paid before round 311 was paid by another score, models are
    not in every round, or a sum may as well be 0.
    """
    by_mmc = question.tournament == "classic" and found.rounds[0] < FIRST_TC_ROUND
    if everyone is None or (question.old is None and by_mmc):
        return None
    by_round = pay_of_all(question, everyone, found.rounds)
    if by_round is None or not all(ewc_interval(each).excludes_0 for each in by_round):
        return None
    scale = split_difference(*by_round.sum(axis=1, keepdims=True)).scale
    proposed_total, current_total = np.array([found.proposed.total]), np.array([found.current.total])
    return DifferenceSplit(scale, (1 - scale) * proposed_total, scale * proposed_total - current_total)


def _more_when(found: Answered) -> str:
    proposed, current = found.told
    if current.multipliers is None or proposed.multipliers is None:
        return "No single answer: the multipliers that were paid changed, or are not all in the data."
    low, high = found.sums.ratio
    if not np.isclose(high, low):
        return "No single answer: the payout factors of the two rules differ from round to round."
    weights = break_even(proposed.multipliers, current.multipliers, proposed_scale=low)
    return f"{pays_more_when(weights)}, before clipping."
