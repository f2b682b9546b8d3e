"""Who gains and who loses when a rule changes, by how much, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import Labels, as_numbers, labelled, refuse
from scoring.change.difference import AccountPay, DifferenceSplit, account_pay, split_difference
from scoring.change.softening import SofteningCosts, soften
from scoring.intervals import ewc_interval

_BY_ACCOUNT = [f"gains.{name}" for name in ("old", "new", "difference", "rows", "split.level", "split.mix")]
_GROUPS = 10
_AT_A_TIME = 2**17  # numbers: a megabyte, which stays in a processor's own cache

Interval = tuple[float, float]


@dataclass(frozen=True)
class Gains:
    """Pay of a accounts under an old and a new rule, in the unit of the pay, if nobody changes behaviour."""

    old: NDArray[np.float64]  # (a,)
    new: NDArray[np.float64]  # (a,)
    difference: NDArray[np.float64]  # (a,), new - old, and 0 where that is no more than rounding
    split: DifferenceSplit  # into what all gain and what moves between accounts
    rows: NDArray[np.intp]  # (a,), rows that count; an account without any is unknown, not unchanged
    winners: int
    losers: int
    left_out: int  # rows without a known pay under both rules


@dataclass(frozen=True)
class Deciles:
    """Groups of accounts by stake, the smallest first; g groups, 10 where there are enough accounts."""

    decile: NDArray[np.intp]  # (g,), 1 for the smallest stakes
    accounts: NDArray[np.intp]  # (g,)
    stake: NDArray[np.float64]  # (g,), NMR in all
    difference: NDArray[np.float64]  # (g,), NMR in all
    winners: NDArray[np.intp]  # (g,)
    losers: NDArray[np.intp]  # (g,)
    per_stake: NDArray[np.float64]  # (g,), difference / stake; nan without stake


@dataclass(frozen=True)
class Transition:
    """What a change of rules does to accounts, by stake too, and what softening it would have cost.

    Counterfactual arithmetic on what happened: nobody changes behaviour because of the rule.
    """

    gains: Gains
    deciles: Deciles
    costs: SofteningCosts


@dataclass(frozen=True)
class TransitionIntervals:
    """Intervals (low, high), if nobody changes behaviour: EWC-t of the total, resampled for the others."""

    total: Interval  # the difference of all accounts together, NMR
    losing_share: Interval  # share of the accounts that lose in all
    compensation: Interval  # what it costs to pay every account what it lost, NMR
    periods: int
    block: int


@labelled(pay_old="row", pay_new="row", accounts="row")
def gains(pay_old: ArrayLike, pay_new: ArrayLike, accounts: ArrayLike) -> Gains:
    """What each account gets under two rules, over rows of pay (n,) in NMR.

    accounts (n,): which account a row belongs to, counted from 0. The difference is split as
    split_difference says: a level that all share and a mix that adds up to 0, both nan where the sums of
    pay have different signs or are about 0. Rows, left-out rows and errors as in account_pay.
    """
    return _gains(account_pay(pay_old, pay_new, accounts, np.zeros(np.shape(accounts), dtype=np.intp)))


@labelled(difference="account", stakes="account")
def by_stake_decile(difference: ArrayLike, stakes: ArrayLike) -> Deciles:
    """What a change does to small and large stakes: a accounts in ten groups of equal number.

    difference (a,) of each account and its stake (a,), in NMR. Fewer than ten accounts are a group each.
    Accounts with the same stake are never parted: a tie goes where its middle belongs, so groups can differ
    in size and those that nobody belongs to are not listed. Zeros count: pass only accounts you mean to
    count. Raises ValueError unless there is one finite difference and one finite stake of 0 or more for
    each account.
    """
    moved, staked = _moved_and_staked(difference, stakes)
    groups = min(_GROUPS, staked.size)
    _, which, equal = np.unique(staked, return_inverse=True, return_counts=True)
    # twice the middle position of a tie: the first and the last of it, both counted from 0
    middle = (2 * np.cumsum(equal) - equal - 1)[which]
    group = groups * (middle + 1) // max(1, 2 * staked.size)

    def count(among: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.bincount(group[among], minlength=groups)

    sizes = np.bincount(group, minlength=groups)
    stake, total = np.zeros((2, groups))
    np.add.at(stake, group, staked)
    np.add.at(total, group, moved)
    held = sizes > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        per_stake = np.where(stake > 0, total / stake, math.nan)
    return Deciles(
        decile=np.flatnonzero(held) + 1,
        accounts=sizes[held],
        stake=stake[held],
        difference=total[held],
        winners=count(moved > 0)[held],
        losers=count(moved < 0)[held],
        per_stake=per_stake[held],
    )


@labelled(difference="account", stakes="account")
def losing_share(difference: ArrayLike, stakes: ArrayLike, threshold: float = 0.0) -> float:
    """Share (0 to 1) of accounts that lose more than a threshold, counted in shares of their own stake.

    difference (a,), stakes (a,) in NMR; an account counts as losing where -difference > threshold x stake.
    0.1 is a tenth of the stake, 0 is any loss. Accounts without stake have no such share and are left out;
    nobody left: nan. Raises ValueError as by_stake_decile does, and for a threshold below 0.
    """
    moved, staked = _moved_and_staked(difference, stakes)
    if not 0 <= threshold < math.inf:
        raise ValueError("The threshold must be a share of the stake of 0 or more.")
    held = staked > 0
    return float(np.mean(-moved[held] > threshold * staked[held])) if held.any() else math.nan


def transition(
    pay_old: ArrayLike,
    pay_new: ArrayLike,
    accounts: ArrayLike,
    periods: ArrayLike,
    stakes: ArrayLike,
    *,
    notice: int = 0,
    phase_in: int = 0,
    grandfather: int = 0,
) -> Transition:
    """Everything about a change of rules that follows from rows of pay (n,), read once.

    Rows and terms as softening_costs reads them; stakes (a,): NMR that each account has at stake, whose
    length says how many accounts there are. Where stakes are a Series, accounts holds labels of it, and what
    each account gets has them too. Accounts without a row that counts are in no decile. Raises ValueError
    as account_pay, by_stake_decile and softening_costs do.
    """
    labels = Labels()
    staked = as_numbers(labels.read(stakes, "account", "The stakes"), "Stakes")
    old, new, whose, when = (
        labels.read(each, "row", what)
        for each, what in (
            (pay_old, "The old pay"),
            (pay_new, "The new pay"),
            (accounts, "The accounts"),
            (periods, "The periods"),
        )
    )
    numbers = labels.numbers_of(whose, "account", "The accounts")
    pay = account_pay(old, new, numbers, when, number=staked.size)
    _moved_and_staked(pay.difference, staked)
    seen = pay.rows > 0
    found = Transition(
        _gains(pay),
        by_stake_decile(pay.difference[seen], staked[seen]),
        soften(pay, notice=notice, phase_in=phase_in, grandfather=grandfather),
    )
    return labels.give(found, dict.fromkeys(_BY_ACCOUNT, "account"))


@labelled(pay_old="row", pay_new="row", accounts="row", periods="row")
def transition_intervals(
    pay_old: ArrayLike,
    pay_new: ArrayLike,
    accounts: ArrayLike,
    periods: ArrayLike,
    *,
    block: int,
    level: float = 0.95,
    resamples: int = 2000,
    rng: np.random.Generator,
) -> TransitionIntervals:
    """How far the findings of a transition could have come out otherwise.

    Rows (n,) as account_pay reads them. The total has the interval that ewc_interval gives its record of
    periods, and so none below 15 of them. The others are no means, and whole periods are drawn again for
    them: each resample joins circular blocks of `block` neighbouring periods until there are as many as in
    the record, all accounts together, as they share the market. A block should be at least twice as long as
    rounds overlap.

    Losing share and compensation do not average out: the luck of the record and that of the resample add
    up, so resamples lie too high, or too close to one half. Their intervals are value + (quantile - median)
    over the resamples, within what is possible. In simulations of 60 to 150 periods a level of 95 % covers
    79 to 95 % for the share and 85 to 99 % for the compensation of records like these, where plain
    percentiles fall to 35 and 11 %. Few blocks make both too narrow. Fewer than two blocks, or no account:
    nan. Raises ValueError as account_pay does, and for a block, a level or a number of resamples that make
    no sense. Source: Politis and Romano 1992, circular block bootstrap.
    """
    if block < 1 or resamples < 1 or not 0 < level < 1:
        raise ValueError("Resampling needs a block and resamples of 1 or more, and a level between 0 and 1.")
    pay = account_pay(pay_old, pay_new, accounts, periods)
    seen, length = np.flatnonzero(pay.rows), pay.by_period.shape[1]
    unknown = (math.nan, math.nan)
    if not seen.size:
        return TransitionIntervals(unknown, unknown, unknown, length, block)
    mean = ewc_interval(pay.by_period.sum(axis=0), level=level).times(length)
    total = (mean.low, mean.high)
    if length < 2 * block:
        return TransitionIntervals(total, unknown, unknown, length, block)
    drawn = _periods_drawn(length, block, resamples, rng).T
    losers, compensation = np.zeros((2, resamples))
    for some in np.array_split(seen, math.ceil(seen.size * resamples / _AT_A_TIME)):
        moved = pay.by_period[some] @ drawn
        losers += np.count_nonzero(moved < -pay.rounding[some, None], axis=0)
        compensation -= np.minimum(moved, 0.0, out=moved).sum(axis=0)

    def around(value: float, values: NDArray[np.float64], highest: float) -> Interval:
        ends = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        low, high = np.clip(value + ends - np.median(values), 0.0, highest)
        return float(low), float(high)

    share = np.count_nonzero(pay.difference < 0) / seen.size
    return TransitionIntervals(
        total=total,
        losing_share=around(share, losers / seen.size, 1.0),
        compensation=around(-np.minimum(pay.difference, 0.0).sum(), compensation, math.inf),
        periods=length,
        block=block,
    )


def _periods_drawn(periods: int, block: int, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each resample (resamples, periods) of circular blocks draws each period."""
    blocks = math.ceil(periods / block)
    lengths = np.full(blocks, block)
    lengths[-1] = periods - block * (blocks - 1)
    starts = rng.integers(0, periods, size=(resamples, blocks))
    # on a ring walked twice, a block adds one to a running sum where it starts and takes it away at its end
    walk = np.arange(resamples)[:, None] * (2 * periods + 1)
    edges = np.bincount((walk + starts).ravel(), minlength=resamples * (2 * periods + 1))
    edges -= np.bincount((walk + starts + lengths).ravel(), minlength=edges.size)
    inside = np.cumsum(edges.reshape(resamples, -1), axis=1)
    return (inside[:, :periods] + inside[:, periods:-1]).astype(np.float64)


def _gains(pay: AccountPay) -> Gains:
    return Gains(
        old=pay.old,
        new=pay.new,
        difference=pay.difference,
        split=split_difference(pay.new, pay.old),
        rows=pay.rows,
        winners=int(np.count_nonzero(pay.difference > 0)),
        losers=int(np.count_nonzero(pay.difference < 0)),
        left_out=pay.left_out,
    )


def _moved_and_staked(
    difference: ArrayLike, stakes: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    moved, staked = as_numbers(difference, "The differences"), as_numbers(stakes, "Stakes")
    if moved.ndim != 1 or moved.shape != staked.shape:
        raise ValueError("Every account needs one difference and one stake.")
    refuse(~np.isfinite(moved), "The difference of every account must be a finite number.")
    refuse(~((staked >= 0) & (staked < np.inf)), "A stake must be a finite number of 0 or more.")
    return moved, staked
