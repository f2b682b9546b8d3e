"""What members were paid, and what another rule would have paid them on the same rounds."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.payout.at_risk import AS_STAKED, Paid, check_stake, pay_on
from features.payout.comparison import LARGE, PayoutComparison, Side, Stretch
from features.payout.pricing import (
    FIRST_TC_ROUND,
    ComparedRule,
    Priced,
    compared_rule,
    named_rule,
    price_as_paid,
    price_rule,
    rules_in_force,
)
from features.payout.windows import (
    asked_otherwise,
    comparable,
    last_of,
    left_out,
    regimes_of,
    rows_asked_for,
    told_of_other_unit,
)
from scoring.change.difference import DifferenceSplit, split_difference
from scoring.intervals import ewc_interval
from scoring.payout import break_even
from scoring.rules import PayoutRule, unknown_scores
from tournament.source import EVERYONE, History, Rounds, Source, SourceError, caveats_of
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
        _everyone(source, basis),
        source.live_rule(),
    )
    history, scores, until, differs = await asyncio.gather(
        source.history(found), source.scores(), source.until(), source.live_rule_differs()
    )
    warned = (*(told_of_other_unit(history) if old_tc else ()), *([differs] if differs else ()))
    if old_tc:
        history = history.with_other_unit()
        everyone = None if everyone is None else everyone.with_other_unit()
    facts = _Facts(
        source.tournament,
        source.label,
        caveats_of(source, history),
        warned,
        until,
        all_rounds,
        scores,
        history,
        everyone if found != EVERYONE else None,
        usd,
        None if live is None or unknown_scores(live) else live,
    )
    return await asyncio.to_thread(_compare, facts, *named, rounds, stake, basis, unit)


async def _everyone(source: Source, basis: str) -> History | None:
    """Everyone's rows, which a difference is split by; None on other bases and while a source has none."""
    if basis != AS_STAKED:
        return None
    try:
        return await source.history(EVERYONE)
    except SourceError:
        return None


@dataclass(frozen=True)
class _Facts:
    tournament: str
    label: str
    caveats: tuple[str, ...]
    warned: tuple[str, ...]
    until: date
    rounds: Rounds
    scores: Mapping[str, tuple[int, int]]
    history: History
    everyone: History | None
    usd: tuple[date, float] | None
    live: PayoutRule | None

    def rules(
        self, proposed: str | PayoutRule, current: str | PayoutRule | None
    ) -> tuple[ComparedRule, ComparedRule | None]:
        """Both rules; multipliers that neither says are those in force in the newest round."""
        in_force = rules_in_force(self.tournament, self.history, self.rounds, self.live)
        base = in_force[int(self.history.round.max())]
        if current is None:
            return compared_rule(proposed, base), None
        old = compared_rule(current, base)
        return compared_rule(proposed, replace(base, multipliers=old.multipliers)), old

    def price(
        self, history: History, proposed: ComparedRule, current: ComparedRule | None
    ) -> tuple[Priced, Priced]:
        """Rows under both rules."""
        in_force = rules_in_force(self.tournament, history, self.rounds, self.live)
        return (
            price_rule(proposed.read, history, self.rounds, in_force, self.scores),
            price_as_paid(self.tournament, history, in_force)
            if current is None
            else price_rule(current.read, history, self.rounds, in_force, self.scores),
        )


def _compare(
    facts: _Facts,
    proposed_named: str | PayoutRule,
    current_named: str | PayoutRule | None,
    typed: str | None,
    stake: float | None,
    basis: str,
    unit: str,
) -> PayoutComparison:
    own_stake = stake is None or current_named is None  # what was paid per NMR is known of a stake alone
    history, so_far = rows_asked_for(facts.history, facts.rounds, facts.scores, typed, own_stake)
    new, old = facts.rules(proposed_named, current_named)
    # once to see which rows both rules can pay, then those alone: what is left out must not colour a word
    kept, others = comparable(history, *facts.price(history, new, old), own_stake=own_stake, interim=so_far)
    every = history.only(kept)
    question = _Question(facts, new, old, basis, stake, unit)
    rows = every if typed is not None else every.only(np.isin(every.round, last_of(np.unique(every.round))))
    found = question.answer(rows)
    whole = found if rows.round.size == every.round.size else question.answer(every)
    here = question.stretch(found)
    proposed, current = found.priced
    block = 2 * facts.rounds.overlap(found.rounds)
    days = facts.rounds.opened[np.isin(facts.rounds.number, found.rounds)].astype("datetime64[D]")
    return PayoutComparison(
        name=history.name,
        kind=history.kind,
        models=np.unique(rows.model).size,
        unit=unit,
        rounds=found.rounds,
        first_day=days.min().item(),
        last_day=days.max().item(),
        proposed=found.proposed,
        current=found.current,
        interval=here.interval,
        block=block,
        rows=rows.round.size,
        more_when=_more_when(proposed, current),
        warnings=(
            *((f"So far: {here.span} had not resolved.",) if so_far else ()),
            *dict.fromkeys((*facts.warned, *proposed.notes, *current.notes)),
            *left_out(history, others, None if typed is not None else found.rounds),
        ),
        assumptions=(
            *(found.paid.words if unit == "NMR" else found.paid.percent_words),
            "Nobody changes what they submit or stake.",
            *facts.caveats,
            *dict.fromkeys(filter(None, (proposed.terms_sentence, current.terms_sentence))),
        ),
        source=facts.label,
        until=facts.until,
        asked=asked_otherwise(typed, found.rounds),
        so_far=so_far,
        whole=None if whole is found else question.stretch(whole),
        regimes=question.regimes(whole) if old is None or history.kind == EVERYONE else (),
        without_largest=here.without_largest,
        split=question.split(found),
        usd=facts.usd,
        asked_at=history.asked_at,
        notice=history.notice,
    )


@dataclass(frozen=True)
class _Answered:
    """Pay of some rows under both rules, by round (r,)."""

    rows: History
    rounds: NDArray[np.int64]
    priced: tuple[Priced, Priced]
    paid: Paid
    proposed: Side
    current: Side

    def stretch(self, words: str, rounds: NDArray[np.int64]) -> Stretch:
        """What lies between the rules in these of the rounds."""
        difference = self.proposed.by_round - self.current.by_round
        inside = np.isin(self.rounds, rounds)
        return Stretch.of(words, self.rounds[inside], difference[inside])


@dataclass(frozen=True)
class _Question:
    """Two rules on one basis, to be asked of several sets of rows."""

    facts: _Facts
    new: ComparedRule
    old: ComparedRule | None
    basis: str
    stake: float | None
    unit: str

    def answer(self, rows: History) -> _Answered:
        """Pay under both rules. Raises ValueError for a basis that there is not."""
        facts = self.facts
        proposed, current = facts.price(rows, self.new, self.old)
        in_force = rules_in_force(facts.tournament, rows, facts.rounds, facts.live)
        paid = pay_on(self.basis, rows, facts.rounds, in_force, proposed.rate, current.rate, self.stake)
        numbers, at = np.unique(rows.round, return_inverse=True)
        in_unit = (
            np.ones(numbers.size) if self.unit == "NMR" else 100 / np.bincount(at, weights=paid.percent_of)
        )
        sides = [
            Side(
                priced.short,
                priced.words,
                np.bincount(at, weights=nmr) * in_unit,
                float(priced.clipped.mean()),
            )
            for priced, nmr in ((proposed, paid.proposed), (current, paid.current))
        ]
        return _Answered(rows, numbers, (proposed, current), paid, *sides)

    def stretch(self, found: _Answered, words: str = "", rounds: NDArray[np.int64] | None = None) -> Stretch:
        """What lies between the rules in some rounds; of everyone also without whoever is large in them."""
        rows, rounds = found.rows, found.rounds if rounds is None else rounds
        told = found.stretch(words, rounds)
        if rows.kind != EVERYONE or self.stake is not None:
            return told
        inside = np.isin(rows.round, rounds)
        by_model = np.bincount(rows.model[inside], weights=rows.stake[inside])
        largest = int(by_model.argmax())
        share = float(by_model[largest] / by_model.sum())
        others = rows.only(rows.model != largest)
        if share <= LARGE or not np.isin(others.round, rounds).any():
            return told
        return replace(told, without_largest=(share, self.answer(others).stretch("", rounds)))

    def regimes(self, found: _Answered) -> tuple[Stretch, ...]:
        """A stretch for each set of scores that was paid in these rounds; none where all paid the same."""
        in_force = rules_in_force(self.facts.tournament, found.rows, self.facts.rounds, self.facts.live)
        told = regimes_of(self.facts.tournament, found.rows, in_force)
        return tuple(self.stretch(found, *each) for each in told) if len(told) > 1 else ()

    def split(self, found: _Answered) -> DifferenceSplit | None:
        """The difference as level and mix, by everyone's pay under both rules in the same rounds.

        None where that would mislead: what was paid before round 311 was paid by another score, models are
        not in every round, or a sum may as well be 0.
        """
        everyone = self.facts.everyone
        by_mmc = self.facts.tournament == "classic" and found.rounds[0] < FIRST_TC_ROUND
        if everyone is None or (self.old is None and by_mmc):
            return None
        rows = everyone.only(np.isin(everyone.round, found.rounds) & (everyone.stake > 0) & everyone.resolved)
        if not rows.round.size or rows.round.size != np.unique(rows.model).size * found.rounds.size:
            return None
        proposed, current = self.facts.price(rows, self.new, self.old)
        if np.isnan(proposed.rate).any() or np.isnan(current.rate).any():
            return None
        at = np.searchsorted(found.rounds, rows.round)
        by_round = [np.bincount(at, weights=priced.rate * rows.stake) for priced in (proposed, current)]
        if not all(ewc_interval(each).excludes_0 for each in by_round):
            return None
        scale = split_difference(*(each.sum(keepdims=True) for each in by_round)).scale
        proposed_total, current_total = np.array([found.proposed.total]), np.array([found.current.total])
        return DifferenceSplit(scale, (1 - scale) * proposed_total, scale * proposed_total - current_total)


def _more_when(proposed: Priced, current: Priced) -> str:
    if current.multipliers is None or proposed.multipliers is None:
        return "No single answer: the multipliers that were paid changed, or are not all in the data."
    ratio = proposed.factor / current.factor
    if not np.allclose(ratio, ratio[0]):
        return "No single answer: the payout factors of the two rules differ from round to round."
    weights = break_even(proposed.multipliers, current.multipliers, proposed_scale=float(ratio[0]))
    return f"{pays_more_when(weights)}, before clipping."
