"""Rounds priced by two rules for a proposal: which rounds, which rows, and what each account gets."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.payout.comparison import LARGE, Stretch
from features.payout.pricing import ComparedRule
from features.payout.windows import regimes_of
from features.simulation.pay_result import PayTerms, PayWindow
from scoring.change.clear import clear_changes
from scoring.change.softening import rolling_costs
from scoring.change.transition import by_stake_decile, losing_share, transition, transition_intervals
from scoring.intervals import ewc_interval
from scoring.rules import PayoutRule
from tournament.source import History, Rounds
from wording.names import find_rounds
from wording.numbers import listed, score_name

SEED = 20231007  # the same question gets the same interval
RESAMPLES = 1000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pay:
    """Rows of a history that both rules can price, and their pay (n,) in NMR under each."""

    rows: History
    old: Floats
    new: Floats


def priced_pay(staked: History, old_rate: Floats, new_rate: Floats) -> Pay:
    """The rows (n,) that both rules can price, with their pay; rates (n,) are pay per NMR at risk."""
    kept = np.flatnonzero(~np.isnan(old_rate) & ~np.isnan(new_rate))
    rows = staked.only(kept)
    return Pay(rows, old_rate[kept] * rows.stake, new_rate[kept] * rows.stake)


def joined_pay(pieces: Sequence[Pay]) -> Pay:
    """Pieces of one field, one or more, as one in their order."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    names = ("model", "round", "payout_factor", "stake", "payout", "resolved")
    rows = {name: np.concatenate([getattr(each.rows, name) for each in pieces]) for name in names}
    scores = {
        score: np.concatenate([each.rows.scores[score] for each in pieces]) for score in first.rows.scores
    }
    # what could not be chosen in the rounds of a piece was chosen by nobody
    chosen = {
        score: np.concatenate(
            [each.rows.chosen.get(score, np.zeros(each.rows.round.size)) for each in pieces]
        )
        for score in dict.fromkeys(score for each in pieces for score in each.rows.chosen)
    }
    return Pay(
        replace(first.rows, **rows, scores=scores, chosen=chosen),
        np.concatenate([each.old for each in pieces]),
        np.concatenate([each.new for each in pieces]),
    )


def windows_of(
    pay: Pay, typed: str | None, old: ComparedRule, in_force: Mapping[int, PayoutRule]
) -> list[tuple[str, NDArray[np.int64]]]:
    """The rounds to look at: those that were typed, or all and those that paid the old rule's scores.

    Raises ValueError for typed rounds that make no sense, or in which nothing can be priced.
    """
    numbers = np.unique(pay.rows.round)
    if typed is not None:
        return [("the rounds asked for", find_rounds(typed, numbers))]
    paid_scores = [score for score, multiplier in old.multipliers.items() if multiplier]
    paid = [
        number
        for number in numbers.tolist()
        if all(in_force[number].multipliers.get(score, 0.0) > 0 for score in paid_scores)
    ]
    every = [("every round with these scores, whatever it paid", numbers)]
    if not paid or len(paid) == numbers.size:
        return every
    names = listed([score_name(score) for score in paid_scores])
    return [*every, (f"which paid {names}", np.array(paid, dtype=np.int64))]


def rounds_a_week(rounds: Rounds, number: int) -> int:
    """How many paid rounds open in a week, typically over the half year up to a round."""
    opened = rounds.opened[rounds.paid].astype("datetime64[D]")
    until = rounds.opened[rounds.number <= number].astype("datetime64[D]").max()
    days = opened[(opened <= until) & (opened > until - np.timedelta64(182, "D"))].astype(np.int64)
    if not days.size:
        return 1
    weeks = np.bincount((days - days.min() + (days.min() + 3) % 7) // 7)  # from Monday to Sunday
    return max(1, round(float(np.median(weeks[weeks > 0]))))


def pay_window(
    pay: Pay,
    which: str,
    numbers: NDArray[np.int64],
    owner: NDArray[np.intp],
    rounds: Rounds,
    terms: PayTerms,
    in_force: Mapping[int, PayoutRule],
    *,
    tournament: str,
    scores: tuple[str, ...],
    losing_more_than: float,
) -> PayWindow:
    """Everything about rounds in which there are rows; owner (models,): the account of each model."""
    kept = np.flatnonzero(np.isin(pay.rows.round, numbers))
    if kept.size < pay.rows.round.size:  # of all rows no copy is made: they may be many
        pay = Pay(pay.rows.only(kept), pay.old[kept], pay.new[kept])
    rows, old, new = pay.rows, pay.old, pay.new
    period = np.searchsorted(numbers, rows.round)
    account = np.unique(owner[rows.model], return_inverse=True)[1].astype(np.intp)
    at_risk = np.bincount(account, weights=rows.stake).astype(np.float64)
    cells = np.unique(account * numbers.size + period) // numbers.size
    stake = at_risk / np.bincount(cells)
    result = transition(old, new, account, period, stake)
    present, own = np.unique(rows.round, return_inverse=True)
    block = 2 * rounds.overlap(present)
    by_rule = [_added_up(own, each, present.size) for each in (old, new)]
    paid = regimes_of(tournament, rows, in_force)
    return PayWindow(
        rounds=numbers,
        which=which,
        rows=rows.round.size,
        present=present,
        by_round=by_rule[1] - by_rule[0],
        at_risk=math.fsum(rows.stake),
        stake=stake,
        result=result,
        intervals=transition_intervals(
            old, new, account, own, block=block, resamples=RESAMPLES, rng=np.random.default_rng(SEED)
        ),
        clear=clear_changes(old, new, account, own),
        rolling=rolling_costs(
            old,
            new,
            account,
            period,
            notice=terms.notice,
            phase_in=terms.phase_in,
            grandfather=terms.grandfather,
        ),
        losing=losing_share(result.gains.difference, stake, losing_more_than),
        decile_at_risk=by_stake_decile(at_risk, stake).difference,
        scores={score: _mean(rows.scores[score], rows.stake) for score in scores},
        regimes=tuple(_stretch(*each, rows, new - old, account) for each in paid),
        without_largest=_stretch("", present, rows, new - old, account).without_largest,
        factors=rounds.payout_factor[np.isin(rounds.number, present)],
        not_split=_not_split(rows, present, by_rule),
    )


def _stretch(
    words: str, numbers: NDArray[np.int64], rows: History, difference: Floats, account: NDArray[np.intp]
) -> Stretch:
    """What lies between the rules in some of the rounds, and without an account that is large in them."""
    inside = np.isin(rows.round, numbers)
    at = np.searchsorted(numbers, rows.round[inside])
    moved, of = difference[inside], account[inside]
    told = Stretch.of(words, numbers, _added_up(at, moved, numbers.size))
    held = np.bincount(of, weights=rows.stake[inside])
    largest = int(held.argmax())
    share, others = float(held[largest] / held.sum()), of != largest
    if share <= LARGE or not others.any():
        return told
    there = np.unique(at[others])
    alone = _added_up(at[others], moved[others], numbers.size)[there]
    return replace(told, without_largest=(share, Stretch.of("", numbers[there], alone)))


def _added_up(at: NDArray[np.intp], values: Floats, size: int) -> Floats:
    return np.bincount(at, weights=values, minlength=size).astype(np.float64)


def _not_split(rows: History, present: NDArray[np.int64], by_rule: list[Floats]) -> str:
    """Why a difference is not split into what all get and what moves between them; "" where it is."""
    if rows.round.size != np.unique(rows.model).size * present.size:
        return "models came and went in these rounds"
    if not all(ewc_interval(paid).excludes_0 for paid in by_rule):
        return "what one of the rules pays in all is not clearly apart from 0"
    return ""


def _mean(values: Floats, stake: Floats) -> float:
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=stake[known])) if known.any() else math.nan
