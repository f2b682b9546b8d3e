"""Rounds priced by two rules for a proposal: which rounds, which rows, and what each account gets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.payout.pricing import ComparedRule
from features.simulation.pay_result import PayTerms, PayWindow
from scoring.change.transition import by_stake_decile, losing_share, transition, transition_intervals
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
    *,
    scores: tuple[str, ...],
    losing_more_than: float,
) -> PayWindow:
    """Everything about rounds in which there are rows; owner (models,): the account of each model."""
    kept = np.flatnonzero(np.isin(pay.rows.round, numbers))
    rows, old, new = pay.rows.only(kept), pay.old[kept], pay.new[kept]
    period = np.searchsorted(numbers, rows.round)
    account = np.unique(owner[rows.model], return_inverse=True)[1].astype(np.intp)
    at_risk = np.bincount(account, weights=rows.stake).astype(np.float64)
    cells = np.unique(account * numbers.size + period) // numbers.size
    stake = at_risk / np.bincount(cells)
    result = transition(
        old,
        new,
        account,
        period,
        stake,
        notice=terms.notice,
        phase_in=terms.phase_in,
        grandfather=terms.grandfather,
    )
    present, own = np.unique(rows.round, return_inverse=True)
    block = 2 * rounds.overlap(present)
    return PayWindow(
        rounds=numbers,
        which=which,
        rows=rows.round.size,
        at_risk=math.fsum(rows.stake),
        stake=stake,
        result=result,
        intervals=transition_intervals(
            old, new, account, own, block=block, resamples=RESAMPLES, rng=np.random.default_rng(SEED)
        ),
        losing=losing_share(result.gains.difference, stake, losing_more_than),
        decile_at_risk=by_stake_decile(at_risk, stake).difference,
        scores={score: _mean(rows.scores[score], rows.stake) for score in scores},
        cost_by_week=_by_week(result.costs.together.cost_by_period, numbers, rounds),
        cut_short=max(terms.notice + terms.phase_in, terms.grandfather) > numbers.size,
    )


def _mean(values: Floats, stake: Floats) -> float:
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=stake[known])) if known.any() else math.nan


def _by_week(costs: Floats, numbers: NDArray[np.int64], rounds: Rounds) -> Floats:
    opened = rounds.opened[np.searchsorted(rounds.number, numbers)]
    week = (opened - opened[0]) // np.timedelta64(7, "D")
    by_week = np.zeros(int(week.max()) + 1)
    reach = min(costs.size, week.size)
    np.add.at(by_week, week[:reach].astype(np.int64), costs[:reach])
    return by_week + 0.0  # no -0 for a person to read
