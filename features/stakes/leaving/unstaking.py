"""What happens when some stake leaves: who holds the rest, what it pays, and the price in scenarios."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.payout.pricing import rules_in_force
from features.payout.windows import changes_of_pay, was_paid
from features.rules.rules import announced_rule
from features.stakes.holders import Holders, find_holder, holders_of
from scoring.concentration import TIE
from scoring.rules import PayoutRule, load_rules
from scoring.stakes.price_impact import PriceTable, daily_volatility, price_table
from scoring.stakes.unstaking import Unstaking, leaves, unstake
from tournament.source import History, Rounds, Source, Stakes, TournamentField, everyone_if_read
from wording.names import DEFAULT_ROUNDS
from wording.numbers import amount, counted, number, percent

DEFAULT_TOP = 20
DAILY_VOLUME = 100_000.0  # NMR; nobody's figure: a scenario starts somewhere, and members can type another
LARGEST_VOLUME = 1e9

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class FactorUnder:
    """The payout factor before and after under one dated threshold (NMR in a round)."""

    since: str
    threshold: float
    before: float
    after: float


@dataclass(frozen=True)
class OthersPay:
    """What those who remain were paid over some rounds, and what it would have been (NMR)."""

    rounds: tuple[int, int]
    rows: int
    before: float
    after: float
    newly_clipped: float  # share of rows that would meet the clip and did not before
    changes: str  # what these rounds paid, where that changed in them


@dataclass(frozen=True)
class UnstakeScenario:
    """Everything that one departure changes. Stakes in NMR, sorted largest first."""

    holders: Holders
    leaving: str  # "the 20 largest accounts"
    own: str | None  # the holder that leaves, where it is one by name
    one: bool  # whether one holder leaves
    result: Unstaking
    round: int | None  # whose stake at risk and threshold the factor is of; None where none is known
    factors: tuple[FactorUnder, ...]
    others: OthersPay | None
    largest_weight: tuple[float, float]  # of those who remain: before and after
    before: Numbers
    after: Numbers
    prices: PriceTable
    daily_volume: float
    volatility: float
    volatility_from: str
    differs: tuple[str, ...] = ()  # a sentence where the announced rule is not the dated one

    @property
    def left(self) -> float:
        """NMR that leaves."""
        return self.result.share_left * self.result.before.stake

    @property
    def finding(self) -> str:
        """The answer in a few words."""
        if self.result.share_left == 0:
            return f"Nobody leaves: {self.leaving} had none of the stake"
        if self.result.after.stake == 0:
            return f"Without {self.leaving}, nothing of the stake remains"
        told = [f"weights of the others {_more(self.result.weight_ratio)}"]
        if self.round is not None:
            more = self.result.pay_ratio > 1 + TIE
            told = [f"payouts {_more(self.result.pay_ratio)}" if more else "payouts stay as they are"]
        if not math.isnan(self.volatility):
            told.append(_fall(-float(self.prices.change.max()), -float(self.prices.change.min())))
        return f"If {self.leaving} {'leaves' if self.one else 'leave'}: {', '.join(told)}"

    def for_others(self, own_name: str | None) -> "UnstakeScenario":
        """The same to be shown in public: only the member's own name is told."""
        if self.own is None or self.own == own_name:
            return self
        return replace(self, leaving=f"one {self.holders.unit}", own=None)


async def unstake_scenario(
    source: Source,
    prices: Source,
    *,
    top: int | None = None,
    above: float | None = None,
    who: str | None = None,
    unit: str = "account",
    daily_volume: float | None = None,
) -> UnstakeScenario:
    """What changes if the `top` largest holders left, or all `above` so many NMR, or one by name.

    Without any of the three the 20 largest leave. prices: a source that knows daily prices, for the
    volatility. Raises ValueError for more than one of the three and for numbers that make no sense.
    """
    if sum(choice is not None for choice in (top, above, who)) > 1:
        raise ValueError("Choose one of top, above and who: they are three ways to say who leaves.")
    if daily_volume is not None and not 0 < daily_volume <= LARGEST_VOLUME:
        raise ValueError("A daily volume is a number of NMR above 0, like 100000.")
    if above is not None and not 0 <= above < math.inf:
        raise ValueError("A threshold is a number of NMR of 0 or more, like 8000.")
    if top is not None and top < 1:
        raise ValueError("At least one holder has to leave: type a number from 1.")
    stakes, rounds, usd = await asyncio.gather(source.stakes(), source.rounds(), prices.price_of_day("USD"))
    position = -1
    if who is not None:
        unit, position = await asyncio.to_thread(find_holder, stakes, who)
    holders = await asyncio.to_thread(holders_of, source, stakes, unit)
    leaving = leaves(
        holders.stake,
        top=DEFAULT_TOP if top is None and above is None and who is None else top,
        above=above,
        holders=None if who is None else [position],
    )
    everyone, (live, differs) = await asyncio.gather(everyone_if_read(source), announced_rule(source))
    found = await asyncio.to_thread(
        _scenario,
        source,
        stakes,
        holders,
        leaving,
        _said(holders, leaving, above, who),
        rounds,
        everyone,
        live,
        usd,
        daily_volume or DAILY_VOLUME,
    )
    return replace(found, differs=differs)


def _said(holders: Holders, leaving: NDArray[np.bool_], above: float | None, who: str | None) -> str:
    count = int(np.count_nonzero(leaving & (holders.stake > 0)))
    if who is not None:
        return holders.names[int(np.flatnonzero(leaving)[0])]
    if above is not None:
        return f"the {counted(count, holders.unit)} above {amount(above, 'NMR')}"
    if count == 1:
        return f"the largest {holders.unit}"
    return (
        f"all {counted(count, holders.unit)}"
        if count == np.count_nonzero(holders.stake)
        else f"the {counted(count, f'largest {holders.unit}')}"
    )


def _scenario(
    source: Source,
    stakes: Stakes,
    holders: Holders,
    leaving: NDArray[np.bool_],
    said: str,
    rounds: Rounds,
    everyone: TournamentField | None,
    live: PayoutRule | None,
    usd: Mapping[str, float],
    daily_volume: float,
) -> UnstakeScenario:
    newest = _newest_round(rounds)
    staked = holders.stake > 0  # without a stake nobody leaves and nobody remains
    result = unstake(
        holders.stake[staked],
        leaving[staked],
        total_at_risk=None if newest is None else newest[1],
        stake_threshold=None if newest is None else newest[2],
    )
    remaining = np.sort(holders.stake[staked & ~leaving])[::-1]
    before = np.sort(holders.stake[staked])[::-1]
    days = sorted(usd)
    volatility = daily_volatility([usd[day] for day in days])
    weight = remaining[0] / result.before.stake if remaining.size else math.nan
    return UnstakeScenario(
        holders=holders,
        leaving=said,
        own=said if said in holders.names else None,
        one=int(np.count_nonzero(leaving & staked)) == 1,
        result=result,
        round=None if newest is None else newest[0],
        factors=() if newest is None else _factors(source, newest[1], result),
        others=None
        if everyone is None or newest is None
        else _others_pay(source, everyone, rounds, live, result, stakes, holders, leaving),
        largest_weight=(weight, weight * result.weight_ratio),
        before=before,
        after=remaining,
        prices=price_table(result.share_left * result.before.stake, daily_volume, volatility),
        daily_volume=daily_volume,
        volatility=volatility,
        volatility_from=f"{days[0]} to {days[-1]}" if days else "",
    )


def _newest_round(rounds: Rounds) -> tuple[int, float, float] | None:
    """(number, stake at risk, threshold) of the newest paid round that is known to have had all three."""
    known = (
        rounds.paid & (rounds.total_at_risk > 0) & (rounds.stake_threshold > 0) & (rounds.payout_factor > 0)
    )
    if not known.any():
        return None
    at = int(np.flatnonzero(known)[-1])
    return int(rounds.number[at]), float(rounds.total_at_risk[at]), float(rounds.stake_threshold[at])


def _factors(source: Source, at_risk: float, result: Unstaking) -> tuple[FactorUnder, ...]:
    """The factor under every threshold the tournament has had, as if that round had been paid by it."""
    found: dict[float, FactorUnder] = {}
    for rule in load_rules():
        if rule.tournament != source.tournament or rule.status != "effective" or rule.stake_threshold is None:
            continue
        threshold = float(rule.stake_threshold)
        before = min(1.0, threshold / at_risk)
        remains = at_risk * (1 - result.share_left)
        after = min(1.0, threshold / remains) if remains else 1.0
        found.setdefault(threshold, FactorUnder(str(rule.effective_on), threshold, before, after))
    return tuple(found.values())


def _others_pay(
    source: Source,
    everyone: TournamentField,
    rounds: Rounds,
    live: PayoutRule | None,
    result: Unstaking,
    stakes: Stakes,
    holders: Holders,
    leaving: NDArray[np.bool_],
) -> OthersPay | None:
    """Pay of those who remain over the newest rounds, each payout multiplied and then clipped."""
    if holders.unit == "model":
        gone = {holders.names[at] for at in np.flatnonzero(leaving)}
    elif stakes.account_of is not None:
        gone = {stakes.models[at] for at in np.flatnonzero(leaving[stakes.account_of])}
    else:
        return None  # whose models leave is not known
    if not (result.after.stake and result.pay_ratio > 0):
        return None
    stays = np.array([model not in gone for model in everyone.models], dtype=np.bool_)

    def paid(rows: History) -> NDArray[np.bool_]:
        return stays[rows.model] & was_paid(rows)

    rows = everyone.newest(DEFAULT_ROUNDS, paid)
    if not rows.round.size:
        return None
    numbers = np.unique(rows.round)
    in_force = rules_in_force(source.tournament, rows, rounds, live)
    clip = np.array([in_force[each].clip for each in numbers.tolist()])
    bound = clip[np.searchsorted(numbers, rows.round)]
    rate = rows.payout / rows.stake
    grown = np.clip(rate * result.pay_ratio, -bound, bound)
    return OthersPay(
        rounds=(int(numbers[0]), int(numbers[-1])),
        rows=rows.round.size,
        before=math.fsum(rows.payout),
        after=math.fsum(grown * rows.stake),
        newly_clipped=float(np.mean((np.abs(rate * result.pay_ratio) > bound) & (np.abs(rate) < bound))),
        changes=changes_of_pay(source.tournament, rows, in_force),
    )


def _more(ratio: float) -> str:
    """ "+17 %" for a ratio of 1.17."""
    if ratio < 1.01:
        return "up by less than 1 %"
    return f"+{percent(ratio - 1)}" if ratio < 10 else f"x {number(ratio)}"


def _fall(least: float, most: float) -> str:
    """ "price −4 to −19 %" for falls of 0.04 and 0.19."""
    low, high = f"{100 * least:.0f}", f"{100 * most:.0f}"
    if most < 0.01:
        return "price down by less than 1 %" if most else "price unchanged"
    return f"price −{high} %" if low == high else f"price {'0' if low == '0' else f'−{low}'} to −{high} %"
