"""What is known of accounts besides their stake: past scores, how sure they are, and who is like whom."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from features.stakes.alike.namesakes import owners_told
from features.stakes.alike.scores import HoldersAlike, HolderScores
from scoring.schemes import KnownOfHolders
from tournament.source import History, Rounds, Stakes, TournamentField
from wording.numbers import score_name, span

RANKED_BY = ("tc", "mmc", "corr")  # the first one a source has is what accounts are ranked by
LIKENESS = "corr_with_meta_model"
NOBODY_KNOWN = "This source does not say whose models are whose, so accounts can't be ranked."
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AccountsKnown:
    """What a source knows of all listed accounts (a,), and for each thing it lacks a sentence why.

    scored, correlated: what scores and correlations are of, like "TC of rounds 200-321"; "" without any.
    alike: who is like whom by public scores; None where that is not known.
    """

    known: KnownOfHolders
    missing: Mapping[str, str]  # by the name of a field of KnownOfHolders
    scored: str = ""
    correlated: str = ""
    alike: HoldersAlike | None = None

    def basis(self, needs: tuple[str, ...]) -> str:
        """By what a scheme that needs these holds accounts alike, and what is left out; "" if it doesn't."""
        return self.alike.told if self.alike is not None and {"clusters", "similarity"} & {*needs} else ""

    def why_not(self, needs: tuple[str, ...]) -> str:
        """Why a scheme that needs all of these can't be applied; "" where it can."""
        return next((self.missing[need] for need in needs if need in self.missing), "")


def known_of(stakes: Stakes, everyone: TournamentField | None, calendar: Rounds) -> AccountsKnown:
    """What is known of the accounts of a day, from all final rounds with a stake at risk.

    A score is the mean over an account's rounds, weighted by stake at risk; its error comes from how far
    the rounds of all accounts lie from their own means, where rounds that overlap count as one.
    """
    missing: dict[str, str] = {}
    owner, of_whom = (None, "") if everyone is None else owners_told(everyone.models, stakes)
    if everyone is None or owner is None:
        return AccountsKnown(
            KnownOfHolders(),
            MappingProxyType({each.name: NOBODY_KNOWN for each in fields(KnownOfHolders)}),
        )
    size = stakes.account_stake.size
    most = max(size, int(owner.max(initial=-1)) + 1)
    found = {name: _Mean.nothing(most) for name in (*RANKED_BY, LIKENESS)}
    there: set[str] = set()
    staked = stakes.account_stake > 0
    likes = HolderScores(
        "account", owner, stakes.account_stake, staked, everyone.numbers, calendar, of_whom=of_whom
    )
    for rows in everyone.pieces():
        columns = {**rows.likeness, **rows.scores}
        there.update(columns)
        for name, mean in found.items():
            if name in columns:
                mean.add(rows, owner, columns[name])
        likes.add(rows)
    scores = errors = correlations = None
    words = correlated = ""
    names = [name for name in RANKED_BY if name in there]
    score = next((name for name in names if found[name].rounds), "")
    if score:
        mean = found[score]
        scores, words = mean.value[:size], f"{score_name(score)} of {mean.span}{of_whom}"
        errors = mean.errors(calendar.overlap(np.unique(mean.rounds)))[:size]
    else:
        why = (
            f"Nobody with a stake has a {score_name(names[0])}, so nobody can be ranked."
            if names
            else "This source has no score to rank accounts by."
        )
        missing |= {"scores": why, "errors": why}
    if found[LIKENESS].rounds:
        correlations, correlated = found[LIKENESS].value[:size], f"{found[LIKENESS].span}{of_whom}"
    else:
        missing["correlations"] = (
            "This source has nobody's correlation with the meta model, so nobody can be held against a gate."
        )
    alike = None
    try:
        alike = likes.alike()
    except ValueError as error:
        missing |= {"clusters": str(error), "similarity": str(error)}
    known = KnownOfHolders(
        scores=scores,
        errors=errors,
        correlations=correlations,
        clusters=None if alike is None else alike.clusters,
        similarity=None if alike is None else alike.similarity,
    )
    return AccountsKnown(known, MappingProxyType(missing), words, correlated, alike)


@dataclass(frozen=True)
class _Mean:
    """A column weighted by stake at risk, added up by account (a,), and the rounds it is of."""

    weight: Floats
    total: Floats
    squares: Floats  # of the weight of each round
    value_squares: Floats  # weight x value² of each round
    seen: NDArray[np.intp]  # rounds
    rounds: list[int] = field(default_factory=list)

    @classmethod
    def nothing(cls, size: int) -> "_Mean":
        weight, total, squares, value_squares = np.zeros((4, size))
        return cls(weight, total, squares, value_squares, np.zeros(size, dtype=np.intp))

    def add(self, rows: History, owner: NDArray[np.intp], values: Floats) -> None:
        known = rows.resolved & (rows.stake > 0) & ~np.isnan(values)
        of, stake, size = owner[rows.model[known]], rows.stake[known], self.weight.size
        self.weight[:] += np.bincount(of, weights=stake, minlength=size)
        self.total[:] += np.bincount(of, weights=stake * values[known], minlength=size)
        # the models of an account share its round: they are one value of it
        numbers, at = np.unique(rows.round[known], return_inverse=True)
        cells, cell = np.unique(of * max(numbers.size, 1) + at, return_inverse=True)
        held = np.bincount(cell, weights=stake, minlength=cells.size)
        value = np.bincount(cell, weights=stake * values[known], minlength=cells.size) / held
        account = cells // max(numbers.size, 1)
        self.squares[:] += np.bincount(account, weights=held**2, minlength=size)
        self.value_squares[:] += np.bincount(account, weights=held * value**2, minlength=size)
        self.seen[:] += np.bincount(account, minlength=size)
        self.rounds.extend(numbers.tolist())

    @property
    def value(self) -> Floats:
        """The mean of each account; nan without any."""
        return np.divide(
            self.total, self.weight, out=np.full(self.weight.size, math.nan), where=self.weight > 0
        )

    @property
    def span(self) -> str:
        return span(min(self.rounds), max(self.rounds))

    def errors(self, overlap: int) -> Floats:
        """As errors_of_means has them."""
        return errors_of_means(self.weight, self.value, self.squares, self.value_squares, overlap)


def errors_of_means(
    weight: Floats, mean: Floats, squares: Floats, value_squares: Floats, overlap: int
) -> Floats:
    """The standard error of each mean (a,) over rounds, by the pooled spread of the rounds of all.

    weight: of all rounds of an account; squares: the sum of the squares of that of each; value_squares: the
    sum of weight x value². nan without any round, and for all where nobody has two.
    """
    there = weight > 0
    held = weight[there]
    # weighted spread of rounds within accounts, as if each had its effective number of equal rounds
    effective = held**2 / squares[there]
    spread = np.maximum(value_squares[there] / held - mean[there] ** 2, 0.0)
    free = float((effective - 1).sum())
    found = np.full(there.size, math.nan)
    if free > 1e-9:
        variance = float((effective * spread).sum()) / free
        found[there] = np.sqrt(variance * overlap / effective)
    return found
