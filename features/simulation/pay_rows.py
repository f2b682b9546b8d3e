"""Everyone's rows under an old and a new rule, priced piece by piece: of a large field the newest rounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.meta_model.derived import DerivedMmc, DerivedPart
from features.payout.pricing import ComparedRule, Priced, price_rule, rules_in_force
from features.payout.windows import left_out_rounds, newest_that_fit, rounds_of_other_unit
from features.simulation.pay_windows import Pay, joined_pay, priced_pay
from scoring.rules import PayoutRule
from tournament.source import Floats, History, Numbers, Rounds, Stakes, TournamentField
from wording.numbers import counted, span

MOST = 500_000  # rows with a stake that are priced: a few of everything that is known of them at once


@dataclass(frozen=True)
class Known:
    """What a source knows that a rule is priced on."""

    tournament: str
    calendar: Rounds
    scores: Mapping[str, tuple[int, int]]
    everyone: TournamentField
    stakes: Stakes | None
    live: PayoutRule | None
    differs: tuple[str, ...]  # a sentence where the live rule departs from the dated ones
    derived: DerivedMmc | None = None  # what rows are filled with

    def with_mmc(self, derived: DerivedMmc | None) -> "Known":
        """The same with an MMC where none was published."""
        if derived is None:
            return self
        everyone, scores = derived.filled_field(self.everyone), derived.scores(self.scores)
        return replace(self, everyone=everyone, scores=scores, derived=derived)

    @property
    def numbers(self) -> Numbers:
        """The rounds to price: all with a stake, or the newest of them whose rows are not too many."""
        staked = self.everyone.staked > 0
        return newest_that_fit(self.everyone.numbers[staked], self.everyone.staked[staked], MOST)

    @property
    def too_many(self) -> tuple[str, ...]:
        """A sentence where not all rounds are priced."""
        count = self.numbers.size
        if count >= np.count_nonzero(self.everyone.staked > 0):
            return ()
        return (f"The newest {counted(count, 'round')}: more would not fit.",)

    def newest(self) -> History:
        """The rows with a stake of the newest round that has resolved; none where none has."""
        return self.everyone.newest(1, lambda rows: rows.resolved & (rows.stake > 0))

    def in_force(self, rows: History) -> dict[int, PayoutRule]:
        """The rule of every round of these rows, the live one from its round on."""
        return rules_in_force(self.tournament, rows, self.calendar, self.live)

    def price(self, rule: ComparedRule, rows: History) -> Priced:
        """Rows under a rule. Raises ValueError where it pays by a score that is not there."""
        return price_rule(rule.read, rows, self.calendar, self.in_force(rows), self.scores)


@dataclass(frozen=True)
class BothPriced:
    """Everyone's pay under both rules, and what was said of the rules and of the rows."""

    pay: Pay
    in_force: Mapping[int, PayoutRule]
    as_typed: tuple[str, ...]  # as of Priced, of either rule
    left_out: tuple[str, ...]
    new_left_out: tuple[str, ...]  # of the new rule alone
    other_rounds: bool
    beside: tuple[str, ...]  # sentences on rows with a stake that do not count, though they have scores
    derived: DerivedPart | None


def price_both(known: Known, old: ComparedRule, new: ComparedRule) -> BothPriced:
    """Everyone's rows with a stake under both rules. Raises ValueError as Known.price does."""
    pieces: list[Pay] = []
    terms: tuple[list[Priced], list[Priced]] = ([], [])
    in_force: dict[int, PayoutRule] = {}
    interim: list[Numbers] = []
    other_unit: dict[str, list[Numbers]] = {}
    resting: list[tuple[Numbers, Floats, Numbers]] = []
    scores = {score for rule in (old, new) for score, times in rule.multipliers.items() if times}
    for piece in known.everyone.pieces(known.numbers):
        # of many rows nothing is kept that no answer needs
        needed = {score: values for score, values in piece.scores.items() if score in scores}
        with_stake = replace(piece, scores=needed).only(piece.stake > 0)
        interim.append(with_stake.round[~with_stake.resolved])
        staked = with_stake.only(with_stake.resolved)
        if not staked.round.size:
            continue
        in_force |= known.in_force(staked)
        both = known.price(old, staked), known.price(new, staked)
        unpriced = staked.only(np.isnan(both[0].rate) | np.isnan(both[1].rate))
        for score in unpriced.other_unit:
            other_unit.setdefault(score, []).append(rounds_of_other_unit(unpriced, score))
        if known.derived is not None:
            resting.append(resting_on(known.derived, staked, (old, new), both))
        bare = replace(staked, other_unit={}, likeness={})
        pieces.append(priced_pay(bare, *(each.rate for each in both)))
        for each, said in zip(both, terms, strict=True):
            said.append(replace(each, rate=each.rate[:0], factor=each.rate[:0], clipped=each.clipped[:0]))
    told = [left_out_rounds(np.concatenate(rounds), score) for score, rounds in other_unit.items()]
    every = (*terms[0], *terms[1])
    return BothPriced(
        pay=joined_pay(pieces),
        in_force=in_force,
        as_typed=_once(term for each in every for term in each.as_typed),
        left_out=_once(term for each in every for term in each.left_out),
        new_left_out=_once(term for each in terms[1] for term in each.left_out),
        other_rounds=any(each.other_rounds for each in every),
        beside=tuple(filter(None, (_not_final(np.concatenate(interim)), *told))),
        derived=None if known.derived is None else part_of(known.derived, resting),
    )


def resting_on(
    derived: DerivedMmc, rows: History, rules: Sequence[ComparedRule], priced: Sequence[Priced]
) -> tuple[Numbers, Floats, Numbers]:
    """Of the rows that both rules price: their rounds, by how many NMR each may be off, those derived."""

    def weight(mmc: str) -> Floats:
        old, new = (
            rule.multipliers[mmc] * each.factor if rule.multipliers.get(mmc) else np.zeros(rows.round.size)
            for rule, each in zip(rules, priced, strict=True)
        )
        return new - old

    known = ~np.logical_or(*(np.isnan(each.rate) for each in priced))
    off = (derived.error(rows, weight) * rows.stake)[known]
    return rows.round[known], off, rows.round[known & derived.is_derived(rows)]


def part_of(derived: DerivedMmc, resting: Sequence[tuple[Numbers, Floats, Numbers]]) -> DerivedPart | None:
    """What of the pay rests on a derived MMC."""
    rounds, off, of_derived = (np.concatenate(each) for each in zip(*resting, strict=True))
    numbers, at = np.unique(rounds, return_inverse=True)
    by_round = np.bincount(at, weights=off, minlength=numbers.size)
    error = float(np.sqrt(np.mean(by_round**2))) if numbers.size else 0.0
    return derived.part(np.unique(of_derived), of_derived.size, rounds.size, error, "NMR")


def _once(terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))


def _not_final(rounds: Numbers) -> str:
    """A sentence on rows (n,) of these rounds, each as often as it has rows; "" where there are none."""
    if not rounds.size:
        return ""
    between = span(int(rounds.min()), int(rounds.max()))
    return f"Left out: {counted(rounds.size, 'row')} of {between} that were not final yet."
