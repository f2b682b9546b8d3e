"""Which models or accounts say the same, as far as their public scores tell."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.stakes.alike.namesakes import owners_told
from scoring.lab.many_models import (
    ALIKE,
    FEWEST,
    AlikePairs,
    Closest,
    alike_pairs,
    closest,
    clusters_of_pairs,
)
from tournament.source import History, Rounds, Stakes, TournamentField
from wording.numbers import counted, percent, score_name, span, whole

SCORED_BY = ("corr", "corr60", "alpha", "fnc_v4")  # the first one a source has is what is compared
MOST_COMPARED = 2_000  # holders: their pairs are some millions, a table of them tens of megabytes
LEVEL = 0.01  # at which a pair is called clear
WEEKLY = 5  # rounds are put together until about so many are open at once

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class HoldersAlike:
    """Who of holders (h,) is like whom, by their scores (g, c) beyond those of all.

    at (c,): who was compared, by position among all; pairs: positions among those; overlap: how many of the
    g are open at once.
    """

    unit: str  # account | model
    stake: Floats  # (h,), NMR
    at: Positions
    scores: Floats
    overlap: int
    step: int  # how many rounds are put together in one of the g
    pairs: AlikePairs
    told_by: str  # "CORR of rounds 168-321"

    @property
    def compared(self) -> int:
        """How many have enough rounds in common with another."""
        return int(np.count_nonzero(self.pairs.compared))

    @property
    def compared_stake(self) -> float:
        """The share of all stake that those hold."""
        return float(self.stake[self.at[self.pairs.compared]].sum() / self.stake.sum())

    @property
    def identical(self) -> int:
        """How many pairs have the same score in every stretch of rounds that both have."""
        close = self.pairs.r > 1 - 1e-6
        apart = self.scores[:, self.pairs.first[close]] - self.scores[:, self.pairs.second[close]]
        return int((~(np.abs(apart) > 1e-9)).all(axis=0).sum())

    @property
    def clear(self) -> int:
        """How many pairs are alike beyond chance."""
        return int(np.count_nonzero(self.pairs.clear))

    @cached_property
    def clusters(self) -> Positions:
        """Which cluster each holder (h,) belongs to, the largest first; who was not compared is alone."""
        found = clusters_of_pairs(self.at.size, self.pairs)
        every = np.arange(self.stake.size) + found.max(initial=-1) + 1
        every[self.at] = found
        return np.unique(every, return_inverse=True)[1].astype(np.intp)

    @property
    def similarity(self) -> Any:
        """Correlations (h, h) as a sparse array: 0 for pairs that are not alike, or not known to be."""
        return self.pairs.table(self.at, self.stake.size)

    @property
    def rounds_needed(self) -> str:
        """What two must share to be compared: "40 final rounds"."""
        return _needed(self.step)

    @property
    def briefly(self) -> str:
        """The same in one short sentence."""
        return (
            f"Alike by public scores, some by luck: {counted(self.compared, self.unit)} with "
            f"{percent(self.compared_stake)} of stake could be compared, the others count alone."
        )

    @property
    def told(self) -> str:
        """By what they are held alike, of whom, and how much of it may be luck, in sentences."""
        pairs = self.pairs
        others = int(np.count_nonzero(self.stake)) - int(
            np.count_nonzero(self.stake[self.at[pairs.compared]] > 0)
        )
        return (
            f"Predictions are not public; alike is who has an r of {ALIKE:g} or more with another in "
            f"{self.told_by}, beyond the mean of each round. {counted(self.compared, self.unit)} with "
            f"{percent(self.compared_stake)} of stake can be compared, by {self.rounds_needed} in common; "
            f"{whole(others)} more count as like nobody. Of {counted(pairs.tested, 'pair')} "
            f"{whole(pairs.r.size)} are alike, where luck alone would make {_at_most(pairs.by_luck)}; "
            f"{whole(self.clear)} are clear at {100 * LEVEL:g} % with all pairs counted."
        )

    def closest_to(self, holder: int) -> Closest | None:
        """How alike all that were compared (c,) are to one of them; None for one that was not."""
        place = np.flatnonzero(self.at == holder)
        return closest(self.scores, int(place[0]), overlap=self.overlap) if place.size else None


class HolderScores:
    """Scores of holders by stretches of rounds, added up piece by piece.

    owner (m,): the holder of each model of the field; stake (h,): NMR of each holder today; looked_at (h,):
    who is compared, if there are enough rounds: of too many the largest, and who is asked about. Rounds that
    are open at once say nearly the same, so some daily ones are put together: the mean of what is beyond the
    mean of each round. Accounts are weighed by stake at risk; the score of a model is its own, with a stake
    or without.
    """

    def __init__(
        self,
        unit: str,
        owner: Positions,
        stake: Floats,
        looked_at: NDArray[np.bool_],
        numbers: NDArray[np.int64],
        calendar: Rounds,
        asked: int | None = None,
        of_whom: str = "",
    ) -> None:
        self._unit, self._stake, self._numbers, self._asked = unit, stake, numbers, asked
        self._of_whom = of_whom
        self._at = np.flatnonzero(looked_at)
        column = np.full(max(stake.size, int(owner.max(initial=-1)) + 1) + 1, -1, dtype=np.intp)
        column[self._at] = np.arange(self._at.size)
        self._owner = column[owner]
        open_at_once = calendar.overlap(numbers)
        self._step = max(1, open_at_once // WEEKLY)
        self._overlap = 1 + -(-(open_at_once - 1) // self._step)
        stretches = -(-numbers.size // self._step)
        self._shape = (stretches, self._at.size)
        self._sums: dict[str, tuple[Floats, NDArray[np.int32]]] = {}
        self._seen: dict[str, list[int]] = {}

    def add(self, rows: History) -> None:
        """Count the final rows of some whole rounds."""
        for score in SCORED_BY:
            if score not in rows.scores:
                continue
            values = rows.scores[score]
            known = rows.resolved & ~np.isnan(values) & (self._owner[rows.model] >= 0)
            if self._unit == "account":
                known &= rows.stake > 0
            if known.any():
                self._count(score, rows.only(known), values[known])

    def _count(self, score: str, rows: History, values: Floats) -> None:
        if score not in self._sums:
            self._sums[score] = np.zeros(self._shape), np.zeros(self._shape, dtype=np.int32)
            self._seen[score] = []
        numbers, at = np.unique(rows.round, return_inverse=True)
        cell = at * self._at.size + self._owner[rows.model]
        weight = rows.stake if self._unit == "account" else np.ones(values.size)
        size = numbers.size * self._at.size
        held = np.bincount(cell, weights=weight, minlength=size).reshape(numbers.size, -1)
        value = np.bincount(cell, weights=weight * values, minlength=size).reshape(held.shape)
        there = held > 0
        value = np.divide(value, held, out=np.zeros(held.shape), where=there)
        mean = value.sum(axis=1, keepdims=True) / there.sum(axis=1, keepdims=True)
        sums, counts = self._sums[score]
        stretch = np.searchsorted(self._numbers, numbers) // self._step
        np.add.at(sums, stretch, np.where(there, value - mean, 0.0))
        np.add.at(counts, stretch, there)
        self._seen[score] += numbers.tolist()

    def alike(self) -> HoldersAlike:
        """Who is like whom. Raises ValueError with a sentence where nobody can be compared."""
        score = next((each for each in SCORED_BY if each in self._sums), None)
        if score is None:
            raise ValueError(f"No {self._unit} has a final score, so it can't be told which are alike.")
        sums, counts = self._sums[score]
        enough = np.flatnonzero((counts > 0).sum(axis=0) >= FEWEST)
        if enough.size > MOST_COMPARED:
            first = np.where(self._at[enough] == self._asked, np.inf, self._stake[self._at[enough]])
            largest = np.argsort(-first, kind="stable")[:MOST_COMPARED]
            enough = np.sort(enough[largest])
        sums, counts = sums[:, enough], counts[:, enough]
        scores = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
        pairs = alike_pairs(scores, overlap=self._overlap, level=LEVEL)
        if not pairs.tested:
            raise ValueError(
                f"No two {self._unit}s share {_needed(self._step)}, so it can't be told which are alike."
            )
        return HoldersAlike(
            unit=self._unit,
            stake=self._stake,
            at=self._at[enough],
            scores=scores,
            overlap=self._overlap,
            step=self._step,
            pairs=pairs,
            told_by=f"{score_name(score)} of {span(min(self._seen[score]), max(self._seen[score]))}"
            f"{self._of_whom}",
        )


def alike_accounts(stakes: Stakes, everyone: TournamentField, calendar: Rounds) -> HoldersAlike:
    """Which accounts with a stake say the same. Raises ValueError with a sentence where it can't be told."""
    owner, of_whom = owners_told(everyone.models, stakes)
    if owner is None:
        raise ValueError(
            "This source does not say whose models are whose, so it can't be told which accounts are alike."
        )
    held = stakes.account_stake
    scores = HolderScores("account", owner, held, held > 0, everyone.numbers, calendar, of_whom=of_whom)
    for rows in everyone.pieces():
        scores.add(rows)
    return scores.alike()


def alike_models(
    stakes: Stakes, everyone: TournamentField, calendar: Rounds, asked: int | None = None
) -> HoldersAlike:
    """Which of the listed models (h,) with a stake say the same, with the one asked about among them.

    Raises ValueError with a sentence where it can't be told.
    """
    listed = {name.casefold(): at for at, name in enumerate(stakes.models)}
    owner = np.array([listed.get(name.casefold(), -1) for name in everyone.models], dtype=np.intp)
    looked_at = stakes.model_stake > 0
    if asked is not None:
        looked_at[asked] = True
    scores = HolderScores(
        "model", owner, stakes.model_stake, looked_at, everyone.numbers, calendar, asked
    )  # fmt: skip
    for rows in everyone.pieces():
        scores.add(rows)
    return scores.alike()


def _at_most(pairs: float) -> str:
    return f"about {whole(round(pairs))} at most" if pairs >= 1 else "none"


def _needed(step: int) -> str:
    if step == 1:
        return counted(FEWEST, "final round")
    return f"{counted(FEWEST, 'stretch', 'stretches')} of {counted(step, 'final round')}"
