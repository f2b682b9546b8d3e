"""Who holds the stake, counted by model or by account, and one of them by name."""

import asyncio
import heapq
import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from scoring.concentration import TIE, nakamoto
from tournament.source import Source, SourceError, Stakes
from wording.names import LONGEST_NAME, no_such_name, with_stake
from wording.numbers import counted
from wording.tongue import marked

UNITS = ("account", "model")
SUGGESTED = 25  # choices that Discord shows


@dataclass(frozen=True)
class Holders:
    """Stake (n,) in NMR of every holder on one day; the holders are models or accounts."""

    unit: str  # account | model
    guessed: bool  # accounts are guesses from the models' names
    names: tuple[str, ...]
    stake: NDArray[np.float64]
    source: str
    day: date

    @property
    def staked(self) -> "Holders":
        """Those with a stake alone."""
        kept = np.flatnonzero(self.stake > 0)
        return replace(self, names=tuple(self.names[at] for at in kept), stake=self.stake[kept])

    def counted(self, count: int) -> str:
        """ "4,227 guessed accounts"."""
        return counted(count, f"guessed {self.unit}" if self.guessed else self.unit)


@dataclass(frozen=True)
class Guess:
    """The guessed account that weighs most, and the same holders with its models taken apart."""

    models: int
    share: float
    apart: Holders


def holders_of(source: Source, stakes: Stakes, unit: str) -> Holders:
    """The holders of a day, counted by one unit. Raises ValueError where none have a stake."""
    if unit not in UNITS:
        raise ValueError(f"Holders are counted by {' or '.join(UNITS)}.")
    names, stake = (
        (stakes.models, stakes.model_stake) if unit == "model" else (stakes.accounts, stakes.account_stake)
    )
    if not stake.size:
        raise ValueError(f"{source.label} lists no {unit}s yet, so there is no stake to look at.")
    if not (np.isfinite(stake).all() and (stake >= 0).all()):
        raise ValueError(
            f"{source.label} lists a stake that is negative or not a number, so I can't count it."
        )
    if not stake.any():
        raise ValueError(f"None of {counted(stake.size, unit)} in {source.label} has a stake.")
    return Holders(unit, unit == "account" and stakes.guessed, names, stake, source.label, stakes.day)


def biggest_guess(holders: Holders, stakes: Stakes) -> Guess | None:
    """The largest of the guessed accounts with several models; None where accounts are no guesses."""
    if not holders.guessed or stakes.account_of is None:
        return None
    staked = stakes.model_stake > 0
    several = np.bincount(stakes.account_of[staked], minlength=len(stakes.accounts)) > 1
    if not several.any():
        return None
    largest = int(np.where(several, stakes.account_stake, -1.0).argmax())
    its_models = np.flatnonzero(staked & (stakes.account_of == largest))
    rest = np.flatnonzero(np.arange(len(stakes.accounts)) != largest)
    apart = replace(
        holders,
        names=(
            *(stakes.accounts[at] for at in rest),
            *(stakes.models[at] for at in its_models),
        ),
        stake=np.concatenate((stakes.account_stake[rest], stakes.model_stake[its_models])),
    )
    share = float(stakes.account_stake[largest] / stakes.account_stake.sum())
    return Guess(its_models.size, share, apart)


def find_holder(stakes: Stakes, typed: str) -> tuple[str, int]:
    """(unit, position) of the account or model that was typed. Raises ValueError with the nearest names."""
    wanted = typed.strip().casefold()
    if not 0 < len(wanted) <= LONGEST_NAME:
        raise ValueError("Start typing a model's or an account's name and pick one from the list.")
    for unit, names in (("account", stakes.accounts), ("model", stakes.models)):
        for position, name in enumerate(names):
            if name.casefold() == wanted:
                return unit, position
    raise no_such_name(typed, (*stakes.accounts, *stakes.models), marked("on the leaderboard"))


async def suggest_holders(source: Source, typed: str) -> list[tuple[str, str]]:
    """(shown, name) to offer while somebody types a holder: the largest stake first, no stake last."""
    try:
        stakes = await source.stakes()
    except SourceError:
        return []
    wanted = typed.strip().casefold()
    every = zip((*stakes.accounts, *stakes.models), (*stakes.account_stake, *stakes.model_stake), strict=True)
    found = heapq.nsmallest(SUGGESTED, [(-stake, name) for name, stake in every if wanted in name.casefold()])
    return [(with_stake(name, -less), name) for less, name in found]


def owners_of(models: tuple[str, ...], stakes: Stakes | None) -> NDArray[np.intp] | None:
    """The account of each of these models; None where the source does not say whose they are."""
    if stakes is None or stakes.account_of is None:
        return None
    known = dict(zip(stakes.models, stakes.account_of.tolist(), strict=True))
    # who has left the leaderboard is an account alone
    beyond = enumerate(models, start=len(stakes.accounts))
    return np.array([known.get(model, alone) for alone, model in beyond], dtype=np.intp)


@dataclass(frozen=True)
class Holder:
    """One holder among all: stake in NMR, share of all stake, and rank by stake."""

    name: str
    unit: str
    guessed: bool
    models: int | None  # how many models with a stake an account has, where that is known
    stake: float
    share: float
    rank: int
    ties: int  # how many others have the same stake
    holders: int  # with a stake
    half: int  # the largest that hold half together
    like_it: float  # how many of its size would hold half; nan without a stake
    every: NDArray[np.float64]  # the stakes of all, the largest first
    source: str
    day: date

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if not self.stake:
            return f"{self.name} has no stake, so it moves nothing."
        return f"{self.name} holds {_share(self.share)} of all stake, rank {self.rank:,} of {self.holders:,}."

    def for_others(self, own_name: str | None) -> "Holder":
        """The same to be shown in public: only the member's own name is told."""
        return self if self.name == own_name else replace(self, name=f"One {self.unit}")


async def holder(source: Source, typed: str) -> Holder:
    """One account's or model's share, rank, and how many like it would hold half of the stake."""
    stakes = await source.stakes()
    unit, position = await asyncio.to_thread(find_holder, stakes, typed)  # a miss compares thousands of names
    every = holders_of(source, stakes, unit)
    stake = float(every.stake[position])
    share = stake / float(every.stake.sum())
    models = None
    if unit == "account" and stakes.account_of is not None:
        models = int(np.count_nonzero(stakes.model_stake[stakes.account_of == position]))
    return Holder(
        name=every.names[position],
        unit=unit,
        guessed=every.guessed,
        models=models,
        stake=stake,
        share=share,
        rank=int(np.count_nonzero(every.stake > stake)) + 1,
        ties=int(np.count_nonzero(every.stake == stake)) - 1,
        holders=int(np.count_nonzero(every.stake)),
        half=int(nakamoto(every.stake)),
        like_it=_like_it(share),
        every=np.sort(every.stake[every.stake > 0])[::-1],
        source=every.source,
        day=every.day,
    )


def _like_it(share: float) -> float:
    """The smallest number of equal holders of this share that have more than half together."""
    return math.floor((0.5 + TIE) / share) + 1.0 if share > 0 else math.nan


def _share(share: float) -> str:
    if share < 0.0001:
        return "less than 0.01 %"
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.1f} %"
