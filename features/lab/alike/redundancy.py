"""Which models say the same, and who is most like one of them."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from features.stakes.alike.scores import LEVEL, HoldersAlike, alike_models
from features.stakes.holders import find_holder
from scoring.lab.many_models import ALIKE, Closest
from tournament.overview import Likeness
from tournament.source import Source, Stakes
from wording.numbers import counted, whole

SHOWN = 8  # of the closest, and of the largest clusters


@dataclass(frozen=True)
class AlikeOne:
    """Another model: r with its standard error, and the chance of it by luck, all others counted."""

    name: str
    r: float
    se: float
    p: float

    @property
    def is_clear(self) -> bool:
        """Whether luck hardly explains it."""
        return self.r > 0 and self.p < LEVEL


@dataclass(frozen=True)
class AlikeCluster:
    """Models that say the same: how many, and their share of all stake."""

    models: int
    share: float

    @property
    def percent(self) -> str:
        """Its share with two digits, since clusters are small."""
        if self.share < 1e-4:
            return "under 0.01 %"
        return f"{100 * self.share:.0f} %" if self.share >= 0.1 else f"{100 * self.share:.2g} %"

    @property
    def told(self) -> str:
        """ "47 models and 0.4 % of all stake"."""
        return f"{counted(self.models, 'model')} and {self.percent} of all stake"


@dataclass(frozen=True)
class Redundancy:
    """How many models say something of their own, and who is most like the one that was asked about."""

    alike: HoldersAlike
    clusters: tuple[AlikeCluster, ...]  # with several models, the largest first
    found: int  # clusters of those compared, models that are alone among them
    same_owner: int | None  # of the clear pairs, those of one account; None where that is not told
    guessed: bool
    name: str  # of the model that was asked about; "" without
    closest: tuple[AlikeOne, ...]  # the most alike first
    others: int  # that it was compared with
    as_alike: int  # of them, with an r of ALIKE or more
    own: AlikeCluster | None  # the cluster it is in; None where it is alone
    told: Likeness | None  # by Numerai itself
    source: str
    day: date

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if self.name:
            return self._of_one
        independent = self.alike.pairs.independent
        return (
            f"{counted(self.alike.compared, 'model is', 'models are')} worth about "
            f"{counted(independent, 'independent one')}."
        )

    @property
    def _of_one(self) -> str:
        if not self.closest:
            return f"It can't be told who is like {self.name}: it has too few final rounds with others."
        nearest = self.closest[0]
        if nearest.r < ALIKE:
            return f"Nobody is like {self.name}: the most alike has an r of {nearest.r:.2f}."
        luck = "beyond luck" if nearest.is_clear else "which luck could explain"
        return f"{nearest.name} is most like {self.name}: r {nearest.r:.2f}, {luck}."

    @property
    def numbers(self) -> str:
        """The line of numbers behind the finding."""
        if self.name and self.closest:
            own = "" if self.own is None else f" Its cluster has {self.own.told}."
            return (
                f"Of {counted(self.others, 'other model')} {whole(self.as_alike)} "
                f"{'has' if self.as_alike == 1 else 'have'} an r of {ALIKE:g} or more with it.{own}"
            )
        if not self.clusters:
            return "No two of them are alike."
        largest = self.clusters[0]
        return (
            f"{counted(self.found, 'cluster')}, {whole(len(self.clusters))} of them with several models; the "
            f"largest has {largest.told}."
        )

    @property
    def sure(self) -> str:
        """How sure that is, in a sentence."""
        if self.name and self.closest:
            nearest = self.closest[0]
            return (
                f"r ± {nearest.se:.2f} (one standard error), from public scores: predictions are not public. "
                f"{'Clear' if nearest.is_clear else 'Not clear'} at {100 * LEVEL:g} % with all "
                f"{counted(self.others, 'other')} counted."
            )
        pairs = self.alike.pairs
        return (
            f"Told from public scores: {whole(pairs.r.size)} of {counted(pairs.tested, 'pair')} have an r of "
            f"{ALIKE:g} or more, up to {whole(pairs.by_luck)} of them by luck; "
            f"{whole(self.alike.clear)} are clear."
        )

    @property
    def owners(self) -> str:
        """Whose the clear pairs are, in a sentence; "" where that is not told or there are none."""
        if self.same_owner is None or not self.alike.clear:
            return ""
        whose = "of one guessed account" if self.guessed else "of one account"
        return (
            f"{whole(self.same_owner)} of {counted(self.alike.clear, 'clear pair')} "
            f"{'is' if self.same_owner == 1 else 'are'} {whose}; {counted(self.alike.identical, 'pair')} of "
            "all have the same score in every round they share: what they send is the same."
        )

    def for_others(self, own_name: str | None) -> "Redundancy":
        """The same to be shown in public: only the member's own name is told."""
        others = tuple(replace(each, name="Another model") for each in self.closest)
        name = self.name if self.name in ("", own_name) else "one model"
        return replace(self, name=name, closest=others)


async def redundancy(source: Source, name: str | None = None) -> Redundancy:
    """How many models with a stake say something of their own; with a name, who is most like that model.

    An account's name is about its model with most stake. Raises ValueError with a sentence for a name that is
    not listed, and where nobody can be compared; SourceError where no round has been read yet.
    """
    stakes, everyone, calendar = await asyncio.gather(source.stakes(), source.everyone(), source.rounds())
    asked = None if name is None else await asyncio.to_thread(_model, source, stakes, name)
    told = None if asked is None else await source.likeness(stakes.models[asked])

    def work() -> Redundancy:
        if not stakes.model_stake.any():
            raise ValueError("No model on the leaderboard has a stake.")
        alike = alike_models(stakes, everyone, calendar, asked)
        inside = alike.at[alike.pairs.compared]
        label, size = np.unique(alike.clusters[inside], return_counts=True)
        held = np.bincount(alike.clusters, weights=alike.stake)[label] / alike.stake.sum()
        order = np.lexsort((-held, -size))
        near = None if asked is None else alike.closest_to(asked)
        return Redundancy(
            alike=alike,
            clusters=tuple(AlikeCluster(int(size[at]), float(held[at])) for at in order if size[at] > 1),
            found=int(label.size),
            same_owner=_same_owner(alike, stakes),
            guessed=stakes.guessed,
            name="" if asked is None else stakes.models[asked],
            closest=() if near is None else _closest(alike, near, stakes.models),
            others=0 if near is None else near.tested,
            as_alike=0 if near is None else int(np.count_nonzero(near.r >= ALIKE)),
            own=_own(alike, asked),
            told=told,
            source=source.label,
            day=stakes.day,
        )

    return await asyncio.to_thread(work)


def _model(source: Source, stakes: Stakes, typed: str) -> int:
    """The model that was typed, or that of an account with most stake."""
    kind, at = find_holder(stakes, typed)
    if kind == "model":
        return at
    same = [position for position, name in enumerate(stakes.models) if name == stakes.accounts[at]]
    if stakes.account_of is None:
        if same:
            return same[0]
        raise ValueError(f"{source.label} does not say which models are that account's. Name a model.")
    return int(np.where(stakes.account_of == at, stakes.model_stake, -1.0).argmax())


def _closest(alike: HoldersAlike, near: Closest, names: tuple[str, ...]) -> tuple[AlikeOne, ...]:
    order = np.argsort(-near.r)[: min(near.tested, SHOWN)]  # nan comes last
    return tuple(
        AlikeOne(names[int(alike.at[at])], float(near.r[at]), float(near.se[at]), float(near.p[at]))
        for at in order
    )


def _own(alike: HoldersAlike, asked: int | None) -> AlikeCluster | None:
    if asked is None:
        return None
    inside = alike.clusters == alike.clusters[asked]
    models = int(np.count_nonzero(inside))
    return AlikeCluster(models, float(alike.stake[inside].sum() / alike.stake.sum())) if models > 1 else None


def _same_owner(alike: HoldersAlike, stakes: Stakes) -> int | None:
    if stakes.account_of is None:
        return None
    owner = stakes.account_of[alike.at]
    return int((owner[alike.pairs.first] == owner[alike.pairs.second])[alike.pairs.clear].sum())
