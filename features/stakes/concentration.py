"""How concentrated the stake is, and whether its tail is a power law."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from features.stakes.alike.scores import HoldersAlike, alike_accounts
from features.stakes.holders import Holders, biggest_guess, holders_of
from features.stakes.moments import Moment
from scoring.concentration import (
    Concentration,
    concentration,
    lorenz_curve,
    nakamoto,
    theil,
    theil_split,
    top_share,
)
from scoring.stakes.concentration_intervals import ConcentrationIntervals, bootstrap_intervals
from scoring.tails import (
    ALTERNATIVES,
    PowerLawFit,
    TailComparison,
    compare_tail,
    fit_power_law,
    goodness_of_fit,
    refitted_alpha_se,
    tail_survival,
)
from tournament.source import Source
from wording.numbers import counted, p_told

CLUSTER = "cluster"  # of accounts that say the same, as one more unit
SEED = 20221222  # the same question gets the same interval
TOPS = (1, 10, 50)
LEFT_OUT = (1, 5, 10)  # how many of the largest are left out to see what a measure owes to them
REFITS = 200  # of samples made up from a power law
SPREAD_REFITS = 60  # of resamples for the spread of its exponent, a tenth of which may be luck
SMALLEST_TAIL = 50  # fewer values can seldom tell one law from another
REJECTED = 0.1  # Clauset, Shalizi and Newman's level for both of their tests
POINTS = 400  # of a curve that is drawn
TAILS = 16  # that are kept: of accounts, models and clusters of two tournaments, some with a guess undone
LAWS = ("power_law", *ALTERNATIVES)
RIVALS = {
    "lognormal": "a lognormal",
    "truncated_power_law": "one with a cut-off",
    "exponential": "an exponential",
}

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tail:
    """The largest stakes, and the laws that were fitted to them.

    alpha_se: standard error of the exponent with the start of the tail looked for anew in every resample;
    stake (v,) NMR, ascending, and at_least (v,): every different stake and how many holders have it or more;
    laws: the share of the tail at or above each of `at` (g,) under each fitted law.
    """

    fit: PowerLawFit
    alpha_se: float
    comparisons: Mapping[str, TailComparison]
    goodness: float
    stake: Numbers
    at_least: Numbers
    at: Numbers
    laws: Mapping[str, Numbers]

    @property
    def verdict(self) -> str:
        """Whether these stakes follow a power law, in a sentence."""
        if self.fit.tail_size < SMALLEST_TAIL:
            few = counted(self.fit.tail_size, "holder")
            return (
                f"Cannot tell whether it is a power law: the tail has {few}, and {SMALLEST_TAIL} are needed."
            )
        for law, name in RIVALS.items():
            rival = self.comparisons[law]
            if rival.log_likelihood_ratio < 0 and rival.p_value < REJECTED:
                return f"Not a power law: {name} describes it better ({p_told(rival.p_value)})."
        if self.refused:
            return "Not a power law: it fits too badly, and no other law is clearly better."
        return "Cannot tell a power law from a lognormal."

    @property
    def refused(self) -> bool:
        """Whether a power law fits so badly that it is given up, whatever fits worse still."""
        return self.goodness <= REJECTED


@dataclass(frozen=True)
class Apart:
    """The largest guessed account, and the measures and the tail with its models taken apart."""

    models: int
    share: float
    measures: Concentration
    tail: Tail


@dataclass(frozen=True)
class StakeConcentration:
    """How a day's or a round's stake is spread over its holders; shares in 0..1."""

    holders: Holders
    said: str  # when: "on 2022-12-22"
    limit: str  # what is not known then, in a sentence; "" where all is
    counts: str  # who everybody is then, in a sentence; "" where that is who staked on a day
    zeros: bool  # holders without a stake count
    without_stake: int
    measures: Concentration
    intervals: ConcentrationIntervals
    third: float  # how many of the largest hold more than a third
    top: Mapping[int, float]
    left_out: Mapping[int, Concentration]
    theil: float
    theil_within: float  # inside accounts; nan where models have no known account
    theil_between: float
    population: Numbers  # the Lorenz curve
    share: Numbers
    tail: Tail
    apart: Apart | None
    alike: HoldersAlike | None = None  # where accounts that say the same are counted as one

    @property
    def who(self) -> str:
        """ "4,227 guessed accounts"."""
        return self.holders.counted(self.measures.holders)

    @property
    def finding(self) -> str:
        """The answer in a few words."""
        stake = f"the stake {self.said}" if self.counts else "the stake"
        if self.limit:
            stake = f"what this data has {self.said}"
        if self.measures.holders == 1:
            return f"One {self.holders.unit} holds all of {stake}"
        half = int(self.measures.half)
        found = f"{counted(half, self.holders.unit)} {'holds' if half == 1 else 'hold'} half of {stake}"
        if self.apart is None or self.apart.measures.half == half:
            return found
        return f"{found} ({self.apart.measures.half:,.0f} if one guess is wrong)"

    @property
    def certainty(self) -> str:
        """What the intervals mean for a whole population."""
        if math.isnan(self.intervals.gini[0]):
            return "Too few holders have a stake for an interval."
        everybody = "Everybody who stakes is counted, so nothing is uncertain about this day."
        if self.alike is not None:
            everybody = self.alike.told
        counts = self.limit or self.counts or everybody
        return (
            f"{counts} The 95 % intervals say how far the numbers could be off if these holders were drawn "
            "from many like them, which heavy tails make wide."
        )


async def stake_concentration(
    source: Source, *, unit: str = "account", zeros: bool = False, at: Moment | None = None
) -> StakeConcentration:
    """How concentrated the stake is, on the newest day or at another moment, by account, model or cluster.

    A cluster is accounts that say the same. Raises ValueError where nobody has a stake, and where it can't be
    told which accounts are alike; SourceError where that takes rounds of which none has been read.
    """
    if at is None:
        stakes = await source.stakes()
        at = Moment(stakes, f"on {stakes.day}")
    if unit != CLUSTER:
        return await asyncio.to_thread(_measure, source, at, unit, zeros, None)
    everyone, calendar = await asyncio.gather(source.everyone(), source.rounds())
    alike = await asyncio.to_thread(alike_accounts, at.stakes, everyone, calendar)
    return await asyncio.to_thread(_measure, source, at, unit, zeros, alike)


def _measure(
    source: Source, at: Moment, unit: str, zeros: bool, alike: HoldersAlike | None
) -> StakeConcentration:
    stakes = at.stakes
    if unit == "account" and stakes.models and not stakes.accounts:
        unit = "model"  # whose each is is not told, and the moment says so
    listed = holders_of(source, stakes, unit if alike is None else "account")
    if alike is not None:
        together = np.bincount(alike.clusters, weights=listed.stake).astype(np.float64)
        names = tuple(f"cluster {number}" for number in range(1, together.size + 1))
        listed = replace(listed, unit=CLUSTER, names=names, stake=together)
    staked = listed.staked
    holders = listed if zeros else staked
    x = holders.stake
    within = between = math.nan
    if stakes.account_of is not None:
        counts = slice(None) if zeros else stakes.model_stake > 0
        within, between = theil_split(stakes.model_stake[counts], stakes.account_of[counts].tolist())
    guess = None if alike is not None else biggest_guess(listed, stakes)
    population, share = lorenz_curve(x)
    kept = np.unique(np.linspace(0, population.size - 1, POINTS).round().astype(np.intp))
    return StakeConcentration(
        holders=holders,
        said=at.said,
        limit=at.limit,
        counts=at.counts,
        zeros=zeros,
        without_stake=listed.stake.size - staked.stake.size,
        measures=concentration(x),
        intervals=bootstrap_intervals(x, rng=np.random.default_rng(SEED)),
        third=nakamoto(x, 1 / 3),
        top=MappingProxyType({k: top_share(x, k) for k in TOPS if k < staked.stake.size}),
        left_out=MappingProxyType({k: concentration(np.sort(x)[:-k]) for k in LEFT_OUT if k < x.size}),
        theil=theil(x),
        theil_within=within,
        theil_between=between,
        population=population[kept],
        share=share[kept],
        tail=tail_of(staked.stake),
        apart=None
        if guess is None
        else Apart(
            guess.models,
            guess.share,
            concentration(guess.apart.stake if zeros else guess.apart.staked.stake),
            tail_of(guess.apart.staked.stake),
        ),
        alike=alike,
    )


def tail_of(stake: Numbers) -> Tail:
    """The tail of stakes (n,), the laws fitted to it, and which of them fits better.

    Nine tenths of an answer's work, of stakes that change once a day: the last few are kept.
    """
    return _tail_of(np.asarray(stake, dtype=np.float64).tobytes())


@lru_cache(TAILS)
def _tail_of(stakes: bytes) -> Tail:
    stake = np.frombuffer(stakes, dtype=np.float64)
    fit = fit_power_law(stake)
    ordered = np.sort(stake)
    different = np.unique(ordered)
    at = np.geomspace(fit.xmin, float(ordered[-1]), 80) if fit.tail_size else np.empty(0)
    return Tail(
        fit=fit,
        alpha_se=refitted_alpha_se(stake, resamples=SPREAD_REFITS, rng=np.random.default_rng(SEED)),
        comparisons=MappingProxyType({law: compare_tail(stake, fit, law) for law in ALTERNATIVES}),
        goodness=goodness_of_fit(stake, fit, refits=REFITS, rng=np.random.default_rng(SEED)),
        stake=different,
        at_least=(ordered.size - np.searchsorted(ordered, different)).astype(np.float64),
        at=at,
        laws=MappingProxyType({law: tail_survival(stake, fit, law, at) for law in LAWS}),
    )
