"""What rows of a history earn under a rule, round by round, at the terms that were in force then."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answers.words import listed, percent, score_name, spans
from scoring.payout import is_clipped, payout_factor, payouts
from scoring.rules import (
    PayoutRule,
    describe_multipliers,
    is_permitted,
    load_rules,
    parse_rule,
    rule_in_force,
)
from tournament.source import History, Rounds

FIRST_TC_ROUND = 311  # before it the second paid score was MMC, which the sample lacks


@dataclass(frozen=True)
class Priced:
    """Pay (n,) in NMR of every row, NaN where it can't be known, and what the rule was in words."""

    short: str
    words: str
    pay: NDArray[np.float64]
    clipped: NDArray[np.bool_]
    multipliers: Mapping[str, float] | None  # None where they changed from round to round, or are not known
    notes: tuple[str, ...]
    as_paid: bool = False


def price_as_paid(tournament: str, history: History, stake: NDArray[np.float64]) -> Priced:
    """What was really paid, scaled from the stake of the time to `stake` (n,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        pay = np.where(history.stake > 0, history.payout * (stake / history.stake), np.nan)
    clipped = np.zeros(pay.shape, dtype=bool)
    for base, rows in _by_rule_in_force(tournament, history):
        clipped[rows] = is_clipped(
            np.nan_to_num(pay[rows]),
            np.nan_to_num(stake[rows]),
            factor=history.payout_factor[rows],
            clip=base.clip,
            clip_order=base.clip_order,
        )
    multipliers, words = _chosen(history)
    return Priced("what was paid", f"As paid: {words}", pay, clipped, multipliers, (), as_paid=True)


def price_rule(
    tournament: str,
    text: str,
    history: History,
    rounds: Rounds,
    stake: NDArray[np.float64],
    scores: Mapping[str, tuple[int, int]],
) -> Priced:
    """What a typed or dated rule pays on `stake` (n,) NMR at risk.

    What the text does not say is inherited from the rule in force in each round. A dated rule of another
    rhythm (daily rounds, say) keeps the clip and payout factor of the round: the weekly equivalent.
    Raises ValueError when the text is no rule or needs a score that is not there.
    """
    pay = np.full(history.round.shape, np.nan)
    clipped = np.zeros(pay.shape, dtype=bool)
    notes: dict[str, list[int]] = {}
    rule, clip = None, math.nan
    for base, rows in _by_rule_in_force(tournament, history):
        rule = parse_rule(text, base)
        paid_scores = {score: multiplier for score, multiplier in rule.multipliers.items() if multiplier}
        _require(paid_scores, scores)
        clip, factor = base.clip, history.payout_factor[rows]
        if rule.status == "proposed":
            clip = rule.clip
            if rule.stake_threshold != base.stake_threshold:
                factor = _factor_of(rule, history.round[rows], rounds)
            if not is_permitted(rule, base):
                notes.setdefault("permitted", []).extend(np.unique(history.round[rows]).tolist())
        elif rule.rounds_at_once != base.rounds_at_once:
            notes.setdefault("rhythm", [])
        pay[rows] = payouts(
            np.stack(
                [history.scores[score][rows] for score in paid_scores] or [np.zeros(rows.size)], axis=-1
            ),
            list(paid_scores.values()) or [0.0],
            np.nan_to_num(stake[rows]),
            factor=factor,
            clip=clip,
            clip_order=base.clip_order,
        )
        clipped[rows] = is_clipped(
            pay[rows], np.nan_to_num(stake[rows]), factor=factor, clip=clip, clip_order=base.clip_order
        )
    assert rule is not None, "priced without rows"
    short = describe_multipliers(rule.multipliers)
    sentences = []
    if "permitted" in notes:
        sentences.append(
            f"{short} was not among the choices members had in {spans(sorted(notes['permitted']))}."
        )
    if "rhythm" in notes:
        sentences.append(
            f"{short} is a rule of other rounds ({_rhythm(rule)}); here it is its weekly equivalent, "
            "at the clip and payout factor of these rounds."
        )
    return Priced(short, _in_words(rule, clip), pay, clipped, rule.multipliers, tuple(sentences))


def _by_rule_in_force(tournament: str, history: History) -> list[tuple[PayoutRule, NDArray[np.intp]]]:
    """The rows of each rule that was in force, in the order of the rules."""
    # rounds older than the first rule on record are read at its terms
    first = (
        next(r for r in load_rules() if r.tournament == tournament and r.status == "effective").first_round
        or 0
    )
    rules = {
        number: rule_in_force(tournament, round=max(number, first))
        for number in np.unique(history.round).tolist()
    }
    by_id = {rule.id: rule for rule in rules.values()}
    return [
        (
            rule,
            np.flatnonzero(
                np.isin(history.round, [number for number, found in rules.items() if found.id == rule_id])
            ),
        )
        for rule_id, rule in by_id.items()
    ]


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


def _chosen(history: History) -> tuple[Mapping[str, float] | None, str]:
    """The multipliers the owner had picked, where they were the same throughout, and a sentence on them."""
    if (history.round < FIRST_TC_ROUND).any():
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
        f"({percent(share)} of the rows, {len(kinds)} combinations)"
    )


def _in_words(rule: PayoutRule, clip: float) -> str:
    named = "" if rule.status == "proposed" else f" ({rule.tournament.title()} from {rule.effective_on})"
    return f"{describe_multipliers(rule.multipliers)}{named}, at most ±{100 * clip:g} % of the stake a round"


def _rhythm(rule: PayoutRule) -> str:
    share = "the whole" if rule.stake_fraction == 1 else f"1/{round(1 / rule.stake_fraction)} of the"
    return f"about {rule.rounds_at_once} at once, each on {share} stake"
