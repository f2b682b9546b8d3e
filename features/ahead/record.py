"""A record under a rule at today's terms: what each final round of a name would pay per NMR at risk."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from features.payout.priced.terms import ToldRule, told_rule
from features.payout.pricing import ComparedRule, compared_rule, named_rule, rates_of_rule, rules_of_rounds
from features.rules.rules import LIVE, announced_rule, suggest_priced_rules
from kept import KeptResults
from scoring.ahead.means import Drawn, RecordMeans, draw_towards, record_means
from scoring.ahead.pay import fewest_rounds
from scoring.rules import PayoutRule
from tournament.source import (
    EVERYONE,
    Floats,
    History,
    Numbers,
    Rounds,
    Source,
    TournamentField,
    everyone_if_read,
)
from wording.names import find_name
from wording.numbers import counted, listed, score_name

MOST_RULES = 4
RECENT = 5  # rounds within which a stake counts as held still
LATELY = 20  # paid rounds that say how often one opens


@dataclass(frozen=True)
class TermsNow:
    """What the newest round pays by: rule, payout factor, how many overlap, and how many open a week."""

    calendar: Rounds
    base: PayoutRule
    round: int
    factor: float
    overlap: int
    weekly: float
    scores: dict[str, tuple[int, int]]
    last_final: int

    @property
    def block(self) -> int:
        """Rounds that are drawn together: twice the overlap."""
        return 2 * self.overlap

    def told(self, rule: ComparedRule) -> ToldRule:
        """What a rule is called at these terms."""
        return told_rule(rule.read, {self.round: self.base})

    def rates(self, rule: ComparedRule, rows: History) -> Floats:
        """Pay per NMR at risk (n,) of every row at these terms; NaN without its scores or not yet final."""
        here = int(np.flatnonzero(self.calendar.number == self.round)[0])
        total = np.full(self.calendar.number.size, self.calendar.total_at_risk[here])
        numbers = np.unique(rows.round).tolist()
        if not numbers:
            return np.empty(0)
        rates = rates_of_rule(
            rule.read,
            replace(rows, payout_factor=np.full(rows.round.size, self.factor)),
            replace(self.calendar, total_at_risk=total),
            dict.fromkeys(numbers, self.base),
            self.scores,
        ).rate
        return np.where(rows.resolved, rates, np.nan)


@dataclass(frozen=True)
class OwnRecord:
    """What each final round (r,) would pay a name per NMR at risk under a rule."""

    told: ToldRule
    rule: ComparedRule
    rounds: Numbers
    rates: Floats

    def only(self, rounds: Numbers) -> "OwnRecord":
        """The same in these rounds alone."""
        there = np.isin(self.rounds, rounds)
        return replace(self, rounds=self.rounds[there], rates=self.rates[there])


@dataclass(frozen=True)
class Everyone:
    """What everyone's final rows would pay per NMR at risk: the mean (r,) of a round, and each beyond it."""

    rounds: Numbers
    mean: Floats
    means: RecordMeans  # of all models of the field, in its order

    @classmethod
    def under(cls, field: TournamentField, rule: ComparedRule, now: TermsNow) -> "Everyone":
        """Everyone under a rule at today's terms; rounds in which nobody is paid are left out."""
        beyond = np.full((field.numbers.size, len(field.models)), np.nan)
        paid, means = np.zeros(field.numbers.size, dtype=np.bool_), np.empty(field.numbers.size)
        for piece in field.pieces():  # whole rounds, so that a second table is never held
            at = np.searchsorted(field.numbers, piece.round)
            beyond[at, piece.model] = now.rates(rule, piece)
            for row in np.unique(at).tolist():
                counted_in = ~np.isnan(beyond[row])
                if counted_in.any():
                    paid[row], means[row] = True, np.nansum(beyond[row]) / np.count_nonzero(counted_in)
                    beyond[row] -= means[row]
        if not paid.all():
            beyond = beyond[paid]
        return cls(field.numbers[paid], means[paid], record_means(beyond))


@dataclass(frozen=True)
class Whose:
    """Whose record it is, at which terms, and beside whom."""

    name: str
    kind: str
    models: tuple[str, ...]
    history: History
    stake: float  # NMR, the whole of its own by the newest round with one; 0 without
    everyone: TournamentField | None
    now: TermsNow
    source: str
    until: date
    differs: tuple[str, ...]

    def record(self, rule: ComparedRule) -> OwnRecord:
        """Its own; of an account by the stakes its models have now, or evenly where none has one."""
        rates = self.now.rates(rule, self.history)
        there = ~np.isnan(rates)
        model, number = self.history.model[there], self.history.round[there]
        weight = _newest_stakes(self.history)[model]
        rounds, at = np.unique(number, return_inverse=True)
        whole = np.bincount(at, weights=weight, minlength=rounds.size)
        paid = np.bincount(at, weights=weight * rates[there], minlength=rounds.size)
        held = whole > 0
        return OwnRecord(self.now.told(rule), rule, rounds[held], paid[held] / whole[held])

    async def drawn(self, record: OwnRecord, kept: KeptResults) -> Drawn:
        """How its mean is drawn towards everyone's; kept: what many ask for is worked out once."""
        field, now = self.everyone, self.now
        if field is None:
            return Drawn(0.0, math.nan)
        told = record.told
        key = ("everyone ahead", self.source, told.short, told.words, now.round, now.factor)
        version = (self.until, field.asked_at, field.numbers.size)
        everyone = await kept.get(
            key, version, lambda: asyncio.to_thread(Everyone.under, field, record.rule, now)
        )
        at = np.searchsorted(everyone.rounds, record.rounds)
        known = np.isin(record.rounds, everyone.rounds)
        beyond = record.rates[known] - everyone.mean[at[known]]
        others = everyone.means.without(np.flatnonzero([model in self.models for model in field.models]))
        return draw_towards(beyond, others)

    def check(self, record: OwnRecord) -> None:
        """Raise ValueError, with how many are missing, where a record is too short to look ahead by."""
        fewest = fewest_rounds(self.now.block)
        if record.rounds.size >= fewest:
            return
        paid = listed(
            [score_name(score) for score, times in record.rule.multipliers.items() if times] or ["CORR"]
        )
        there = counted(record.rounds.size, "final round") if record.rounds.size else "no final round"
        raise ValueError(
            f"{self.name} has {there} with {paid}, which {record.told.short} pays by: {fewest} are needed to "
            f"look ahead, so {counted(fewest - record.rounds.size, 'round')} more."
        )

    @property
    def stopped(self) -> tuple[str, ...]:
        """A sentence where there is no newer score of it, though there are newer rounds."""
        final = self.history.round[self.history.resolved]
        if not final.size or final.max() + self.now.overlap > self.now.last_final:
            return ()
        return (
            f"{self.name} has no final score after round {final.max()}, and the data goes on to round "
            f"{self.now.last_final}: this is what it may earn if it goes on as it was.",
        )


async def whose_record(source: Source, name: str) -> Whose:
    """The record of a model or an account. Raises ValueError for everyone and unknown names."""
    found, (now, differs), until, everyone = await asyncio.gather(
        find_name(source, name), terms_of(source), source.until(), everyone_if_read(source)
    )
    if found == EVERYONE:
        raise ValueError("Everyone together has no stake to look ahead for: name a model or an account.")
    history = await source.history(found)
    staked = history.round[history.stake > 0]
    stake = 0.0
    if staked.size:
        newest = int(staked.max())
        in_force = rules_of_rounds(source.tournament, [newest], now.calendar, now.base)
        # what a round risked may be a part of the whole
        stake = float(_newest_stakes(history).sum()) / in_force[newest].stake_fraction
    return Whose(
        history.name,
        history.kind,
        history.models,
        history,
        stake,
        everyone,
        now,
        source.label,
        until,
        differs,
    )


async def terms_of(source: Source) -> tuple[TermsNow, tuple[str, ...]]:
    """What the newest round pays by, and a sentence where that departs from the dated table."""
    calendar, scores, until, (live, differs) = await asyncio.gather(
        source.rounds(), source.scores(), source.until(), announced_rule(source)
    )
    return terms_now(source.tournament, calendar, dict(scores), until, live), differs


def terms_now(
    tournament: str,
    calendar: Rounds,
    scores: dict[str, tuple[int, int]],
    until: date,
    live: PayoutRule | None,
) -> TermsNow:
    """The terms of the newest paid round that had opened when the data ends. Raises ValueError for none."""
    end = np.datetime64(until) + np.timedelta64(1, "D")
    opened = np.flatnonzero(calendar.paid & (calendar.opened < end) & (calendar.payout_factor > 0))
    if not opened.size:
        raise ValueError("No round with a payout factor is known yet.")
    newest = int(calendar.number[opened[-1]])
    lately = calendar.opened[opened[-LATELY:]]
    days = float((lately[-1] - lately[0]) / np.timedelta64(1, "s")) / 86_400 / max(lately.size - 1, 1)
    final = calendar.number[calendar.paid & (calendar.resolves < end)]
    return TermsNow(
        calendar=calendar,
        base=rules_of_rounds(tournament, [newest], calendar, live)[newest],
        round=newest,
        factor=float(calendar.payout_factor[opened[-1]]),
        overlap=calendar.overlap(calendar.number[opened[-LATELY:]]),
        weekly=7 / days if days > 0 else 1.0,
        scores=scores,
        last_final=int(final[-1]) if final.size else newest,
    )


async def rules_asked(source: Source, now: TermsNow, typed: Sequence[str]) -> list[ComparedRule]:
    """The rules that were typed; without any the current one, and two others that the data can price.

    Raises ValueError with a sentence for one that can't be read, and for more than four.
    """
    if len(typed) > MOST_RULES:
        raise ValueError(f"That is {counted(len(typed), 'rule')}; {MOST_RULES} at most fit in one answer.")
    if typed:
        return [compared_rule(await named_rule(source, each), now.base) for each in typed]
    current = LIVE if source.live and await source.live_rule() is not None else now.base.id
    found = [compared_rule(await named_rule(source, current), now.base)]
    for _, text in await suggest_priced_rules(source, ""):
        rule = compared_rule(await named_rule(source, text), now.base)
        if rule.short not in {each.short for each in found} and len(found) < 3:
            found.append(rule)
    return found


def _newest_stakes(history: History) -> Floats:
    """The stake of each model in its newest round with one, if recent; all 1 where no model has any."""
    held = np.zeros(len(history.models))
    staked = np.flatnonzero(history.stake > 0)
    if not staked.size:
        return np.ones(len(history.models))
    staked = staked[history.round[staked] > history.round[staked].max() - RECENT]
    order = staked[np.argsort(history.round[staked], kind="stable")]
    held[history.model[order]] = history.stake[order]
    return held
