"""What rows of a history earn under a rule, round by round, at the terms that were in force then."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.payout.priced.terms import MEANT as MEANT
from features.payout.priced.terms import Terms, ToldRule, rounds_by_rule, told_rule
from features.rules.rules import LIVE
from scoring.payout import is_clipped, payout_factor, payouts
from scoring.rules import (
    PayoutRule,
    describe_multipliers,
    load_rules,
    parse_rule,
    rule_in_force,
    unknown_scores,
)
from scoring.typed import tidy
from tournament.source import History, Rounds, Source
from wording.numbers import counted, listed, percent, score_name

FIRST_TC_ROUND = 311  # before it the second paid score was MMC, which the sample lacks
FEW = 8  # choices of multipliers that are counted one after the other before all others are sorted
Rows = slice | NDArray[np.intp]
Choices = Counter[tuple[tuple[str, float], ...]]  # how many rows had chosen these multipliers of the scores


@dataclass(frozen=True)
class Rates:
    """Pay per NMR at risk (n,) of every row, NaN where it can't be known."""

    rate: NDArray[np.float64]
    factor: NDArray[np.float64]  # the payout factor it was priced at
    clipped: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Priced(ToldRule, Rates):
    """Pay per NMR at risk (n,) of every row, and what the rule was in words."""


@dataclass(frozen=True)
class ComparedRule:
    """A rule to be priced: its multipliers, and what the rule in force in a round turns it into."""

    multipliers: Mapping[str, float]
    read: Callable[[PayoutRule], PayoutRule]

    @property
    def short(self) -> str:
        """ "1xCORR + 3xTC"."""
        return describe_multipliers(self.multipliers)


async def named_rule(source: Source, text: str) -> str | PayoutRule:
    """What people name as a rule: LIVE becomes the live rule, other text stays once it was read.

    Raises ValueError with a sentence where the text can't be read, or the source announces no live rule.
    """
    if tidy(text).casefold() == LIVE:
        live = await source.live_rule()
        if live is None:
            raise ValueError(f"{source.label} announces no live rule. Name a dated one, or type multipliers.")
        check_known(live)
        return live
    parse_rule(text, rule_in_force(source.tournament, on=date.max))
    return text


def check_known(live: PayoutRule) -> None:
    """Raise ValueError where a rule pays by a score that nobody here knows: nothing is priced by it."""
    if unknown := unknown_scores(live):
        raise ValueError(
            f"Round {live.first_round} pays by {listed([score_name(each) for each in unknown])}, which this "
            "bot does not know, so nothing is priced by it. Name a dated rule, or type multipliers."
        )


def compared_rule(named: str | PayoutRule, base: PayoutRule) -> ComparedRule:
    """A rule on record, or what people type: multipliers it does not say are those of `base` in every round.

    A clip or threshold it does not say is that of the rule in force in each round.
    """
    if isinstance(named, PayoutRule):
        return ComparedRule(named.multipliers, lambda _: named)
    multipliers = parse_rule(named, base).multipliers
    return ComparedRule(
        multipliers, lambda in_force: parse_rule(named, replace(in_force, multipliers=multipliers))
    )


def price_as_paid(tournament: str, history: History, in_force: Mapping[int, PayoutRule]) -> Priced:
    """What was really paid, per NMR that was at risk."""
    told = told_as_paid(tournament, history.round, choices_of(history))
    return Priced(**vars(told), **vars(rates_as_paid(history, in_force)))


def rates_as_paid(history: History, in_force: Mapping[int, PayoutRule]) -> Rates:
    """What was really paid, per NMR that was at risk, without words."""
    rate = np.full(history.stake.shape, np.nan)
    np.divide(history.payout, history.stake, out=rate, where=history.stake > 0)
    factor = history.payout_factor
    clipped = np.zeros(rate.shape, dtype=bool)
    for base, rows in _rows_by_rule(history, in_force):
        clipped[rows] = is_clipped(
            rate[rows], 1.0, factor=factor[rows], clip=base.clip, clip_order=base.clip_order
        )
    return Rates(rate, factor, clipped)


def told_as_paid(tournament: str, rounds: NDArray[np.int64], choices: Choices) -> ToldRule:
    """What was really paid in these rounds, to owners of these choices."""
    multipliers, words = told_choices(tournament, rounds, choices)
    return ToldRule("what was paid", f"As paid: {words}", multipliers, as_paid=True)


def price_rule(
    read: Callable[[PayoutRule], PayoutRule],
    history: History,
    rounds: Rounds,
    in_force: Mapping[int, PayoutRule],
    scores: Mapping[str, tuple[int, int]],
) -> Priced:
    """What a rule pays per NMR at risk; `read` turns the rule in force in a round into the rule to price.

    A rule of rounds of another rhythm (daily ones, say) keeps the clip and payout factor of the round: the
    weekly equivalent, since a clip for daily rounds binds far more often in weekly ones. So it is for a rule
    on record and for one typed with both the clip and the threshold of such a rule. Any other clip or
    threshold that was typed is applied as it is. Raises ValueError when the rule needs a score that is not
    there.
    """
    rates = rates_of_rule(read, history, rounds, in_force, scores)
    return Priced(**vars(told_rule(read, in_force)), **vars(rates))


def rates_of_rule(
    read: Callable[[PayoutRule], PayoutRule],
    history: History,
    rounds: Rounds,
    in_force: Mapping[int, PayoutRule],
    scores: Mapping[str, tuple[int, int]],
) -> Rates:
    """What a rule pays per NMR at risk, as price_rule has it, without words."""
    found: list[tuple[Rows, Rates]] = []
    for base, rows in _rows_by_rule(history, in_force):
        terms = Terms.of(read, base)
        _require(terms.paid, scores)
        factor = history.payout_factor[rows]
        if terms.own_threshold:
            factor = _factor_of(terms.rule, history.round[rows], rounds)
        columns = [
            history.scores[score][rows] if score in history.scores else np.full(factor.size, np.nan)
            for score in terms.paid
        ]
        rate = payouts(
            np.stack(columns or [np.zeros(factor.size)], axis=-1),
            list(terms.paid.values()) or [0.0],
            1.0,
            factor=factor,
            clip=terms.clip,
            clip_order=base.clip_order,
        )
        clipped = is_clipped(rate, 1.0, factor=factor, clip=terms.clip, clip_order=base.clip_order)
        found.append((rows, Rates(rate, factor, clipped)))
    if len(found) == 1:
        return found[0][1]
    size = history.round.size
    joined = Rates(np.full(size, np.nan), np.full(size, np.nan), np.zeros(size, dtype=bool))
    for rows, rates in found:
        joined.rate[rows], joined.factor[rows], joined.clipped[rows] = rates.rate, rates.factor, rates.clipped
    return joined


def rules_in_force(
    tournament: str, history: History, rounds: Rounds, live: PayoutRule | None = None
) -> dict[int, PayoutRule]:
    """The rule of every round of a history: the live one from its round on, before that the dated ones.

    Dated by date where the table has no round numbers. Rounds older than the first rule on record are read at
    its terms.
    """
    return rules_of_rounds(tournament, np.unique(history.round).tolist(), rounds, live)


def rules_of_rounds(
    tournament: str, numbers: Sequence[int], rounds: Rounds, live: PayoutRule | None = None
) -> dict[int, PayoutRule]:
    """The rule of each of these rounds, as rules_in_force has it."""
    dated = _dated_rules(tournament, numbers, rounds)
    if live is None or live.first_round is None:
        return dated
    return {number: live if number >= live.first_round else rule for number, rule in dated.items()}


def _dated_rules(tournament: str, numbers: Sequence[int], rounds: Rounds) -> dict[int, PayoutRule]:
    first = next(r for r in load_rules() if r.tournament == tournament and r.status == "effective")
    if first.first_round is not None:
        return {n: rule_in_force(tournament, round=max(n, first.first_round)) for n in numbers}
    days = dict(zip(rounds.number.tolist(), rounds.opened.astype("datetime64[D]").tolist(), strict=True))
    earliest = first.effective_on or date.min
    return {n: rule_in_force(tournament, on=max(days.get(n, earliest), earliest)) for n in numbers}


def chosen_multipliers(tournament: str, history: History) -> tuple[Mapping[str, float] | None, str]:
    """The multipliers the owner had picked, where they were the same throughout, and a sentence on them.

    None where they changed or are not all in the data: before round 311 MMC was paid.
    """
    return told_choices(tournament, history.round, choices_of(history))


def choices_of(history: History, rows: NDArray[np.intp] | slice = slice(None)) -> Choices:
    """The multipliers the owners had picked, with how many of these rows had them.

    What stood at a model without a stake paid nobody: it is left out.
    """
    paid = history.stake[rows] > 0
    size = int(np.count_nonzero(paid))
    if not size:
        return Counter()
    whole = size == paid.size
    columns = {
        score: values[rows] if whole else values[rows][paid] for score, values in history.chosen.items()
    }
    same = {score: float(values[0]) for score, values in columns.items() if values.min() == values.max()}
    columns = {
        score: np.where(np.isnan(values), 0.0, values)
        for score, values in columns.items()
        if score not in same
    }
    found: Choices = Counter()

    def count(kind: Iterable[float], times: int) -> None:
        chosen = {**same, **dict(zip(columns, kind, strict=True))}
        found[tuple((score, chosen[score]) for score in history.chosen)] = times

    # mostly all rows had one of very few: to sort them all takes twenty times as long
    left = list(columns.values())
    while left and left[0].size and len(found) < FEW:
        alike = np.logical_and.reduce([values == values[0] for values in left])
        count([float(values[0]) for values in left], int(np.count_nonzero(alike)))
        left = [values[~alike] for values in left]
    if not left:
        count((), size)
    elif left[0].size:
        kinds, times = np.unique(np.stack(left, axis=-1), axis=0, return_counts=True)
        for kind, each in zip(kinds.tolist(), times.tolist(), strict=True):
            count(kind, each)
    return found


def told_choices(
    tournament: str, rounds: NDArray[np.int64], choices: Choices
) -> tuple[Mapping[str, float] | None, str]:
    """What owners had picked in these rounds, and a sentence on it, as chosen_multipliers has it."""
    if tournament == "classic" and (rounds < FIRST_TC_ROUND).any():
        return None, "the rule and the choices of the time, MMC included (it was paid before round 311)"
    if not choices:
        return None, "nothing, without a stake"
    # a score that a piece of the rows does not name was picked by nobody in it
    scores = list(dict.fromkeys(score for kind in choices for score, _ in kind))
    kinds: Counter[tuple[float, ...]] = Counter()
    for kind, times in choices.items():
        kinds[tuple(dict(kind).get(score, 0.0) for score in scores)] += times
    kind, times = min(kinds.items(), key=lambda each: (-each[1], each[0]))
    most = dict(zip(scores, kind, strict=True))
    if len(kinds) == 1:
        return most, f"{describe_multipliers(most)}, the multipliers chosen in all of these rounds"
    return None, (
        f"the multipliers of the time, most often {describe_multipliers(most)} "
        f"({percent(times / kinds.total())} of the rows, {counted(len(kinds), 'combination')})"
    )


def _rows_by_rule(history: History, in_force: Mapping[int, PayoutRule]) -> list[tuple[PayoutRule, Rows]]:
    """The rows of each rule that was in force, in the order of the rules: all, where that is one rule."""
    by_rule = rounds_by_rule(in_force)
    if len(by_rule) == 1:
        return [(by_rule[0][0], slice(None))]
    return [(rule, np.flatnonzero(np.isin(history.round, numbers))) for rule, numbers in by_rule]


def _require(needed: Mapping[str, float], scores: Mapping[str, tuple[int, int]]) -> None:
    missing = [score for score in needed if score not in scores]
    if missing:
        there = listed([f"{score_name(score)} (rounds {a}-{b})" for score, (a, b) in scores.items()])
        raise ValueError(
            f"This data has no {listed([score_name(score) for score in missing], 'or')}, "
            f"so that rule can't be priced. It has {there}."
        )


def _factor_of(rule: PayoutRule, numbers: NDArray[np.int64], rounds: Rounds) -> NDArray[np.float64]:
    if rule.stake_threshold is None:
        return np.ones(numbers.size)
    at = np.searchsorted(rounds.number, numbers)
    return np.asarray(payout_factor(rounds.total_at_risk[at], rule.stake_threshold))
