"""Which of thousands of models say the same by their public scores: pairs, clusters, and who is closest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import labelled
from scoring.lab._pairs import FEWEST, beyond_the_round, by_size, holm, of_pairs, one_sided, worths
from scoring.lab.redundancy import clusters

ALIKE = 0.62  # of unlike models that share 40 overlapping rounds one pair in 70 comes this far by luck
MOST_PAIRS = 1_000_000  # that are kept: some tens of megabytes
_BLOCK = 256  # models that are held against all others at once

Numbers = NDArray[np.float64]
Numbered = NDArray[np.intp]


@dataclass(frozen=True)
class AlikePairs:
    """Pairs of models (k,) whose scores are alike, in order; first < second are positions of n models.

    clear (k,): alike beyond chance with all pairs that were tested taken into account; compared (n,): who had
    enough rounds in common with anybody; by_luck: how many of the tested pairs would be as alike if no two
    models were, by Student's law, which for rounds that overlap says half as many again as there are.
    """

    first: Numbered
    second: Numbered
    r: Numbers
    effective_rounds: Numbers
    clear: NDArray[np.bool_]
    compared: NDArray[np.bool_]
    tested: int
    by_luck: float

    @property
    def independent(self) -> float:
        """The effective number of independent models among those compared: n² / sum of r² of all pairs.

        Which is (sum of eigenvalues)² / sum of their squares, with r 0 for pairs that are not alike; nan for
        nobody. It is the number itself if no two are alike, and 1 if all are copies of one.
        """
        n = int(np.count_nonzero(self.compared))
        return n**2 / (n + 2 * float(self.r @ self.r)) if n else math.nan

    def table(self, at: Numbered, size: int) -> Any:
        """Similarity (size, size) as a sparse array of scipy, in which model k is holder at[k].

        1 with oneself, r where a pair is alike, and 0 for all others.
        """
        from scipy.sparse import coo_array  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

        first, second, every = at[self.first], at[self.second], np.arange(size)
        rows, columns = np.concatenate((every, first, second)), np.concatenate((every, second, first))
        values = np.concatenate((np.ones(size), self.r, self.r))
        return cast("Any", coo_array)((values, (rows, columns)), shape=(size, size)).tocsr()


@dataclass(frozen=True)
class Closest:
    """How alike one model is to each of n: r, standard errors and one-sided p (n,); NaN where not compared.

    p has Holm's correction for as many others as were tested.
    """

    r: Numbers
    se: Numbers
    p: Numbers
    tested: int


@labelled(scores="round model")
def alike_pairs(
    scores: ArrayLike,
    *,
    at_least: float = ALIKE,
    overlap: int = 5,
    fewest: int = FEWEST,
    level: float = 0.01,
) -> AlikePairs:
    """The pairs of models whose public scores are alike, of thousands of models, without a table of all.

    scores (r, n), overlap, fewest and r as in score_similarity. A pair is alike with an r of at_least or
    more, and clear if it is so beyond chance as in clear_pairs, one-sided, with Holm's correction for all
    pairs tested (pairs that are less alike count as if they came after, which errs by caution). Raises
    ValueError as score_similarity does, for an at_least that is not above 0 and at most 1, a level that is
    not between 0 and 1, and more than a million pairs that are alike.
    """
    if not 0 < at_least <= 1:
        raise ValueError("Models are alike from a correlation above 0 and at most 1.")
    if not 0 < level < 1:
        raise ValueError("A level lies between 0 and 1.")
    own = beyond_the_round(scores, overlap, fewest)
    worth_of, models = worths(len(own), overlap), own.shape[1]
    luck = one_sided(np.full(worth_of.size, at_least), worth_of)
    compared = np.zeros(models, dtype=np.bool_)
    found: list[tuple[Numbered, Numbered, Numbers, Numbers]] = []
    tested, by_luck, kept = 0, 0.0, 0
    for start in range(0, models, _BLOCK):
        block = own[:, start : start + _BLOCK]
        r, common = of_pairs(block, own[:, start:], models, fewest)
        r[worth_of[common] <= 2] = np.nan
        r[np.tril_indices(len(r), 0, r.shape[1])] = np.nan  # each pair once
        known = ~np.isnan(r)
        compared[start:] |= known.any(axis=0)
        compared[start : start + len(r)] |= known.any(axis=1)
        tested += int(np.count_nonzero(known))
        by_luck += float(luck[common[known]].sum())
        one, other = np.nonzero(r >= at_least)
        kept += one.size
        if kept > MOST_PAIRS:
            raise ValueError(f"More than {MOST_PAIRS:,} pairs are alike, which is more than can be kept.")
        found.append((start + one, start + other, r[one, other], worth_of[common[one, other]]))
    first, second, alike, worth = (
        (np.concatenate(each) for each in zip(*found, strict=True)) if found else np.empty((4, 0))
    )
    clear = holm(one_sided(alike, worth), tested) < level
    return AlikePairs(
        first.astype(np.intp), second.astype(np.intp), alike, worth, clear, compared, tested, by_luck
    )


@labelled({"r": "model", "se": "model", "p": "model"}, scores="round model")
def closest(scores: ArrayLike, model: int, *, overlap: int = 5, fewest: int = FEWEST) -> Closest:
    """How alike one model, by its position, is to each of the others by their public scores.

    scores (r, n), overlap, fewest, r and its standard error as in score_similarity; p is that of clear_pairs
    with the pairs of this model alone taken into account. Raises ValueError as score_similarity does.
    """
    own = beyond_the_round(scores, overlap, fewest)
    r, common = of_pairs(own[:, [model]], own, own.shape[1], fewest)
    r[0, model] = np.nan
    worth = worths(len(own), overlap)[common[0]]
    known = ~np.isnan(r[0]) & (worth > 2)
    r, worth = np.where(known, r[0], np.nan), np.where(known, worth, np.nan)
    p = np.full(worth.size, np.nan)
    tested = int(np.count_nonzero(known))
    p[known] = holm(one_sided(r[known], worth[known]), tested)
    return Closest(r, (1 - r**2) / np.sqrt(worth - 1), p, tested)


def clusters_of_pairs(models: int, pairs: AlikePairs, threshold: float = ALIKE) -> Numbered:
    """Which cluster each of n models belongs to (n,), numbered from 0, the largest first.

    What clusters finds where pairs that are not alike have r 0: models that no chain of pairs joins are never
    one cluster, so that each part of who is joined is looked at alone. Raises ValueError as clusters does.
    """
    from scipy.sparse import coo_array  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types
    from scipy.sparse.csgraph import (  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types
        connected_components,  # pyright: ignore[reportUnknownVariableType]
    )

    joined = cast("Any", coo_array)((pairs.r, (pairs.first, pairs.second)), shape=(models, models))
    part = np.asarray(cast("Any", connected_components)(joined, directed=False)[1])
    if models and not -1 < threshold < 1:
        raise ValueError("A threshold is a correlation between -1 and 1.")
    label, next_one = np.zeros(models, dtype=np.intp), 0
    place = np.empty(models, dtype=np.intp)
    order, of = np.argsort(part, kind="stable"), np.argsort(part[pairs.first], kind="stable")
    parts: Numbered = np.arange(int(part.max(initial=-1)) + 2)
    ends, pair_ends = np.searchsorted(part[order], parts), np.searchsorted(part[pairs.first][of], parts)
    for at in range(parts.size - 1):
        inside, within = order[ends[at] : ends[at + 1]], of[pair_ends[at] : pair_ends[at + 1]]
        if inside.size > 1:  # most models are joined with nobody
            place[inside] = np.arange(inside.size)
            table = np.eye(inside.size)
            one, other = place[pairs.first[within]], place[pairs.second[within]]
            table[one, other] = table[other, one] = pairs.r[within]
            label[inside] = next_one + clusters(table, threshold)
        else:
            label[inside] = next_one
        next_one = int(label[inside].max()) + 1
    return by_size(label)
