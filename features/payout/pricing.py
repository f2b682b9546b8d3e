"""What rows of a history earn under a rule, round by round, at the terms that were in force then."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.rules.rules import LIVE
from scoring.payout import is_clipped, payout_factor, payouts
from scoring.rules import (
    PayoutRule,
    describe_multipliers,
    is_permitted,
    load_rules,
    parse_rule,
    rule_in_force,
    unknown_scores,
)
from scoring.typed import tidy
from tournament.source import History, Rounds, Source
from wording.numbers import counted, listed, percent, score_name, spans

MEANT = "as typed, in each of these rounds, whatever rounds it was meant for"
FIRST_TC_ROUND = 311  # before it the second paid score was MMC, which the sample lacks


@dataclass(frozen=True)
class Priced:
    """Pay per NMR at risk (n,) of every row, NaN where it can't be known, and what the rule was in words."""

    short: str
    words: str
    rate: NDArray[np.float64]
    factor: NDArray[np.float64]  # the payout factor it was priced at
    clipped: NDArray[np.bool_]
    multipliers: Mapping[str, float] | None  # None where they changed from round to round, or are not known
    notes: tuple[str, ...]
    as_typed: tuple[str, ...] = ()  # "clip 0.1": typed terms that took the place of those of a round
    left_out: tuple[str, ...] = ()  # "clip 0.05": typed terms of other rounds, for which a round's own stand
    other_rounds: bool = False  # a rule of rounds of another rhythm: the weekly equivalent of a daily one
    as_paid: bool = False

    @property
    def terms_sentence(self) -> str:
        """That typed terms were applied as they are; "" where none were."""
        return f"{listed(self.as_typed).capitalize()}: {MEANT}." if self.as_typed else ""


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
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(history.stake > 0, history.payout / history.stake, np.nan)
    clipped = np.zeros(rate.shape, dtype=bool)
    for base, rows in _rows_by_rule(history, in_force):
        clipped[rows] = is_clipped(
            rate[rows], 1.0, factor=history.payout_factor[rows], clip=base.clip, clip_order=base.clip_order
        )
    multipliers, words = chosen_multipliers(tournament, history)
    return Priced(
        "what was paid",
        f"As paid: {words}",
        rate,
        history.payout_factor,
        clipped,
        multipliers,
        (),
        as_paid=True,
    )


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
    rate = np.full(history.round.shape, np.nan)
    factors = np.full(rate.shape, np.nan)
    clipped = np.zeros(rate.shape, dtype=bool)
    notes: dict[str, list[int]] = {}
    as_typed: list[str] = []
    left_out: list[str] = []
    rule, meant_for, clip = None, None, math.nan
    for base, rows in _rows_by_rule(history, in_force):
        rule = read(base)
        paid_scores = {score: multiplier for score, multiplier in rule.multipliers.items() if multiplier}
        _require(paid_scores, scores)
        clip, factor = base.clip, history.payout_factor[rows]
        typed = rule.status == "proposed"
        other = _rule_of_other_rounds(rule, base)
        if other is not None:
            meant_for = other
            left_out += _typed_terms(rule, base) if typed else ()
        elif typed:
            clip = rule.clip
            if rule.stake_threshold != base.stake_threshold:
                factor = _factor_of(rule, history.round[rows], rounds)
            as_typed += _typed_terms(rule, base)
        if typed and not is_permitted(rule, base):
            notes.setdefault("permitted", []).extend(np.unique(history.round[rows]).tolist())
        factors[rows] = factor
        missing = np.full(rows.size, np.nan)
        columns = [history.scores[s][rows] if s in history.scores else missing for s in paid_scores]
        rate[rows] = payouts(
            np.stack(columns or [np.zeros(rows.size)], axis=-1),
            list(paid_scores.values()) or [0.0],
            1.0,
            factor=factor,
            clip=clip,
            clip_order=base.clip_order,
        )
        clipped[rows] = is_clipped(rate[rows], 1.0, factor=factor, clip=clip, clip_order=base.clip_order)
    assert rule is not None, "priced without rows"
    # a typed rule is named with its clip and threshold, where they are not those of the time
    named = rule.status == "proposed" and not left_out
    short = rule.id if named else describe_multipliers(rule.multipliers)
    sentences: list[str] = []
    if "permitted" in notes:
        sentences.append(
            f"{short} was not among the choices members had in {spans(sorted(notes['permitted']))}."
        )
    if meant_for is not None:
        sentences.append(
            f"{short} is a rule of other rounds ({_rhythm(meant_for)}); here it is its weekly equivalent, "
            "at the clip and payout factor of these rounds."
        )
    return Priced(
        short,
        _in_words(rule, clip),
        rate,
        factors,
        clipped,
        rule.multipliers,
        tuple(sentences),
        as_typed=tuple(dict.fromkeys(as_typed)),
        left_out=tuple(dict.fromkeys(left_out)),
        other_rounds=meant_for is not None,
    )


def rules_in_force(
    tournament: str, history: History, rounds: Rounds, live: PayoutRule | None = None
) -> dict[int, PayoutRule]:
    """The rule of every round of a history: the live one from its round on, before that the dated ones.

    Dated by date where the table has no round numbers. Rounds older than the first rule on record are read at
    its terms.
    """
    dated = _dated_rules(tournament, history, rounds)
    if live is None or live.first_round is None:
        return dated
    return {number: live if number >= live.first_round else rule for number, rule in dated.items()}


def _dated_rules(tournament: str, history: History, rounds: Rounds) -> dict[int, PayoutRule]:
    first = next(r for r in load_rules() if r.tournament == tournament and r.status == "effective")
    numbers = np.unique(history.round).tolist()
    if first.first_round is not None:
        return {n: rule_in_force(tournament, round=max(n, first.first_round)) for n in numbers}
    days = dict(zip(rounds.number.tolist(), rounds.opened.astype("datetime64[D]").tolist(), strict=True))
    earliest = first.effective_on or date.min
    return {n: rule_in_force(tournament, on=max(days.get(n, earliest), earliest)) for n in numbers}


def chosen_multipliers(tournament: str, history: History) -> tuple[Mapping[str, float] | None, str]:
    """The multipliers the owner had picked, where they were the same throughout, and a sentence on them.

    None where they changed or are not all in the data: before round 311 MMC was paid.
    """
    if tournament == "classic" and (history.round < FIRST_TC_ROUND).any():
        return None, "the rule and the choices of the time, MMC included (it was paid before round 311)"
    names = list(history.chosen)
    paid = history.stake > 0  # what stood at a model without a stake paid nobody
    table = np.stack([np.nan_to_num(history.chosen[name][paid]) for name in names], axis=-1)
    if not len(table):
        return None, "nothing, without a stake"
    kinds, counts = np.unique(table, axis=0, return_counts=True)
    most = dict(zip(names, kinds[counts.argmax()].tolist(), strict=True))
    if len(kinds) == 1:
        return most, f"{describe_multipliers(most)}, the multipliers chosen in all of these rounds"
    share = counts.max() / counts.sum()
    return None, (
        f"the multipliers of the time, most often {describe_multipliers(most)} "
        f"({percent(share)} of the rows, {counted(len(kinds), 'combination')})"
    )


def _rows_by_rule(
    history: History, in_force: Mapping[int, PayoutRule]
) -> list[tuple[PayoutRule, NDArray[np.intp]]]:
    """The rows of each rule that was in force, in the order of the rules."""
    rounds_of: dict[str, list[int]] = {}
    for number, rule in in_force.items():
        rounds_of.setdefault(rule.id, []).append(number)
    by_id = {rule.id: rule for rule in in_force.values()}
    return [
        (by_id[rule_id], np.flatnonzero(np.isin(history.round, numbers)))
        for rule_id, numbers in rounds_of.items()
    ]


def _rule_of_other_rounds(rule: PayoutRule, base: PayoutRule) -> PayoutRule | None:
    """The rule of rounds of another rhythm than `base` that this one is, or whose terms were typed."""
    if rule.status != "proposed":
        return rule if rule.rounds_at_once != base.rounds_at_once else None
    if rule.clip == base.clip or rule.stake_threshold == base.stake_threshold:
        return None
    alike = [
        each
        for each in load_rules()
        if (each.tournament, each.clip, each.stake_threshold)
        == (base.tournament, rule.clip, rule.stake_threshold)
    ]
    if any(each.rounds_at_once == base.rounds_at_once for each in alike):
        return None
    return alike[-1] if alike else None


def _typed_terms(rule: PayoutRule, base: PayoutRule) -> list[str]:
    """What a typed rule says other than the rule in force: "clip 0.05", "threshold 72,000"."""
    terms = [] if rule.clip == base.clip else [f"clip {rule.clip:g}"]
    if rule.stake_threshold != base.stake_threshold:
        threshold = rule.stake_threshold
        terms.append(f"threshold {'none' if threshold is None else f'{threshold:,.0f}'}")
    return terms


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


def _in_words(rule: PayoutRule, clip: float) -> str:
    named = "" if rule.status == "proposed" else f" ({rule.tournament.title()} from {rule.effective_on})"
    return f"{describe_multipliers(rule.multipliers)}{named}, at most ±{100 * clip:g} % of the stake a round"


def _rhythm(rule: PayoutRule) -> str:
    share = "the whole" if rule.stake_fraction == 1 else f"1/{round(1 / rule.stake_fraction)} of the"
    return f"about {rule.rounds_at_once} at once, each on {share} stake"
